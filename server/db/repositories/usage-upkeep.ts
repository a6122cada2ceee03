// Moves usage into sums as it grows old, a bounded piece at a time. Each step is one transaction, and no step changes what any
// whole span adds up to.
import { COUNTS } from '../daily-usage.ts'
import type { Db } from '../open.ts'
import { prepareCut, prepareDays } from './daily-upkeep.ts'
import { createUsageCalendar, type DayOf, type UsageCalendar } from './usage-calendar.ts'
import { createUsageDays } from './usage-days.ts'

/** Each step does at most about `limit` rows; false where nothing was left to do. */
export interface UsageUpkeep {
  /** Adds rows of before this moment to the sums of everyone by quarter hour. */
  rollUp(beforeMs: number, limit: number): boolean
  /** Adds rows of before this moment to the sums of their days. */
  rollUpDays(beforeMs: number, limit: number, localDay: DayOf): boolean
  /** Rows of before this moment become sums by person, key and hour. Only what is in all other sums already expires. */
  expire(beforeMs: number, limit: number, localDay: DayOf): boolean
  /** Quarter hours of before this moment become hours. */
  compactToHours(beforeMs: number, limit: number, localDay: DayOf): boolean
  /** Hours of before this moment become days. */
  compactToDays(beforeMs: number, limit: number, localDay: DayOf): boolean
  /** Forgets sums of before this moment. */
  forget(beforeMs: number, limit: number): boolean
  readonly keptFrom: number
}

type StartOf = (atMs: number) => number

interface Progress {
  readonly rolledUntil: number
  readonly keptFrom: number
  readonly daysUntil: number
}

const DIMENSIONS = ['model', 'endpoint', 'status', 'reason', 'is_demo', 'source']
const PERSON = ['user_id', 'key_id']
const SUMS = ['requests', ...COUNTS]
const QUARTER_MS = 900_000

/** The two tables of sums, each with what it tells apart beside time. */
const TABLES = { usage_rollups: DIMENSIONS, expired_usage: [...PERSON, ...DIMENSIONS] } as const
type Table = keyof typeof TABLES

const ADDED = SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')

const columnsOf = (table: Table): string[] => ['level', 'start_ms', ...TABLES[table], ...SUMS]

type SumRow = Record<string, string | number>

const insertSum = (table: Table): string =>
  `INSERT INTO ${table} (${columnsOf(table).join(', ')})
   VALUES (${columnsOf(table)
     .map((name) => `@${name}`)
     .join(', ')})
   ON CONFLICT DO UPDATE SET ${ADDED}`

export function createUsageUpkeep({ raw }: Pick<Db, 'raw'>): UsageUpkeep {
  const progress = raw.prepare<[], Progress>(
    `SELECT rolled_until AS rolledUntil, kept_from AS keptFrom, days_until AS daysUntil
     FROM usage_progress WHERE id = 0`,
  )
  const read = () => progress.get() ?? { rolledUntil: 0, keptFrom: 0, daysUntil: 0 }
  const usageDays = createUsageDays({ raw })
  const days = prepareDays(raw, usageDays)
  const expiry = prepareExpiry(raw)
  const rollUp = prepareRollUp(raw)
  const movers = {
    usage_rollups: prepareMove(raw, 'usage_rollups'),
    expired_usage: prepareMove(raw, 'expired_usage'),
  }
  const compact = (level: 0 | 1, beforeMs: number, limit: number, startOf: StartOf): boolean =>
    movers.usage_rollups.move(level, beforeMs, limit, startOf) ||
    (level === 1 && movers.expired_usage.move(level, beforeMs, limit, startOf))
  const atOnce = <Args extends unknown[]>(step: (...args: Args) => boolean) => {
    const transaction = raw.transaction(step)
    return (...args: Args): boolean => transaction.immediate(...args)
  }
  const inCalendar = (step: (beforeMs: number, limit: number, calendar: UsageCalendar) => boolean) =>
    atOnce((beforeMs: number, limit: number, localDay: DayOf) =>
      step(beforeMs, limit, createUsageCalendar(usageDays, localDay)),
    )

  return {
    rollUp: atOnce((beforeMs, limit) => rollUp(read().rolledUntil, beforeMs, limit)),
    rollUpDays: atOnce((beforeMs, limit, localDay) => {
      const { daysUntil, keptFrom } = read()
      return days.rollUp({ fromMs: daysUntil, keptFrom, beforeMs, limit, localDay })
    }),
    expire: inCalendar((beforeMs, limit, { hourOf }) => {
      const { rolledUntil, daysUntil, keptFrom } = read()
      return expiry(Math.min(beforeMs, rolledUntil, daysUntil), keptFrom, limit, hourOf)
    }),
    // What the days do not hold yet is asked of the other sums from that moment on, so none may begin before it.
    compactToHours: inCalendar((beforeMs, limit, { hourOf }) =>
      compact(0, Math.min(beforeMs, read().daysUntil), limit, hourOf),
    ),
    compactToDays: inCalendar((beforeMs, limit, { dayOf }) =>
      compact(1, Math.min(beforeMs, read().daysUntil), limit, dayOf),
    ),
    forget: atOnce((beforeMs, limit) =>
      [movers.usage_rollups, movers.expired_usage, days].some((mover) => mover.forget(beforeMs, limit)),
    ),
    get keptFrom() {
      return read().keptFrom
    },
  }
}

function prepareRollUp(raw: Db['raw']) {
  const cutBefore = prepareCut(raw)
  const dimensions = DIMENSIONS.join(', ')
  const add = raw.prepare<[number, number]>(
    `INSERT INTO usage_rollups (${columnsOf('usage_rollups').join(', ')})
     SELECT 0, created_at - created_at % ${QUARTER_MS} AS start, ${dimensions}, count(*),
       ${COUNTS.map((name) => `sum(${name})`).join(', ')}
     FROM usage WHERE created_at >= ? AND created_at < ? GROUP BY start, ${dimensions}
     ON CONFLICT DO UPDATE SET ${ADDED}`,
  )
  const note = raw.prepare<[number]>('UPDATE usage_progress SET rolled_until = ? WHERE id = 0')
  return (fromMs: number, beforeMs: number, limit: number): boolean => {
    if (fromMs >= beforeMs) return false
    const untilMs = cutBefore(fromMs, beforeMs, limit)
    add.run(fromMs, untilMs)
    note.run(untilMs)
    return untilMs < beforeMs
  }
}

function prepareExpiry(raw: Db['raw']) {
  const oldest = raw.prepare<
    [number, number],
    SumRow & { readonly created_at: number; readonly request_id: string }
  >(
    `SELECT created_at, request_id, ${[...PERSON, ...DIMENSIONS, ...COUNTS].join(', ')} FROM usage
     WHERE created_at < ? ORDER BY created_at, request_id LIMIT ?`,
  )
  const add = raw.prepare<[SumRow]>(insertSum('expired_usage'))
  const removeBefore = raw.prepare<[number]>('DELETE FROM usage WHERE created_at < ?')
  const removeAt = raw.prepare<[number, string]>('DELETE FROM usage WHERE created_at = ? AND request_id <= ?')
  const note = raw.prepare<[number]>('UPDATE usage_progress SET kept_from = ? WHERE id = 0')
  return (beforeMs: number, keptFrom: number, limit: number, hourOf: StartOf): boolean => {
    const rows = oldest.all(beforeMs, limit)
    for (const { created_at, request_id: _, ...row } of rows) {
      add.run({ ...row, level: 1, start_ms: hourOf(created_at), requests: 1 })
    }
    const last = rows.at(-1)
    if (last) {
      removeBefore.run(last.created_at)
      removeAt.run(last.created_at, last.request_id)
    }
    const isMore = rows.length === limit
    const keptNow = isMore && last ? last.created_at + 1 : beforeMs
    if (keptNow > keptFrom) note.run(keptNow)
    return isMore
  }
}

function prepareMove(raw: Db['raw'], table: Table) {
  const key = ['level', 'start_ms', ...TABLES[table]]
  const oldest = raw.prepare<[number, number, number], SumRow & { readonly start_ms: number }>(
    `SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE level = ? AND start_ms < ? ORDER BY start_ms LIMIT ?`,
  )
  const add = raw.prepare<[SumRow]>(insertSum(table))
  const remove = raw.prepare<[SumRow]>(
    `DELETE FROM ${table} WHERE ${key.map((name) => `${name} = @${name}`).join(' AND ')}`,
  )
  return {
    move(level: 0 | 1, beforeMs: number, limit: number, startOf: StartOf): boolean {
      const rows = oldest.all(level, beforeMs, limit)
      for (const row of rows) {
        remove.run(row)
        add.run({ ...row, level: level + 1, start_ms: startOf(row.start_ms) })
      }
      return rows.length === limit
    },
    forget(beforeMs: number, limit: number): boolean {
      const rows = [0, 1, 2].flatMap((level) => oldest.all(level, beforeMs, limit))
      for (const row of rows) remove.run(row)
      return rows.length >= limit
    },
  }
}
