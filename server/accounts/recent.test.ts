import { expect, test } from 'vitest'
import { createRecent } from './recent.ts'

test('beyond its bound it forgets what was not asked for the longest', () => {
  const recent = createRecent<number>(3)
  for (const [index, key] of ['a', 'b', 'c'].entries()) recent.set(key, index)
  recent.get('a')
  recent.set('d', 3)
  expect(['a', 'b', 'c', 'd'].map((key) => recent.get(key))).toEqual([0, undefined, 2, 3])
  recent.set('a', 9)
  recent.set('e', 4)
  expect(['a', 'c', 'd', 'e'].map((key) => recent.get(key))).toEqual([9, undefined, 3, 4])
})

test('it forgets every value that it is told to', () => {
  const recent = createRecent<number>(3)
  for (const [index, key] of ['a', 'b', 'c'].entries()) recent.set(key, index)
  recent.deleteWhere((value) => value > 0)
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([0, undefined, undefined])
})
