// A map of what comes and goes: what is in it stays, however much came and went beside it.
import { expect, test } from 'vitest'
import { ShortLivedMap } from './short-lived-map.ts'

test('what stays is found, in its order, while thousands of others come and go', () => {
  const map = new ShortLivedMap<string, number>()
  map.set('first', 1)
  map.set('second', 2)
  for (let at = 0; at < 5_000; at += 1) {
    map.set(`passing-${at}`, at)
    expect(map.has(`passing-${at}`)).toBe(true)
    if (at >= 3) map.delete(`passing-${at - 3}`)
  }
  map.delete('second')
  expect([map.get('first'), map.get('second'), map.has('passing-0')]).toEqual([1, undefined, false])
  expect([...map.values()]).toEqual([1, 4_997, 4_998, 4_999])
  expect(map.size).toBe(4)
})
