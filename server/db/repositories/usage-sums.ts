// Sums of usage by filter, time and group. Whatever holds a part of the past is asked for its part, and the parts are added.
import type { UsageDimension } from '../../../contract/operations/usage.ts'
import type { Db } from '../open.ts'
import type { UsageFilter } from './usage.ts'
import { addTotals, NOTHING_USED, SUMS_OF_ROWS, sumTotals, type UsageTotals } from './usage-totals.ts'

export interface CountedFilter extends UsageFilter {
  readonly includeDemo: boolean
}

export interface UsageSums {
  total(filter: CountedFilter): UsageTotals
  /** By the values of a dimension, in no order. */
  byGroup(filter: CountedFilter, dimension: UsageDimension): Map<string, UsageTotals>
}

export const COLUMN_OF: Readonly<Record<UsageDimension, string>> = {
  model: 'model',
  user: 'user_id',
  key: 'key_id',
  endpoint: 'endpoint',
}

type Value = string | number

/** A condition on usage rows, and its values by position. */
export function conditionOf(filter: CountedFilter, timeColumn: string): { sql: string; values: Value[] } {
  const parts: string[] = []
  const values: Value[] = []
  const add = (condition: string, value: Value | undefined): void => {
    if (value === undefined) return
    parts.push(condition)
    values.push(value)
  }
  add('user_id = ?', filter.userId)
  add('key_id = ?', filter.keyId)
  add('model = ?', filter.model)
  add('endpoint = ?', filter.endpoint)
  add('status = ?', filter.status)
  add('reason = ?', filter.reason)
  add(`${timeColumn} >= ?`, filter.from)
  add(`${timeColumn} < ?`, filter.to)
  if (!filter.includeDemo) parts.push('is_demo = 0')
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), values }
}

export function createUsageSums({ raw }: Pick<Db, 'raw'>): UsageSums {
  type Row = UsageTotals & { readonly group: string }
  // A report asks the same question for each of its buckets.
  const prepared = new Map<string, ReturnType<typeof raw.prepare<Value[], Row>>>()
  function read(filter: CountedFilter, dimension: UsageDimension | undefined): Row[] {
    const { sql, values } = conditionOf(filter, 'created_at')
    const group = dimension === undefined ? `''` : COLUMN_OF[dimension]
    const text = `SELECT ${group} AS "group", ${SUMS_OF_ROWS} FROM usage WHERE ${sql} GROUP BY 1`
    const statement = prepared.get(text) ?? raw.prepare<Value[], Row>(text)
    prepared.set(text, statement)
    return statement.all(...values)
  }

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
