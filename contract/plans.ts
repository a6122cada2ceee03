// Plans: what a person may use for a price and a time, counted in windows; and how the one that is active is shown.
import { z } from 'zod'
import { limitEntry } from './limits.ts'
import { id, label, nanoUsdSum, unixMs } from './operations/fields.ts'

/** Days are the operator's local calendar days; weeks and months run from the activation of the plan. */
export const planWindow = z.enum(['day', 'week', 'month'])
/** Money in nano-dollars, at the price of the requests; tokens of input and output together; requests. */
export const planMetric = z.enum(['money', 'tokens', 'requests'])
export type PlanWindow = z.infer<typeof planWindow>
export type PlanMetric = z.infer<typeof planMetric>

/** A million dollars in nano-dollars, or as many tokens: sums of it stay exact. */
const QUOTA_MAX = 1_000_000_000_000_000
const DAYS_MAX = 3_660

export const planQuota = z.strictObject({
  window: planWindow,
  metric: planMetric,
  value: z.int().min(1).max(QUOTA_MAX),
})
export type PlanQuota = z.infer<typeof planQuota>

const quotas = z
  .array(planQuota)
  .max(planWindow.options.length * planMetric.options.length)
  .refine(
    (each) => new Set(each.map(({ window, metric }) => `${window} ${metric}`)).size === each.length,
    'names the same window and metric twice',
  )

/** What an administrator sets of a plan. */
export const planFields = {
  name: label,
  priceNanoUsd: z.int().min(0).max(QUOTA_MAX),
  /** How long it lasts, in days of 24 hours from its activation; buying it again adds as many. */
  days: z.int().min(1).max(DAYS_MAX),
  /** None: the plan carries whatever comes, and its rate limits alone hold it. */
  quotas,
  /** The models that it pays for, by their names or aliases; null for all. */
  allowedModels: z
    .array(z.string().min(1).max(200))
    .min(1, 'has to name at least one model, or be null for all of them')
    .max(200)
    .nullable(),
  /** Whether requests that the plan does not carry are paid from the balance, or refused. */
  mayUseBalance: z.boolean(),
  /** Whether people may buy it; otherwise it is granted, or comes with a code. */
  isForSale: z.boolean(),
}

export const planRow = z.strictObject({
  id,
  ...planFields,
  name: z.string(),
  createdAt: unixMs,
  updatedAt: unixMs,
  /** Archived plans are not sold any more, and last as long as they were paid for. */
  archivedAt: unixMs.nullable(),
  /** The rate limits of whoever has it; set by `limits.update` with the scope `plan`. */
  limits: z.array(limitEntry),
  /** How many people have it now. Shown to administrators. */
  activeCount: z.int().nullable(),
})
export type PlanView = z.infer<typeof planRow>

export const subscriptionOrigin = z.enum(['bought', 'granted', 'code'])
export type SubscriptionOrigin = z.infer<typeof subscriptionOrigin>

/** One person's plan, from its activation to its end. */
export const subscriptionRow = z.strictObject({
  id,
  userId: id,
  planId: id,
  planName: z.string(),
  origin: subscriptionOrigin,
  startedAt: unixMs,
  endsAt: unixMs,
  /** When it was ended, or seen to have ended; null while it lasts. */
  endedAt: unixMs.nullable(),
})

/** One quota as it stands now. What is left is what the next request is held against. */
export const quotaState = z.strictObject({
  window: planWindow,
  metric: planMetric,
  quota: z.int(),
  /** By requests that were admitted in the window and have ended. */
  used: z.int(),
  /** By requests that were admitted in the window and are running. */
  held: z.int(),
  left: z.int(),
  resetsAt: unixMs,
})

export const activePlan = z.strictObject({
  subscriptionId: id,
  planId: id,
  name: z.string(),
  origin: subscriptionOrigin,
  startedAt: unixMs,
  endsAt: unixMs,
  mayUseBalance: z.boolean(),
  allowedModels: planFields.allowedModels,
  windows: z.array(quotaState),
  /** Everything that it has paid for since its activation, at the price of the requests. */
  usedNanoUsd: nanoUsdSum,
})
export type ActivePlanView = z.infer<typeof activePlan>
