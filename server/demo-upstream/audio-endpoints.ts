// POST /v1/audio/speech, /v1/audio/transcriptions and /v1/audio/translations (OpenAI API reference, "Audio"). Nothing is heard
// and nothing is said: a text of a hundred characters is six seconds of a tone, and every sound is the same few words.
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Reply } from './delivery.ts'
import { fixedReply, jsonReply, streamErrorOf } from './fixed-reply.ts'
import { filesOf } from './form.ts'
import { asString, type JsonObject } from './json.ts'
import { findModel } from './models.ts'
import { missingParameter, modelNotFound, type Refused, wrongValue } from './openai-error.ts'
import { missingOf } from './parameters.ts'
import { EVENT_STREAM_TYPE, replyHeaders } from './reply-headers.ts'
import { type Answered, countsOf, type Run, scenarioOfText } from './run.ts'
import type { Scenario, StreamEvent } from './scenario.ts'
import { mp3Of, pcmOf, secondsOf, wavOf } from './sounds.ts'
import { editedEvents } from './stream-edits.ts'
import { reportedUsage } from './usage.ts'
import { piecesOf, tokensOf } from './words.ts'

const HEARD = 'This is what the demo upstream made of your sound.'
const MS_PER_CHARACTER = 60
const SOUND_TOKENS_PER_SECOND = 10
const SPOKEN_TOKENS_PER_SECOND = 20
const PIECE_BYTES = 4_096
const FORMATS = { mp3: mp3Of, wav: wavOf, pcm: pcmOf } as const
const TYPES = { mp3: 'audio/mpeg', wav: 'audio/wav', pcm: 'audio/pcm' } as const

export function answerSpeech(body: JsonObject, run: Run): Result<Answered, Refused> {
  const refused = missingOf(body, ['model', 'input', 'voice'])
  if (refused) return fail(refused)
  const text = asString(body.input) ?? ''
  const found = scenarioOfText(run, text)
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const name = asString(body.model) ?? ''
  if (!findModel(name, run.acceptAnyModel, 'speech')) return fail(modelNotFound(name))
  const format = asString(body.response_format) ?? 'mp3'
  if (!isFormat(format)) return fail(wrongValue('response_format', format, Object.keys(FORMATS)))
  const ms = [...text].length * MS_PER_CHARACTER
  const sound = FORMATS[format](ms)
  const counts = {
    ...countsOf({ inputTokens: tokensOf(text), cachedTokens: 0, cacheWriteTokens: 0 }, []),
    outputTokens: Math.ceil((ms / 1000) * SPOKEN_TOKENS_PER_SECOND),
  }
  run.record.usage = counts
  const isStream = body.stream_format === 'sse'
  const headers = replyHeaders({
    requestId: run.requestId,
    model: name,
    contentType: isStream ? EVENT_STREAM_TYPE : TYPES[format],
  })
  const events = isStream
    ? editedEvents(spokenEvents(sound, reportedUsage(counts, plainUsage, scenario.usage)), scenario, () =>
        failedEvent(scenario),
      )
    : piecesOfSound(sound)
  return ok({ reply: { kind: 'stream', status: scenario.status ?? 200, headers, events }, scenario })
}

const isFormat = (format: string): format is keyof typeof FORMATS => Object.hasOwn(FORMATS, format)

const plainUsage = ({
  inputTokens,
  outputTokens,
}: {
  inputTokens: number
  outputTokens: number
}): JsonObject => ({
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
})

function* piecesOfSound(sound: Buffer): Generator<Buffer> {
  for (let at = 0; at < sound.length; at += PIECE_BYTES) yield sound.subarray(at, at + PIECE_BYTES)
}

function* spokenEvents(sound: Buffer, usage: unknown): Generator<StreamEvent> {
  for (const piece of piecesOfSound(sound))
    yield {
      data: JSON.stringify({ type: 'speech.audio.delta', audio: piece.toString('base64') }),
      isPaced: true,
    }
  yield { data: JSON.stringify({ type: 'speech.audio.done', usage }) }
}

const failedEvent = ({ streamError }: Scenario): StreamEvent => ({
  name: 'error',
  data: JSON.stringify({ type: 'error', error: streamErrorOf(streamError?.error) }),
})

export const answerTranscription = (body: JsonObject, run: Run): Result<Answered, Refused> =>
  heard(body, run, true)

/** No usage is told of them. */
export const answerTranslation = (body: JsonObject, run: Run): Result<Answered, Refused> =>
  heard(body, run, false)

function heard(body: JsonObject, run: Run, tellsUsage: boolean): Result<Answered, Refused> {
  const [file] = filesOf(body, 'file')
  if (!file) return fail(missingParameter('file'))
  const refused = missingOf(body, ['model'])
  if (refused) return fail(refused)
  const found = scenarioOfText(run, asString(body.prompt) ?? '')
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const name = asString(body.model) ?? ''
  if (!findModel(name, run.acceptAnyModel, 'transcription')) return fail(modelNotFound(name))
  const seconds = secondsOf(file.data)
  const text = scenario.answer?.text ?? HEARD
  const usage = tellsUsage ? heardUsage(run, name, seconds, text, scenario) : undefined
  return ok({ reply: heardReply({ body, run, scenario, name, seconds, text, usage }), scenario })
}

/** The demo's model by the second, and whatever is called whisper, tell a length; all others count tokens. */
function heardUsage(run: Run, name: string, seconds: number, text: string, scenario: Scenario): unknown {
  const inputTokens = Math.ceil(seconds * SOUND_TOKENS_PER_SECOND)
  const counts = {
    ...countsOf({ inputTokens, cachedTokens: 0, cacheWriteTokens: 0 }, []),
    outputTokens: tokensOf(text),
  }
  run.record.usage = counts
  if (name.includes('whisper')) {
    const byLength = (): JsonObject => ({ type: 'duration', seconds: Math.ceil(seconds) })
    return reportedUsage(counts, byLength, scenario.usage)
  }
  const byTokens = (used: typeof counts): JsonObject => ({
    type: 'tokens',
    ...plainUsage(used),
    input_token_details: { text_tokens: 0, audio_tokens: used.inputTokens },
  })
  return reportedUsage(counts, byTokens, scenario.usage)
}

interface Heard {
  readonly body: JsonObject
  readonly run: Run
  readonly scenario: Scenario
  readonly name: string
  readonly seconds: number
  readonly text: string
  readonly usage: unknown
}

function heardReply(heardSound: Heard): Reply {
  const { body, run, scenario, name, seconds, text, usage } = heardSound
  const facts = { requestId: run.requestId, model: name }
  const status = scenario.status ?? 200
  if (body.stream === true) {
    const events = editedEvents(heardEvents(text, usage), scenario, () => failedEvent(scenario))
    return {
      kind: 'stream',
      status,
      headers: replyHeaders({ ...facts, contentType: EVENT_STREAM_TYPE }),
      events,
    }
  }
  const plain = (words: string): Reply => ({
    kind: 'body',
    status,
    headers: replyHeaders({ ...facts, contentType: 'text/plain; charset=utf-8' }),
    body: Buffer.from(words),
    words: 1,
  })
  switch (body.response_format) {
    case 'text':
      return plain(`${text}\n`)
    case 'srt':
      return plain(`1\n00:00:00,000 --> ${timeOf(seconds, ',')}\n${text}\n\n`)
    case 'vtt':
      return plain(`WEBVTT\n\n00:00.000 --> ${timeOf(seconds, '.')}\n${text}\n\n`)
    case 'verbose_json': {
      const segments = [{ id: 0, start: 0, end: seconds, text }]
      return jsonReply(
        status,
        { task: 'transcribe', language: 'english', duration: seconds, text, segments, usage },
        facts,
        1,
      )
    }
    default:
      return jsonReply(status, { text, usage }, facts, 1)
  }
}

function timeOf(seconds: number, mark: string): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const ms = String(Math.round((seconds % 1) * 1000) % 1000).padStart(3, '0')
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${mark}${ms}`
}

function* heardEvents(text: string, usage: unknown): Generator<StreamEvent> {
  for (const delta of piecesOf(text)) {
    yield { data: JSON.stringify({ type: 'transcript.text.delta', delta }), isPaced: true }
  }
  yield { data: JSON.stringify({ type: 'transcript.text.done', text, usage }) }
}
