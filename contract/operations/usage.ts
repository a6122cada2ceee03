// What was used and what it cost: request by request, in sum, over time, and by whom most.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { chargeReason, usageRow } from '../usage.ts'
import { id, listOf, nanoUsdSum, sortedPage, unixMs } from './fields.ts'

const filter = {
  /** Without it: an administrator sees every request, everyone else their own. */
  userId: id.optional(),
  keyId: id.optional(),
  model: z.string().min(1).max(200).optional(),
  endpoint: z.string().min(1).max(100).optional(),
  status: z.int().min(100).max(599).optional(),
  reason: chargeReason.optional(),
  /** Unix milliseconds, inclusive. */
  from: unixMs.optional(),
  /** Unix milliseconds, exclusive. */
  to: unixMs.optional(),
}

/** Requests answered by the demo upstream count only where this says so. */
const includeDemo = z.boolean().default(false)

/** Sums over requests. Cached and written tokens are parts of the input, reasoning is a part of the output. */
export const usageTotals = z.strictObject({
  requests: z.int(),
  /** Answered with 400 and above. */
  errors: z.int(),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  cacheWriteTokens: z.int(),
  outputTokens: z.int(),
  reasoningTokens: z.int(),
  webSearchCalls: z.int(),
  costNanoUsd: nanoUsdSum,
})
export type UsageTotals = z.infer<typeof usageTotals>

const usageSorts = ['createdAt', 'cost'] as const
export type UsageSort = (typeof usageSorts)[number]

export const usageList = operation({
  name: 'usage.list',
  audience: 'user',
  input: z
    .strictObject({ ...filter, ...sortedPage(usageSorts) })
    // That of a list by cost has the cost before the moment.
    .refine(({ sort, cursor }) => cursor === undefined || cursor.includes(':') === (sort === 'cost'), {
      path: ['cursor'],
      error: 'has to be the nextCursor of an earlier answer, unchanged',
    }),
  output: listOf(usageRow).extend({
    /** What people call whom and what the rows are of, by id: emails, and the names of keys that are not deleted. */
    names: z.strictObject({
      users: z.record(z.string(), z.string()),
      keys: z.record(z.string(), z.string()),
    }),
  }),
})

export const usageSummary = operation({
  name: 'usage.summary',
  audience: 'user',
  input: z.strictObject({ ...filter, includeDemo }),
  output: usageTotals,
})

export const usageBucket = z.enum(['quarter', 'hour', 'day'])
export type UsageBucket = z.infer<typeof usageBucket>
/** What requests are told apart by. */
export const usageDimension = z.enum(['model', 'user', 'key', 'endpoint'])
export type UsageDimension = z.infer<typeof usageDimension>

/** Half of the requests took at most `p50`, and so on; in milliseconds, at most 3.2 % off. */
const percentiles = z.strictObject({ p50: z.int(), p95: z.int(), p99: z.int() })

/** One value of a dimension. The label is what a person calls it: an email, the name of a key, a model. */
const groupName = { id: z.string(), label: z.string() }

/** How long requests took that were answered with less than 400; null where no request tells. */
export const usageTiming = z.strictObject({
  durationMs: percentiles.nullable(),
  firstTokenMs: percentiles.nullable(),
})

export const usageGroup = z.strictObject({ ...groupName, total: usageTotals })
export type UsageGroup = z.infer<typeof usageGroup>

export const SERIES_POINTS_MAX = 1_000

export const usageSeries = operation({
  name: 'usage.series',
  audience: 'user',
  /** `from` and `to` are widened to whole buckets. Days are the operator's local days, 23 or 25 hours where the clock changes. */
  input: z.strictObject({
    ...filter,
    from: unixMs,
    to: unixMs,
    bucket: usageBucket,
    groupBy: usageDimension.optional(),
    /** So many groups, those that cost most; the rest is `other`. */
    top: z.int().min(1).max(20).default(7),
    includeDemo,
    /** Percentiles of one person, key, endpoint or status read every request, so they are left out where nobody looks at them. */
    withTimings: z.boolean().default(false),
  }),
  output: z.strictObject({
    /** The IANA zone whose days these are. */
    timeZone: z.string(),
    /** Without gap or overlap. */
    buckets: z.array(z.strictObject({ from: unixMs, to: unixMs })),
    total: usageTotals,
    /** One point for each bucket. */
    points: z.array(usageTotals),
    /** The same by group, the dearest first; empty without `groupBy`. */
    groups: z.array(z.strictObject({ ...groupName, total: usageTotals, points: z.array(usageTotals) })),
    /** What the groups leave of the whole; null where they leave nothing. */
    other: z.strictObject({ total: usageTotals, points: z.array(usageTotals) }).nullable(),
    /** One for each bucket, and for all of them; null where they were not asked for. Requests whose details have expired are in those of everyone, and of everyone by model, on whole days alone. */
    timings: z.strictObject({ total: usageTiming, points: z.array(usageTiming) }).nullable(),
  }),
})

export const usageTop = operation({
  name: 'usage.top',
  audience: 'user',
  input: z.strictObject({
    ...filter,
    by: usageDimension,
    sort: z.enum(['cost', 'requests', 'tokens']).default('cost'),
    limit: z.int().min(1).max(100).default(10),
    includeDemo,
  }),
  /** The greatest first. `total` is of all groups, those included that are not listed. */
  output: z.strictObject({ rows: z.array(usageGroup), total: usageTotals }),
})
