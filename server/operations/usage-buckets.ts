// Cuts a span of time into quarter hours, or into the operator's local hours and days.
import { SERIES_POINTS_MAX, type UsageBucket } from '../../contract/operations/usage.ts'
import type { TimeBucket } from '../db/repositories/usage-report.ts'
import { localDay } from '../limits/decide-window.ts'

const HOUR_MS = 3_600_000
const STEP_MS = { quarter: HOUR_MS / 4, hour: HOUR_MS } as const

/** Finding out when a day begins takes a while, and a chart has the same days again and again: start → end, of one zone. */
const knownDays = { zone: '', endOf: new Map<number, number>() }
const KNOWN_DAYS_MAX = 5_000

function endOfDay(startMs: number, timeZone: string): number {
  if (knownDays.zone !== timeZone || knownDays.endOf.size > KNOWN_DAYS_MAX) {
    knownDays.zone = timeZone
    knownDays.endOf.clear()
  }
  const known = knownDays.endOf.get(startMs)
  if (known !== undefined) return known
  const { endMs } = localDay(startMs, timeZone)
  knownDays.endOf.set(startMs, endMs)
  return endMs
}

/**
 * The buckets that cover a span, widened to whole ones; undefined where there would be more than `SERIES_POINTS_MAX`. Hours
 * are counted from local midnight; where the clock changes by less than an hour, the last one of that day is shorter.
 */
export function bucketsOf(
  span: TimeBucket,
  bucket: UsageBucket,
  timeZone: string,
): readonly TimeBucket[] | undefined {
  const buckets: TimeBucket[] = []
  for (let dayMs = localDay(span.from, timeZone).startMs; dayMs < span.to; ) {
    const dayEndMs = endOfDay(dayMs, timeZone)
    const stepMs = bucket === 'day' ? dayEndMs - dayMs : STEP_MS[bucket]
    for (let from = dayMs; from < dayEndMs; from += stepMs) {
      const to = Math.min(from + stepMs, dayEndMs)
      if (to > span.from && from < span.to) buckets.push({ from, to })
    }
    if (buckets.length > SERIES_POINTS_MAX) return undefined
    dayMs = dayEndMs
  }
  return buckets
}

/** So many local days, the last of them the one that a moment falls into. */
export function daysUntil(nowMs: number, count: number, timeZone: string): readonly TimeBucket[] {
  const { startMs, endMs } = localDay(nowMs, timeZone)
  // Two hours more than the days can be short of 24 hours each.
  const from = startMs - (count - 1) * 24 * HOUR_MS + 2 * HOUR_MS
  const days = bucketsOf({ from: Math.min(from, startMs), to: endMs }, 'day', timeZone) ?? []
  return days.slice(-count)
}
