// A limiter put together as the composition root does it, on whatever store and clock a test has.
import { createLimitCounters, type LimitCounterStore } from '../../server/limits/limit-counters.ts'
import { createLimitTime } from '../../server/limits/limit-time.ts'
import { createLimiter, type Limiter } from '../../server/limits/limiter.ts'
import type { Clock, Logger } from '../../server/ports.ts'

export function startLimiter(parts: {
  readonly store: LimitCounterStore
  readonly clock: Clock
  readonly timeZone: () => string
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
}): Limiter {
  const { store, clock, timeZone, logger } = parts
  const counters = createLimitCounters({ store, logger })
  return createLimiter({
    counters,
    time: createLimitTime({ clock, timeZone, newest: counters.newest }),
    logger,
  })
}
