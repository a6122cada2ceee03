// The most that a request can cost: what is held before anything is sent upstream. Kept in two parts, because the output
// limit is the one thing that can be lowered until a request fits.
import { DEFAULT_CONTEXT_WINDOW_TOKENS, type PriceRates } from '../../contract/price.ts'
import { isLongContext, ratesFor, scaleUp, sumOfLines } from './charge.ts'
import { type MediaUsage, mediaLines } from './media-charge.ts'
import {
  type ExactAmount,
  type NanoUsd,
  ONE_MILLION,
  type PartsPerMillion,
  plusExact,
  timesExact,
} from './money.ts'
import type { PricedTier } from './service-tier.ts'
import { type ImageToolTerms, imageCallTimesRates, previewSearchRate } from './tool-calls.ts'

export interface QuoteBounds {
  /** An upper bound of the input. More than the context window can never be charged, so the window bounds it again. */
  readonly inputTokensMax: number
  /** Output of one choice beyond its limit that can still be billed, such as rejected predictions. */
  readonly extraOutputTokensMax?: number
  /** `n`: how many answers are asked for. The input is charged once for all of them. */
  readonly choices: number
  /** 0 where the request carries no web search. */
  readonly webSearchCallsMax: number
  /** Whether they are those of the preview tool. */
  readonly isPreviewSearch?: boolean
  readonly fileSearchCallsMax?: number
  readonly codeInterpreterSessionsMax?: number
  /** A tool that makes images with a model of its own, and how often. */
  readonly imageTool?: { readonly terms: ImageToolTerms; readonly callsMax: number } | undefined
  /** Images, sound and characters that cost by themselves. */
  readonly mediaMax?: MediaUsage | undefined
  /** The tiers of service that the answer may come in, each of which has a price; left out, the standard one. */
  readonly serviceTiers?: readonly PricedTier[]
}

export interface WorstCase extends QuoteBounds {
  /** The output limit of one choice: the smaller of the request's and the model's. */
  readonly outputTokensMax: number
}

/** What a request can cost, as a function of its output limit; in tokens times rates, before the multiplier. */
export interface Quote {
  /** Everything that the output limit has no say in: input, calls of tools, rejected predictions. */
  readonly fixedTokensTimesRates: ExactAmount
  /** What one more token of output limit adds, in all choices together. */
  readonly perOutputTokenTimesRates: ExactAmount
  readonly multiplierPpm: PartsPerMillion
  /** That of the model, beside the one of the settings; 1,000,000 where left out. */
  readonly modelMultiplierPpm?: PartsPerMillion
}

const DEFAULT_ALONE: readonly PricedTier[] = ['default']

/**
 * An upper bound of `chargeFor` over all usage within the bounds, at the dearest rates that it can reach: whichever of
 * plain, cached and cache-write input is dearest, text, audio or images, in whichever tier of service it may be answered, and
 * the long rates as soon as the input bound reaches into them.
 */
export function quoteFor(
  bounds: QuoteBounds,
  rates: PriceRates,
  multiplierPpm: PartsPerMillion,
  modelMultiplierPpm: PartsPerMillion = ONE_MILLION,
): Quote {
  const windowTokens = rates.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const inputTokens = Math.min(bounds.inputTokensMax, windowTokens)
  let dearestInput = Math.max(
    rates.audioInputNanoUsdPerMTok ?? 0,
    rates.audioCachedInputNanoUsdPerMTok ?? 0,
    rates.imageInputNanoUsdPerMTok ?? 0,
    rates.imageCachedInputNanoUsdPerMTok ?? 0,
  )
  let dearestOutput = Math.max(rates.audioOutputNanoUsdPerMTok ?? 0, rates.imageOutputNanoUsdPerMTok ?? 0)
  const reach = ({ input, cachedInput, cacheWrite, output }: ReturnType<typeof ratesFor>): void => {
    dearestInput = Math.max(dearestInput, input, cachedInput, cacheWrite)
    dearestOutput = Math.max(dearestOutput, output)
  }
  const isLong = isLongContext(inputTokens, rates)
  for (const tier of bounds.serviceTiers ?? DEFAULT_ALONE) {
    reach(ratesFor(rates, tier, false))
    if (isLong) reach(ratesFor(rates, tier, true))
  }
  const perOutputTokenTimesRates = timesExact(bounds.choices, dearestOutput)
  const inputTimesRates = timesExact(inputTokens, dearestInput)
  return {
    fixedTokensTimesRates: isInputAlone(bounds)
      ? inputTimesRates
      : plusExact(
          inputTimesRates,
          BigInt(bounds.extraOutputTokensMax ?? 0) * BigInt(perOutputTokenTimesRates) +
            toolCallsNanoUsd(bounds, rates) * BigInt(ONE_MILLION) +
            imageTimesRates(bounds) +
            (bounds.mediaMax ? sumOfLines(mediaLines(bounds.mediaMax, rates)) : 0n),
        ),
    perOutputTokenTimesRates,
    multiplierPpm,
    modelMultiplierPpm,
  }
}

/** Whether nothing beside the input costs anything that the output limit has no say in. */
const isInputAlone = (bounds: QuoteBounds): boolean =>
  !bounds.extraOutputTokensMax &&
  bounds.webSearchCallsMax === 0 &&
  !bounds.fileSearchCallsMax &&
  !bounds.codeInterpreterSessionsMax &&
  !bounds.imageTool &&
  !bounds.mediaMax

const toolCallsNanoUsd = (bounds: QuoteBounds, rates: PriceRates): bigint =>
  BigInt(bounds.webSearchCallsMax) *
    BigInt((bounds.isPreviewSearch ? previewSearchRate(rates) : rates.webSearchNanoUsdPerCall) ?? 0) +
  BigInt(bounds.fileSearchCallsMax ?? 0) * BigInt(rates.fileSearchNanoUsdPerCall ?? 0) +
  BigInt(bounds.codeInterpreterSessionsMax ?? 0) * BigInt(rates.codeInterpreterNanoUsdPerSession ?? 0)

const imageTimesRates = ({ imageTool }: QuoteBounds): bigint =>
  imageTool ? BigInt(imageTool.callsMax) * imageCallTimesRates(imageTool.terms) : 0n

/** The hold for an output limit of so many tokens in each choice. With 0 it is the input alone. */
export const quotedAt = (quote: Quote, outputTokens: number): NanoUsd =>
  scaleUp(
    plusExact(quote.fixedTokensTimesRates, outputTimesRates(quote.perOutputTokenTimesRates, outputTokens)),
    quote.multiplierPpm,
    quote.modelMultiplierPpm,
  )

const outputTimesRates = (perToken: ExactAmount, outputTokens: number): ExactAmount =>
  typeof perToken === 'number' ? timesExact(perToken, outputTokens) : perToken * BigInt(outputTokens)

/** The largest output limit, up to `outputTokensMax`, whose hold is at most `amountNanoUsd`; -1 where none is. */
export function outputTokensWithin(quote: Quote, amountNanoUsd: NanoUsd, outputTokensMax: number): number {
  const scale = BigInt(ONE_MILLION) ** 3n
  const multiplier = BigInt(quote.multiplierPpm) * BigInt(quote.modelMultiplierPpm ?? ONE_MILLION)
  const left = BigInt(amountNanoUsd) * scale - BigInt(quote.fixedTokensTimesRates) * multiplier
  if (left < 0n) return -1
  const perToken = BigInt(quote.perOutputTokenTimesRates) * multiplier
  if (perToken === 0n) return outputTokensMax
  const tokens = left / perToken
  return tokens < BigInt(outputTokensMax) ? Number(tokens) : outputTokensMax
}

/** The hold for the worst case in full. */
export const quoteWorstCase = (
  worst: WorstCase,
  rates: PriceRates,
  multiplierPpm: PartsPerMillion,
): NanoUsd => quotedAt(quoteFor(worst, rates, multiplierPpm), worst.outputTokensMax)
