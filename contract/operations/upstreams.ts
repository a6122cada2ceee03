// The upstream: where requests go, whether it works, and what went wrong lately. Its key goes in and never comes out.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { UPSTREAM_PROBLEMS, type UpstreamProblemCode } from '../upstream-problem.ts'
import { nothing, unixMs } from './fields.ts'
import { upstreamApiKey, upstreamBaseUrl, upstreamKind } from './setup.ts'

// The members of an object literal are exactly the members of its type.
const problemCode = z.enum(Object.keys(UPSTREAM_PROBLEMS) as [UpstreamProblemCode, ...UpstreamProblemCode[]])

const problem = z.strictObject({
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
    baseUrl: upstreamBaseUrl.optional(),
    apiKey: upstreamApiKey.optional(),
    token: z.string().max(200).optional(),
  }),
  output: z.strictObject({
    isWorking: z.boolean(),
    problem: problem.nullable(),
    /** Names of models it has, at most 500. */
    models: z.array(z.string()),
    modelCount: z.int(),
    durationMs: z.int(),
    /** A base URL that answers where this one did not. */
    suggestedBaseUrl: z.string().nullable(),
  }),
})

const overridden = z.literal('environment').optional()

const upstreamView = z.strictObject({
  kind: upstreamKind.nullable(),
  baseUrl: z.string().nullable(),
  isConfigured: z.boolean(),
  key: z.strictObject({
    isSet: z.boolean(),
    /** The last four characters; null where there is no key, or where four would give too much of it away. */
    lastFour: z.string().nullable(),
    /** Where it is kept, in words. */
    keptIn: z.string(),
  }),
  /** What the environment decides, and no change here reaches until it is unset. */
  overriddenBy: z.strictObject({ kind: overridden, baseUrl: overridden, apiKey: overridden }),
  health: z.strictObject({
    /** Null until something was asked of it. */
    isHealthy: z.boolean().nullable(),
    lastSuccessAt: unixMs.nullable(),
    lastFailureAt: unixMs.nullable(),
    /** Since the start, the last first; the same again counts up. */
    errors: z.array(
      problem.extend({ count: z.int(), firstAt: unixMs, lastAt: unixMs, requestId: z.string().nullable() }),
    ),
  }),
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
