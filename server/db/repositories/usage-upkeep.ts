// Moves usage into sums as it grows old, a bounded piece at a time. Each step is one transaction, and no step changes what any
// whole span adds up to.
import type { Db } from '../open.ts'

export interface UsageUpkeep {
  /** Each step does at most about `limit` rows; false where nothing was left to do. */
  /** Adds rows of before this moment to the sums of everyone. */
  rollUp(beforeMs: number, limit: number): boolean
  /** Rows of before this moment become sums by person, key and hour. Only what is rolled up already expires. */
  expire(beforeMs: number, limit: number, hourOf: StartOf): boolean
  /** Quarter hours of before this moment become hours. */
  compactToHours(beforeMs: number, limit: number, hourOf: StartOf): boolean
  /** Hours of before this moment become days. */
  compactToDays(beforeMs: number, limit: number, dayOf: StartOf): boolean
  /** Forgets sums of before this moment. */
  forget(beforeMs: number, limit: number): boolean
  readonly keptFrom: number
}

/** The beginning of the span that a moment falls into. */
export type StartOf = (atMs: number) => number

const DIMENSIONS = ['model', 'endpoint', 'status', 'reason', 'is_demo', 'source']
const PERSON = ['user_id', 'key_id']
const COUNTS = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'web_search_calls',
  'cost_nano_usd',
]
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
  const progress = raw.prepare<[], { readonly rolledUntil: number; readonly keptFrom: number }>(
    'SELECT rolled_until AS rolledUntil, kept_from AS keptFrom FROM usage_progress WHERE id = 0',
  )
  const read = () => progress.get() ?? { rolledUntil: 0, keptFrom: 0 }
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

  return {
    rollUp: atOnce((beforeMs, limit) => rollUp(read().rolledUntil, beforeMs, limit)),
    expire: atOnce((beforeMs, limit, hourOf) => {
      const { rolledUntil, keptFrom } = read()
      return expiry(Math.min(beforeMs, rolledUntil), keptFrom, limit, hourOf)
    }),
    compactToHours: atOnce((beforeMs, limit, hourOf) => compact(0, beforeMs, limit, hourOf)),
    compactToDays: atOnce((beforeMs, limit, dayOf) => compact(1, beforeMs, limit, dayOf)),
    forget: atOnce((beforeMs, limit) =>
      [movers.usage_rollups, movers.expired_usage].some((mover) => mover.forget(beforeMs, limit)),
    ),
    get keptFrom() {
      return read().keptFrom
    },
  }
}

function prepareRollUp(raw: Db['raw']) {
  const cut = raw
    .prepare<[number, number, number], number>(
      'SELECT created_at FROM usage WHERE created_at >= ? AND created_at < ? ORDER BY created_at LIMIT 1 OFFSET ?',
    )
    .pluck()
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
    const cutMs = cut.get(fromMs, beforeMs, limit)
    // Rows of one millisecond stay together, however many they are.
    const untilMs = cutMs === undefined ? beforeMs : Math.max(cutMs, fromMs + 1)
    add.run(fromMs, untilMs)
    note.run(untilMs)
    return cutMs !== undefined
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
