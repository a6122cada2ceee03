// One step of what keeps usage in order: sums follow behind the present, and what is old becomes shorter. In the thread that
// writes, between two groups, so that it waits for nobody's lock and no stream waits for it.
import { localDay } from '../limits/decide-window.ts'
import type { Db } from './open.ts'
import { createUsageUpkeep } from './repositories/usage-upkeep.ts'

/** Plain data, so that it can be handed to another thread. */
export interface UsageStepOrder {
  readonly nowMs: number
  /** Whose days new sums have. */
  readonly timeZone: string
  readonly usageRowsKeptDays: number
  readonly hourlyUsageKeptDays: number
  readonly dailyUsageKeptDays: number
}

/** Does one step of what is due; false where nothing more is. */
export type UsageStep = (order: UsageStepOrder) => boolean

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Most requests that arrived before this have ended; those that have not are added when they do. */
const ROLL_UP_AFTER_MS = MINUTE_MS
/** Read and added up by few statements; what expires and moves takes several statements for each row. */
const ROWS_ROLLED_AT_ONCE = 200
const ROWS_MOVED_AT_ONCE = 100

export function createUsageStep(db: Pick<Db, 'raw'>): UsageStep {
  const upkeep = createUsageUpkeep(db)
  return ({ nowMs, timeZone, ...kept }) => {
    const rows = kept.usageRowsKeptDays
    const hours = Math.max(rows, kept.hourlyUsageKeptDays)
    const days = Math.max(hours, kept.dailyUsageKeptDays)
    const local = (atMs: number) => localDay(atMs, timeZone)
    const before = (count: number): number => local(nowMs - count * DAY_MS).startMs
    const behindMs = nowMs - ROLL_UP_AFTER_MS
    return (
      upkeep.rollUp(behindMs, ROWS_ROLLED_AT_ONCE) ||
      upkeep.rollUpDays(behindMs, ROWS_ROLLED_AT_ONCE, local) ||
      upkeep.expire(before(rows), ROWS_MOVED_AT_ONCE, local) ||
      upkeep.compactToHours(before(rows), ROWS_MOVED_AT_ONCE, local) ||
      upkeep.compactToDays(before(hours), ROWS_MOVED_AT_ONCE, local) ||
      upkeep.forget(before(days), ROWS_MOVED_AT_ONCE)
    )
  }
}
