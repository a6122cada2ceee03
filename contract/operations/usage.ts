// What was used and what it cost: request by request, and in sum.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { usageRow } from '../usage.ts'
import { id, listOf, nanoUsd, page, unixMs } from './fields.ts'

const filter = {
  userId: id.optional(),
  keyId: id.optional(),
  model: z.string().min(1).max(200).optional(),
  endpoint: z.string().min(1).max(100).optional(),
  /** Unix milliseconds, inclusive. */
  from: unixMs.optional(),
  /** Unix milliseconds, exclusive. */
  to: unixMs.optional(),
}

export const usageList = operation({
  name: 'usage.list',
  audience: 'user',
  /** Newest first. Without `userId`: an administrator sees every request, everyone else their own. */
  input: z.strictObject({ ...filter, status: z.int().min(100).max(599).optional(), ...page }),
  output: listOf(usageRow),
})

export const usageSummary = operation({
  name: 'usage.summary',
  audience: 'user',
  /** Requests answered by the demo upstream count only where `includeDemo` says so. */
  input: z.strictObject({ ...filter, includeDemo: z.boolean().default(false) }),
  output: z.strictObject({
    requests: z.int(),
    inputTokens: z.int(),
    cachedInputTokens: z.int(),
    cacheWriteTokens: z.int(),
    outputTokens: z.int(),
    reasoningTokens: z.int(),
    costNanoUsd: nanoUsd,
  }),
})
