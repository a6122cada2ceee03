// The upstreams: where requests go, whether they work, and what went wrong lately. Their keys go in and never come out. The
// primary one is that of the set-up; there may be further ones beside it.
import { z } from 'zod'
import { modelName } from '../model-rule.ts'
import { operation } from '../operation.ts'
import { UPSTREAM_PROBLEMS, type UpstreamProblemCode } from '../upstream-problem.ts'
import { id, label, listOf, nothing, unixMs } from './fields.ts'
import { upstreamApiKey, upstreamBaseUrl, upstreamKind } from './setup.ts'

// The members of an object literal are exactly the members of its type.
const problemCode = z.enum(Object.keys(UPSTREAM_PROBLEMS) as [UpstreamProblemCode, ...UpstreamProblemCode[]])

export const upstreamProblem = z.strictObject({
  code: problemCode,
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
})

export const upstreamsTest = operation({
  name: 'upstreams.test',
  /** During the set-up, whoever may do it (`token`, as in `setup.complete`); afterwards administrators. */
  audience: 'public',
  /** What is left out is what is set. The stored key goes to the stored address alone. */
  input: z.strictObject({
    kind: upstreamKind.optional(),
    /** A further upstream, whose address and key stand in for what is left out. */
    upstreamId: id.optional(),
    baseUrl: upstreamBaseUrl.optional(),
    apiKey: upstreamApiKey.optional(),
    token: z.string().max(200).optional(),
  }),
  output: z.strictObject({
    isWorking: z.boolean(),
    problem: upstreamProblem.nullable(),
    /** Names of models it has, at most 500. */
    models: z.array(z.string()),
    modelCount: z.int(),
    durationMs: z.int(),
    /** A base URL that answers where this one did not. */
    suggestedBaseUrl: z.string().nullable(),
  }),
})

const health = z.strictObject({
  /** Null until something was asked of it. */
  isHealthy: z.boolean().nullable(),
  lastSuccessAt: unixMs.nullable(),
  lastFailureAt: unixMs.nullable(),
  /** Since the start, the last first; the same again counts up. */
  errors: z.array(
    upstreamProblem.extend({
      count: z.int(),
      firstAt: unixMs,
      lastAt: unixMs,
      requestId: z.string().nullable(),
    }),
  ),
})
export type UpstreamHealthView = z.infer<typeof health>

const overridden = z.literal('environment').optional()

const secretStoreKind = z.enum([
  'OS keychain',
  'encrypted file',
  'environment, then OS keychain',
  'environment, then encrypted file',
])
export type SecretStoreKind = z.infer<typeof secretStoreKind>

const key = z.strictObject({
  isSet: z.boolean(),
  /** The last four characters; null where there is no key, or where four would give too much of it away. */
  lastFour: z.string().nullable(),
  /** Where it is kept; what stands first is looked at first. */
  keptIn: secretStoreKind,
})

const upstreamView = z.strictObject({
  kind: upstreamKind.nullable(),
  baseUrl: z.string().nullable(),
  isConfigured: z.boolean(),
  key,
  /** What the environment decides, and no change here reaches until it is unset. */
  overriddenBy: z.strictObject({ kind: overridden, baseUrl: overridden, apiKey: overridden }),
  health,
})
export type UpstreamView = z.infer<typeof upstreamView>

export const upstreamsGet = operation({
  name: 'upstreams.get',
  audience: 'admin',
  input: nothing,
  output: upstreamView,
})

export const upstreamsUpdate = operation({
  name: 'upstreams.update',
  audience: 'admin',
  /** What is left out stays. A base URL on another host needs its key sent along: keys are for one host. */
  input: z
    .strictObject({
      kind: upstreamKind.optional(),
      baseUrl: upstreamBaseUrl.optional(),
      apiKey: upstreamApiKey.optional(),
    })
    .refine(
      (input) => input.kind !== undefined || input.baseUrl !== undefined || input.apiKey !== undefined,
      'needs at least one of kind, baseUrl and apiKey',
    ),
  output: upstreamView,
})

/** The id of the upstream of the set-up, which `upstreams.get` and `upstreams.update` are about. */
export const PRIMARY_UPSTREAM = 'primary'

/** More than a person keeps an eye on; each is looked through for every request. */
export const UPSTREAMS_MAX = 50
const MODELS_MAX = 500

/** A model by the name that clients and prices know it by, and by the one that this upstream does. */
const servedModel = z.strictObject({ model: modelName, upstreamModel: modelName.optional() })

/** How requests are shared among upstreams. */
const use = {
  name: label,
  /** Null: every model, under its own name. */
  models: z
    .array(servedModel)
    .min(1, 'has to name at least one model, or be null for all of them')
    .max(MODELS_MAX)
    .refine(
      (models) => new Set(models.map(({ model }) => model)).size === models.length,
      'names a model twice',
    )
    .nullable(),
  /** Lower numbers are asked first; among equals, whichever names the model, and then whichever has less to do. */
  priority: z.int().min(0).max(1_000),
  /** Parts per million, beside the multipliers of the settings and of the model. */
  multiplierPpm: z.int().min(0).max(1_000_000_000),
  /** How many requests may run there at once; null: any number. */
  concurrencyMax: z.int().min(1).max(100_000).nullable(),
  /** How long it may take to begin a streamed answer, in seconds, before another one is asked; ten times that for whole ones. */
  headSecondsMax: z.int().min(1).max(2_100),
  isEnabled: z.boolean(),
  /**
   * Whether it is told people apart by a keyed hash (`safety_identifier`, and in front of `prompt_cache_key`). Servers of other
   * makes may refuse members that they do not know. Null: OpenAI's own addresses are told, all others are not.
   */
  identifiesUsers: z.boolean().nullable(),
}
export type ServedModel = z.infer<typeof servedModel>

const breaker = z.strictObject({
  /** `open`: passed over until `retryAt`. `half_open`: the next request, or one that runs, decides. */
  state: z.enum(['closed', 'open', 'half_open']),
  retryAt: unixMs.nullable(),
  reason: z.enum(['failures', 'rate_limited', 'rejected']).nullable(),
})

const listedUpstream = z.strictObject({
  id,
  isPrimary: z.boolean(),
  kind: upstreamKind.nullable(),
  baseUrl: z.string().nullable(),
  ...use,
  models: z.array(servedModel).nullable(),
  /** Whether requests go there: it is enabled, and has what it needs. */
  isInUse: z.boolean(),
  key,
  running: z.int(),
  breaker,
  health,
})
export type ListedUpstream = z.infer<typeof listedUpstream>

export const upstreamsList = operation({
  name: 'upstreams.list',
  audience: 'admin',
  /** In the order in which they are asked; few enough to come whole. */
  input: nothing,
  output: listOf(listedUpstream),
})

export const upstreamsCreate = operation({
  name: 'upstreams.create',
  audience: 'admin',
  /** A key is needed by most; those of a local network often have none. */
  input: z.strictObject({
    ...use,
    models: use.models.default(null),
    priority: use.priority.default(100),
    multiplierPpm: use.multiplierPpm.default(1_000_000),
    concurrencyMax: use.concurrencyMax.default(null),
    headSecondsMax: use.headSecondsMax.default(60),
    isEnabled: use.isEnabled.default(true),
    identifiesUsers: use.identifiesUsers.default(null),
    baseUrl: upstreamBaseUrl,
    apiKey: upstreamApiKey.optional(),
  }),
  output: listedUpstream,
})

export const upstreamsChange = operation({
  name: 'upstreams.change',
  audience: 'admin',
  /**
   * What is left out stays; `apiKey: null` forgets the key. A base URL on another host forgets it too, unless one is sent
   * along: keys are for one host. Of the primary one, only how it is used is changed here.
   */
  input: z
    .strictObject({
      upstreamId: id,
      ...z.object(use).partial().shape,
      baseUrl: upstreamBaseUrl.optional(),
      apiKey: upstreamApiKey.nullable().optional(),
    })
    .refine(
      (input) => Object.values(input).filter((value) => value !== undefined).length > 1,
      'has nothing to change',
    ),
  output: listedUpstream,
})

export const upstreamsRemove = operation({
  name: 'upstreams.remove',
  audience: 'admin',
  /** Its key is forgotten. What it keeps of stored responses cannot be reached any more; requests that run there go on. */
  input: z.strictObject({ upstreamId: id }),
  output: z.strictObject({ upstreamId: id }),
})
