// What a person is shown before a file is replaced.
import { expect, test } from 'vitest'
import { lineDifference } from './line-difference.ts'

const shown = (before: string | null, after: string) =>
  lineDifference(before, after).map(
    ({ change, text }) => `${{ same: ' ', gone: '-', new: '+' }[change]}${text}`,
  )

test('only what changes is marked, and what stays keeps its place', () => {
  expect(shown('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d'])
  expect(shown('same\n', 'same')).toEqual([' same'])
})

test('a file that is not there is new as a whole, and an empty one loses its empty line', () => {
  expect(shown(null, 'a\nb')).toEqual(['+a', '+b'])
  expect(shown('', 'a')).toEqual(['-', '+a'])
})
