// Reads the facts of a Responses request (OpenAI API reference, "Create a model response"), including the shapes that
// Codex CLI sends: tools inside `additional_tools` items, ids invented on items that carry their own content.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import {
  type BodyFacts,
  booleanIn,
  checkCacheOptions,
  checkTools,
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
  webSearchCallsIn,
} from './body-facts.ts'
import { isObject, type JsonObject } from './json-object.ts'

export function readResponsesBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const walk = startWalk()
  const refused = checkReach(body, walk) ?? checkInput(body.input, walk)
  if (refused) return fail(refused)
  const model = modelIn(body)
  if (!model.ok) return model
  const isStream = booleanIn(body, 'stream')
  if (!isStream.ok) return isStream
  const limit = integerIn(body, 'max_output_tokens', 1, OUTPUT_TOKENS_MAX)
  if (!limit.ok) return limit
  const serviceTier = serviceTierIn(body)
  if (!serviceTier.ok) return serviceTier
  const previous = previousResponseIn(body)
  if (!previous.ok) return previous
  const searches = webSearchCallsIn(body, walk)
  if (!searches.ok) return searches
  return ok({
    model: model.value,
    isStream: isStream.value,
    choices: 1,
    outputTokensLimit: limit.value,
    extraOutputTokensMax: 0,
    input: inputBound(walk, bodyBytes, searches.value),
    webSearchCallsMax: searches.value,
    wantsUsageChunk: true,
    serviceTier: serviceTier.value,
    isStored: body.store !== false,
    previousResponseId: previous.value,
    itemReferences: walk.itemReferences,
  })
}

function checkReach(body: JsonObject, walk: Walk): Refusal | undefined {
  if (body.background !== undefined && body.background !== null && body.background !== false) {
    return unsupported('background', 'a background response is paid for after its request has ended.')
  }
  if (body.conversation !== undefined && body.conversation !== null) {
    return unsupported(
      'conversation',
      'conversations kept at the upstream cannot be used through this gateway.',
    )
  }
  if (body.prompt !== undefined && body.prompt !== null) {
    return unsupported(
      'prompt',
      'a stored prompt may choose another model and other tools than the request names.',
    )
  }
  return checkCacheOptions(body) ?? checkTools(body.tools, 'tools', walk)
}

function previousResponseIn(body: JsonObject): Result<string | undefined, Refusal> {
  const id = body.previous_response_id
  if (id === undefined || id === null) return ok(undefined)
  if (typeof id === 'string' && id !== '' && id.length <= 200) return ok(id)
  return fail(invalidParameter('previous_response_id', 'it has to be the id of a response.'))
}

function checkInput(input: unknown, walk: Walk): Refusal | undefined {
  if (input === undefined || input === null || typeof input === 'string') return undefined
  if (!Array.isArray(input)) return invalidParameter('input', 'it has to be a text or a list of items.')
  for (const item of input) {
    if (!isObject(item)) return invalidParameter('input', 'every item has to be an object.')
    const refused = checkItem(item, walk)
    if (refused) return refused
  }
  return undefined
}

function checkItem(item: JsonObject, walk: Walk): Refusal | undefined {
  // The type of a reference may be left out (OpenAI's schema has it as optional): then an id is all the item has.
  const isReference =
    item.type === 'item_reference' || (item.type == null && item.role == null && item.content == null)
  if (isReference) {
    if (typeof item.id !== 'string' || item.id === '')
      return refusal('missing_parameter', undefined, { param: 'input.id' })
    walk.itemReferences.push(item.id)
    return undefined
  }
  if (isKeptUpstream(item)) walk.itemReferences.push(item.id)
  return (
    // Offered later in a conversation (Codex), or found by a client's own search: tools all the same.
    checkTools(item.tools, 'input.tools', walk) ??
    checkParts(item.content, walk) ??
    checkParts(item.output, walk)
  )
}

/** The members in which an item carries what it stands for; without one, its id makes the upstream look it up. */
const CARRIED_IN: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['reasoning', ['encrypted_content', 'content']],
  ['compaction', ['encrypted_content']],
  ['image_generation_call', ['result']],
])

function isKeptUpstream(item: JsonObject): item is JsonObject & { readonly id: string } {
  const members = CARRIED_IN.get(item.type)
  if (!members || typeof item.id !== 'string' || item.id === '') return false
  return !members.some((name) => (Array.isArray(item[name]) ? item[name].length > 0 : Boolean(item[name])))
}

function checkParts(parts: unknown, walk: Walk): Refusal | undefined {
  // A computer's screenshot is one object, everything else that carries parts is a list of them.
  const list = Array.isArray(parts) ? parts : [parts]
  for (const part of list) {
    if (!isObject(part)) continue
    if (part.file_id !== undefined && part.file_id !== null) {
      return unsupported(
        'input',
        'files kept at the upstream ("file_id") cannot be used through this gateway.',
      )
    }
    if (part.type === 'input_image' || part.type === 'computer_screenshot') noteImage(walk, part.image_url)
    if (part.type === 'input_file') walk.needsFullWindow = true
    if (part.type === 'input_audio') return unsupported('input', 'audio has no price here yet.')
  }
  return undefined
}
