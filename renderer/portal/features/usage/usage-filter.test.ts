// From the address to the question.
import { expect, test } from 'vitest'
import { readSearch } from '../../../routing/search-params.ts'
import { csvPath, filterInput, isFiltered, NO_FILTER, USAGE_PARAMS } from './usage-filter.ts'

test('what stands in the address is asked for, and nothing else', () => {
  const read = (search: string) => readSearch(USAGE_PARAMS, search)
  expect(filterInput('ann', read('?from=5&key=k1&model=gpt-6&status=429&request=r9'))).toEqual({
    userId: 'ann',
    from: 5,
    keyId: 'k1',
    model: 'gpt-6',
    status: 429,
  })
  expect(filterInput('ann', read('?status=9000&from=yesterday'))).toEqual({ userId: 'ann' })
  expect([isFiltered(read('?request=r9')), isFiltered(read('?to=7')), isFiltered(NO_FILTER)]).toEqual([
    false,
    true,
    false,
  ])
})

test('the file has the rows that are looked at: the same filter, as the door for files names it', () => {
  const input = filterInput('ann', readSearch(USAGE_PARAMS, '?from=5&model=gpt-6%20x&status=429'))
  expect(csvPath(input)).toBe('/api/export/usage.csv?userId=ann&from=5&model=gpt-6+x&status=429')
})
