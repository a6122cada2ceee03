// The ids that the machine makes: whoever sorts by them sorts by time, and no two are the same.
import { expect, test } from 'vitest'
import { arrivalOf } from '../operations/request-time.ts'
import { createSystemIds } from './system-ids.ts'

test('ids are version 7 as RFC 9562 writes them, each its own, in the order of their making', () => {
  const ids = createSystemIds()
  const before = Date.now()
  const made = Array.from({ length: 5_000 }, () => ids.next())
  for (const id of made)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(made).size).toBe(made.length)
  expect(made.toSorted()).toEqual(made)
  const madeAt = Number.parseInt((made[0] ?? '').replace('-', '').slice(0, 12), 16)
  expect(madeAt).toBeGreaterThanOrEqual(before)
  expect(madeAt).toBeLessThanOrEqual(Date.now())
})

test('ids of requests are the same without hyphens, in one order with the others', () => {
  const ids = createSystemIds()
  const made = Array.from({ length: 5_000 }, (_, n) =>
    n % 2 === 0 ? ids.nextRequestId() : ids.next().replaceAll('-', '').replace(/^/, 'req_'),
  )
  for (const id of made) expect(id).toMatch(/^req_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
  expect(new Set(made).size).toBe(made.length)
  expect(made.toSorted()).toEqual(made)
  expect(arrivalOf(made[0] ?? '')?.fromMs).toBeLessThanOrEqual(Date.now())
})

test('ids of two hosts share no random digits', () => {
  const tail = () => createSystemIds().next().slice(-12)
  expect(tail()).not.toBe(tail())
})
