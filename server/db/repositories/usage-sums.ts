// Sums of usage by filter, time and group. Whatever holds a part of the past is asked for its part, and the parts are added.
import type { UsageDimension } from '../../../contract/operations/usage.ts'
import type { Db } from '../open.ts'
import {
  COLUMN_OF,
  type CountedFilter,
  createUsageParts,
  type UsagePart,
  type UsageSource,
} from './usage-parts.ts'
import {
  addTotals,
  SUMS_OF_DAYS,
  SUMS_OF_ROWS,
  SUMS_OF_SUMS,
  sumTotals,
  type UsageTotals,
} from './usage-totals.ts'

export type { CountedFilter }

export interface UsageSums {
  total(filter: CountedFilter): UsageTotals
  /** By the values of a dimension, in no order. */
  byGroup(filter: CountedFilter, dimension: UsageDimension): Map<string, UsageTotals>
}

type Value = string | number

/** A condition on rows or sums, and its values by position. */
export function conditionOf(
  filter: CountedFilter,
  source: UsageSource | 'daily_timings',
): { sql: string; values: Value[] } {
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
  if (source.startsWith('daily_') && filter.userId !== undefined && filter.keyId === undefined) {
    // Each day has its people in order, so that one of them is found by a step for each day.
    parts.push('start_ms IN (SELECT start_ms FROM usage_days WHERE start_ms >= ? AND start_ms < ?)')
    values.push(filter.from ?? 0, filter.to ?? Number.MAX_SAFE_INTEGER)
  } else {
    const timeColumn = source === 'usage' ? 'created_at' : 'start_ms'
    add(`${timeColumn} >= ?`, filter.from)
    add(`${timeColumn} < ?`, filter.to)
  }
  if (!filter.includeDemo) parts.push('is_demo = 0')
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), values }
}

export function createUsageSums({ raw }: Pick<Db, 'raw'>): UsageSums {
  type Row = UsageTotals & { readonly group: string }
  const partsOf = createUsageParts({ raw })
  // A report asks the same question for each of its buckets.
  const prepared = new Map<string, ReturnType<typeof raw.prepare<Value[], Row>>>()

  function readPart({ source, filter }: UsagePart, dimension: UsageDimension | undefined): Row[] {
    const isOfPeople = filter.userId !== undefined || filter.keyId !== undefined
    const { sql, values } = conditionOf(filter, source)
    // The plus keeps rows from being read in the order of their groups, all of them, where the time would do.
    const group = dimension === undefined ? `''` : `+${COLUMN_OF[dimension]}`
    // Named, because they stand before the time in the order of the sums.
    const levels = isLevelled(source) && !isOfPeople ? ' AND level IN (0, 1, 2)' : ''
    const text = `SELECT ${group} AS "group", ${columnsOf(source)} FROM ${source}
      WHERE ${sql}${levels}${dimension === undefined ? '' : ' GROUP BY 1'}`
    const statement = prepared.get(text) ?? raw.prepare<Value[], Row>(text)
    prepared.set(text, statement)
    return statement.all(...values)
  }

  const read = (filter: CountedFilter, dimension: UsageDimension | undefined): Row[] =>
    partsOf(filter, dimension).flatMap((part) => readPart(part, dimension))

  return {
    total: (filter) => sumTotals(read(filter, undefined)),
    byGroup(filter, dimension) {
      const groups = new Map<string, UsageTotals>()
      for (const { group, ...totals } of read(filter, dimension)) {
        const known = groups.get(group)
        groups.set(group, known ? addTotals(known, totals) : totals)
      }
      return groups
    },
  }
}

const isLevelled = (source: UsageSource): boolean => source === 'usage_rollups' || source === 'expired_usage'

function columnsOf(source: UsageSource): string {
  if (source === 'usage') return SUMS_OF_ROWS
  return isLevelled(source) ? SUMS_OF_SUMS : SUMS_OF_DAYS
}
