// What an operator looks for at a glance: what runs, what needs attention, and how the last days went.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, nanoUsd, nanoUsdSum, unixMs } from './fields.ts'
import { upstreamProblem } from './upstreams.ts'
import { usageGroup, usageSeries, usageTiming, usageTotals } from './usage.ts'

/** A figure of now, and what the operator's local day has added to it. */
const count = z.strictObject({ total: z.int(), today: z.int() })
const amount = z.strictObject({ totalNanoUsd: nanoUsdSum, todayNanoUsd: nanoUsdSum })

/** One that is in use and in trouble, with what went wrong there last. */
const troubledUpstream = z.strictObject({
  upstreamId: id,
  isPrimary: z.boolean(),
  name: z.string(),
  problem: upstreamProblem.nullable(),
  lastAt: unixMs.nullable(),
})

/** What somebody should do something about, each kind at most once, the most urgent first. */
export const attention = z.discriminatedUnion('kind', [
  /** The books are not right. */
  z.strictObject({ kind: z.literal('ledger_wrong'), findingsTotal: z.int() }),
  z.strictObject({ kind: z.literal('upstream_missing') }),
  /** Those that do not answer as they should, of so many in use, in the order in which they are asked. */
  z.strictObject({
    kind: z.literal('upstream_unhealthy'),
    upstreams: z.array(troubledUpstream).min(1),
    inUse: z.int(),
  }),
  /** They answer, and did not to single requests of the last hour; `count` is of all of them. */
  z.strictObject({
    kind: z.literal('upstream_errors'),
    count: z.int(),
    upstreams: z.array(troubledUpstream).min(1),
    inUse: z.int(),
  }),
  z.strictObject({ kind: z.literal('possible_losses'), count: z.int(), amountNanoUsd: nanoUsdSum }),
  /** Models that were asked for and have no price, the last first; `count` is of all of them. */
  z.strictObject({
    kind: z.literal('unpriced_models'),
    count: z.int(),
    models: z.array(z.strictObject({ model: z.string(), asks: z.int(), lastAskedAt: unixMs })),
  }),
  z.strictObject({ kind: z.literal('pending_approvals'), count: z.int() }),
  z.strictObject({ kind: z.literal('failed_mails'), count: z.int() }),
  /** Active people whose balance and credit limit together have fallen below the setting, the lowest first. */
  z.strictObject({
    kind: z.literal('low_balances'),
    count: z.int(),
    people: z.array(z.strictObject({ userId: z.string(), email: z.string(), leftNanoUsd: nanoUsd })),
  }),
])
export type Attention = z.infer<typeof attention>

export const dashboardGet = operation({
  name: 'dashboard.get',
  audience: 'admin',
  input: z.strictObject({
    /** The charts cover so many local days, today included. */
    days: z.int().min(1).max(90).default(30),
    /** Requests answered by the demo upstream count only where this says so. */
    includeDemo: z.boolean().default(false),
  }),
  output: z.strictObject({
    running: z.strictObject({
      version: z.string(),
      startedAt: unixMs,
      /** Base URLs, the one for this machine first. */
      addresses: z.array(z.string()),
      inFlight: z.int(),
      /** Over the last ten seconds. */
      requestsPerSecond: z.number(),
      /** Null before the set-up. */
      upstream: z.enum(['openai', 'demo']).nullable(),
    }),
    attention: z.array(attention),
    /** Everybody who is not deleted. */
    users: count,
    /** Keys that can be used. */
    keys: count,
    /** Top-ups alone: gifts, codes and corrections are no revenue. */
    revenue: amount,
    /** What requests cost. */
    spend: amount,
    today: usageTotals,
    /** By local day and model. */
    series: usageSeries.output.omit({ timings: true }),
    timings: z.strictObject({ total: usageTiming, points: z.array(usageTiming) }),
    /** Of the days of the charts. */
    topUsers: z.array(usageGroup),
    topModels: z.array(usageGroup),
    announcement: z.string(),
  }),
})
