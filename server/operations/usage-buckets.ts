// Cuts a span of time into quarter hours, or into the operator's local hours and days.
import { SERIES_POINTS_MAX, type UsageBucket } from '../../contract/operations/usage.ts'
import type { TimeBucket } from '../db/repositories/usage-report.ts'
import { localDay } from '../limits/decide-window.ts'

const HOUR_MS = 3_600_000
const STEP_MS = { quarter: HOUR_MS / 4, hour: HOUR_MS } as const

/**
 * Finding out when a day begins takes a while, and a chart has the same days again and again: start → end, of one zone, and
 * the few days that charts began and ended with lately.
 */
const knownDays = { zone: '', endOf: new Map<number, number>(), edges: [] as TimeBucket[] }
const KNOWN_DAYS_MAX = 5_000
const EDGES_MAX = 8

function knownIn(timeZone: string): typeof knownDays {
  if (knownDays.zone !== timeZone || knownDays.endOf.size > KNOWN_DAYS_MAX) {
    knownDays.zone = timeZone
    knownDays.endOf.clear()
    knownDays.edges = []
  }
  return knownDays
}

function endOfDay(startMs: number, timeZone: string): number {
  const { endOf } = knownIn(timeZone)
  const known = endOf.get(startMs)
  if (known !== undefined) return known
  const { endMs } = localDay(startMs, timeZone)
  endOf.set(startMs, endMs)
  return endMs
}

/** The day that a moment falls into. */
function dayAt(atMs: number, timeZone: string): TimeBucket {
  const known = knownIn(timeZone)
  const found = known.edges.find(({ from, to }) => atMs >= from && atMs < to)
  if (found) return found
  const { startMs, endMs } = localDay(atMs, timeZone)
  const day = { from: startMs, to: endMs }
  known.edges = [day, ...known.edges].slice(0, EDGES_MAX)
  return day
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
  for (let dayMs = dayAt(span.from, timeZone).from; dayMs < span.to; ) {
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
  const { from: startMs, to: endMs } = dayAt(nowMs, timeZone)
  // Two hours more than the days can be short of 24 hours each.
  const from = startMs - (count - 1) * 24 * HOUR_MS + 2 * HOUR_MS
  const days = bucketsOf({ from: Math.min(from, startMs), to: endMs }, 'day', timeZone) ?? []
  return days.slice(-count)
}
