// Sums of usage by filter, time and group. Whatever holds a part of the past is asked for its part, and the parts are added.
import type { UsageDimension } from '../../../contract/operations/usage.ts'
import type { Db } from '../open.ts'
import type { UsageFilter } from './usage.ts'
import {
  addTotals,
  NOTHING_USED,
  SUMS_OF_ROWS,
  SUMS_OF_SUMS,
  sumTotals,
  type UsageTotals,
} from './usage-totals.ts'

export interface CountedFilter extends UsageFilter {
  readonly includeDemo: boolean
}

export interface UsageSums {
  total(filter: CountedFilter): UsageTotals
  /** By the values of a dimension, in no order. */
  byGroup(filter: CountedFilter, dimension: UsageDimension): Map<string, UsageTotals>
}

const COLUMN_OF: Readonly<Record<UsageDimension, string>> = {
  model: 'model',
  user: 'user_id',
  key: 'key_id',
  endpoint: 'endpoint',
}

type Value = string | number

/** A condition on rows, and its values by position. */
export function conditionOf(filter: CountedFilter, timeColumn: string): { sql: string; values: Value[] } {
  const parts: string[] = []
  const values: Value[] = []
  const add = (condition: string, value: Value | undefined): void => {
    if (value === undefined) return
    parts.push(condition)
    values.push(value)
  }
  add('key_id = ?', filter.keyId)
  // The plus takes a column out of the choice of an index: a person's or a key's own, or else that of time, serves best.
  add(filter.keyId === undefined ? 'user_id = ?' : '+user_id = ?', filter.userId)
  add('+model = ?', filter.model)
  add('+endpoint = ?', filter.endpoint)
  add('+status = ?', filter.status)
  add('+reason = ?', filter.reason)
  add(`${timeColumn} >= ?`, filter.from)
  add(`${timeColumn} < ?`, filter.to)
  if (!filter.includeDemo) parts.push('is_demo = 0')
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), values }
}

/** Where a part of the past is read from. Sums are counted where they begin. */
type Source = 'usage' | 'usage_rollups' | 'expired_usage'
interface Part {
  readonly source: Source
  readonly filter: CountedFilter
}

const QUARTER_MS = 900_000

/**
 * Who asks for a person or a key reads rows, and what is left of those that have expired. Everything else is read from the
 * sums of everyone as far as they have come, and from rows at both ends, where the span is none of whole quarter hours.
 */
function partsOf(filter: CountedFilter, dimension: UsageDimension | undefined, rolledUntil: number): Part[] {
  const { userId, keyId, from = 0, to = Number.MAX_SAFE_INTEGER } = filter
  const isOfPeople =
    userId !== undefined || keyId !== undefined || dimension === 'user' || dimension === 'key'
  if (isOfPeople)
    return [
      { source: 'usage', filter },
      { source: 'expired_usage', filter },
    ]
  const startMs = Math.ceil(from / QUARTER_MS) * QUARTER_MS
  const endMs = to >= rolledUntil ? rolledUntil : Math.floor(to / QUARTER_MS) * QUARTER_MS
  if (startMs >= endMs) return [{ source: 'usage', filter }]
  const parts: Part[] = [{ source: 'usage_rollups', filter: { ...filter, from: startMs, to: endMs } }]
  if (from < startMs) parts.push({ source: 'usage', filter: { ...filter, from, to: startMs } })
  if (endMs < to) parts.push({ source: 'usage', filter: { ...filter, from: endMs, to } })
  return parts
}

export function createUsageSums({ raw }: Pick<Db, 'raw'>): UsageSums {
  type Row = UsageTotals & { readonly group: string }
  const rolledUntil = raw.prepare<[], number>('SELECT rolled_until FROM usage_progress WHERE id = 0').pluck()
  // A report asks the same question for each of its buckets.
  const prepared = new Map<string, ReturnType<typeof raw.prepare<Value[], Row>>>()

  function readPart({ source, filter }: Part, dimension: UsageDimension | undefined): Row[] {
    const isRows = source === 'usage'
    const { sql, values } = conditionOf(filter, isRows ? 'created_at' : 'start_ms')
    const group = dimension === undefined ? `''` : COLUMN_OF[dimension]
    const isByTime = filter.userId === undefined && filter.keyId === undefined
    // Named, because they stand before the time in the order of the sums.
    const levels = !isRows && isByTime ? ' AND level IN (0, 1, 2)' : ''
    const text = `SELECT ${group} AS "group", ${isRows ? SUMS_OF_ROWS : SUMS_OF_SUMS} FROM ${source}
      WHERE ${sql}${levels}${dimension === undefined ? '' : ' GROUP BY 1'}`
    const statement = prepared.get(text) ?? raw.prepare<Value[], Row>(text)
    prepared.set(text, statement)
    return statement.all(...values)
  }

  const read = (filter: CountedFilter, dimension: UsageDimension | undefined): Row[] =>
    partsOf(filter, dimension, rolledUntil.get() ?? 0).flatMap((part) => readPart(part, dimension))

  return {
    total: (filter) => sumTotals(read(filter, undefined)),
    byGroup(filter, dimension) {
      const groups = new Map<string, UsageTotals>()
      for (const { group, ...totals } of read(filter, dimension)) {
        groups.set(group, addTotals(groups.get(group) ?? NOTHING_USED, totals))
      }
      return groups
    },
  }
}
