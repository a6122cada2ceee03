// How long requests took: percentiles over usage rows. They cannot be added up, so they need the rows themselves.
import type { z } from 'zod'
import type { usageTiming } from '../../../contract/operations/usage.ts'
import type { Db } from '../open.ts'
import { type CountedFilter, conditionOf } from './usage-sums.ts'

export type UsageTiming = z.infer<typeof usageTiming>

interface Bucket {
  readonly from: number
  readonly to: number
}

/** One timing for each bucket, and one for all of them together. */
export function readTimings(
  { raw }: Pick<Db, 'raw'>,
  filter: CountedFilter,
  buckets: readonly Bucket[],
): { readonly total: UsageTiming; readonly points: UsageTiming[] } {
  const durations: number[] = []
  const firstTokens: number[] = []
  const points = buckets.map(({ from, to }) => {
    const { sql, values } = conditionOf({ ...filter, from, to }, 'created_at')
    const rows = raw
      .prepare<unknown[], [number, number | null]>(
        `SELECT duration_ms, first_token_ms FROM usage WHERE ${sql} AND status < 400`,
      )
      .raw()
      .iterate(...values)
    const here = { durations: durations.length, firstTokens: firstTokens.length }
    for (const [duration, firstToken] of rows) {
      durations.push(duration)
      if (firstToken !== null) firstTokens.push(firstToken)
    }
    return toTiming(durations.slice(here.durations), firstTokens.slice(here.firstTokens))
  })
  return { total: toTiming(durations, firstTokens), points }
}

const toTiming = (durations: readonly number[], firstTokens: readonly number[]): UsageTiming => ({
  durationMs: percentilesOf(durations),
  firstTokenMs: percentilesOf(firstTokens),
})

/** By nearest rank: each is a duration that a request really had. */
export function percentilesOf(values: readonly number[]): UsageTiming['durationMs'] {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
