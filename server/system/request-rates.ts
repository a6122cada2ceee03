// How many requests ended lately, and how: counted by the second, for the last minute.
import type { GatewayEvent } from '../../contract/events.ts'
import { endedInError } from '../../contract/usage.ts'
import type { EventBus } from '../events/event-bus.ts'

export interface RequestRates {
  readonly perSecond: number
  readonly lastMinute: number
  readonly errorsLastMinute: number
  readonly faultsLastMinute: number
}

export interface RequestMeter {
  rates(): RequestRates
  stop(): void
}

const SECONDS = 60
/** A rate over less jumps, over more lags behind. */
const RATE_SECONDS = 10

interface Second {
  at: number
  count: number
  errors: number
  faults: number
}

export function createRequestMeter(events: EventBus, clock: { monotonicMs(): number }): RequestMeter {
  const ring: Second[] = Array.from({ length: SECONDS }, () => ({ at: -1, count: 0, errors: 0, faults: 0 }))
  const secondNow = () => Math.floor(clock.monotonicMs() / 1000)
  const count = (event: GatewayEvent): void => {
    if (event.type !== 'request.finished') return
    const at = secondNow()
    const second = ring[at % SECONDS]
    if (!second) return
    if (second.at !== at) Object.assign(second, { at, count: 0, errors: 0, faults: 0 })
    second.count += 1
    if (endedInError(event.row)) second.errors += 1
    if (event.row.status >= 500) second.faults += 1
  }
  const unsubscribe = events.subscribe({ userId: '', isAdministrator: true }, count, 'request.finished')

  return {
    rates() {
      const now = secondNow()
      const last = ring.filter(({ at }) => at > now - SECONDS)
      const sum = (seconds: readonly Second[], of: (second: Second) => number) =>
        seconds.reduce((total, second) => total + of(second), 0)
      // The running second is not over yet.
      const whole = last.filter(({ at }) => at < now && at >= now - RATE_SECONDS)
      return {
        perSecond: sum(whole, ({ count }) => count) / RATE_SECONDS,
        lastMinute: sum(last, ({ count }) => count),
        errorsLastMinute: sum(last, ({ errors }) => errors),
        faultsLastMinute: sum(last, ({ faults }) => faults),
      }
    },
    stop: unsubscribe,
  }
}
