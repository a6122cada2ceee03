// Answers with images or sound that are no streams: what of them is looked at, and how they are measured.
import { DEFAULT_MAX_OUTPUT_TOKENS } from '../../../contract/price.ts'
import { type JsonObject, parseObject } from '../json-object.ts'
import { parseBody } from '../parsed-body.ts'
import type { Sending } from '../request.ts'
import type { Measured } from '../stream-meter.ts'
import type { UpstreamHead } from '../upstream-exchange.ts'
import { MediaMeter, type MeteredMedia } from './media-meter.ts'
import type { RoutedMedia } from './price-media.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i

export function meteredOf(held: Sending): MeteredMedia {
  const { media, price, body } = held
  if (!media) throw new Error('only images and sound are measured as such')
  return {
    media,
    price,
    requestBytes: body.length,
    outputTokensMax: price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
  }
}

const typeOf = ({ headers }: UpstreamHead): string => String(headers['content-type'] ?? '')

/** Whether the answer to a request for speech is sound; some servers send it though events were asked for. */
export const isSound = ({ media }: Sending, head: UpstreamHead): boolean =>
  media?.speech !== undefined &&
  head.status === 200 &&
  /^(?:audio\/|application\/octet-stream)/i.test(typeOf(head))

/**
 * An answer as an object, undefined where it is none: of a plain text its text, of JSON what can be told without its images,
 * which are cut.
 */
export function mediaAnswer(media: RoutedMedia, head: UpstreamHead, body: Buffer): JsonObject | undefined {
  if (media.answer === 'sound') return undefined
  if (media.answer === 'text' && !JSON_TYPE.test(typeOf(head)) && !/^text\/html/i.test(typeOf(head)))
    return { text: body.toString('utf8') }
  if (!media.images) return parseObject(body.toString('utf8'))
  const parsed = parseBody(body)
  return parsed.ok ? parsed.value.value : undefined
}

export function measureMedia(asked: MeteredMedia, answer: JsonObject): Measured {
  const meter = new MediaMeter(asked)
  const { images, sound } = asked.media
  if (images) {
    meter.takeImages(answer, images)
    meter.estimateImages(images)
  } else if (sound) meter.takeTranscript(answer, sound)
  else meter.takeSpoken(answer)
  return meter.measured
}
