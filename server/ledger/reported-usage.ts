// Reads the usage that an upstream reports into token counts, and says where it cannot be true.
// Shapes: `CompletionUsage`, `ResponseUsage` and `Response.tool_usage` of the OpenAI API reference (SDK 7.57).
import { NO_USAGE, type TokenUsage } from './token-usage.ts'
import type { ImageToolCounts } from './tool-calls.ts'

/** Usage as an upstream reported it. */
export interface ReportedUsage {
  /**
   * The counts, made usable: every one is an integer from zero to `COUNT_MAX`, and no part is larger than its whole.
   * Where nothing had to be mended they are the reported ones.
   */
  readonly usage: TokenUsage
  /** Whether something had to be mended: the report cannot be true. */
  readonly isImplausible: boolean
  /** Whether it says how many web searches were made, if only that there were none. */
  readonly areSearchesReported?: boolean
}

/** What a tool that makes images has used, by the same rules. */
export interface ReportedImageTool {
  readonly counts: ImageToolCounts
  readonly isImplausible: boolean
}

/** The largest count that is believed to be one; sums of thousands of them stay within the safe integers. */
export const COUNT_MAX = 1_000_000_000_000

/** A JSON object whose members are not known yet. */
type JsonObject = Readonly<Record<string, unknown>>

/**
 * `usage` of a chat completion, or of the last chunk of its stream. Undefined where there is none: missing, null, not an
 * object, or an object without either total. An explicit zero is a valid report, and a missing detail counts as zero.
 */
export function parseChatUsage(usage: unknown): ReportedUsage | undefined {
  const report = toJsonObject(usage)
  if (!report || (isAbsent(report.prompt_tokens) && isAbsent(report.completion_tokens))) return undefined
  const inputDetails = toJsonObject(report.prompt_tokens_details)
  const outputDetails = toJsonObject(report.completion_tokens_details)
  return mend(
    {
      inputTokens: report.prompt_tokens,
      cachedInputTokens: inputDetails?.cached_tokens,
      cacheWriteTokens: inputDetails?.cache_write_tokens,
      outputTokens: report.completion_tokens,
      reasoningTokens: outputDetails?.reasoning_tokens,
      webSearchCalls: undefined,
    },
    modalitiesOf(inputDetails, outputDetails),
  )
}

/** `usage` of embeddings, by the same rules: there is input alone. */
export function parseEmbeddingsUsage(usage: unknown): ReportedUsage | undefined {
  const report = toJsonObject(usage)
  if (!report || isAbsent(report.prompt_tokens)) return undefined
  return parseChatUsage({ ...report, completion_tokens: report.completion_tokens ?? 0 })
}

/**
 * `usage` and `tool_usage` of a response, by the rules of `parseChatUsage`. Web searches are counted from
 * `tool_usage.web_search.num_requests`, the number that OpenAI bills.
 */
export function parseResponsesUsage(usage: unknown, toolUsage: unknown): ReportedUsage | undefined {
  const report = toJsonObject(usage)
  if (!report || (isAbsent(report.input_tokens) && isAbsent(report.output_tokens))) return undefined
  const inputDetails = toJsonObject(report.input_tokens_details)
  const outputDetails = toJsonObject(report.output_tokens_details)
  const webSearchCalls = toJsonObject(toJsonObject(toolUsage)?.web_search)?.num_requests
  const reported = mend(
    {
      inputTokens: report.input_tokens,
      cachedInputTokens: inputDetails?.cached_tokens,
      cacheWriteTokens: inputDetails?.cache_write_tokens,
      outputTokens: report.output_tokens,
      reasoningTokens: outputDetails?.reasoning_tokens,
      webSearchCalls,
    },
    modalitiesOf(inputDetails, outputDetails),
  )
  return isAbsent(webSearchCalls) ? reported : { ...reported, areSearchesReported: true }
}

/**
 * `tool_usage.image_gen` of a response, by the same rules; undefined where there is none. Parts that are larger than their
 * whole raise it, so that no token is lost.
 */
export function parseImageToolUsage(toolUsage: unknown): ReportedImageTool | undefined {
  const report = toJsonObject(toJsonObject(toolUsage)?.image_gen)
  if (!report || (isAbsent(report.input_tokens) && isAbsent(report.output_tokens))) return undefined
  const inputDetails = toJsonObject(report.input_tokens_details)
  const outputDetails = toJsonObject(report.output_tokens_details)
  const imageInputTokens = toCount(inputDetails?.image ?? inputDetails?.image_tokens)
  const cachedInputTokens = toCount(report.cached_tokens ?? inputDetails?.cached_tokens)
  const textOutputTokens = toCount(outputDetails?.text ?? outputDetails?.text_tokens)
  const parts = [
    inputDetails?.image ?? inputDetails?.image_tokens,
    report.cached_tokens ?? inputDetails?.cached_tokens,
    outputDetails?.text ?? outputDetails?.text_tokens,
  ]
  const areCounts = [report.input_tokens, report.output_tokens, ...parts].every(isCountOrAbsent)
  const input = toCount(report.input_tokens)
  const output = toCount(report.output_tokens)
  const arePartsWithin = imageInputTokens <= input && cachedInputTokens <= input && textOutputTokens <= output
  return {
    isImplausible: !areCounts || !arePartsWithin,
    counts: {
      inputTokens: Math.max(input, imageInputTokens, cachedInputTokens),
      imageInputTokens,
      cachedInputTokens,
      outputTokens: Math.max(output, textOutputTokens),
      textOutputTokens,
    },
  }
}

/**
 * `usage` of generated or edited images, by the rules of `parseChatUsage`. Output that is not told apart is the image.
 * What a request was bounded to counts images; the report does not.
 */
export function parseImagesUsage(usage: unknown): ReportedUsage | undefined {
  const report = toJsonObject(usage)
  if (!report || (isAbsent(report.input_tokens) && isAbsent(report.output_tokens))) return undefined
  const inputDetails = toJsonObject(report.input_tokens_details)
  const outputDetails = toJsonObject(report.output_tokens_details)
  return mend(
    {
      inputTokens: report.input_tokens,
      cachedInputTokens: inputDetails?.cached_tokens,
      cacheWriteTokens: inputDetails?.cache_write_tokens,
      outputTokens: report.output_tokens,
      reasoningTokens: outputDetails?.reasoning_tokens,
      webSearchCalls: undefined,
    },
    modalitiesOf(inputDetails, outputDetails ?? { image_tokens: report.output_tokens }),
  )
}

/**
 * `usage` of a transcription, in tokens or in seconds (`audioInputMs`, a begun millisecond counts); its details have other
 * names than elsewhere.
 */
export function parseTranscriptionUsage(usage: unknown): ReportedUsage | undefined {
  const report = toJsonObject(usage)
  if (!report) return undefined
  if (isAbsent(report.input_tokens) && isAbsent(report.output_tokens)) {
    if (typeof report.seconds !== 'number') return undefined
    const ms = report.seconds * 1000
    const isCountable = Number.isFinite(ms) && ms >= 0 && ms <= COUNT_MAX
    return { usage: { ...NO_USAGE, audioInputMs: toCount(ms) }, isImplausible: !isCountable }
  }
  const details = toJsonObject(report.input_token_details) ?? toJsonObject(report.input_tokens_details)
  return mend(
    {
      inputTokens: report.input_tokens,
      cachedInputTokens: undefined,
      cacheWriteTokens: undefined,
      outputTokens: report.output_tokens,
      reasoningTokens: undefined,
      webSearchCalls: undefined,
    },
    modalitiesOf(details, undefined),
  )
}

/** `usage` of speech that was streamed as events: text in, sound out. */
export function parseSpeechUsage(usage: unknown): ReportedUsage | undefined {
  const report = toJsonObject(usage)
  if (!report || (isAbsent(report.input_tokens) && isAbsent(report.output_tokens))) return undefined
  return parseResponsesUsage(
    { ...report, output_tokens_details: { audio_tokens: report.output_tokens } },
    undefined,
  )
}

/** Audio and images by the names that chat, responses, images and realtime share; nothing where none of them is named. */
function modalitiesOf(
  input: JsonObject | undefined,
  output: JsonObject | undefined,
): RawModalities | undefined {
  if (!namesModality(input) && !namesModality(output)) return undefined
  const cached = toJsonObject(input?.cached_tokens_details)
  return {
    audioInputTokens: input?.audio_tokens,
    imageInputTokens: input?.image_tokens,
    audioCachedInputTokens: cached?.audio_tokens,
    imageCachedInputTokens: cached?.image_tokens,
    audioOutputTokens: output?.audio_tokens,
    imageOutputTokens: output?.image_tokens,
  }
}

const namesModality = (details: JsonObject | undefined): boolean =>
  details !== undefined &&
  (details.audio_tokens !== undefined ||
    details.image_tokens !== undefined ||
    details.cached_tokens_details !== undefined)

const toJsonObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? // An object that is neither null nor an array can be read by name; its members stay unknown.
      (value as JsonObject)
    : undefined

const isAbsent = (value: unknown): boolean => value === undefined || value === null

const isCount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= COUNT_MAX

const isCountOrAbsent = (value: unknown): boolean => isAbsent(value) || isCount(value)

/** A count that can be charged: what is no positive number is zero, a fraction is rounded up, the bound is kept. */
const toCount = (value: unknown): number =>
  typeof value === 'number' && value > 0 ? Math.min(Math.ceil(value), COUNT_MAX) : 0

const MODALITIES = [
  'audioInputTokens',
  'imageInputTokens',
  'audioCachedInputTokens',
  'imageCachedInputTokens',
  'audioOutputTokens',
  'imageOutputTokens',
] as const satisfies readonly (keyof TokenUsage)[]
type Modality = (typeof MODALITIES)[number]

type RawCounts = Readonly<Record<keyof typeof NO_USAGE, unknown>>
type RawModalities = Readonly<Record<Modality, unknown>>

function mend(reported: RawCounts, ofModalities: RawModalities | undefined): ReportedUsage {
  const { inputTokens: input, outputTokens: output } = reported
  const cachedInputTokens = toCount(reported.cachedInputTokens)
  const cacheWriteTokens = toCount(reported.cacheWriteTokens)
  const reasoningTokens = toCount(reported.reasoningTokens)
  const cacheTokens = cachedInputTokens + cacheWriteTokens
  const modalities = ofModalities ? modalityCounts(ofModalities) : NO_MODALITIES
  const areCounts =
    isCount(input) &&
    isCount(output) &&
    isCountOrAbsent(reported.cachedInputTokens) &&
    isCountOrAbsent(reported.cacheWriteTokens) &&
    isCountOrAbsent(reported.reasoningTokens) &&
    isCountOrAbsent(reported.webSearchCalls) &&
    (!ofModalities || MODALITIES.every((name) => isCountOrAbsent(ofModalities[name])))
  const arePartsWithin = cacheTokens <= toCount(input) && reasoningTokens <= toCount(output)
  const inputParts = (modalities.audioInputTokens ?? 0) + (modalities.imageInputTokens ?? 0)
  const outputParts = (modalities.audioOutputTokens ?? 0) + (modalities.imageOutputTokens ?? 0)
  const areModalitiesWithin = inputParts <= toCount(input) && outputParts <= toCount(output)
  return {
    isImplausible: !areCounts || !arePartsWithin || !areModalitiesWithin,
    usage: {
      // Where a part is larger than its whole, the whole is raised: nothing counts below zero, and no token is lost.
      inputTokens: Math.max(toCount(input), cacheTokens, inputParts),
      cachedInputTokens,
      cacheWriteTokens,
      outputTokens: Math.max(toCount(output), reasoningTokens, outputParts),
      reasoningTokens,
      webSearchCalls: toCount(reported.webSearchCalls),
      ...modalities,
    },
  }
}

const NO_MODALITIES: Partial<Record<Modality, number>> = {}

/** Those that are there at all. */
function modalityCounts(reported: RawModalities): Partial<Record<Modality, number>> {
  const counts: Partial<Record<Modality, number>> = {}
  for (const name of MODALITIES) {
    const count = toCount(reported[name])
    if (count > 0) counts[name] = count
  }
  return counts
}
