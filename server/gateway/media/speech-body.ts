// Reads the facts of a request for speech (OpenAI API reference, "Create speech").
import type { Refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import {
  type BodyFacts,
  bodyMembersWithoutTools,
  modelIn,
  PLAIN_FACTS,
  TEMPLATE_TOKENS,
  walkBody,
} from '../body-facts.ts'
import type { JsonObject } from '../json-object.ts'
import { invalidParameter, startWalk, unsupported } from '../walk.ts'
import { requiredTextIn, textIn, wordIn } from './media-facts.ts'

const MEMBERS = bodyMembersWithoutTools()

export function readSpeechBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const refused = walkBody(startWalk(), body, MEMBERS) ?? refuseVoice(body.voice)
  if (refused) return fail(refused)
  const model = modelIn(body)
  if (!model.ok) return model
  const input = requiredTextIn(body, 'input')
  if (!input.ok) return input
  const instructions = textIn(body, 'instructions')
  if (!instructions.ok) return instructions
  const format = wordIn(body, 'response_format')
  if (!format.ok) return format
  const streamed = wordIn(body, 'stream_format')
  if (!streamed.ok) return streamed
  const slowness = slownessIn(body)
  if (!slowness.ok) return slowness
  const isStream = streamed.value === 'sse'
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    isStream,
    // What its characters come to is found out together with the price.
    outputTokensLimit: undefined,
    isOutputLimitable: false,
    input: { textBytes: bodyBytes, fixedTokensMax: TEMPLATE_TOKENS },
    media: {
      answer: isStream ? 'json' : 'sound',
      usageMax: {},
      speech: { isPcm: format.value === 'pcm', slowness: slowness.value },
    },
  })
}

/** Voices of one's own are kept upstream under the operator's account, and nobody knows whose they are. */
function refuseVoice(voice: unknown): Refusal | undefined {
  if (voice === undefined || voice === null) return undefined
  const isBuiltIn = typeof voice === 'string' && !voice.startsWith('voice_')
  return isBuiltIn ? undefined : unsupported('voice', 'only the voices that come with a model can be used.')
}

function slownessIn({ speed }: JsonObject): Result<number, Refusal> {
  if (speed === undefined || speed === null) return ok(1)
  return typeof speed === 'number' && speed >= 0.25 && speed <= 4
    ? ok(Math.max(1, 1 / speed))
    : fail(invalidParameter('speed', 'it has to be a number from 0.25 to 4.'))
}
