// Where the hours and days of sums begin. A day that has sums keeps its length when the zone changes, so that hours and days
// lie within it whichever table they are in; every other moment belongs to the local day of now.
import type { Day, UsageDays } from './usage-days.ts'

export type DayOf = (atMs: number) => Day

export interface UsageCalendar {
  dayOf(atMs: number): number
  hourOf(atMs: number): number
}

const HOUR_MS = 3_600_000

/** For one step: a day that has no sums now may have some later. */
export function createUsageCalendar(days: UsageDays, localDay: DayOf): UsageCalendar {
  let day: Day = { startMs: 0, endMs: 0 }
  function dayOf(atMs: number): number {
    // Rows come in the order of time, so the day of the last one is mostly that of the next.
    if (atMs < day.startMs || atMs >= day.endMs) day = days.at(atMs) ?? beforeDays(localDay(atMs), days)
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

/** In another zone than then, a local day may reach into the first that has sums. */
function beforeDays(local: Day, days: UsageDays): Day {
  const next = days.at(local.endMs - 1)
  return next ? { startMs: local.startMs, endMs: next.startMs } : local
}
