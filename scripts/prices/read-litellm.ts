// Reads the OpenAI models of LiteLLM's list, the only one with tiers of service. It comes in no npm package, so it is given
// as a file; what it says of tiers is kept in tiers.json.
import { z } from 'zod'
import { type PriceRates, SERVICE_TIERS, type ServiceTier, tierColumn } from '../../contract/price.ts'
import { fromUsdPerToken } from './exact-decimal.ts'
import { LONG_CONTEXT_ABOVE_TOKENS, type PriceSource, type SourcePrice } from './source-price.ts'

const list = z.record(z.string(), z.record(z.string(), z.unknown()))

const KINDS = {
  input_cost_per_token: 'Input',
  output_cost_per_token: 'Output',
  cache_read_input_token_cost: 'CachedInput',
  cache_creation_input_token_cost: 'CacheWrite',
} as const
const TIERS: Readonly<Record<ServiceTier, string>> = {
  flex: '_flex',
  priority: '_priority',
  ultrafast: '_ultrafast',
  batch: '_batches',
}
const STANDARD: Readonly<
  Record<(typeof KINDS)[keyof typeof KINDS], readonly [keyof PriceRates, keyof PriceRates]>
> = {
  Input: ['inputNanoUsdPerMTok', 'longInputNanoUsdPerMTok'],
  Output: ['outputNanoUsdPerMTok', 'longOutputNanoUsdPerMTok'],
  CachedInput: ['cachedInputNanoUsdPerMTok', 'longCachedInputNanoUsdPerMTok'],
  CacheWrite: ['cacheWriteNanoUsdPerMTok', 'longCacheWriteNanoUsdPerMTok'],
}
const LONG = '_above_272k_tokens'

/** Its names of our columns: `input_cost_per_token_above_272k_tokens_flex` and the like. */
const COLUMNS: ReadonlyMap<string, keyof PriceRates> = new Map([
  ...Object.entries(KINDS).flatMap(([theirs, kind]) => [
    [theirs, STANDARD[kind][0]] as const,
    [theirs + LONG, STANDARD[kind][1]] as const,
    ...SERVICE_TIERS.flatMap((tier) => [
      [theirs + TIERS[tier], tierColumn(tier, '', kind)] as const,
      [theirs + LONG + TIERS[tier], tierColumn(tier, 'Long', kind)] as const,
    ]),
  ]),
  ['input_cost_per_audio_token', 'audioInputNanoUsdPerMTok'],
  ['output_cost_per_audio_token', 'audioOutputNanoUsdPerMTok'],
  ['cache_read_input_audio_token_cost', 'audioCachedInputNanoUsdPerMTok'],
  ['input_cost_per_image_token', 'imageInputNanoUsdPerMTok'],
  ['output_cost_per_image_token', 'imageOutputNanoUsdPerMTok'],
  ['cache_read_input_image_token_cost', 'imageCachedInputNanoUsdPerMTok'],
])

export function readLiteLlm(data: unknown, name: string): PriceSource {
  const prices = new Map<string, SourcePrice>()
  for (const [model, entry] of Object.entries(list.parse(data))) {
    if (entry.litellm_provider !== 'openai') continue
    const row: Record<string, number> = {}
    for (const [theirs, column] of COLUMNS) {
      const value = entry[theirs]
      if (typeof value === 'number') row[column] = fromUsdPerToken(value)
    }
    if (row.longInputNanoUsdPerMTok !== undefined) row.longContextAboveTokens = LONG_CONTEXT_ABOVE_TOKENS
    prices.set(model, row)
  }
  return { name, prices, unread: [] }
}
