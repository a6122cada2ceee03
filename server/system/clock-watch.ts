// Notices that the wall clock was set, or that the machine has slept: there is no event for either in Node.
import type { Clock } from '../ports.ts'

const LOOK_EVERY_MS = 30_000
/** What drifts is no leap. */
const LEAP_MS_MIN = 10 * 60_000

export interface ClockWatch {
  stop(): void
}

/** `onLeap` is told within half a minute of each leap, in either direction. */
export function watchClock(onLeap: () => void, clock: Clock): ClockWatch {
  const offset = () => clock.now() - clock.monotonicMs()
  let seen = offset()
  const timer = setInterval(() => {
    const now = offset()
    if (Math.abs(now - seen) < LEAP_MS_MIN) return
    seen = now
    onLeap()
  }, LOOK_EVERY_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
