// Keeps usage in order while the gateway runs: sums follow behind the present, and what is old becomes shorter. It works in
// short steps with long rests, longer ones while requests run, and never in the way of one.
import type { Settings } from '../contract/settings.ts'
import type { StartOf, UsageUpkeep } from './db/repositories/usage-upkeep.ts'
import { localDay } from './limits/decide-window.ts'
import type { Clock, Logger } from './ports.ts'

export interface UsageKeeper {
  /** Does one step of what is due; false where nothing is. */
  step(): boolean
  start(): void
  stop(): void
}

interface UsageKeeperDeps {
  readonly upkeep: UsageUpkeep
  readonly settings: () => Pick<Settings, 'usageRowsKeptDays' | 'hourlyUsageKeptDays' | 'dailyUsageKeptDays'>
  readonly timeZone: () => string
  readonly inFlight: () => number
  readonly clock: Clock
  readonly logger: Logger
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Most requests that arrived before this have ended; those that have not are added when they do. */
const ROLL_UP_AFTER_MS = 15 * MINUTE_MS
/** Read and added up by one statement; what expires and moves takes several statements for each row. */
const ROWS_ROLLED_AT_ONCE = 1_000
const ROWS_MOVED_AT_ONCE = 200
const FIRST_LOOK_MS = 10_000
const LOOK_MS = 30_000
/** So many times as long as it worked it rests: with nothing else to do, and beside requests. */
const REST_TIMES_IDLE = 3
const REST_TIMES_BUSY = 20
const REST_MS_MIN = 20

export function createUsageKeeper(deps: UsageKeeperDeps): UsageKeeper {
  const { upkeep, settings, timeZone, inFlight, clock, logger } = deps
  let timer: NodeJS.Timeout | undefined
  const { dayOf, hourOf } = createLocalStarts(timeZone)

  function step(): boolean {
    const nowMs = clock.now()
    const { usageRowsKeptDays: rows, hourlyUsageKeptDays, dailyUsageKeptDays } = settings()
    const hours = Math.max(rows, hourlyUsageKeptDays)
    const days = Math.max(hours, dailyUsageKeptDays)
    const before = (count: number): number => dayOf(nowMs - count * DAY_MS)
    return (
      upkeep.rollUp(nowMs - ROLL_UP_AFTER_MS, ROWS_ROLLED_AT_ONCE) ||
      upkeep.expire(before(rows), ROWS_MOVED_AT_ONCE, hourOf) ||
      upkeep.compactToHours(before(rows), ROWS_MOVED_AT_ONCE, hourOf) ||
      upkeep.compactToDays(before(hours), ROWS_MOVED_AT_ONCE, dayOf) ||
      upkeep.forget(before(days), ROWS_MOVED_AT_ONCE)
    )
  }

  function work(): void {
    const startedMs = clock.monotonicMs()
    let isMore = false
    try {
      isMore = step()
    } catch (error) {
      // Tried again at the next look: what was not written changes no total.
      logger.warn({ event: 'usage_upkeep_failed', err: error }, 'usage could not be put in order')
    }
    const workedMs = clock.monotonicMs() - startedMs
    const times = inFlight() > 0 ? REST_TIMES_BUSY : REST_TIMES_IDLE
    wait(isMore ? Math.max(REST_MS_MIN, times * workedMs) : LOOK_MS)
  }

  function wait(ms: number): void {
    timer = setTimeout(work, ms).unref()
  }

  return { step, start: () => wait(FIRST_LOOK_MS), stop: () => clearTimeout(timer) }
}

/** Where local days and hours begin. Rows come in the order of time, so the day of the last one is mostly that of the next. */
function createLocalStarts(timeZone: () => string): { readonly dayOf: StartOf; readonly hourOf: StartOf } {
  let zone = ''
  let day = { startMs: 0, endMs: 0 }
  function dayOf(atMs: number): number {
    const zoneNow = timeZone()
    if (zoneNow !== zone || atMs < day.startMs || atMs >= day.endMs) {
      zone = zoneNow
      day = localDay(atMs, zoneNow)
    }
    return day.startMs
  }
  return {
    dayOf,
    hourOf(atMs) {
      const startMs = dayOf(atMs)
      return startMs + Math.floor((atMs - startMs) / HOUR_MS) * HOUR_MS
    },
  }
}
