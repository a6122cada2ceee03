// The most that a request can cost: what is held before anything is sent upstream.
import { DEFAULT_CONTEXT_WINDOW_TOKENS, type PriceRates } from '../../contract/price.ts'
import { isLongContext, longTierOf, scaleUp, shortTierOf } from './charge.ts'
import { type NanoUsd, ONE_MILLION, type PartsPerMillion } from './money.ts'

export interface WorstCase {
  /** An upper bound of the input. More than the context window can never be charged, so the window bounds it again. */
  readonly inputTokensMax: number
  /** The output limit of one choice: the smaller of the request's and the model's. */
  readonly outputTokensMax: number
  /** `n`: how many answers are asked for. The input is charged once for all of them. */
  readonly choices: number
  /** 0 where the request carries no web search. */
  readonly webSearchCallsMax: number
}

/**
 * An upper bound of `chargeFor` over all usage within the worst case, at the dearest rates that it can reach: whichever
 * of plain, cached and cache-write input is dearest, and the long tier as soon as the input bound reaches into it.
 */
export function quoteWorstCase(worst: WorstCase, rates: PriceRates, multiplierPpm: PartsPerMillion): NanoUsd {
  const windowTokens = rates.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const inputTokens = Math.min(worst.inputTokensMax, windowTokens)
  const tiers = isLongContext(inputTokens, rates)
    ? [shortTierOf(rates), longTierOf(rates)]
    : [shortTierOf(rates)]
  const dearestInput = Math.max(
    ...tiers.flatMap((tier) => [
      tier.inputNanoUsdPerMTok,
      tier.cachedInputNanoUsdPerMTok,
      tier.cacheWriteNanoUsdPerMTok,
    ]),
  )
  const dearestOutput = Math.max(...tiers.map((tier) => tier.outputNanoUsdPerMTok))
  const outputTokens = BigInt(worst.outputTokensMax) * BigInt(worst.choices)
  const searches = BigInt(worst.webSearchCallsMax) * BigInt(rates.webSearchNanoUsdPerCall ?? 0)
  return scaleUp(
    BigInt(inputTokens) * BigInt(dearestInput) +
      outputTokens * BigInt(dearestOutput) +
      searches * BigInt(ONE_MILLION),
    multiplierPpm,
  )
}
