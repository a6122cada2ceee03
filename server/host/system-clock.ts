// The machine's clock: the one place where the product reads the time.
import type { Clock } from '../ports.ts'

export const createSystemClock = (): Clock => ({
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
})
