// Whether the wall clock may be believed with what cannot be undone. A clock that is years ahead, of a machine whose battery is
// empty or that somebody has set by mistake, would have everything expire at once; it is mostly set right within minutes.
import type { Clock } from './ports.ts'

/** Longer than a long weekend, over which a gateway may be switched off. */
const LEAP_MS_MAX = 8 * 86_400_000
/** A clock that has stayed where it leapt to for so long is taken for right. */
const STAYS_MS = 30 * 60_000
/** It is set once more where it moves by more than this against the time that passes. */
const DRIFT_MS_MAX = 10 * 60_000

export interface BelievedTime {
  /** Asked again and again: it looks at the clock, and counts how long that has stayed. */
  isBelieved(): boolean
}

interface BelievedTimeDeps {
  readonly clock: Clock
  /** The moment that time had come to when it was last believed, also over a restart; 0 where it never was. */
  readonly reachedMs: () => number
  /** Told once for each leap. */
  readonly onLeap: (fromMs: number) => void
}

export function createBelievedTime({ clock, reachedMs, onLeap }: BelievedTimeDeps): BelievedTime {
  let leapt: { readonly atMonoMs: number; readonly offsetMs: number } | undefined
  return {
    isBelieved() {
      const reached = reachedMs()
      const nowMs = clock.now()
      if (reached === 0 || nowMs - reached <= LEAP_MS_MAX) {
        leapt = undefined
        return true
      }
      const monoMs = clock.monotonicMs()
      const offsetMs = nowMs - monoMs
      if (leapt === undefined) onLeap(reached)
      if (leapt === undefined || Math.abs(offsetMs - leapt.offsetMs) > DRIFT_MS_MAX)
        leapt = { atMonoMs: monoMs, offsetMs }
      return monoMs - leapt.atMonoMs >= STAYS_MS
    },
  }
}
