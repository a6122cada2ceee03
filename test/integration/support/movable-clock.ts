// A clock that goes on by itself, and by as much as a test moves it.
import { createSystemClock } from '../../../server/host/system-clock.ts'
import type { Clock } from '../../../server/ports.ts'

export interface MovableClock extends Clock {
  /** Time passes: both clocks go on. */
  pass(ms: number): void
  /** Somebody sets the wall clock, and no time passes. */
  setWall(byMs: number): void
}

/** Begins at a moment, or now. */
export function createMovableClock(startMs?: number): MovableClock {
  const real = createSystemClock()
  let wallAheadMs = startMs === undefined ? 0 : startMs - real.now()
  let passedMs = 0
  return {
    now: () => real.now() + wallAheadMs,
    monotonicMs: () => real.monotonicMs() + passedMs,
    pass(ms) {
      wallAheadMs += ms
      passedMs += ms
    },
    setWall(byMs) {
      wallAheadMs += byMs
    },
  }
}
