// A price row: what one model costs from a moment on. Rows are never changed; a newer row follows an older one.
import { z } from 'zod'

/** Nano-dollars (10⁻⁹ USD) per million tokens: $2.50 per million is 2_500_000_000. Empty is not zero. */
const perMTok = z.int().min(0).max(1_000_000_000_000_000)
const modelName = z.string().min(1).max(200).regex(/^[\x21-\x7e]+$/, 'has to be printable ASCII without spaces')

/** Used where a row does not say otherwise. */
export const DEFAULT_CONTEXT_WINDOW_TOKENS = 128_000
export const DEFAULT_MAX_OUTPUT_TOKENS = 16_384
/** The least output that a request is given where its whole worst case is too much; reasoning comes out of it first. */
export const DEFAULT_OUTPUT_FLOOR_TOKENS = 256
export const DEFAULT_REASONING_OUTPUT_FLOOR_TOKENS = 2_048

export const priceRates = z.strictObject({
  inputNanoUsdPerMTok: perMTok,
  /** Part of the input that came from the prompt cache. Empty: charged as input. */
  cachedInputNanoUsdPerMTok: perMTok.nullish(),
  /** Part of the input that was written to the prompt cache. Empty: charged as input. */
  cacheWriteNanoUsdPerMTok: perMTok.nullish(),
  outputNanoUsdPerMTok: perMTok,
  /** Above this many input tokens the whole request is charged at the long rates (OpenAI: 272,000, itself short). */
  longContextAboveTokens: z.int().min(1).nullish(),
  longInputNanoUsdPerMTok: perMTok.nullish(),
  longCachedInputNanoUsdPerMTok: perMTok.nullish(),
  longCacheWriteNanoUsdPerMTok: perMTok.nullish(),
  longOutputNanoUsdPerMTok: perMTok.nullish(),
  /** Nano-dollars for one hosted web search. Empty: requests that carry the tool are refused. */
  webSearchNanoUsdPerCall: perMTok.nullish(),
  contextWindowTokens: z.int().min(1).max(100_000_000).nullish(),
  maxOutputTokens: z.int().min(1).max(100_000_000).nullish(),
  /** Whether hidden reasoning is part of its output; such a model is never given a tiny output limit. */
  isReasoning: z.boolean().nullish(),
})

export const priceInput = priceRates.extend({
  model: modelName,
  /** Unix milliseconds; now where left out; never in the past. */
  effectiveFrom: z.int().min(0).optional(),
  /** Where the figures come from, for the person who reviews them later. */
  source: z.string().max(500).optional(),
})

export const priceRow = priceRates.extend({
  id: z.string(),
  model: modelName,
  effectiveFrom: z.int(),
  /** `shipped` with the product, or entered by the `operator`, whose rows always win. */
  origin: z.enum(['shipped', 'operator', 'demo']),
  source: z.string().nullish(),
  createdAt: z.int(),
})

export type PriceRates = z.infer<typeof priceRates>
export type PriceRow = z.infer<typeof priceRow>
export type PriceInput = z.infer<typeof priceInput>
