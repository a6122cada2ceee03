// Reads the OpenAI models of @pydantic/genai-prices. It has no tiers of service and no GPT-6.1, and two ways of writing the
// same long-context threshold, one of which makes 272,000 tokens a long request.
import { z } from 'zod'
import type { PriceRates } from '../../contract/price.ts'
import { fromUsdPerMTok, fromUsdPerThousandCalls } from './exact-decimal.ts'
import { LONG_CONTEXT_ABOVE_TOKENS, type PriceSource, type SourcePrice } from './source-price.ts'

const amount = z.number().min(0)
const tiered = z.object({ base: amount, tiers: z.array(z.object({ start: z.int(), price: amount })) })
const modelPrice = z.record(z.string(), z.union([amount, tiered]))
const conditional = z.object({
  constraint: z.object({ type: z.string(), start_date: z.string().optional() }).optional(),
  prices: modelPrice,
})
const provider = z.object({
  models: z.array(
    z.object({
      id: z.string(),
      context_window: z.int().optional(),
      prices: z.union([z.array(conditional), modelPrice]),
    }),
  ),
})
type ModelPrice = z.output<typeof modelPrice>

/** Its names of what a million tokens cost, with our short and long columns. */
const TOKEN_COLUMNS = {
  input_mtok: ['inputNanoUsdPerMTok', 'longInputNanoUsdPerMTok'],
  cache_read_mtok: ['cachedInputNanoUsdPerMTok', 'longCachedInputNanoUsdPerMTok'],
  cache_write_mtok: ['cacheWriteNanoUsdPerMTok', 'longCacheWriteNanoUsdPerMTok'],
  output_mtok: ['outputNanoUsdPerMTok', 'longOutputNanoUsdPerMTok'],
  input_audio_mtok: ['audioInputNanoUsdPerMTok', undefined],
  cache_audio_read_mtok: ['audioCachedInputNanoUsdPerMTok', undefined],
  output_audio_mtok: ['audioOutputNanoUsdPerMTok', undefined],
  input_image_mtok: ['imageInputNanoUsdPerMTok', undefined],
  cache_image_read_mtok: ['imageCachedInputNanoUsdPerMTok', undefined],
  output_image_mtok: ['imageOutputNanoUsdPerMTok', undefined],
} as const satisfies Record<string, readonly [keyof PriceRates, keyof PriceRates | undefined]>

/** Its names of what a thousand calls cost. */
const CALL_COLUMNS = {
  web_searches_kcount: 'webSearchNanoUsdPerCall',
  storage_searches_kcount: 'fileSearchNanoUsdPerCall',
} as const satisfies Record<string, keyof PriceRates>

/**
 * Where a tier of that list begins. Its engine asks "more than `start`", so that 271,999 makes exactly 272,000 tokens long,
 * and it says so in its comments; OpenAI's model pages say "more than 272K". Both spellings are that one threshold.
 */
const STARTS_OF_LONG_CONTEXT = new Set([271_999, LONG_CONTEXT_ABOVE_TOKENS])

/** `data` is what `findProvider({ providerId: 'openai' })` gives; `day` (ISO) picks among dated prices. */
export function readGenaiPrices(data: unknown, name: string, day: string): PriceSource {
  const prices = new Map<string, SourcePrice>()
  const unread: string[] = []
  for (const model of provider.parse(data).models) {
    const inForce = Array.isArray(model.prices) ? inForceOn(model.prices, day) : model.prices
    const window = model.context_window === undefined ? {} : { contextWindowTokens: model.context_window }
    const problems: string[] = []
    prices.set(model.id, { ...toColumns(inForce, problems), ...window })
    unread.push(...problems.map((problem) => `${model.id}: ${problem}`))
  }
  return { name, prices, unread }
}

/** The last price that has begun; the first has no date. */
function inForceOn(dated: readonly z.output<typeof conditional>[], day: string): ModelPrice {
  const begun = dated.filter(
    ({ constraint }) => constraint === undefined || (constraint.start_date ?? '9') <= day,
  )
  return begun.at(-1)?.prices ?? {}
}

function toColumns(price: ModelPrice, problems: string[]): SourcePrice {
  const row: Record<string, number> = {}
  for (const [theirs, value] of Object.entries(price)) {
    const call = (CALL_COLUMNS as Record<string, string | undefined>)[theirs]
    const [short, long] = (TOKEN_COLUMNS as Record<string, readonly (string | undefined)[]>)[theirs] ?? []
    if (call !== undefined && typeof value === 'number') row[call] = fromUsdPerThousandCalls(value)
    else if (short === undefined) problems.push(`${theirs} has no column`)
    else if (typeof value === 'number') row[short] = fromUsdPerMTok(value)
    else {
      const [tier, ...more] = value.tiers
      row[short] = fromUsdPerMTok(value.base)
      if (
        tier === undefined ||
        more.length > 0 ||
        long === undefined ||
        !STARTS_OF_LONG_CONTEXT.has(tier.start)
      ) {
        problems.push(`${theirs} has tiers that are not understood: ${JSON.stringify(value.tiers)}`)
        continue
      }
      row[long] = fromUsdPerMTok(tier.price)
      row.longContextAboveTokens = LONG_CONTEXT_ABOVE_TOKENS
    }
  }
  return row
}
