// What requests may ask for beyond tokens: hosted tools, stored prompts, tiers of service, being stored. The shape that is stored for a role, a
// plan, a user or a key, and what holds where nobody has said anything. What follows for a request is in server/limits.
import { z } from 'zod'
import { type LimitScope, limitScope } from './limits.ts'
import { id, role, unixMs } from './operations/fields.ts'

/** Tools that the upstream runs, and bills by the call. Every other hosted tool is refused, whoever asks. */
export const HOSTED_TOOLS = ['web_search', 'file_search', 'code_interpreter', 'image_generation'] as const
export type HostedTool = (typeof HOSTED_TOOLS)[number]

/** Tiers that may be asked for by name, as a price row has them. `fast` is `priority`; batches are no requests. */
export const POLICY_TIERS = ['flex', 'priority', 'ultrafast'] as const
export type PolicyTier = (typeof POLICY_TIERS)[number]

/**
 * Whether the upstream may keep answers for later requests to refer to. `off` sends `store: false` whatever was asked, after
 * which nothing can be referred to; `refuse` answers a request that does not say `store: false` itself.
 */
export const STORING = ['allow', 'off', 'refuse'] as const
export type Storing = (typeof STORING)[number]

/** The most that one request may be permitted. */
export const TOOL_CALLS_MAX = 100
const VECTOR_STORES_MAX = 50
const PROMPTS_MAX = 50

const distinct = (list: readonly string[]) => new Set(list).size === list.length

/** Each rule stands alone: one that is left out is inherited. */
export const requestPolicy = z.strictObject({
  webSearch: z.boolean().optional(),
  fileSearch: z.boolean().optional(),
  codeInterpreter: z.boolean().optional(),
  imageGeneration: z.boolean().optional(),
  /** The operator's own vector stores that file search may look into; nobody else has any here. */
  vectorStoreIds: z
    .array(z.string().min(1).max(200))
    .max(VECTOR_STORES_MAX)
    .refine(distinct, 'names a vector store twice')
    .optional(),
  /** The operator's own stored prompts that requests may name. Whoever lists one answers for what is in it. */
  promptIds: z
    .array(z.string().min(1).max(200))
    .max(PROMPTS_MAX)
    .refine(distinct, 'names a stored prompt twice')
    .optional(),
  serviceTiers: z.array(z.enum(POLICY_TIERS)).refine(distinct, 'names a tier twice').optional(),
  store: z.enum(STORING).optional(),
  /** The most calls of hosted tools in one request. A request that says nothing is sent with it. */
  maxToolCalls: z.int().min(1).max(TOOL_CALLS_MAX).optional(),
})
export type RequestPolicy = z.infer<typeof requestPolicy>
export type PolicyRule = keyof RequestPolicy
// The members of an object literal are exactly the members of its type.
export const POLICY_RULES = Object.keys(requestPolicy.shape) as readonly PolicyRule[]

/** What holds until an operator says otherwise: Codex sends `web_search` unasked, and what has no price is refused anyway. */
export const SHIPPED_POLICY = {
  webSearch: true,
  fileSearch: false,
  codeInterpreter: false,
  imageGeneration: false,
  vectorStoreIds: [] as readonly string[],
  promptIds: [] as readonly string[],
  serviceTiers: POLICY_TIERS as readonly PolicyTier[],
  store: 'allow' as Storing,
  maxToolCalls: null as number | null,
} as const satisfies Record<PolicyRule, unknown>

/** A rule of each kind, whoever set it; `maxToolCalls` null where nobody did. */
export interface PolicyValues {
  readonly webSearch: boolean
  readonly fileSearch: boolean
  readonly codeInterpreter: boolean
  readonly imageGeneration: boolean
  readonly vectorStoreIds: readonly string[]
  readonly promptIds: readonly string[]
  readonly serviceTiers: readonly PolicyTier[]
  readonly store: Storing
  readonly maxToolCalls: number | null
}

export const policyOrigin = z.enum(['shipped', ...limitScope.options])
export type PolicyOrigin = z.infer<typeof policyOrigin>

const subjectShape = {
  scope: limitScope,
  /** A role, or the id of a plan, a user or a key; of a rotated key the id of its family, so that the policy stays. */
  subjectId: id,
}
const namesKnownRole = ({ scope, subjectId }: { readonly scope: LimitScope; readonly subjectId: string }) =>
  scope !== 'role' || role.safeParse(subjectId).success
const ROLE_PROBLEM = { path: ['subjectId'], error: `has to be one of: ${role.options.join(', ')}` }

export const policiesGetInput = z.strictObject(subjectShape).refine(namesKnownRole, ROLE_PROBLEM)

/** Replaces every rule of one subject. */
export const policiesUpdateInput = z
  .strictObject({ ...subjectShape, policy: requestPolicy })
  .refine(namesKnownRole, ROLE_PROBLEM)

const effectiveRule = <Value extends z.ZodType>(value: Value) => z.strictObject({ value, from: policyOrigin })

export const subjectPolicy = z.strictObject({
  ...subjectShape,
  /** What was set for this subject itself. */
  policy: requestPolicy,
  /** What would hold for it without that, and who says so. Of a plan or a role, as far as it is known without a person. */
  inherited: z.strictObject({
    webSearch: effectiveRule(z.boolean()),
    fileSearch: effectiveRule(z.boolean()),
    codeInterpreter: effectiveRule(z.boolean()),
    imageGeneration: effectiveRule(z.boolean()),
    vectorStoreIds: effectiveRule(z.array(z.string())),
    promptIds: effectiveRule(z.array(z.string())),
    serviceTiers: effectiveRule(z.array(z.enum(POLICY_TIERS))),
    store: effectiveRule(z.enum(STORING)),
    maxToolCalls: effectiveRule(z.int().nullable()),
  }),
  /** Null where nobody has changed it yet. */
  updatedAt: unixMs.nullable(),
})
export type SubjectPolicyView = z.infer<typeof subjectPolicy>
