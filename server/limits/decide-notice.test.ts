// What is worth telling, and when it is not worth telling again.
import { expect, test } from 'vitest'
import { fellBelow, networkOf, reachedThreshold } from './decide-notice.ts'
import type { QuotaState } from './decide-plan-quota.ts'

const state = (used: number, value: number): QuotaState => ({
  window: 'day',
  metric: 'money',
  value,
  used,
  held: value,
  left: 0,
  resetsAt: 0,
})

test.each([
  [0, undefined],
  [799, undefined],
  [800, 80],
  [949, 80],
  [950, 95],
  [999, 95],
  [1_000, 100],
  [5_000, 100],
])('of 1,000, %i used have reached %s', (used, threshold) => {
  expect(reachedThreshold(state(used, 1_000))).toBe(threshold)
})

test('a threshold of the largest quota is met to the nano-dollar', () => {
  const value = 1_000_000_000_000_001
  expect(reachedThreshold(state(800_000_000_000_000, value))).toBeUndefined()
  expect(reachedThreshold(state(800_000_000_000_001, value))).toBe(80)
})

test('only the change that takes what is left below the threshold counts', () => {
  expect(fellBelow(99, -1, 100)).toBe(true)
  expect(fellBelow(100, -1, 100)).toBe(false)
  expect(fellBelow(98, -1, 100)).toBe(false)
  expect(fellBelow(50, 10, 100)).toBe(false)
  expect(fellBelow(-5, -200, 0)).toBe(true)
  expect(fellBelow(0, 0, 100)).toBe(false)
})

test.each([
  ['192.168.1.7', '192.168.1.7'],
  ['::ffff:192.168.1.7', '192.168.1.7'],
  ['2001:db8:0:12:a:b:c:d', '2001:db8:0:12::/64'],
  ['2001:0DB8::a:b:c:d', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%s is told apart by %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
