// Adds requests to the sums of their days, and forgets whole days.
import { ADD_TO_DAY, DAILY_TABLES } from '../daily-usage.ts'
import type { Db } from '../open.ts'
import type { DayOf } from './usage-calendar.ts'
import type { Day, UsageDays } from './usage-days.ts'

interface DailyRollUp {
  /** How far the sums of days have come; 0 where none was ever made. */
  readonly fromMs: number
  /** Rows of before this may have expired already. */
  readonly keptFrom: number
  readonly beforeMs: number
  readonly limit: number
  readonly localDay: DayOf
}

/**
 * Finds how far a step may go that is to read about `limit` rows of the span. Rows of one millisecond stay together, however
 * many they are.
 */
export function prepareCut(raw: Db['raw']): (fromMs: number, beforeMs: number, limit: number) => number {
  const cut = raw
    .prepare<[number, number, number], number>(
      'SELECT created_at FROM usage WHERE created_at >= ? AND created_at < ? ORDER BY created_at LIMIT 1 OFFSET ?',
    )
    .pluck()
  return (fromMs, beforeMs, limit) => {
    const cutMs = cut.get(fromMs, beforeMs, limit)
    return cutMs === undefined ? beforeMs : Math.max(cutMs, fromMs + 1)
  }
}

export function prepareDays(raw: Db['raw'], days: UsageDays) {
  const cutBefore = prepareCut(raw)
  const oldest = raw
    .prepare<[number], number>(
      'SELECT created_at FROM usage WHERE created_at >= ? ORDER BY created_at LIMIT 1',
    )
    .pluck()
  const begin = raw.prepare<[Day]>('INSERT INTO usage_days (start_ms, end_ms) VALUES (@startMs, @endMs)')
  const add = ADD_TO_DAY.map((sql) =>
    raw.prepare<[{ readonly start: number; readonly from: number; readonly until: number }]>(sql),
  )
  const note = raw.prepare<[number]>('UPDATE usage_progress SET days_until = ? WHERE id = 0')

  /** The first day is a whole one: what has expired of a day is in no sum of days. */
  function firstDay(keptFrom: number, localDay: DayOf): Day | undefined {
    const atMs = oldest.get(keptFrom)
    if (atMs === undefined) return undefined
    const day = localDay(atMs)
    return day.startMs >= keptFrom ? day : localDay(day.endMs)
  }

  /** Days follow each other without gap, also where nobody asked for anything. */
  function nextDay({ fromMs, keptFrom, localDay }: DailyRollUp): (Day & { isNew: boolean }) | undefined {
    const last = days.last()
    if (last && fromMs < last.endMs) return { ...last, isNew: false }
    const day = fromMs === 0 ? firstDay(keptFrom, localDay) : { ...localDay(fromMs), startMs: fromMs }
    return day && { ...day, isNew: true }
  }

  const forgetDays = raw.prepare<[number]>(
    'DELETE FROM usage_days WHERE end_ms <= min(?, (SELECT days_until FROM usage_progress))',
  )
  const removeOldest = DAILY_TABLES.map((table) =>
    raw.prepare<[]>(
      `DELETE FROM ${table} WHERE start_ms = (SELECT min(start_ms) FROM ${table})
       AND start_ms < coalesce((SELECT min(start_ms) FROM usage_days), (SELECT days_until FROM usage_progress))`,
    ),
  )

  return {
    rollUp(order: DailyRollUp): boolean {
      const { beforeMs, limit } = order
      const { isNew, ...day } = nextDay(order) ?? { isNew: false, startMs: beforeMs, endMs: beforeMs }
      const from = Math.max(day.startMs, order.fromMs)
      if (from >= beforeMs) return false
      if (isNew) begin.run(day)
      const until = cutBefore(from, Math.min(day.endMs, beforeMs), limit)
      for (const statement of add) statement.run({ start: day.startMs, from, until })
      note.run(until)
      return until < beforeMs
    },
    /** Days that are no longer known are read by nobody; their sums go after them, those of one day in one table at a time. */
    forget(beforeMs: number): boolean {
      forgetDays.run(beforeMs)
      return removeOldest.some((remove) => remove.run().changes > 0)
    },
  }
}
