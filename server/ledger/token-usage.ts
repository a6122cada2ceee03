// What a request used, in all that can be counted, and how much of it cannot be true.
import {
  DEFAULT_CONTEXT_WINDOW_TOKENS,
  DEFAULT_MAX_OUTPUT_TOKENS,
  type PriceRates,
} from '../../contract/price.ts'
import { isMediaAbsurd } from './media-charge.ts'
import type { ImageToolUsage } from './tool-calls.ts'

export interface TokenUsage {
  /** All input, cached and cache-write tokens included. */
  readonly inputTokens: number
  /** The part of the input that was read from the prompt cache. */
  readonly cachedInputTokens: number
  /** The part of the input that was written to the prompt cache. */
  readonly cacheWriteTokens: number
  /** All output, reasoning tokens included. */
  readonly outputTokens: number
  /** The part of the output that was hidden reasoning. */
  readonly reasoningTokens: number
  readonly webSearchCalls: number
  /** What few answers have is left out where it is zero. Parts of the input, cached parts included. */
  readonly audioInputTokens?: number
  readonly imageInputTokens?: number
  /** Parts of the cached input. */
  readonly audioCachedInputTokens?: number
  readonly imageCachedInputTokens?: number
  /** Parts of the output. */
  readonly audioOutputTokens?: number
  readonly imageOutputTokens?: number
  /** The part of the web searches that the preview tool made. */
  readonly webSearchPreviewCalls?: number
  readonly fileSearchCalls?: number
  readonly codeInterpreterSessions?: number
  /** What a model of its own used, as a tool; no part of the tokens above. */
  readonly imageTool?: ImageToolUsage
  /** What is not counted in tokens, or not in tokens alone: sound that came in, text that was spoken, images by their kind. */
  readonly audioInputMs?: number
  readonly speechCharacters?: number
  readonly images?: number
  readonly smallImages?: number
  readonly mediumImages?: number
  readonly largeImages?: number
  readonly hdImages?: number
  readonly largeHdImages?: number
  /** What another model used to draw an SVG, in nano-dollars at that model's own price. */
  readonly svgNanoUsd?: number
}

export const NO_USAGE = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  webSearchCalls: 0,
} as const satisfies TokenUsage

const USUAL: ReadonlySet<string> = new Set(Object.keys(NO_USAGE))

/** Whether it names nothing but the counts that every answer has: nearly all do, and are asked for no others one by one. */
export function isUsual(usage: Partial<TokenUsage>): boolean {
  for (const name in usage) if (!USUAL.has(name)) return false
  return true
}

/** The counts that few answers have; those that are zero are left out. */
export type FurtherUsage = Partial<Omit<TokenUsage, keyof typeof NO_USAGE>>

/** What is used beyond the counts that every answer has, or null. */
export function furtherUsageOf(usage: TokenUsage): FurtherUsage | null {
  if (isUsual(usage)) return null
  let further: { -readonly [Name in keyof FurtherUsage]: FurtherUsage[Name] } | null = null
  for (const name of FURTHER) {
    const count = usage[name] ?? 0
    if (count === 0) continue
    further ??= {}
    further[name] = count
  }
  return usage.imageTool ? { ...further, imageTool: usage.imageTool } : further
}

type FurtherCount = Exclude<keyof FurtherUsage, 'imageTool'>

/** Every one of them: what is left out here would be charged, and not be found on its receipt. */
const FURTHER_COUNTS: Readonly<Record<FurtherCount, true>> = {
  audioInputTokens: true,
  imageInputTokens: true,
  audioCachedInputTokens: true,
  imageCachedInputTokens: true,
  audioOutputTokens: true,
  imageOutputTokens: true,
  webSearchPreviewCalls: true,
  fileSearchCalls: true,
  codeInterpreterSessions: true,
  audioInputMs: true,
  speechCharacters: true,
  images: true,
  smallImages: true,
  mediumImages: true,
  largeImages: true,
  hdImages: true,
  largeHdImages: true,
  svgNanoUsd: true,
}
// The keys of a record are those of its type.
const FURTHER = Object.keys(FURTHER_COUNTS) as FurtherCount[]

/**
 * How far beyond the model's own limits a count may be before it is absurd. Generous: hosted searches feed their results
 * back as input, a price row may not know the true window, and a true charge must never be cut by a guess.
 */
const ABSURD_ABOVE_LIMIT_TIMES = 4
/** Far more calls of one tool than one answer makes. */
const ABSURD_ABOVE_CALLS = 1_000
/** Far more tokens than the images of one answer take. */
const ABSURD_ABOVE_IMAGE_TOKENS = 50_000_000

/**
 * Whether counts are so far beyond what the model can take or give that they cannot be true. `choices` is the request's
 * `n`, whose outputs are reported as one sum.
 */
export function isAbsurd(usage: TokenUsage, price: PriceRates, choices = 1): boolean {
  const windowTokens = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const outputTokensMax = Math.max(price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS, windowTokens) * choices
  return (
    usage.inputTokens > windowTokens * ABSURD_ABOVE_LIMIT_TIMES ||
    usage.outputTokens > outputTokensMax * ABSURD_ABOVE_LIMIT_TIMES ||
    usage.webSearchCalls > ABSURD_ABOVE_CALLS ||
    (usage.fileSearchCalls ?? 0) > ABSURD_ABOVE_CALLS ||
    (usage.codeInterpreterSessions ?? 0) > ABSURD_ABOVE_CALLS ||
    (usage.imageTool?.inputTokens ?? 0) > ABSURD_ABOVE_IMAGE_TOKENS ||
    (usage.imageTool?.outputTokens ?? 0) > ABSURD_ABOVE_IMAGE_TOKENS ||
    (!isUsual(usage) && isMediaAbsurd(usage))
  )
}
