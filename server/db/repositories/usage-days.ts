// Which local days have sums, and which of them a span holds whole.
import type { Db } from '../open.ts'

/** From `startMs` on and before `endMs`, in Unix milliseconds. */
export interface Day {
  readonly startMs: number
  readonly endMs: number
}

export interface UsageDays {
  /** The part of a span that is whole days, or reaches as far as the sums of days do; undefined where there is none. */
  coverOf(from: number, to: number): { readonly from: number; readonly to: number } | undefined
  /** The day with sums that a moment falls into. */
  at(atMs: number): Day | undefined
  last(): Day | undefined
}

export function createUsageDays({ raw }: Pick<Db, 'raw'>): UsageDays {
  const until = raw.prepare<[], number>('SELECT days_until FROM usage_progress WHERE id = 0').pluck()
  const first = raw
    .prepare<[number], number>(
      'SELECT start_ms FROM usage_days WHERE start_ms >= ? ORDER BY start_ms LIMIT 1',
    )
    .pluck()
  const newest = raw.prepare<[number], Day>(
    `SELECT start_ms AS startMs, end_ms AS endMs FROM usage_days WHERE start_ms <= ?
     ORDER BY start_ms DESC LIMIT 1`,
  )
  return {
    coverOf(from, to) {
      const daysUntil = until.get() ?? 0
      const startMs = first.get(from)
      const endMs = to >= daysUntil ? daysUntil : newest.get(to)?.startMs
      return startMs === undefined || endMs === undefined || startMs >= endMs
        ? undefined
        : { from: startMs, to: endMs }
    },
    at(atMs) {
      const day = newest.get(atMs)
      return day && atMs < day.endMs ? day : undefined
    },
    last: () => newest.get(Number.MAX_SAFE_INTEGER),
  }
}
