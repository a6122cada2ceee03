// What an audit row says was changed.
import { expect, test } from 'vitest'
import { differencesOf, mostTelling } from './difference.ts'

const paths = (before: unknown, after: unknown) => differencesOf(before, after).map(({ path }) => path)

test('only what differs, by its path', () => {
  expect(
    differencesOf(
      { role: 'user', limits: { day: 1, month: 2 } },
      { role: 'user', limits: { day: 1, month: 3 } },
    ),
  ).toEqual([{ path: 'limits.month', before: 2, after: 3 }])
  expect(paths({ a: 1 }, { a: 1 })).toEqual([])
})

test('what was made or deleted shows each member', () => {
  expect(paths(null, { email: 'a@b.c', role: 'user' })).toEqual(['email', 'role'])
  expect(differencesOf({ email: 'a@b.c' }, null)).toEqual([
    { path: 'email', before: 'a@b.c', after: undefined },
  ])
})

test('a member that is null is told from one that is not there, and lists are compared whole', () => {
  expect(differencesOf({ cap: null }, { cap: 5 })).toEqual([{ path: 'cap', before: null, after: 5 }])
  expect(differencesOf({ models: ['a'] }, { models: ['a', 'b'] })).toEqual([
    { path: 'models', before: ['a'], after: ['a', 'b'] },
  ])
})

test('whatever is in there, and however deep, ends', () => {
  const deep = (depth: number): unknown => (depth === 0 ? 1 : { x: deep(depth - 1) })
  expect(paths(deep(50), null)).toHaveLength(1)
  expect(paths('text', { a: 1 })).toEqual([''])
})

test('a line says what a reader knows the thing by, and an id only where there is nothing else', () => {
  const told = (after: unknown) => mostTelling(differencesOf(null, after))?.path
  expect(told({ userId: '0199', expiresAt: null, name: 'laptop' })).toBe('name')
  expect(told({ email: null, role: 'user' })).toBe('role')
  expect(told({ id: '0199' })).toBe('id')
  expect(told({ paid: 1 })).toBe('paid')
  expect(told(null)).toBeUndefined()
})
