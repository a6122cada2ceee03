// When the wall clock is believed that is far ahead of what was reached by it.
import { expect, test } from 'vitest'
import { createBelievedTime } from './believed-time.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const REACHED_MS = Date.parse('2026-11-28T12:00:00Z')

function newTime(reachedMs = REACHED_MS) {
  let monoMs = 0
  let aheadMs = 0
  const leaps: number[] = []
  const time = createBelievedTime({
    clock: { now: () => REACHED_MS + aheadMs + monoMs, monotonicMs: () => monoMs },
    reachedMs: () => reachedMs,
    onLeap: (fromMs) => leaps.push(fromMs),
  })
  return {
    leaps,
    set(ms: number) {
      aheadMs = ms
    },
    isBelieved(afterMinutes = 0) {
      monoMs += afterMinutes * MINUTE_MS
      return time.isBelieved()
    },
  }
}

test('a clock that leapt is believed once it has stayed for half an hour, and told of once', () => {
  const { leaps, set, isBelieved } = newTime()
  expect(isBelieved()).toBe(true)
  set(31 * DAY_MS)
  expect([isBelieved(), isBelieved(29), isBelieved(1)]).toEqual([false, false, true])
  expect(leaps).toEqual([REACHED_MS])
})

test('one that leaps again begins again, whether it was believed already or not', () => {
  const { leaps, set, isBelieved } = newTime()
  // A gateway that was off for a month, on a machine whose clock then goes wrong.
  set(31 * DAY_MS)
  expect([isBelieved(), isBelieved(29)]).toEqual([false, false])
  set(4_000 * DAY_MS)
  expect([isBelieved(1), isBelieved(29), isBelieved(1)]).toEqual([false, false, true])
  set(9_000 * DAY_MS)
  expect([isBelieved(), isBelieved(30)]).toEqual([false, true])
  expect(leaps).toHaveLength(1)
})

test('where nothing was reached yet, every clock is believed', () => {
  const { set, isBelieved } = newTime(0)
  set(9_000 * DAY_MS)
  expect(isBelieved()).toBe(true)
})
