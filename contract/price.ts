// A price row: what one model costs from a moment on. Rows are never changed; a newer row follows an older one.
import { z } from 'zod'

/** Nano-dollars (10⁻⁹ USD) per million tokens: $2.50 per million is 2_500_000_000. Empty is not zero. */
const perMTok = z.int().min(0).max(1_000_000_000_000_000)
export const modelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'has to be printable ASCII without spaces')

/** Used where a row does not say otherwise. */
export const DEFAULT_CONTEXT_WINDOW_TOKENS = 128_000
export const DEFAULT_MAX_OUTPUT_TOKENS = 16_384
/** The least output that a request is given where its whole worst case is too much; reasoning comes out of it first. */
export const DEFAULT_OUTPUT_FLOOR_TOKENS = 256
export const DEFAULT_REASONING_OUTPUT_FLOOR_TOKENS = 2_048

const rate = perMTok.nullish()

/** Tiers of service that a row may have prices for. `fast` is another name of `priority`; the standard one has no name. */
export const SERVICE_TIERS = ['flex', 'priority', 'ultrafast', 'batch'] as const
export type ServiceTier = (typeof SERVICE_TIERS)[number]

const TIER_KINDS = ['Input', 'CachedInput', 'CacheWrite', 'Output'] as const
const TIER_LENGTHS = ['', 'Long'] as const
type TierKind = (typeof TIER_KINDS)[number]
type TierLength = (typeof TIER_LENGTHS)[number]

/** Such as `flexInputNanoUsdPerMTok` and `priorityLongCacheWriteNanoUsdPerMTok`. */
export type TierColumn = `${ServiceTier}${TierLength}${TierKind}NanoUsdPerMTok`

export const tierColumn = (tier: ServiceTier, length: TierLength, kind: TierKind): TierColumn =>
  `${tier}${length}${kind}NanoUsdPerMTok`

const TIER_COLUMNS = SERVICE_TIERS.flatMap((tier) =>
  TIER_LENGTHS.flatMap((length) => TIER_KINDS.map((kind) => tierColumn(tier, length, kind))),
)

/** Columns that every row answers for. */
const coreRates = {
  inputNanoUsdPerMTok: perMTok,
  /** Part of the input that came from the prompt cache. Empty: charged as input. */
  cachedInputNanoUsdPerMTok: rate,
  /** Part of the input that was written to the prompt cache. Empty: charged as input. */
  cacheWriteNanoUsdPerMTok: rate,
  outputNanoUsdPerMTok: perMTok,
  /** Above this many input tokens the whole request is charged at the long rates (OpenAI: 272,000, itself short). */
  longContextAboveTokens: z.int().min(1).nullish(),
  longInputNanoUsdPerMTok: rate,
  longCachedInputNanoUsdPerMTok: rate,
  longCacheWriteNanoUsdPerMTok: rate,
  longOutputNanoUsdPerMTok: rate,
  /** Nano-dollars for one hosted web search. Empty: requests that carry the tool are refused. */
  webSearchNanoUsdPerCall: rate,
  contextWindowTokens: z.int().min(1).max(100_000_000).nullish(),
  maxOutputTokens: z.int().min(1).max(100_000_000).nullish(),
  /** Whether hidden reasoning is part of its output; such a model is never given a tiny output limit. */
  isReasoning: z.boolean().nullish(),
}

/** Columns that few rows have; stored together, each as good as any other. */
const furtherRates = {
  // Object.fromEntries forgets the names; they are exactly those of the list.
  ...(Object.fromEntries(TIER_COLUMNS.map((column) => [column, rate])) as Record<TierColumn, typeof rate>),
  /** Parts of input and output that are audio or images. Empty: charged as text is. */
  audioInputNanoUsdPerMTok: rate,
  audioCachedInputNanoUsdPerMTok: rate,
  audioOutputNanoUsdPerMTok: rate,
  imageInputNanoUsdPerMTok: rate,
  imageCachedInputNanoUsdPerMTok: rate,
  imageOutputNanoUsdPerMTok: rate,
  /** The preview variants of the search. Empty: as `web_search` where the model reasons, and else refused. */
  webSearchPreviewNanoUsdPerCall: rate,
  /** Sound that is put in, by its length and not by tokens, such as whisper-1 ($0.006 a minute is 100,000 a second). */
  audioInputNanoUsdPerSecond: rate,
  /** Text that is spoken, by its characters and not by tokens: nano-dollars per million of them. */
  speechNanoUsdPerMChar: rate,
  /** One generated image, where it costs by the image and not by tokens: standard quality, up to 1024 pixels a side. */
  imageNanoUsdPerImage: rate,
  /** Up to 256 pixels, up to 512, and above 1024. Empty, these three: as the one above. */
  smallImageNanoUsdPerImage: rate,
  mediumImageNanoUsdPerImage: rate,
  largeImageNanoUsdPerImage: rate,
  /** In the quality "hd", up to 1024 pixels, and above. Empty: the dearest of the others. */
  hdImageNanoUsdPerImage: rate,
  largeHdImageNanoUsdPerImage: rate,
  fileSearchNanoUsdPerCall: rate,
  /** One container of the code interpreter, however often it is used within its session. */
  codeInterpreterNanoUsdPerSession: rate,
  /** The least output that a share of a small balance is given. Empty: 256, and 2,048 for a model that reasons. */
  outputFloorTokens: z.int().min(1).max(100_000_000).nullish(),
}

// The members of an object literal are exactly the members of its type.
export const CORE_RATE_COLUMNS = Object.keys(coreRates) as readonly (keyof typeof coreRates)[]
export const FURTHER_RATE_COLUMNS = Object.keys(furtherRates) as readonly (keyof typeof furtherRates)[]

/** The further columns alone, as they are stored. */
export const furtherPriceRates = z.strictObject(furtherRates)

export const priceRates = z.strictObject({ ...coreRates, ...furtherRates })

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
