// What the charts of usage are drawn from. Reads much, so it runs in a thread of its own; see reports.ts.
import type { UsageDimension, UsageGroup } from '../../../contract/operations/usage.ts'
import type { Db } from '../open.ts'
import { type CountedFilter, createUsageSums } from './usage-sums.ts'
import { readTimings, type UsageTiming } from './usage-timings.ts'
import { NOTHING_USED, sumTotals, type UsageTotals } from './usage-totals.ts'

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

export interface TopRequest {
  readonly filter: CountedFilter
  readonly by: UsageDimension
  readonly sort: 'cost' | 'requests' | 'tokens'
  readonly limit: number
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

  function top({ filter, by, sort, limit }: TopRequest): TopReport {
    const groups = [...sums.byGroup(filter, by)].map(([id, total]) => ({ id, total }))
    groups.sort(
      (one, other) => measureOf(other.total, sort) - measureOf(one.total, sort) || compare(one, other),
    )
    const rows = groups.slice(0, limit).map((group) => ({ ...group, label: labelOf(by, group.id) }))
    return { rows, total: sumTotals(groups.map(({ total }) => total)) }
  }

  function grouped(request: SeriesRequest, by: UsageDimension): Omit<SeriesReport, 'timings'> {
    const { filter, buckets } = request
    const whole = { ...filter, ...spanOf(buckets) }
    const { rows } = top({ filter: whole, by, sort: 'cost', limit: request.top })
    const groups = rows.map((row) => ({ ...row, points: [] as UsageTotals[] }))
    const known = new Set(rows.map(({ id }) => id))
    const points: UsageTotals[] = []
    const rest: UsageTotals[] = []
    for (const bucket of buckets) {
      const found = sums.byGroup({ ...filter, ...bucket }, by)
      for (const { id, points } of groups) points.push(found.get(id) ?? NOTHING_USED)
      rest.push(sumTotals([...found].filter(([id]) => !known.has(id)).map(([, totals]) => totals)))
      points.push(sumTotals(found.values()))
    }
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

const spanOf = (buckets: readonly TimeBucket[]): TimeBucket => ({
  from: buckets[0]?.from ?? 0,
  to: buckets.at(-1)?.to ?? 0,
})

function measureOf(totals: UsageTotals, sort: TopRequest['sort']): number {
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
