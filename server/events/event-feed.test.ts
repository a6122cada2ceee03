// What one screen gets of what happens: only what is for it, together, summed up, and never without a bound.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PushedEvent } from '../../contract/events.ts'
import type { UsageRow } from '../../contract/usage.ts'
import { usageOf } from '../../test/support/database.ts'
import { createEventBus } from './event-bus.ts'
import { createEventFeed } from './event-feed.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const ADMIN = { userId: 'root', isAdministrator: true }
const ANN = { userId: 'user-ann', isAdministrator: false }

function open(viewer = ADMIN) {
  let now = 1_000
  const bus = createEventBus({ now: () => now++ })
  const deliveries: (readonly PushedEvent[])[] = []
  const feed = createEventFeed(bus, viewer, (events) => deliveries.push(events))
  const types = () => deliveries.map((events) => events.map(({ type }) => type))
  return { bus, deliveries, feed, types }
}
const balance = (userId: string, balanceNanoUsd: number) =>
  ({
    type: 'balance.changed',
    userId,
    balanceNanoUsd,
    creditLimitNanoUsd: 0,
    openHoldsNanoUsd: 0,
    availableNanoUsd: balanceNanoUsd,
  }) as const
const finished = (requestId: string, more = {}) => {
  const row = usageOf(requestId, { costNanoUsd: 7, ...more })
  return { type: 'request.finished', userId: row.userId, row } as const
}

test('events are delivered four times a second at most, and none where nothing happened', () => {
  const { bus, types } = open()
  bus.publish({ type: 'requests.running', running: 1 })
  expect(types()).toEqual([])
  for (let n = 0; n < 1_000; n += 1) {
    bus.publish({ type: 'requests.running', running: n })
    vi.advanceTimersByTime(1)
  }
  expect(types().length).toBeLessThanOrEqual(4)
  vi.advanceTimersByTime(10_000)
  expect(types().length).toBeLessThanOrEqual(5)
})

test('what happens twice is told once, as it was last', () => {
  const { bus, deliveries } = open()
  bus.publish(balance('user-ann', 5))
  bus.publish(balance('user-bob', 1))
  bus.publish(balance('user-ann', 4))
  vi.advanceTimersByTime(250)
  expect(deliveries).toMatchObject([
    [
      { type: 'balance.changed', userId: 'user-ann', balanceNanoUsd: 4, at: 1_002 },
      { type: 'balance.changed', userId: 'user-bob' },
    ],
  ])
})

/** Of which the middle one broke within its stream. */
const ENDINGS: Readonly<Record<number, Partial<UsageRow>>> = {
  3: { status: 502 },
  4: { reason: 'upstream_failed' },
  5: { reason: 'client_left' },
}

test('finished requests arrive as a sum, with the last twenty, the newest first', () => {
  const { bus, deliveries } = open()
  for (let n = 0; n < 30; n += 1) bus.publish(finished(`req-${n}`, ENDINGS[n] ?? {}))
  vi.advanceTimersByTime(250)
  const [[sum] = []] = deliveries
  expect(sum).toMatchObject({
    type: 'requests.finished',
    count: 30,
    errorCount: 2,
    costNanoUsd: 210,
    inputTokens: 300,
    outputTokens: 150,
  })
  const rows = sum?.type === 'requests.finished' ? sum.rows.map(({ requestId }) => requestId) : []
  expect([rows.length, rows[0], rows.at(-1)]).toEqual([20, 'req-29', 'req-10'])
})

test('a person hears of their own things and of what is for everyone, and of nothing else', () => {
  const { bus, types } = open(ANN)
  bus.publish(balance('user-bob', 1))
  bus.publish(finished('bobs', { userId: 'user-bob' }))
  bus.publish({ type: 'requests.running', running: 5 })
  bus.publish({ type: 'price.missing', model: 'gpt-9', askedBy: 'user-ann' })
  bus.publish({ type: 'data.changed', noun: 'codes', operation: 'codes.generate', userId: null })
  vi.advanceTimersByTime(250)
  expect(types()).toEqual([])
  bus.publish(balance('user-ann', 1))
  bus.publish(finished('anns'))
  bus.publish({ type: 'settings.changed', operation: 'settings.update' })
  vi.advanceTimersByTime(250)
  expect(types()).toEqual([['balance.changed', 'settings.changed', 'requests.finished']])
})

test('where too much changes at once, the screen is told to ask anew, and nothing piles up', () => {
  const { bus, types } = open()
  for (let n = 0; n < 10_000; n += 1) bus.publish(balance(`user-${n}`, n))
  vi.advanceTimersByTime(250)
  expect(types()).toEqual([['resync']])
})

test('a feed that has stopped hears nothing, and nobody else is disturbed', () => {
  const { bus, feed, types } = open()
  const other: unknown[] = []
  createEventFeed(bus, ANN, (events) => other.push(...events))
  bus.publish(balance('user-ann', 1))
  feed.stop()
  vi.advanceTimersByTime(1_000)
  bus.publish(balance('user-ann', 2))
  vi.advanceTimersByTime(1_000)
  expect(types()).toEqual([])
  expect(other).toHaveLength(2)
})
