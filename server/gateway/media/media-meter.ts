// What an answer with images or sound has used: by its own report, and beside it what no report tells. Where there is no
// report, what is charged by the image, the second or the character is known all the same; tokens are estimated.
import type { PriceRow } from '../../../contract/price.ts'
import { chargeFor } from '../../ledger/charge.ts'
import {
  isPricedByCharacter,
  isPricedByImage,
  isPricedBySecond,
  type MediaUsage,
} from '../../ledger/media-charge.ts'
import { type NanoUsd, ONE_MILLION, sumNanoUsd } from '../../ledger/money.ts'
import {
  parseImagesUsage,
  parseResponsesUsage,
  parseSpeechUsage,
  parseTranscriptionUsage,
  type ReportedUsage,
} from '../../ledger/reported-usage.ts'
import { isAbsurd, NO_USAGE, type TokenUsage } from '../../ledger/token-usage.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { type Measured, nothingMeasured } from '../stream-meter.ts'
import { IMAGE_INPUT_TOKENS_ESTIMATED } from './image-tokens.ts'
import type { ImageFacts, SoundFacts } from './media-facts.ts'
import type { RoutedMedia } from './price-media.ts'
import {
  inputTokensOfMs,
  msByBytes,
  msOfTranscript,
  outputTokensOfMs,
  spokenTokensOfMs,
} from './sound-tokens.ts'

export interface MeteredMedia {
  readonly media: RoutedMedia
  readonly price: PriceRow
  /** Of the request. */
  readonly requestBytes: number
  readonly outputTokensMax: number
}

const BYTES_PER_TOKEN = 4

/** Every report is of one answer; images that are streamed one by one are told of one by one. */
export class MediaMeter {
  readonly measured: Measured = nothingMeasured()
  readonly #asked: MeteredMedia
  #images = 0
  /** What the models that write SVG have cost, where they have said what they used. */
  #svgNanoUsd: NanoUsd | undefined
  #isSvgImplausible = false
  /** Whether there is an image of whose author nothing was said. */
  #isSvgUnreported = false
  /** What those that are streamed have reported together. */
  #streamed: ReportedUsage | undefined

  constructor(asked: MeteredMedia) {
    this.#asked = asked
  }

  /** Images that have come whole. */
  get images(): number {
    return this.#images
  }

  takeImages(answer: JsonObject, images: ImageFacts): void {
    const delivered = Array.isArray(answer.data) ? Math.min(answer.data.length, images.count) : images.count
    this.#images = delivered
    if (delivered > 0) this.#takeSvg(answer.svg_usage)
    this.#note(parseImagesUsage(answer.usage), answer, { [images.countedAs]: delivered, ...this.#svg() })
    if (delivered > 0) this.measured.textBytes = Math.max(this.measured.textBytes, 1)
  }

  /** One of several that are streamed: each reports what it used itself. */
  takeStreamedImage(event: JsonObject, images: ImageFacts): void {
    this.#images += 1
    const before = this.#streamed
    const reported = parseImagesUsage(event.usage)
    this.#streamed = before && reported ? sumOf(before, reported) : (reported ?? before)
    this.#takeSvg(event.svg_usage)
    const counted = { [images.countedAs]: Math.min(this.#images, images.count) }
    this.#note(this.#streamed, event, { ...counted, ...this.#svg() })
  }

  takeTranscript(answer: JsonObject, sound: SoundFacts): void {
    const text = typeof answer.text === 'string' ? answer.text : ''
    const reported = parseTranscriptionUsage(answer.usage)
    // A length below zero says nothing; how long the sound was is known here.
    const isBelowZero = reported?.isImplausible === true && reported.usage.audioInputMs === 0
    const told = (isBelowZero ? undefined : reported?.usage.audioInputMs) ?? secondsToMs(answer.duration)
    const measured = Math.max(sound.ms ?? 0, msOfTranscript(text), lastTimeIn(text))
    const ms =
      told ?? wholeSeconds(sound.ms === undefined ? Math.max(measured, msByBytes(sound.bytes)) : measured)
    this.measured.textBytes = Math.max(this.measured.textBytes, Buffer.byteLength(text))
    // A length alone is no report where tokens are what costs.
    const isOfLength = reported?.usage.audioInputMs !== undefined
    const usable = isOfLength && !isPricedBySecond(this.#asked.price) ? undefined : reported
    this.#note(usable, answer, { audioInputMs: ms })
    if (!usable && !isPricedBySecond(this.#asked.price)) this.#estimateTranscript(ms)
    // What was neither reported nor could be measured is charged, and said to be an estimate.
    if (!reported && told === undefined && sound.ms === undefined) this.#doubt()
  }

  takeSpoken(event: JsonObject): void {
    this.#note(parseSpeechUsage(event.usage), event, { speechCharacters: this.#asked.media.characters ?? 0 })
  }

  /** Speech that came as sound alone; undefined milliseconds where its length cannot be read. */
  takeSound(ms: number | undefined, bytes: number): void {
    const { media, requestBytes } = this.#asked
    this.measured.textBytes = bytes
    this.#note(undefined, {}, { speechCharacters: media.characters ?? 0 })
    if (this.measured.reported) return
    this.measured.estimated = withOutput(
      {
        ...NO_USAGE,
        inputTokens: Math.ceil(requestBytes / BYTES_PER_TOKEN),
        speechCharacters: media.characters ?? 0,
      },
      'audioOutputTokens',
      Math.min(spokenTokensOfMs(ms ?? msByBytes(bytes)), this.#asked.outputTokensMax),
    )
  }

  /** The same while it comes: what is charged where it breaks off here. */
  estimateSound(ms: number | undefined, bytes: number): void {
    this.takeSound(ms, bytes)
    this.#doubt()
  }

  /** What is charged where the answer breaks off from here on, and of a whole one where its author's report is missing. */
  estimateImages(images: ImageFacts): void {
    const { media, requestBytes, outputTokensMax } = this.#asked
    if (this.measured.reported?.isImplausible === false && this.#isSvgUnreported) {
      this.#doubt()
      return
    }
    const perImage = media.imageTokens ?? outputTokensMax
    const count = Math.max(1, this.#images)
    const inputs = images.inputs * IMAGE_INPUT_TOKENS_ESTIMATED
    this.measured.estimated = withOutput(
      {
        ...NO_USAGE,
        inputTokens: Math.ceil(requestBytes / BYTES_PER_TOKEN) + inputs,
        [images.countedAs]: count,
        // What its author has reported is known, whatever the image has not.
        ...this.#svg(),
      },
      'imageOutputTokens',
      perImage * count,
    )
  }

  estimateTranscript(sound: SoundFacts): void {
    this.#estimateTranscript(wholeSeconds(sound.ms ?? msByBytes(sound.bytes)))
  }

  #estimateTranscript(ms: number): void {
    const inputTokens = Math.ceil(inputTokensOfMs(ms) / 2)
    const text = Math.ceil(this.measured.textBytes / BYTES_PER_TOKEN)
    this.measured.estimated = {
      ...NO_USAGE,
      inputTokens,
      audioInputTokens: inputTokens,
      outputTokens: text > 0 ? text : Math.ceil(outputTokensOfMs(ms) / 2),
      audioInputMs: ms,
    }
  }

  #doubt(): void {
    this.measured.estimated = this.measured.reported?.usage ?? this.measured.estimated
    this.measured.reported = undefined
  }

  #note(reported: ReportedUsage | undefined, answer: JsonObject, known: MediaUsage): void {
    this.measured.rawReported = reported ? JSON.stringify(rawOf(answer)) : null
    if (reported) {
      const isImplausible = reported.isImplausible || this.#isSvgImplausible
      this.measured.reported = { ...reported, isImplausible, usage: { ...reported.usage, ...known } }
      return
    }
    const usage = { ...NO_USAGE, ...known }
    const isImplausible = this.#isSvgImplausible
    this.measured.reported = this.#isKnownWithoutReport() ? { usage, isImplausible } : undefined
  }

  /** Whether what was asked for is charged by what can be counted here. */
  #isKnownWithoutReport(): boolean {
    const { media, price } = this.#asked
    if (media.images) return isPricedByImage(price)
    return media.sound ? isPricedBySecond(price) : isPricedByCharacter(price)
  }

  /** At the price of the model that wrote it; without one that was asked for, it is the image model's own affair. */
  #takeSvg(usage: unknown): void {
    const { svgPrice } = this.#asked.media
    const used = svgPrice && parseResponsesUsage(withDetails(usage), undefined)
    if (svgPrice && !used) this.#isSvgUnreported = true
    if (!svgPrice || !used) return
    this.#isSvgImplausible ||= used.isImplausible || isAbsurd(used.usage, svgPrice)
    this.#svgNanoUsd = sumNanoUsd(this.#svgNanoUsd ?? 0, chargeFor(used.usage, svgPrice, ONE_MILLION))
  }

  /** Of an author of whom nothing was said, the most that they can have used, as of an image tool; no picture tells how much. */
  #svg(): MediaUsage {
    const { svgNanoUsd } = this.#asked.media.usageMax
    if (this.#isSvgUnreported && svgNanoUsd !== undefined) return { svgNanoUsd }
    return this.#svgNanoUsd === undefined ? {} : { svgNanoUsd: this.#svgNanoUsd }
  }
}

const rawOf = ({ usage, svg_usage }: JsonObject) => (svg_usage == null ? usage : { usage, svg_usage })

const withDetails = (usage: unknown): unknown =>
  isObject(usage)
    ? { ...usage, output_tokens_details: { reasoning_tokens: usage.reasoning_tokens } }
    : undefined

const withOutput = (
  usage: TokenUsage,
  part: 'imageOutputTokens' | 'audioOutputTokens',
  tokens: number,
): TokenUsage => ({ ...usage, outputTokens: tokens, [part]: tokens })

const wholeSeconds = (ms: number): number => Math.ceil(ms / 1000) * 1000

/** Some formats tell how long the sound was without calling it usage. */
const secondsToMs = (seconds: unknown): number | undefined =>
  typeof seconds === 'number' && seconds >= 0 && seconds < 1_000_000_000
    ? wholeSeconds(Math.round(seconds * 1000))
    : undefined

const CUE_END = /--> *(?:(\d{1,4}):)?(\d{2}):(\d{2})[.,](\d{3})/g

/** The end of the last cue of subtitles; 0 where the text has none. */
function lastTimeIn(text: string): number {
  let last = 0
  for (const [, hours = '0', minutes, seconds, ms] of text.matchAll(CUE_END)) {
    const at = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms)
    last = Math.max(last, at)
  }
  return last
}

function sumOf(one: ReportedUsage, other: ReportedUsage): ReportedUsage {
  // Nothing that makes images or sound runs a tool, so there is nothing but counts in either.
  const usage = { ...one.usage } as unknown as Record<string, number>
  for (const [name, count] of Object.entries(other.usage)) usage[name] = (usage[name] ?? 0) + Number(count)
  return {
    // Both have the members of a usage, and so has their sum.
    usage: usage as unknown as TokenUsage,
    isImplausible: one.isImplausible || other.isImplausible,
  }
}
