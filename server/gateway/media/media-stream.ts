// Reads streams of images, transcripts and speech: their usage stands in the event that ends each of them. Everything passes as
// it came; an image is larger than what is kept of an event, and is read while it passes.
import { isObject, type JsonObject, parseObject } from '../json-object.ts'
import { type OpenAiError, openAiErrorOf } from '../openai-error.ts'
import { PassingEvent } from '../passing-event.ts'
import { SoundMeter } from '../sound/sound-meter.ts'
import { readEvent } from '../sse.ts'
import {
  type EventInPassing,
  type EventVerdict,
  HEARTBEAT_COMMENT,
  PASS,
  type StreamReader,
  textBytesBehind,
} from '../stream-meter.ts'
import { judgeErrorIn, judgePassingError } from '../upstream-errors.ts'
import { MediaMeter, type MeteredMedia } from './media-meter.ts'

const TEXTS = ['delta', 'b64_json'].map((name) => Buffer.from(`"${name}":`))
const NAMES = { entered: new Set<string>(), counted: new Set(['delta', 'b64_json', 'audio']) }
const TAKEN = new Set(['type', 'usage', 'svg_usage', 'text', 'duration'])

export function createMediaStreamReader(asked: MeteredMedia, apiKey?: string): StreamReader {
  const meter = new MediaMeter(asked)
  const { images, sound, speech } = asked.media
  const { measured } = meter
  const spoken = new SoundMeter(speech?.isPcm)
  if (images) meter.estimateImages(images)
  if (sound) meter.estimateTranscript(sound)

  /** Learns what an event says; answers whether it is the last one. */
  function take(message: JsonObject, name: string | undefined): boolean {
    const type = typeof message.type === 'string' ? message.type : (name ?? '')
    if (type === 'error' || isObject(message.error) || typeof message.error === 'string') {
      measured.hasFailed = true
      return true
    }
    if (images && type.endsWith('.completed')) {
      meter.takeStreamedImage(message, images)
      meter.estimateImages(images)
      return meter.images >= images.count
    }
    if (sound && type === 'transcript.text.done') meter.takeTranscript(message, sound)
    else if (type === 'speech.audio.done') meter.takeSpoken(message)
    else {
      if (typeof message.audio === 'string') spoken.push(Buffer.from(message.audio, 'base64'))
      if (speech) meter.estimateSound(spoken.ms, spoken.bytes)
      return false
    }
    return true
  }

  function read(event: Buffer): EventVerdict {
    for (const needle of TEXTS) measured.textBytes += textBytesBehind(event, needle)
    const fields = readEvent(event)
    const message = parseObject(fields.data)
    if (!message) return PASS
    const isFinal = take(message, fields.name)
    if (!measured.hasFailed) return isFinal ? { kind: 'withhold', bytes: event, isFinal } : PASS
    const refused = judgeErrorIn(message, apiKey)
    return { kind: 'withhold', bytes: refused ? errorEvent(openAiErrorOf(refused)) : event, isFinal: true }
  }

  function passing(): EventInPassing {
    const seen: Record<string, unknown> = {}
    const event: PassingEvent = new PassingEvent({
      names: NAMES,
      policyOf: (path) => {
        if (TAKEN.has(path)) return 'take'
        return path === 'error' || path === 'message' ? 'edit' : undefined
      },
      onValue: (path, json) => {
        seen[path] = parseObject(`{"value":${json}}`)?.value
      },
      edit: (path, json) => {
        seen.error = {}
        const refused = path === 'error' ? judgePassingError(json, apiKey) : undefined
        return refused ? { json: JSON.stringify(openAiErrorOf(refused)) } : 'leave'
      },
    })
    return {
      push: (piece) => event.push(piece),
      end: () => {
        measured.textBytes += event.textBytes
        return { rest: event.end(), isFinal: take(seen, event.name) }
      },
    }
  }

  return {
    measured,
    read,
    passing,
    mayEndWithUsage: true,
    heartbeat: () => HEARTBEAT_COMMENT,
    errorEvent,
  }
}

function errorEvent(error: OpenAiError): Buffer {
  return Buffer.from(`event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`)
}
