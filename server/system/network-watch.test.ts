// A machine that moves into another network is noticed while the gateway runs, and one that stays is not talked about.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchNetwork } from './network-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a new address is told once, and nothing after the end', () => {
  let address = '192.168.1.24'
  let told = 0
  const watch = watchNetwork(
    () => {
      told += 1
    },
    () => ({
      eth0: [{ address, netmask: '255.255.255.0', family: 'IPv4', mac: '', internal: false, cidr: null }],
    }),
  )
  vi.advanceTimersByTime(20_000)
  expect(told).toBe(0)
  address = '10.0.0.7'
  vi.advanceTimersByTime(20_000)
  expect(told).toBe(1)
  watch.stop()
  address = '10.0.0.8'
  vi.advanceTimersByTime(20_000)
  expect(told).toBe(1)
})
