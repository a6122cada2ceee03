// From the address to the question.
import { expect, test } from 'vitest'
import { readSearch } from '../routing/search-params.ts'
import { filterInput, isFiltered, USAGE_PARAMS } from './usage-filter.ts'

test('what stands in the address is asked for, and nothing else', () => {
  const read = (search: string) => readSearch(USAGE_PARAMS, search)
  expect(filterInput({ ...read('?from=5&key=k1&model=gpt-6&status=429&request=r9'), user: 'ann' })).toEqual({
    userId: 'ann',
    from: 5,
    keyId: 'k1',
    model: 'gpt-6',
    status: 429,
  })
  expect(filterInput({ ...read('?status=9000&from=yesterday'), reason: 'refused' })).toEqual({
    reason: 'refused',
  })
  expect(filterInput(read(`?key=${'k'.repeat(300)}`)).keyId).toHaveLength(64)
  expect(['?request=r9', '?to=7', ''].map((search) => isFiltered(read(search)))).toEqual([false, true, false])
})
