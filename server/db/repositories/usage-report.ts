// What the charts of usage are drawn from. Reads much, so it runs in a thread of its own; see reports.ts.
import type { UsageDimension, UsageGroup } from '../../../contract/operations/usage.ts'
import type { Db } from '../open.ts'
import { type CountedFilter, createUsageSums } from './usage-sums.ts'
import { readTimings, type UsageTiming } from './usage-timings.ts'
import { addTotals, NOTHING_USED, sumTotals, type UsageTotals } from './usage-totals.ts'

/** From `from` on and before `to`, in Unix milliseconds. */
export interface TimeBucket {
  readonly from: number
  readonly to: number
}

export interface SeriesRequest {
  readonly filter: CountedFilter
  /** Without gap or overlap, at least one. */
  readonly buckets: readonly TimeBucket[]
  readonly groupBy?: UsageDimension | undefined
  readonly top: number
  readonly withTimings: boolean
}

interface Line {
  readonly total: UsageTotals
  readonly points: UsageTotals[]
}

export interface SeriesReport extends Line {
  readonly groups: ({ readonly id: string; readonly label: string } & Line)[]
  readonly other: Line | null
  readonly timings: { readonly total: UsageTiming; readonly points: UsageTiming[] } | null
}

interface Order {
  readonly by: UsageDimension
  readonly sort: 'cost' | 'requests' | 'tokens'
  readonly limit: number
}

export interface TopRequest extends Order {
  readonly filter: CountedFilter
}

export interface TopReport {
  readonly rows: UsageGroup[]
  readonly total: UsageTotals
}

export interface UsageReport {
  summary(filter: CountedFilter): UsageTotals
  series(request: SeriesRequest): SeriesReport
  top(request: TopRequest): TopReport
}

export function createUsageReport(db: Pick<Db, 'raw'>): UsageReport {
  const sums = createUsageSums(db)
  const labelOf = createLabels(db)

  function ranked(found: ReadonlyMap<string, UsageTotals>, { by, sort, limit }: Order): UsageGroup[] {
    const groups = [...found].map(([id, total]) => ({ id, total }))
    groups.sort(
      (one, other) => measureOf(other.total, sort) - measureOf(one.total, sort) || compare(one, other),
    )
    return groups.slice(0, limit).map((group) => ({ ...group, label: labelOf(by, group.id) }))
  }

  function top({ filter, ...order }: TopRequest): TopReport {
    const found = sums.byGroup(filter, order.by)
    return { rows: ranked(found, order), total: sumTotals(found.values()) }
  }

  function grouped(request: SeriesRequest, by: UsageDimension): Omit<SeriesReport, 'timings'> {
    const { filter, buckets } = request
    const found = buckets.map((bucket) => sums.byGroup({ ...filter, ...bucket }, by))
    const rows = ranked(addGroups(found), { by, sort: 'cost', limit: request.top })
    const known = new Set(rows.map(({ id }) => id))
    const groups = rows.map((row) => ({
      ...row,
      points: found.map((bucket) => bucket.get(row.id) ?? NOTHING_USED),
    }))
    const points = found.map((bucket) => sumTotals(bucket.values()))
    const rest = found.map((bucket) =>
      sumTotals([...bucket].filter(([id]) => !known.has(id)).map(([, totals]) => totals)),
    )
    const other = { total: sumTotals(rest), points: rest }
    return { total: sumTotals(points), points, groups, other: other.total.requests === 0 ? null : other }
  }

  return {
    summary: (filter) => sums.total(filter),
    top,
    series(request) {
      const { filter, buckets, groupBy, withTimings } = request
      const timings = withTimings ? readTimings(db, filter, buckets) : null
      if (groupBy !== undefined) return { ...grouped(request, groupBy), timings }
      const points = buckets.map((bucket) => sums.total({ ...filter, ...bucket }))
      return { total: sumTotals(points), points, groups: [], other: null, timings }
    },
  }
}

function addGroups(buckets: readonly ReadonlyMap<string, UsageTotals>[]): Map<string, UsageTotals> {
  const whole = new Map<string, UsageTotals>()
  for (const bucket of buckets) {
    for (const [id, totals] of bucket) {
      const known = whole.get(id)
      whole.set(id, known ? addTotals(known, totals) : totals)
    }
  }
  return whole
}

function measureOf(totals: UsageTotals, sort: Order['sort']): number {
  switch (sort) {
    case 'cost':
      return totals.costNanoUsd
    case 'requests':
      return totals.requests
    case 'tokens':
      return totals.inputTokens + totals.outputTokens
  }
}

/** Of equals, the busier one first; then by name, so that a screen does not jump. */
const compare = (
  one: { id: string; total: UsageTotals },
  other: { id: string; total: UsageTotals },
): number => other.total.requests - one.total.requests || (one.id < other.id ? -1 : 1)

function createLabels({ raw }: Pick<Db, 'raw'>): (dimension: UsageDimension, id: string) => string {
  const email = raw.prepare<[string], string>('SELECT email FROM users WHERE id = ?').pluck()
  const keyName = raw.prepare<[string], string>('SELECT name FROM api_keys WHERE id = ?').pluck()
  return (dimension, id) => {
    if (dimension === 'user') return email.get(id) ?? id
    return dimension === 'key' ? (keyName.get(id) ?? id) : id
  }
}
