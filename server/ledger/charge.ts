// What usage costs at a price: exact integers, one sum, rounded up once to a whole nano-dollar.
import type { PriceRates } from '../../contract/price.ts'
import { type NanoUsd, ONE_MILLION, type PartsPerMillion, toNanoUsd } from './money.ts'
import type { TokenUsage } from './token-usage.ts'

/** The four rates of one tier, with nothing left empty; nano-dollars per million tokens. */
interface TierRates {
  readonly inputNanoUsdPerMTok: NanoUsd
  readonly cachedInputNanoUsdPerMTok: NanoUsd
  readonly cacheWriteNanoUsdPerMTok: NanoUsd
  readonly outputNanoUsdPerMTok: NanoUsd
}

/** The rates of a request that stays within the long-context threshold. An empty cache rate is the input rate. */
export function shortTierOf(rates: PriceRates): TierRates {
  const input = rates.inputNanoUsdPerMTok
  return {
    inputNanoUsdPerMTok: input,
    cachedInputNanoUsdPerMTok: rates.cachedInputNanoUsdPerMTok ?? input,
    cacheWriteNanoUsdPerMTok: rates.cacheWriteNanoUsdPerMTok ?? input,
    outputNanoUsdPerMTok: rates.outputNanoUsdPerMTok,
  }
}

/**
 * The rates of a request beyond the threshold. An empty long cache rate is the long input rate, as in the short tier; an
 * empty long input or output rate is the short one.
 */
export function longTierOf(rates: PriceRates): TierRates {
  const input = rates.longInputNanoUsdPerMTok ?? rates.inputNanoUsdPerMTok
  return {
    inputNanoUsdPerMTok: input,
    cachedInputNanoUsdPerMTok: rates.longCachedInputNanoUsdPerMTok ?? input,
    cacheWriteNanoUsdPerMTok: rates.longCacheWriteNanoUsdPerMTok ?? input,
    outputNanoUsdPerMTok: rates.longOutputNanoUsdPerMTok ?? rates.outputNanoUsdPerMTok,
  }
}

/** Whether this many input tokens put the whole request into the long tier. The threshold itself is still short. */
export const isLongContext = (inputTokens: number, rates: PriceRates): boolean =>
  typeof rates.longContextAboveTokens === 'number' && inputTokens > rates.longContextAboveTokens

/**
 * The charge for usage, rounded up once. Cached and cache-write tokens are part of the input, reasoning tokens part of
 * the output, so none is counted twice. Beyond the long-context threshold the whole request, input and output, is charged
 * at the long rates. A web search without a price costs nothing: requests with the tool are refused where it has none.
 * Expects usage that `token-usage.ts` has read; a charge beyond $9.0 million stays at that bound.
 * Source: OpenAI's price list, and `usage` in its API reference.
 */
export function chargeFor(usage: TokenUsage, rates: PriceRates, multiplierPpm: PartsPerMillion): NanoUsd {
  const tier = isLongContext(usage.inputTokens, rates) ? longTierOf(rates) : shortTierOf(rates)
  const plainInput =
    BigInt(usage.inputTokens) - BigInt(usage.cachedInputTokens) - BigInt(usage.cacheWriteTokens)
  const tokensTimesRates =
    plainInput * BigInt(tier.inputNanoUsdPerMTok) +
    BigInt(usage.cachedInputTokens) * BigInt(tier.cachedInputNanoUsdPerMTok) +
    BigInt(usage.cacheWriteTokens) * BigInt(tier.cacheWriteNanoUsdPerMTok) +
    BigInt(usage.outputTokens) * BigInt(tier.outputNanoUsdPerMTok)
  const searches = BigInt(usage.webSearchCalls) * BigInt(rates.webSearchNanoUsdPerCall ?? 0)
  return scaleUp(tokensTimesRates + searches * BigInt(ONE_MILLION), multiplierPpm)
}

/** Nano-dollars per million tokens times tokens, times the multiplier: divided by both millions at once, rounded up. */
export function scaleUp(tokensTimesRates: bigint, multiplierPpm: PartsPerMillion): NanoUsd {
  const divisor = BigInt(ONE_MILLION) * BigInt(ONE_MILLION)
  return toNanoUsd((tokensTimesRates * BigInt(multiplierPpm) + divisor - 1n) / divisor)
}
