// A usage row: one request as it is listed, counted and shown. One row per request that carried a known key.
import { z } from 'zod'

/** Why a charge is what it is; a request that was never charged has `refused` or `upstream_failed` and zero cost. */
export const chargeReason = z.enum([
  'completed', // the upstream reported its usage; charged to the token
  'client_left', // the client hung up; the upstream was read to its end and reported its usage
  'upstream_failed', // the upstream broke or refused; what was relayed is charged by the published formula, often zero
  'estimated', // a bound cut the drain, or usage was missing; charged by the published formula, refundable
  'refused', // refused before anything was sent upstream; not charged
])
export type ChargeReason = z.infer<typeof chargeReason>

/** Whether a request counts among the errors: one that broke within its stream was answered with 200, and failed all the same. */
export const endedInError = ({
  status,
  reason,
}: {
  readonly status: number
  readonly reason: ChargeReason
}): boolean => status >= 400 || reason === 'upstream_failed'

/** What is not counted in tokens alone; a request has those that it used. */
export const mediaCounts = {
  /** Sound that came in, in milliseconds. */
  audioInputMs: z.int().optional(),
  /** Characters of text that was spoken. */
  speechCharacters: z.int().optional(),
  /** Images, by their size and quality. */
  images: z.int().optional(),
  smallImages: z.int().optional(),
  mediumImages: z.int().optional(),
  largeImages: z.int().optional(),
  hdImages: z.int().optional(),
  largeHdImages: z.int().optional(),
  /** What another model used to draw an SVG, at its own price. */
  svgNanoUsd: z.int().optional(),
}

export const usageRow = z.strictObject({
  requestId: z.string(),
  createdAt: z.int(),
  userId: z.string(),
  keyId: z.string(),
  endpoint: z.string(),
  model: z.string(),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  cacheWriteTokens: z.int(),
  outputTokens: z.int(),
  reasoningTokens: z.int(),
  webSearchCalls: z.int(),
  costNanoUsd: z.int(),
  /** The HTTP status that the client was given; 499 where it left before there was one. */
  status: z.int(),
  /** The gateway's error code, where it answered with one. */
  errorCode: z.string().nullable(),
  reason: chargeReason,
  durationMs: z.int(),
  /** From the request's arrival to the first relayed byte; null where nothing was relayed. */
  firstTokenMs: z.int().nullable(),
  stream: z.boolean(),
  /** Answered by the demo upstream: left out of spend totals. */
  isDemo: z.boolean(),
  /** What paid for it. The cost is the price of the request either way; of what a plan paid, the balance knows nothing. */
  source: z.enum(['balance', 'plan']),
  planSubscriptionId: z.string().nullable(),
  /** The name that the upstream had which answered. Null for the primary one, for none, and to whoever is no administrator. */
  upstream: z.string().nullable(),
  /** What it used beside tokens, where it used any of that. */
  media: z.strictObject(mediaCounts).optional(),
})
export type UsageRow = z.infer<typeof usageRow>
