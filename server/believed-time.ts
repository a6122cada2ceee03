// Whether the wall clock may be believed with what cannot be undone. A clock that is years ahead, of a machine whose battery is
// empty or that somebody has set by mistake, would have everything expire at once; it is mostly set right within minutes.
import type { Clock } from './ports.ts'

/** Longer than a long weekend, over which a gateway may be switched off. */
const LEAP_MS_MAX = 8 * 86_400_000
/** A clock that has stayed where it leapt to for so long is taken for right. */
const STAYS_MS = 30 * 60_000

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
  let leptAtMonoMs: number | undefined
  return {
    isBelieved() {
      const reached = reachedMs()
      if (reached === 0 || clock.now() - reached <= LEAP_MS_MAX) {
        leptAtMonoMs = undefined
        return true
      }
      if (leptAtMonoMs === undefined) {
        leptAtMonoMs = clock.monotonicMs()
        onLeap(reached)
      }
      return clock.monotonicMs() - leptAtMonoMs >= STAYS_MS
    },
  }
}
