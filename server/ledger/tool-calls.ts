// What hosted tools add to the usage of an answer: calls that no usage reports, counted from the items that they leave behind,
// and the tokens of a tool that runs a model of its own, at that model's prices.
import type { PriceRates } from '../../contract/price.ts'
import { isPricedByImage } from './media-charge.ts'
import type { NanoUsd } from './money.ts'
import type { TokenUsage } from './token-usage.ts'

/** Calls as they were seen in an answer. */
export interface ToolCalls {
  readonly webSearchCalls: number
  readonly fileSearchCalls: number
  /** Different containers of the code interpreter. */
  readonly codeInterpreterSessions: number
  readonly imageCalls: number
  /** As reported; undefined where nothing was. */
  readonly image: ImageToolCounts | undefined
  /** Whether that report cannot be true; left out where it can. */
  readonly isImageImplausible?: boolean
  /** The tools that the answer says it was made with; left out where it names none. */
  readonly offered?: OfferedTools
}

export type SearchKind = 'plain' | 'preview'

/** As far as a price depends on them. */
export interface OfferedTools {
  /** Undefined where there are none, or both kinds. */
  readonly search: SearchKind | undefined
  readonly imageModel: string | undefined
}

export const NO_TOOL_CALLS: ToolCalls = {
  webSearchCalls: 0,
  fileSearchCalls: 0,
  codeInterpreterSessions: 0,
  imageCalls: 0,
  image: undefined,
}

export interface ImageToolCounts {
  /** All input, images and cached tokens included. */
  readonly inputTokens: number
  readonly imageInputTokens: number
  readonly cachedInputTokens: number
  /** All output, text included. */
  readonly outputTokens: number
  readonly textOutputTokens: number
}

/** Nano-dollars per million tokens, with nothing left empty. */
export interface ImageToolRates {
  readonly input: NanoUsd
  readonly imageInput: NanoUsd
  readonly cachedInput: NanoUsd
  readonly output: NanoUsd
  readonly textOutput: NanoUsd
}

/** Kept with the charge as it is: which model it was, and what that cost then. */
export interface ImageToolUsage extends ImageToolCounts {
  readonly model: string
  readonly rates: ImageToolRates
}

/** What a request was permitted, as far as the charge depends on it. */
export interface ToolTerms {
  /** Whether its searches are those of the preview tool, which has a price of its own. */
  readonly isPreviewSearch: boolean
  readonly imageTool: ImageToolTerms | undefined
  /**
   * What a stored prompt may have brought along: the kinds of search and the models of images that have a price. An answer tells
   * which of them it was; where it does not, it is the dearest, which stands above.
   */
  readonly prompt?: {
    readonly searches: readonly SearchKind[]
    readonly imageTools: readonly ImageToolTerms[]
  }
}

export interface ImageToolTerms {
  readonly model: string
  readonly rates: ImageToolRates
  /** The most that one call can use. */
  readonly inputTokensMax: number
  readonly outputTokensMax: number
}

/**
 * 16 images (OpenAI API reference, "Create image edit") of 7,000 tokens each at high fidelity, and a prompt of 32,000
 * characters. A row that says less bounds it further.
 */
const IMAGE_INPUT_TOKENS_MAX = 120_000
const IMAGE_PROMPT_TOKENS_MAX = 8_000
/** Of one image, where fewer than 16 can be put in. */
const TOKENS_OF_ONE_IMAGE_MAX = 25_000
/** Of a model that nothing more is known of: more than one image takes of most that are known. */
const IMAGE_OUTPUT_TOKENS_MAX = 32_768

/** What is known of one call beforehand. */
export interface ImageCallBounds {
  /** The most that one image of this model takes, as it is asked for. */
  readonly outputTokens?: number | undefined
  /** The most images that it can be given. */
  readonly images?: number | undefined
}

/**
 * Undefined where the row has no price for the tokens of images: it is not one of a model that makes them, or not by the token.
 */
export function imageToolTerms(
  model: string,
  rates: PriceRates,
  { outputTokens, images }: ImageCallBounds = {},
): ImageToolTerms | undefined {
  if (rates.imageOutputNanoUsdPerMTok == null || isPricedByImage(rates)) return undefined
  const input = rates.inputNanoUsdPerMTok
  const imageInput = rates.imageInputNanoUsdPerMTok ?? input
  return {
    model,
    rates: {
      input,
      imageInput,
      // Nothing says whether it was text or images that came from the cache.
      cachedInput: Math.max(
        rates.cachedInputNanoUsdPerMTok ?? input,
        rates.imageCachedInputNanoUsdPerMTok ?? imageInput,
      ),
      output: rates.imageOutputNanoUsdPerMTok,
      textOutput: rates.outputNanoUsdPerMTok,
    },
    inputTokensMax: Math.min(
      rates.contextWindowTokens ?? Number.POSITIVE_INFINITY,
      IMAGE_INPUT_TOKENS_MAX,
      IMAGE_PROMPT_TOKENS_MAX + (images ?? Number.POSITIVE_INFINITY) * TOKENS_OF_ONE_IMAGE_MAX,
    ),
    outputTokensMax: Math.min(
      rates.maxOutputTokens ?? Number.POSITIVE_INFINITY,
      outputTokens ?? rates.maxOutputTokens ?? IMAGE_OUTPUT_TOKENS_MAX,
    ),
  }
}

/** The same tool, where each call can be given at most so many images. */
export const givenAtMost = (terms: ImageToolTerms, images: number): ImageToolTerms => ({
  ...terms,
  inputTokensMax: Math.min(terms.inputTokensMax, IMAGE_PROMPT_TOKENS_MAX + images * TOKENS_OF_ONE_IMAGE_MAX),
})

/** The most that one call costs; in tokens times rates. */
export const imageCallTimesRates = ({ rates, inputTokensMax, outputTokensMax }: ImageToolTerms): bigint =>
  BigInt(inputTokensMax) * BigInt(Math.max(rates.input, rates.imageInput, rates.cachedInput)) +
  BigInt(outputTokensMax) * BigInt(Math.max(rates.output, rates.textOutput))

/**
 * The rate of a preview search. Without one of its own, a model that reasons is charged what a search costs it otherwise, as
 * OpenAI does; for another model it has no price.
 */
export const previewSearchRate = (rates: PriceRates): NanoUsd | null =>
  rates.webSearchPreviewNanoUsdPerCall ?? (rates.isReasoning ? (rates.webSearchNanoUsdPerCall ?? null) : null)

/**
 * Usage with what its tools add. Searches count as reported, an explicit zero included, and else as they were seen. Images
 * whose tokens were not reported count as the most that they can have taken.
 */
export function withToolCalls(
  usage: TokenUsage,
  calls: ToolCalls,
  terms: ToolTerms,
  areSearchesReported: boolean,
): TokenUsage {
  const webSearchCalls = areSearchesReported ? usage.webSearchCalls : calls.webSearchCalls
  if (calls === NO_TOOL_CALLS && webSearchCalls === 0 && usage.webSearchCalls === 0) return usage
  const { isPreviewSearch, imageTool: imageTerms } = toldTerms(terms, calls.offered)
  const imageTool = imageToolUsage(calls, imageTerms)
  return {
    ...usage,
    webSearchCalls,
    ...(isPreviewSearch && webSearchCalls > 0 ? { webSearchPreviewCalls: webSearchCalls } : {}),
    ...(calls.fileSearchCalls > 0 ? { fileSearchCalls: calls.fileSearchCalls } : {}),
    ...(calls.codeInterpreterSessions > 0 ? { codeInterpreterSessions: calls.codeInterpreterSessions } : {}),
    ...(imageTool ? { imageTool } : {}),
  }
}

/** Where a stored prompt had its own tools, the answer says which. */
function toldTerms(terms: ToolTerms, offered: OfferedTools | undefined): ToolTerms {
  const { prompt } = terms
  if (!prompt || !offered) return terms
  const search = prompt.searches.find((kind) => kind === offered.search)
  const imageTool = prompt.imageTools.find(({ model }) => model === offered.imageModel)
  return {
    isPreviewSearch: search === undefined ? terms.isPreviewSearch : search === 'preview',
    imageTool: imageTool ?? terms.imageTool,
  }
}

function imageToolUsage(
  { image, imageCalls, isImageImplausible = false }: ToolCalls,
  terms: ImageToolTerms | undefined,
): ImageToolUsage | undefined {
  if (!terms) return undefined
  const { model, rates, outputTokensMax } = terms
  const outputTokens = outputTokensMax * imageCalls
  if (image) {
    // A report that cannot be true may have lost its output, as a negative count does.
    const counts = isImageImplausible && image.outputTokens === 0 ? { ...image, outputTokens } : image
    return counts.inputTokens + counts.outputTokens > 0 ? { model, rates, ...counts } : undefined
  }
  if (imageCalls === 0) return undefined
  const nothing = { inputTokens: 0, imageInputTokens: 0, cachedInputTokens: 0, textOutputTokens: 0 }
  return { model, rates, ...nothing, outputTokens }
}
