// Reads the facts of a transcription or a translation (OpenAI API reference, "Create transcription", "Create translation"):
// what is charged follows from the length of the sound.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import {
  type BodyFacts,
  bodyMembersWithoutTools,
  booleanIn,
  modelIn,
  PLAIN_FACTS,
  TEMPLATE_TOKENS,
  walkBody,
} from '../body-facts.ts'
import type { JsonObject } from '../json-object.ts'
import { invalidParameter, startWalk } from '../walk.ts'
import { filesIn, wordIn } from './media-facts.ts'
import { inputTokensOfMs, msByBytes, outputTokensOfMs } from './sound-tokens.ts'

const MEMBERS = bodyMembersWithoutTools()

/** What comes as plain text, and tells no usage. */
const TEXT_FORMATS = new Set(['text', 'srt', 'vtt'])

export const readTranscriptionBody = (body: JsonObject, bodyBytes: number) =>
  readSound(body, bodyBytes, false)

export const readTranslationBody = (body: JsonObject, bodyBytes: number) => readSound(body, bodyBytes, true)

function readSound(body: JsonObject, bodyBytes: number, isTranslation: boolean): Result<BodyFacts, Refusal> {
  const refused = walkBody(startWalk(), body, MEMBERS)
  if (refused) return fail(refused)
  const [file, another] = filesIn(body, 'file')
  if (!file) return fail(refusal('missing_parameter', undefined, { param: 'file' }))
  // Which of them is heard would be the upstream's choice.
  if (another) return fail(invalidParameter('file', 'one sound is heard at a time.'))
  const model = modelIn(body)
  if (!model.ok) return model
  const isStream = booleanIn(body, 'stream')
  if (!isStream.ok) return isStream
  const format = wordIn(body, 'response_format')
  if (!format.ok) return format
  // Seconds are billed whole.
  const ms = Math.ceil((file.ms ?? msByBytes(file.bytes)) / 1000) * 1000
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    isStream: isStream.value,
    outputTokensLimit: 0,
    isOutputLimitable: false,
    extraOutputTokensMax: outputTokensOfMs(ms),
    input: { textBytes: bodyBytes, fixedTokensMax: TEMPLATE_TOKENS + inputTokensOfMs(ms) },
    media: {
      answer: TEXT_FORMATS.has(format.value ?? 'json') ? 'text' : 'json',
      usageMax: { audioInputMs: ms },
      sound: { ms: file.ms, bytes: file.bytes, isTranslation },
    },
  })
}
