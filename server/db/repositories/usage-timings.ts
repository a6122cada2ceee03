// How long requests took: percentiles, read from steps that durations are counted in. Of whole days the counts are kept up
// with the other sums; the rest is counted from rows in the same steps, so that an answer stays what it was when rows expire.
import type { z } from 'zod'
import type { usageTiming } from '../../../contract/operations/usage.ts'
import { middleOfStep, stepOf } from '../daily-usage.ts'
import type { Db } from '../open.ts'
import { createUsageDays } from './usage-days.ts'
import { type CountedFilter, conditionOf } from './usage-sums.ts'

export type UsageTiming = z.infer<typeof usageTiming>

interface Bucket {
  readonly from: number
  readonly to: number
}

/** How many requests took as long as each step, by the beginning of the step. */
type Counts = Map<number, number>

interface Timings {
  readonly durations: Counts
  readonly firstTokens: Counts
}

interface StepRow {
  readonly fromMs: number
  readonly durations: number
  readonly firstTokens: number
}

/** One timing for each bucket, and one for all of them together. */
export function readTimings(
  { raw }: Pick<Db, 'raw'>,
  filter: CountedFilter,
  buckets: readonly Bucket[],
): { readonly total: UsageTiming; readonly points: UsageTiming[] } {
  const days = createUsageDays({ raw })
  // A report asks the same question for each of its buckets.
  const prepared = new Map<string, ReturnType<typeof raw.prepare<unknown[], StepRow>>>()
  const ask = (sql: string, values: readonly unknown[]) => {
    const statement = prepared.get(sql) ?? raw.prepare<unknown[], StepRow>(sql)
    prepared.set(sql, statement)
    return statement.all(...values)
  }

  function ofRows(span: CountedFilter): StepRow[] {
    const { sql, values } = conditionOf(span, 'usage')
    const count = (column: string, durations: string, firstTokens: string) =>
      `SELECT ${stepOf(column)} AS fromMs, ${durations} AS durations, ${firstTokens} AS firstTokens
       FROM usage WHERE ${sql} AND status < 400 AND ${column} IS NOT NULL GROUP BY 1`
    return [
      ...ask(count('duration_ms', 'count(*)', '0'), values),
      ...ask(count('first_token_ms', '0', 'count(*)'), values),
    ]
  }

  function ofDays(span: CountedFilter): StepRow[] {
    const { sql, values } = conditionOf(span, 'daily_timings')
    return ask(
      `SELECT from_ms AS fromMs, sum(durations) AS durations, sum(first_tokens) AS firstTokens
       FROM daily_timings WHERE ${sql} GROUP BY 1`,
      values,
    )
  }

  function read({ from, to }: Bucket): StepRow[] {
    const cover = isOfDays(filter) ? days.coverOf(from, to) : undefined
    if (!cover) return ofRows({ ...filter, from, to })
    return [
      ...(from < cover.from ? ofRows({ ...filter, from, to: cover.from }) : []),
      ...ofDays({ ...filter, ...cover }),
      ...(cover.to < to ? ofRows({ ...filter, from: cover.to, to }) : []),
    ]
  }

  const all = noTimings()
  const points = buckets.map((bucket) => {
    const here = noTimings()
    for (const { fromMs, durations, firstTokens } of read(bucket)) {
      for (const timings of [here, all]) {
        count(timings.durations, fromMs, durations)
        count(timings.firstTokens, fromMs, firstTokens)
      }
    }
    return toTiming(here)
  })
  return { total: toTiming(all), points }
}

/** Days tell requests apart by model alone. */
const isOfDays = ({ userId, keyId, endpoint, status, reason }: CountedFilter): boolean =>
  [userId, keyId, endpoint, status, reason].every((asked) => asked === undefined)

const noTimings = (): Timings => ({ durations: new Map(), firstTokens: new Map() })

function count(counts: Counts, fromMs: number, requests: number): void {
  if (requests > 0) counts.set(fromMs, (counts.get(fromMs) ?? 0) + requests)
}

const toTiming = ({ durations, firstTokens }: Timings): UsageTiming => ({
  durationMs: percentilesOf(durations),
  firstTokenMs: percentilesOf(firstTokens),
})

/** By nearest rank, and then the middle of the step, which is at most a thirty-second off. */
export function percentilesOf(counts: ReadonlyMap<number, number>): UsageTiming['durationMs'] {
  const steps = [...counts].sort(([one], [other]) => one - other)
  const requests = steps.reduce((sum, [, here]) => sum + here, 0)
  if (requests === 0) return null
  const at = (share: number): number => {
    const rank = Math.ceil(share * requests)
    let passed = 0
    const found = steps.find(([, here]) => {
      passed += here
      return passed >= rank
    })
    return middleOfStep(found?.[0] ?? 0)
  }
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
