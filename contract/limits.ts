// Rate limits, and what narrows one API key: the shapes that are stored, checked and shown, and the limits that a new
// gateway starts with. What a limit decides about a request is in server/limits.
import { z } from 'zod'
import { direction, id, listOf, nanoUsd, page, role, unixMs } from './operations/fields.ts'
import { cursor } from './paging.ts'

/** From the least specific to the most specific; a `key` limit is checked beside the others and only narrows. */
export const limitScope = z.enum(['role', 'plan', 'user', 'key'])
export const limitMetric = z.enum(['requests', 'tokens', 'concurrent'])
/** Minutes and hours are UTC's; a day is the operator's local calendar day. */
export const limitWindow = z.enum(['minute', 'hour', 'day'])

export type LimitScope = z.infer<typeof limitScope>
export type LimitMetric = z.infer<typeof limitMetric>
export type LimitWindow = z.infer<typeof limitWindow>

/** Large enough for anything that is counted, small enough that sums of it stay exact. */
const LIMIT_VALUE_MAX = 1_000_000_000_000
/** Requests and tokens in three windows each, and requests at once. */
const LIMITS_PER_SUBJECT_MAX = 7

const entryShape = {
  metric: limitMetric,
  /** Null for `concurrent`, which is a count of now. */
  window: limitWindow.nullable(),
  /** Null lifts the limit that a less specific rule sets. */
  value: z
    .int()
    .min(1, 'has to be at least 1; to let nothing pass, suspend the person or disable the key')
    .max(LIMIT_VALUE_MAX)
    .nullable(),
}
const subjectShape = {
  scope: limitScope,
  /** A role, or the id of a plan, a user or a key; of a rotated key the id of its family, so that the limit stays. */
  subjectId: id,
}

type Entry = {
  readonly metric: LimitMetric
  readonly window: LimitWindow | null
  readonly value: number | null
}
type Subject = { readonly scope: LimitScope; readonly subjectId: string }

const hasFittingWindow = (entry: Entry) => (entry.metric === 'concurrent') === (entry.window === null)
const WINDOW_PROBLEM = {
  path: ['window'],
  error: 'has to be null for concurrent requests, and minute, hour or day for requests and tokens',
}
const namesKnownRole = (subject: Subject) =>
  subject.scope !== 'role' || role.safeParse(subject.subjectId).success
const ROLE_PROBLEM = { path: ['subjectId'], error: `has to be one of: ${role.options.join(', ')}` }
const onlyNarrows = (scope: LimitScope, entry: Entry) => scope !== 'key' || entry.value !== null
const KEY_PROBLEM = 'a key only narrows, so its limit has to be a number'

export const limitEntry = z.strictObject(entryShape).refine(hasFittingWindow, WINDOW_PROBLEM)
/** All limits of one subject. */
export const limitEntries = z
  .array(limitEntry)
  .max(LIMITS_PER_SUBJECT_MAX)
  .refine(
    (rules) => new Set(rules.map((entry) => `${entry.metric} ${entry.window}`)).size === rules.length,
    'names the same metric and window twice',
  )

/** One limit: so many requests or tokens per window, or so many requests at once, for whom. */
export const limitRule = z
  .strictObject({ ...subjectShape, ...entryShape })
  .refine(hasFittingWindow, WINDOW_PROBLEM)
  .refine(namesKnownRole, ROLE_PROBLEM)
  .refine((rule) => onlyNarrows(rule.scope, rule), { path: ['value'], error: KEY_PROBLEM })

export type LimitEntry = z.infer<typeof limitEntry>
export type LimitRule = z.infer<typeof limitRule>

/** All limits of one role, plan, user or key, as they are listed. */
export const subjectLimits = z.strictObject({
  ...subjectShape,
  rules: z.array(z.strictObject({ ...entryShape, isShipped: z.boolean() })),
  /** Null where nobody has changed them yet. */
  updatedAt: unixMs.nullable(),
})
export type SubjectLimitsView = z.infer<typeof subjectLimits>

/**
 * Replaces all limits of one subject, and answers with `subjectLimits`. A limit left out is inherited again: from the role,
 * the plan, or as shipped.
 */
export const limitsUpdateInput = z
  .strictObject({ ...subjectShape, rules: limitEntries })
  .refine(namesKnownRole, ROLE_PROBLEM)
  .refine((input) => input.rules.every((entry) => onlyNarrows(input.scope, entry)), {
    path: ['rules'],
    error: KEY_PROBLEM,
  })
export type LimitsUpdateInput = z.infer<typeof limitsUpdateInput>

const limitSorts = ['scope', 'updatedAt'] as const
export type LimitSort = (typeof limitSorts)[number]

/**
 * One row per subject. By scope: the roles first, then plans, users and keys. By the last change: those that nobody has
 * changed are the oldest.
 */
export const limitsListInput = z.strictObject({
  ...page,
  sort: z.enum(limitSorts).default('scope'),
  direction: direction.default('asc'),
  cursor: cursor.optional(),
  scope: limitScope.optional(),
  subjectId: id.optional(),
})
export const limitsListOutput = listOf(
  subjectLimits.extend({
    /** What people call it: an email, the name of a plan or of a family's newest key; null for a role, or where it is gone. */
    subjectName: z.string().nullable(),
  }),
)

/** Whose use is counted: a person's, or that of a key and its family. Left out, `subjectId` is the caller. */
export const limitsUsageInput = z
  .strictObject({ scope: z.enum(['user', 'key']), subjectId: id.optional() })
  .refine(({ scope, subjectId }) => scope === 'user' || subjectId !== undefined, {
    path: ['subjectId'],
    error: 'has to name a key',
  })

const windowUsage = z.strictObject({
  requests: z.int(),
  /** Those of running requests by the most that they may use. */
  tokens: z.int(),
  endsAt: unixMs,
})

/** What is used in the windows that are open now, and the limits that it is held against. */
export const limitsUsageOutput = z.strictObject({
  scope: z.enum(['user', 'key']),
  /** Of a key the id of its family. */
  subjectId: id,
  minute: windowUsage,
  hour: windowUsage,
  day: windowUsage,
  concurrent: z.int(),
  /** The most specific of each metric and window; `scope` says whose it is. */
  limits: z.array(z.strictObject({ scope: limitScope, ...entryShape })),
})

/** The most that one key may spend; null for no cap of its own. Days and months are the operator's calendar's. */
const cap = nanoUsd.min(0).nullable()
export const spendingCaps = z.strictObject({ dayNanoUsd: cap, monthNanoUsd: cap, totalNanoUsd: cap })
export type SpendingCaps = z.infer<typeof spendingCaps>

const shipped = (
  subjectId: z.infer<typeof role>,
  metric: LimitMetric,
  window: LimitWindow | null,
  value: number,
): LimitRule => ({ scope: 'role', subjectId, metric, window, value })

/**
 * What holds until an operator says otherwise. No person reaches these, nor do a hundred programs of theirs; they stop a
 * program that has run wild before it takes every socket of the machine. Tokens are bounded by money, so by nothing here.
 */
export const SHIPPED_LIMITS: readonly LimitRule[] = role.options.flatMap((name) => [
  shipped(name, 'requests', 'minute', 600_000),
  shipped(name, 'concurrent', null, 2_000),
])
