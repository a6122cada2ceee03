// Reads the facts of a chat completion request (OpenAI API reference, "Create chat completion").
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import {
  type BodyFacts,
  booleanIn,
  checkCacheOptions,
  checkTools,
  choicesIn,
  inputBound,
  integerIn,
  invalidParameter,
  modelIn,
  noteImage,
  OUTPUT_TOKENS_MAX,
  serviceTierIn,
  startWalk,
  unsupported,
  type Walk,
} from './body-facts.ts'
import { isObject, type JsonObject } from './json-object.ts'

export function readChatBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const walk = startWalk()
  const refused = checkMessages(body, walk) ?? checkReach(body, walk)
  if (refused) return fail(refused)
  const model = modelIn(body)
  if (!model.ok) return model
  const isStream = booleanIn(body, 'stream')
  if (!isStream.ok) return isStream
  const choices = choicesIn(body)
  if (!choices.ok) return choices
  const older = integerIn(body, 'max_tokens', 1, OUTPUT_TOKENS_MAX)
  if (!older.ok) return older
  const newer = integerIn(body, 'max_completion_tokens', 1, OUTPUT_TOKENS_MAX)
  if (!newer.ok) return newer
  const serviceTier = serviceTierIn(body)
  if (!serviceTier.ok) return serviceTier
  const wantsUsageChunk = usageChunkWanted(body)
  if (!wantsUsageChunk.ok) return wantsUsageChunk
  return ok({
    model: model.value,
    isStream: isStream.value,
    choices: choices.value ?? 1,
    // Where both are sent, which one counts is the upstream's choice; the larger one bounds it.
    outputTokensLimit:
      older.value === undefined && newer.value === undefined
        ? undefined
        : Math.max(older.value ?? 0, newer.value ?? 0),
    extraOutputTokensMax: body.prediction ? bodyBytes : 0,
    input: inputBound(walk, bodyBytes, 0),
    webSearchCallsMax: 0,
    wantsUsageChunk: wantsUsageChunk.value,
    serviceTier: serviceTier.value,
    isStored: false,
    previousResponseId: undefined,
    itemReferences: [],
  })
}

function checkMessages(body: JsonObject, walk: Walk): Refusal | undefined {
  if (body.messages === undefined && body.input !== undefined) {
    return invalidParameter(
      'messages',
      'this body has "input" and no "messages", so it is meant for /v1/responses. Send it there, or send "messages".',
    )
  }
  if (body.messages === undefined) return refusal('missing_parameter', undefined, { param: 'messages' })
  if (!Array.isArray(body.messages)) return invalidParameter('messages', 'it has to be a list of messages.')
  for (const message of body.messages) {
    const parts = isObject(message) && Array.isArray(message.content) ? message.content : []
    for (const part of parts) {
      const refused = checkPart(part, walk)
      if (refused) return refused
    }
    if (isObject(message) && message.audio) {
      return unsupported('messages', 'audio has no price here yet.')
    }
  }
  return undefined
}

function checkPart(part: unknown, walk: Walk): Refusal | undefined {
  if (!isObject(part)) return undefined
  switch (part.type) {
    case 'image_url':
      noteImage(walk, isObject(part.image_url) ? part.image_url.url : part.image_url)
      return undefined
    case 'file':
      if (isObject(part.file) && part.file.file_id !== undefined) {
        return unsupported(
          'messages',
          'files kept at the upstream ("file_id") cannot be used through this gateway.',
        )
      }
      walk.needsFullWindow = true
      return undefined
    case 'input_audio':
      return unsupported('messages', 'audio has no price here yet.')
    case 'text':
    case 'refusal':
      return undefined
    default:
      // What this part costs is not known (a server of another make may take videos), so the whole window is held.
      walk.needsFullWindow = true
      return undefined
  }
}

function checkReach(body: JsonObject, walk: Walk): Refusal | undefined {
  if (body.web_search_options !== undefined && body.web_search_options !== null) {
    return unsupported(
      'web_search_options',
      'use the web_search tool of /v1/responses, where searches are counted.',
    )
  }
  if (body.audio || (Array.isArray(body.modalities) && body.modalities.includes('audio'))) {
    return unsupported(body.audio ? 'audio' : 'modalities', 'audio has no price here yet.')
  }
  const refused = checkCacheOptions(body) ?? checkTools(body.tools, 'tools', walk)
  if (refused) return refused
  // Chat completions report no searches, so they could not be charged.
  return walk.hasWebSearch
    ? unsupported('tools', 'use the web_search tool of /v1/responses, where searches are counted.')
    : undefined
}

function usageChunkWanted(body: JsonObject): Result<boolean, Refusal> {
  const options = body.stream_options
  if (options === undefined || options === null) return ok(false)
  if (!isObject(options)) return fail(invalidParameter('stream_options', 'it has to be an object.'))
  const wanted = booleanIn(options, 'include_usage')
  return wanted.ok
    ? wanted
    : fail(invalidParameter('stream_options.include_usage', 'it has to be true or false.'))
}
