import { expect, test } from 'vitest'
import { sortRows } from './sorting.ts'

test('rows are sorted by number or by name as people count, and those without a value come last either way', () => {
  const rows = [{ at: 10 }, { at: null }, { at: 9 }]
  const at = (row: (typeof rows)[number]) => row.at
  expect(sortRows(rows, at, false).map(at)).toEqual([9, 10, null])
  expect(sortRows(rows, at, true).map(at)).toEqual([10, 9, null])
  const names = ['gpt-10', 'gpt-9', 'a']
  expect(sortRows(names, (name) => name, false)).toEqual(['a', 'gpt-9', 'gpt-10'])
  expect(sortRows(names, undefined, true)).toEqual(names)
})
