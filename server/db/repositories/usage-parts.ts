// Which sums and rows hold which part of a span, so that each request is counted once and as little as possible is read.
import type { UsageDimension } from '../../../contract/operations/usage.ts'
import { DAILY_SUMS, type DailySums } from '../daily-usage.ts'
import type { Db } from '../open.ts'
import { createUsageDays } from './usage-days.ts'
import type { UsageFilter } from './usage-list.ts'

export interface CountedFilter extends UsageFilter {
  readonly includeDemo: boolean
}

export const COLUMN_OF: Readonly<Record<UsageDimension, string>> = {
  model: 'model',
  user: 'user_id',
  key: 'key_id',
  endpoint: 'endpoint',
}

/** Where a part of the past is read from. Sums are counted where they begin. */
export type UsageSource = 'usage' | 'usage_rollups' | 'expired_usage' | DailySums
export interface UsagePart {
  readonly source: UsageSource
  readonly filter: CountedFilter
}

const QUARTER_MS = 900_000

/** The sums of days that tell apart all that is asked for, the shortest; undefined where none do. */
function dailySumsFor(filter: CountedFilter, dimension: UsageDimension | undefined): DailySums | undefined {
  const asked = [
    filter.userId !== undefined && 'user_id',
    filter.keyId !== undefined && 'key_id',
    filter.model !== undefined && 'model',
    filter.endpoint !== undefined && 'endpoint',
    filter.status !== undefined && 'status',
    filter.reason !== undefined && 'reason',
    dimension !== undefined && COLUMN_OF[dimension],
  ].filter((column) => column !== false)
  return SHORTEST_FIRST.find((table) => {
    const told: readonly string[] = DAILY_SUMS[table]
    return asked.every((column) => told.includes(column))
  })
}

const SHORTEST_FIRST: readonly DailySums[] = [
  'daily_usage',
  'daily_user_usage',
  'daily_user_model_usage',
  'daily_key_usage',
]

/**
 * What no sums of days hold: for a person or a key rows, and what is left of those that have expired; for everyone the sums by
 * quarter hour as far as they have come, and rows at both ends, where the span is none of whole quarter hours.
 */
function partsWithoutDays(filter: CountedFilter, isOfPeople: boolean, rolledUntil: number): UsagePart[] {
  if (isOfPeople)
    return [
      { source: 'usage', filter },
      { source: 'expired_usage', filter },
    ]
  const { from, to } = spanOf(filter)
  const startMs = Math.ceil(from / QUARTER_MS) * QUARTER_MS
  const endMs = to >= rolledUntil ? rolledUntil : Math.floor(to / QUARTER_MS) * QUARTER_MS
  if (startMs >= endMs) return [{ source: 'usage', filter }]
  const parts: UsagePart[] = [{ source: 'usage_rollups', filter: { ...filter, from: startMs, to: endMs } }]
  if (from < startMs) parts.push({ source: 'usage', filter: { ...filter, from, to: startMs } })
  if (endMs < to) parts.push({ source: 'usage', filter: { ...filter, from: endMs, to } })
  return parts
}

const spanOf = ({ from = 0, to = Number.MAX_SAFE_INTEGER }: CountedFilter) => ({ from, to })

export function createUsageParts({
  raw,
}: Pick<Db, 'raw'>): (filter: CountedFilter, dimension: UsageDimension | undefined) => UsagePart[] {
  const days = createUsageDays({ raw })
  const rolledUntil = raw.prepare<[], number>('SELECT rolled_until FROM usage_progress WHERE id = 0').pluck()
  return (filter, dimension) => {
    const isOfPeople =
      filter.userId !== undefined || filter.keyId !== undefined || dimension === 'user' || dimension === 'key'
    const without = (span: CountedFilter) => partsWithoutDays(span, isOfPeople, rolledUntil.get() ?? 0)
    const { from, to } = spanOf(filter)
    const source = dailySumsFor(filter, dimension)
    const cover = source && days.coverOf(from, to)
    if (!cover) return without(filter)
    return [
      ...(from < cover.from ? without({ ...filter, to: cover.from }) : []),
      { source, filter: { ...filter, ...cover } },
      ...(cover.to < to ? without({ ...filter, from: cover.to }) : []),
    ]
  }
}
