// Reads the facts of a chat completion request (OpenAI API reference, "Create chat completion").
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import {
  type BodyFacts,
  bodyMembers,
  booleanIn,
  CHOICES_MAX,
  inputBound,
  integerIn,
  modelIn,
  OUTPUT_TOKENS_MAX,
  PLAIN_FACTS,
  refused,
  serviceTierIn,
  usageChunkWanted,
  walkBody,
} from './body-facts.ts'
import { walkList, walkMembers, walkParts } from './body-walk.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { invalidParameter, paramAt, startWalk, unsupported, type Walk } from './walk.ts'

const NO_AUDIO = 'audio has no price here yet.'
const SEARCH_ELSEWHERE = 'use the web_search tool of /v1/responses, where searches are counted.'

export function readChatBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const walk = startWalk(true)
  const hasReached = checkShape(body) ?? walkBody(walk, body, REACH) ?? checkHosted(walk)
  if (hasReached) return fail(hasReached)
  const model = modelIn(body)
  if (!model.ok) return model
  const isStream = booleanIn(body, 'stream')
  if (!isStream.ok) return isStream
  const choices = integerIn(body, 'n', 1, CHOICES_MAX)
  if (!choices.ok) return choices
  const outputTokensLimit = outputLimitIn(body)
  if (!outputTokensLimit.ok) return outputTokensLimit
  const serviceTier = serviceTierIn(body)
  if (!serviceTier.ok) return serviceTier
  const wantsUsageChunk = usageChunkWanted(body)
  if (!wantsUsageChunk.ok) return wantsUsageChunk
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    isStream: isStream.value,
    choices: choices.value ?? 1,
    outputTokensLimit: outputTokensLimit.value,
    extraOutputTokensMax: body.prediction ? bodyBytes : 0,
    input: inputBound(walk, bodyBytes),
    hidesText: walk.hidesText,
    hosted: walk.hosted,
    wantsUsageChunk: wantsUsageChunk.value,
    serviceTier: serviceTier.value,
    fileReferences: walk.fileReferences ?? [],
  })
}

function checkShape(body: JsonObject): Refusal | undefined {
  if (body.messages === undefined && body.input !== undefined) {
    return invalidParameter(
      'messages',
      'this body has "input" and no "messages", so it is meant for /v1/responses. Send it there, or send "messages".',
    )
  }
  if (body.messages === undefined) return refusal('missing_parameter', undefined, { param: 'messages' })
  return Array.isArray(body.messages)
    ? undefined
    : invalidParameter('messages', 'it has to be a list of messages.')
}

const REACH = bodyMembers({
  messages: (walk: Walk, messages: unknown) =>
    Array.isArray(messages) ? walkList(walk, messages, checkMessage) : undefined,
  prediction: (walk: Walk, prediction: unknown) =>
    isObject(prediction) ? walkMembers(walk, prediction, { content: walkParts }) : undefined,
  audio: refused(NO_AUDIO),
  modalities: (walk: Walk, modalities: unknown) =>
    Array.isArray(modalities) && modalities.includes('audio') ? refused(NO_AUDIO)(walk) : undefined,
  web_search_options: (walk: Walk, options: unknown) => {
    if (!isObject(options)) return invalidParameter(paramAt(walk), 'it has to be an object.')
    walk.hosted.places.set('web_search', paramAt(walk))
    return walkMembers(walk, options)
  },
})

function checkMessage(walk: Walk, message: unknown): Refusal | undefined {
  if (!isObject(message)) return invalidParameter(paramAt(walk), 'every message has to be an object.')
  return walkMembers(walk, message, MESSAGE)
}

const MESSAGE = {
  content: (walk: Walk, content: unknown) =>
    typeof content === 'string' || Array.isArray(content)
      ? walkParts(walk, content)
      : invalidParameter(paramAt(walk), 'it has to be a text or a list of parts.'),
  // A spoken answer of before, by its id.
  audio: refused(NO_AUDIO),
}

/** Chat completions run no hosted tools, and would report nothing of them; some models search by an option of their own. */
function checkHosted({ hosted }: Walk): Refusal | undefined {
  for (const [tool, param] of hosted.places) {
    if (param === 'web_search_options') continue
    if (tool === 'web_search') return unsupported('tools', SEARCH_ELSEWHERE)
    return refusal('unsupported_tool', { tool }, { param })
  }
  return undefined
}

function outputLimitIn(body: JsonObject): Result<number | undefined, Refusal> {
  const older = integerIn(body, 'max_tokens', 1, OUTPUT_TOKENS_MAX)
  if (!older.ok) return older
  const newer = integerIn(body, 'max_completion_tokens', 1, OUTPUT_TOKENS_MAX)
  if (!newer.ok) return newer
  if (older.value === undefined && newer.value === undefined) return ok(undefined)
  // Where both are sent, which one counts is the upstream's choice; the larger one bounds it.
  return ok(Math.max(older.value ?? 0, newer.value ?? 0))
}
