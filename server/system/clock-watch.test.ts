// That a clock which is set is noticed, and one that drifts is not.
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchClock } from './clock-watch.ts'

test('a clock that is set is told of once, in either direction, and drifting is not', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  let monoMs = 0
  let aheadMs = 0
  let leaps = 0
  const watch = watchClock(() => (leaps += 1), {
    now: () => 1e12 + monoMs + aheadMs,
    monotonicMs: () => monoMs,
  })
  const pass = (ms: number) => {
    monoMs += ms
    vi.advanceTimersByTime(ms)
    const told = leaps
    leaps = 0
    return told
  }
  expect(pass(3_600_000)).toBe(0)
  aheadMs = 1_000
  expect(pass(60_000)).toBe(0)
  aheadMs = 86_400_000
  expect(pass(60_000)).toBe(1)
  expect(pass(3_600_000)).toBe(0)
  aheadMs = 0
  expect(pass(30_000)).toBe(1)
  watch.stop()
  aheadMs = 86_400_000
  expect(pass(60_000)).toBe(0)
})
