// What counts as reached: another device, at the address that it used.
import { expect, test } from 'vitest'
import { createArrivals } from './arrivals.ts'

function stage() {
  let now = 1_000
  const published: unknown[] = []
  const arrivals = createArrivals(
    { now: () => now },
    { publish: (event) => void published.push(event) },
    (address) => ['127.0.0.1', '192.168.1.24'].includes(address),
  )
  return { arrivals, published, at: (ms: number) => (now = ms) }
}

test('another device counts at the address that it used, and is told once', () => {
  const { arrivals, published, at } = stage()
  arrivals.note('192.168.1.24', '192.168.1.31')
  at(2_000)
  arrivals.note('192.168.1.24', '192.168.1.31')
  arrivals.note('192.168.1.24', '192.168.1.40')
  expect(arrivals.at('192.168.1.24')).toEqual({ devices: 2, lastAt: 2_000, lastFrom: '192.168.1.40' })
  expect(arrivals.at('100.92.14.7')).toBeNull()
  expect(published).toHaveLength(2)
})

test('this machine proves nothing, by whichever of its addresses', () => {
  const { arrivals, published } = stage()
  arrivals.note('127.0.0.1', '127.0.0.1')
  arrivals.note('192.168.1.24', '192.168.1.24')
  expect([arrivals.at('127.0.0.1'), arrivals.at('192.168.1.24')]).toEqual([null, null])
  expect(published).toEqual([])
})

test('devices beyond the limit are no longer told apart, and still noted', () => {
  const { arrivals } = stage()
  for (let n = 0; n < 600; n += 1) arrivals.note('192.168.1.24', `10.0.${n >> 8}.${n & 255}`)
  expect(arrivals.at('192.168.1.24')).toMatchObject({ devices: 500, lastFrom: '10.0.2.87' })
})
