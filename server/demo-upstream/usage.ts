// Reports what a request used, in the shapes of both endpoints with all of their members, or as a scenario falsifies it.
import type { JsonObject } from './json.ts'
import type { UsageCounts } from './received-request.ts'
import type { UsageScript } from './scenario.ts'

export const chatUsage = (counts: UsageCounts): JsonObject => ({
  prompt_tokens: counts.inputTokens,
  completion_tokens: counts.outputTokens,
  total_tokens: counts.inputTokens + counts.outputTokens,
  prompt_tokens_details: {
    cached_tokens: counts.cachedTokens,
    cache_write_tokens: counts.cacheWriteTokens,
    audio_tokens: 0,
  },
  completion_tokens_details: {
    reasoning_tokens: counts.reasoningTokens,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

export const embeddingsUsage = (counts: UsageCounts): JsonObject => ({
  prompt_tokens: counts.inputTokens,
  total_tokens: counts.inputTokens,
})

export const responsesUsage = (counts: UsageCounts): JsonObject => ({
  input_tokens: counts.inputTokens,
  input_tokens_details: { cached_tokens: counts.cachedTokens, cache_write_tokens: counts.cacheWriteTokens },
  output_tokens: counts.outputTokens,
  output_tokens_details: { reasoning_tokens: counts.reasoningTokens },
  total_tokens: counts.inputTokens + counts.outputTokens,
})

export const toolUsage = (counts: UsageCounts): JsonObject => ({
  image_gen: {
    input_tokens: 0,
    input_tokens_details: { image_tokens: 0, text_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { image_tokens: 0, text_tokens: 0 },
    total_tokens: 0,
  },
  web_search: { num_requests: counts.webSearches },
})

const ZERO: UsageCounts = {
  inputTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  webSearches: 0,
}

/** Three billion tokens each way: no model's window, and beyond what 32 bits hold. */
const ABSURD: UsageCounts = { ...ZERO, inputTokens: 3_000_000_000, outputTokens: 3_000_000_000 }

export const halfOf = (counts: UsageCounts): UsageCounts => ({
  ...counts,
  outputTokens: Math.floor(counts.outputTokens / 2),
  reasoningTokens: Math.floor(counts.reasoningTokens / 2),
})

/** What to report; undefined leaves the member out. */
export function reportedUsage(
  counts: UsageCounts,
  shape: (counts: UsageCounts) => JsonObject,
  script: UsageScript | undefined,
): unknown {
  if (script === undefined) return shape(counts)
  if (script === 'missing') return undefined
  if (script === 'zero') return shape(ZERO)
  if (script === 'absurd') return shape(ABSURD)
  return typeof script === 'function' ? script(shape(counts)) : script
}
