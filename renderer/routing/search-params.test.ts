// What stands behind the `?` of an address, read and written.
import { expect, test } from 'vitest'
import { choiceParam, flagParam, numberParam, printSearch, readSearch, textParam } from './search-params.ts'

const SHAPE = {
  search: textParam,
  status: choiceParam(['active', 'suspended']),
  from: numberParam,
  demo: flagParam,
}

test('whatever somebody types into the address bar is read as something', () => {
  expect(readSearch(SHAPE, '?status=nonsense&from=-5&demo=yes&from=7&unknown=1')).toEqual({
    search: '',
    status: undefined,
    from: undefined,
    demo: false,
  })
  expect(readSearch(SHAPE, `?search=${'x'.repeat(1000)}`).search).toHaveLength(300)
})

test('what is written is read back, and defaults are left out', () => {
  const values = { search: '刘 & co', status: 'active', from: 1_700_000_000_000, demo: true } as const
  expect(readSearch(SHAPE, printSearch(SHAPE, values))).toEqual(values)
  expect(printSearch(SHAPE, { search: '', status: undefined, from: undefined, demo: false })).toBe('')
})
