// What usage costs at a price: line by line in exact integers, one sum, rounded up once to a whole nano-dollar.
import { type PriceRates, tierColumn } from '../../contract/price.ts'
import { type ImageKind, mediaLines } from './media-charge.ts'
import {
  type ExactAmount,
  type NanoUsd,
  ONE_MILLION,
  type PartsPerMillion,
  plusExact,
  timesExact,
  toNanoUsd,
} from './money.ts'
import type { PricedTier } from './service-tier.ts'
import { isUsual, type TokenUsage } from './token-usage.ts'
import { type ImageToolUsage, previewSearchRate } from './tool-calls.ts'

/** The rates of text in one tier, with nothing left empty; nano-dollars per million tokens. */
interface TierRates {
  readonly input: NanoUsd
  readonly cachedInput: NanoUsd
  readonly cacheWrite: NanoUsd
  readonly output: NanoUsd
}

/** The rates as they stand in the row, for one tier and one length. */
type GivenRates = { readonly [Kind in keyof TierRates]: NanoUsd | null | undefined }

/**
 * The rates of a request in a tier of service, short or beyond the long-context threshold. An empty cache rate is the input
 * rate beside it. An empty long rate is the short one; in a tier of service it is the standard long one where that is
 * dearer, because a price list that has no long rates for a tier does not give it away there.
 */
export function ratesFor(rates: PriceRates, tier: PricedTier, isLong: boolean): TierRates {
  const short = filled(givenRates(rates, tier, ''))
  if (!isLong) return short
  const long = givenRates(rates, tier, 'Long')
  if (tier === 'default') return filled(long, short)
  const standard = ratesFor(rates, 'default', true)
  return filled(long, {
    ...short,
    input: Math.max(short.input, standard.input),
    output: Math.max(short.output, standard.output),
  })
}

function givenRates(rates: PriceRates, tier: PricedTier, length: '' | 'Long'): GivenRates {
  if (tier !== 'default') {
    return {
      input: rates[tierColumn(tier, length, 'Input')],
      cachedInput: rates[tierColumn(tier, length, 'CachedInput')],
      cacheWrite: rates[tierColumn(tier, length, 'CacheWrite')],
      output: rates[tierColumn(tier, length, 'Output')],
    }
  }
  if (length === '') {
    return {
      input: rates.inputNanoUsdPerMTok,
      cachedInput: rates.cachedInputNanoUsdPerMTok,
      cacheWrite: rates.cacheWriteNanoUsdPerMTok,
      output: rates.outputNanoUsdPerMTok,
    }
  }
  return {
    input: rates.longInputNanoUsdPerMTok,
    cachedInput: rates.longCachedInputNanoUsdPerMTok,
    cacheWrite: rates.longCacheWriteNanoUsdPerMTok,
    output: rates.longOutputNanoUsdPerMTok,
  }
}

function filled(given: GivenRates, instead?: TierRates): TierRates {
  const input = given.input ?? instead?.input
  const output = given.output ?? instead?.output
  if (input == null || output == null) throw new Error('a tier without prices is never charged')
  return {
    input,
    cachedInput: given.cachedInput ?? input,
    cacheWrite: given.cacheWrite ?? input,
    output,
  }
}

/** Whether this many input tokens put the whole request into the long tier. The threshold itself is still short. */
export const isLongContext = (inputTokens: number, rates: PriceRates): boolean =>
  typeof rates.longContextAboveTokens === 'number' && inputTokens > rates.longContextAboveTokens

/** What a line of a charge counts: tokens by what they are, and calls of hosted tools. */
export type ChargeLineKind =
  | 'input'
  | 'audio_input'
  | 'image_input'
  | 'cached_input'
  | 'cached_audio_input'
  | 'cached_image_input'
  | 'cache_write'
  | 'output'
  | 'audio_output'
  | 'image_output'
  | 'web_search'
  | 'web_search_preview'
  | 'file_search'
  | 'code_interpreter'
  | 'tool_image_text_input'
  | 'tool_image_image_input'
  | 'tool_image_cached_input'
  | 'tool_image_text_output'
  | 'tool_image_output'
  | 'audio_length'
  | 'characters'
  | ImageKind
  | 'svg'

export interface ChargeLine {
  readonly kind: ChargeLineKind
  /** Tokens, characters, milliseconds, images or calls. */
  readonly count: number
  readonly rateNanoUsd: NanoUsd
  /** What the rate is for: a million tokens or characters, a thousand milliseconds, or one of a kind. */
  readonly ratePer: 1_000_000 | 1_000 | 1
}

/**
 * The charge for usage, rounded up once. Cached and cache-write tokens are part of the input, reasoning tokens part of the
 * output, audio and image tokens part of either, so none is counted twice. Beyond the long-context threshold the whole
 * request, input and output, is charged at the long rates. Audio and images cost the same in every tier; where they have no
 * rate they are charged as text. A call of a tool without a price costs nothing: requests with such a tool are refused.
 * Expects usage that `token-usage.ts` has read, and a tier that has a price; a charge beyond $9.0 million stays there.
 * Source: OpenAI's price list, and `usage` in its API reference.
 */
export const chargeFor = (
  usage: TokenUsage,
  rates: PriceRates,
  multiplierPpm: PartsPerMillion,
  serviceTier: PricedTier = 'default',
  modelMultiplierPpm: PartsPerMillion = ONE_MILLION,
): NanoUsd =>
  scaleUp(
    isUsual(usage)
      ? sumOfUsual(usage, rates, serviceTier)
      : sumOfLines(chargeLines(usage, rates, serviceTier)),
    multiplierPpm,
    modelMultiplierPpm,
  )

/** The sum of the lines that a usage without anything further has, which nearly every one is. */
function sumOfUsual(usage: TokenUsage, rates: PriceRates, serviceTier: PricedTier): ExactAmount {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, webSearchCalls } = usage
  const tier = ratesFor(rates, serviceTier, isLongContext(inputTokens, rates))
  let sum = timesExact(Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens), tier.input)
  if (cachedInputTokens > 0) sum = plusExact(sum, timesExact(cachedInputTokens, tier.cachedInput))
  if (cacheWriteTokens > 0) sum = plusExact(sum, timesExact(cacheWriteTokens, tier.cacheWrite))
  if (outputTokens > 0) sum = plusExact(sum, timesExact(outputTokens, tier.output))
  if (webSearchCalls <= 0) return sum
  const searches = BigInt(webSearchCalls) * BigInt(rates.webSearchNanoUsdPerCall ?? 0) * MILLION
  return plusExact(sum, searches)
}

/** In tokens times rates per million: a millionth of a nano-dollar each. */
export function sumOfLines(lines: readonly ChargeLine[]): bigint {
  let sum = 0n
  for (const line of lines) sum += amountOfLine(line)
  return sum
}

export const amountOfLine = ({ count, rateNanoUsd, ratePer }: ChargeLine): bigint =>
  BigInt(count) * BigInt(rateNanoUsd) * BigInt(ONE_MILLION / ratePer)

/** What a charge is the sum of; what was not used has no line. */
export function chargeLines(usage: TokenUsage, rates: PriceRates, serviceTier: PricedTier): ChargeLine[] {
  const tier = ratesFor(rates, serviceTier, isLongContext(usage.inputTokens, rates))
  const lines: ChargeLine[] = []
  const add = (ratePer: ChargeLine['ratePer'], kind: ChargeLineKind, count: number, rateNanoUsd: NanoUsd) => {
    if (count > 0) lines.push({ kind, count, rateNanoUsd, ratePer })
  }
  const tokens: AddTokens = (kind, count, rateNanoUsd) => add(1_000_000, kind, count, rateNanoUsd)
  addInput(tokens, usage, rates, tier)
  tokens('cache_write', usage.cacheWriteTokens, tier.cacheWrite)
  addOutput(tokens, usage, rates, tier)
  const previewCalls = Math.min(usage.webSearchPreviewCalls ?? 0, usage.webSearchCalls)
  add(1, 'web_search', usage.webSearchCalls - previewCalls, rates.webSearchNanoUsdPerCall ?? 0)
  add(1, 'web_search_preview', previewCalls, previewSearchRate(rates) ?? 0)
  add(1, 'file_search', usage.fileSearchCalls ?? 0, rates.fileSearchNanoUsdPerCall ?? 0)
  add(1, 'code_interpreter', usage.codeInterpreterSessions ?? 0, rates.codeInterpreterNanoUsdPerSession ?? 0)
  if (usage.imageTool) addImageTool(tokens, usage.imageTool)
  return isUsual(usage) ? lines : [...lines, ...mediaLines(usage, rates)]
}

type AddTokens = (kind: ChargeLineKind, count: number, rateNanoUsd: NanoUsd) => void

/** Input that was not written to the cache: new and cached, each of it text, audio or images. */
function addInput(add: AddTokens, usage: TokenUsage, rates: PriceRates, tier: TierRates): void {
  const audioRate = rates.audioInputNanoUsdPerMTok
  const imageRate = rates.imageInputNanoUsdPerMTok
  const cachedAudio = usage.audioCachedInputTokens ?? 0
  const cachedImages = usage.imageCachedInputTokens ?? 0
  const added = split(usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens, {
    audio: (usage.audioInputTokens ?? 0) - cachedAudio,
    images: (usage.imageInputTokens ?? 0) - cachedImages,
  })
  const cached = split(usage.cachedInputTokens, { audio: cachedAudio, images: cachedImages })
  add('input', added.text, tier.input)
  add('audio_input', added.audio, audioRate ?? tier.input)
  add('image_input', added.images, imageRate ?? tier.input)
  add('cached_input', cached.text, tier.cachedInput)
  add(
    'cached_audio_input',
    cached.audio,
    rates.audioCachedInputNanoUsdPerMTok ?? audioRate ?? tier.cachedInput,
  )
  add(
    'cached_image_input',
    cached.images,
    rates.imageCachedInputNanoUsdPerMTok ?? imageRate ?? tier.cachedInput,
  )
}

function addOutput(add: AddTokens, usage: TokenUsage, rates: PriceRates, tier: TierRates): void {
  const output = split(usage.outputTokens, {
    audio: usage.audioOutputTokens ?? 0,
    images: usage.imageOutputTokens ?? 0,
  })
  add('output', output.text, tier.output)
  add('audio_output', output.audio, rates.audioOutputNanoUsdPerMTok ?? tier.output)
  add('image_output', output.images, rates.imageOutputNanoUsdPerMTok ?? tier.output)
}

/** At the rates of its own model, which no tier of service and no length changes. */
function addImageTool(add: AddTokens, { rates, ...counts }: ImageToolUsage): void {
  const added = split(Math.max(0, counts.inputTokens - counts.cachedInputTokens), {
    audio: 0,
    images: counts.imageInputTokens,
  })
  add('tool_image_text_input', added.text, rates.input)
  add('tool_image_image_input', added.images, rates.imageInput)
  add('tool_image_cached_input', Math.min(counts.cachedInputTokens, counts.inputTokens), rates.cachedInput)
  const textOutput = Math.min(counts.textOutputTokens, counts.outputTokens)
  add('tool_image_text_output', textOutput, rates.textOutput)
  add('tool_image_output', counts.outputTokens - textOutput, rates.output)
}

/** Tokens by what they are. No part is more than what is left of the whole, whatever was reported, so no token counts twice. */
function split(whole: number, parts: { readonly audio: number; readonly images: number }) {
  const audio = Math.max(0, Math.min(parts.audio, whole))
  const images = Math.max(0, Math.min(parts.images, whole - audio))
  return { text: whole - audio - images, audio, images }
}

const MILLION = BigInt(ONE_MILLION)
/** Of the rates, which are for a million tokens, and of both multipliers. */
const ALL_MILLIONS = MILLION * MILLION * MILLION

/**
 * Nano-dollars per million tokens times tokens, times both multipliers: divided by all the millions at once and rounded up,
 * so that two multipliers are no reason to round twice.
 */
export function scaleUp(
  tokensTimesRates: ExactAmount,
  multiplierPpm: PartsPerMillion,
  modelMultiplierPpm: PartsPerMillion = ONE_MILLION,
): NanoUsd {
  if (multiplierPpm === ONE_MILLION && modelMultiplierPpm === ONE_MILLION) {
    return typeof tokensTimesRates === 'number'
      ? millionthsOf(tokensTimesRates)
      : toNanoUsd((tokensTimesRates + MILLION - 1n) / MILLION)
  }
  const scaled = BigInt(tokensTimesRates) * BigInt(multiplierPpm) * BigInt(modelMultiplierPpm)
  return toNanoUsd((scaled + ALL_MILLIONS - 1n) / ALL_MILLIONS)
}

/** Rounded up. What is left over is taken away first, because a quotient would be rounded before anybody sees it. */
function millionthsOf(amount: number): NanoUsd {
  const left = amount % ONE_MILLION
  return (amount - left) / ONE_MILLION + (left > 0 ? 1 : 0)
}
