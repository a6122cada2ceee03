// Reads the facts of a Responses request, of one that compacts a conversation, and of one that counts its tokens (OpenAI API
// reference, "Responses"), including the shapes that Codex CLI sends: tools inside `additional_tools` items, ids invented
// on items that carry their own content.
import type { Refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import {
  type BodyFacts,
  bodyMembers,
  booleanIn,
  inputBound,
  integerIn,
  mayCallTools,
  modelIn,
  OUTPUT_TOKENS_MAX,
  PLAIN_FACTS,
  refused,
  responseIdIn,
  serviceTierIn,
  TOOL_CALLS_ASSUMED,
  toolCallsIn,
  walkBody,
} from './body-facts.ts'
import { walkList } from './body-walk.ts'
import { checkReasoning, walkItem } from './input-item.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { checkPrompt } from './stored-prompt.ts'
import { invalidParameter, paramAt, startWalk, unsupported, type Walk } from './walk.ts'

export function readResponsesBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const facts = readConversation(body, bodyBytes, WITH_PROMPT)
  if (!facts.ok) return facts
  const isStream = booleanIn(body, 'stream')
  if (!isStream.ok) return isStream
  const limit = integerIn(body, 'max_output_tokens', 1, OUTPUT_TOKENS_MAX)
  if (!limit.ok) return limit
  return ok({
    ...facts.value,
    isStream: isStream.value,
    outputTokensLimit: limit.value,
    isStored: body.store !== false,
  })
}

/** A compaction is as long as the model makes it: no member limits it. Its items come back in the next request. */
export function readCompactBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const facts = readConversation(body, bodyBytes)
  return facts.ok ? ok({ ...facts.value, isOutputLimitable: false, isStored: true }) : facts
}

/** Nothing is generated and nothing is charged, but what the body refers to has to be the caller's own all the same. */
export function readInputTokensBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const facts = readConversation(body, bodyBytes)
  return facts.ok ? ok({ ...facts.value, outputTokensLimit: 0 }) : facts
}

function readConversation(body: JsonObject, bodyBytes: number, reach = REACH): Result<BodyFacts, Refusal> {
  const walk = startWalk(true)
  const hasReached = walkBody(walk, body, reach)
  if (hasReached) return fail(hasReached)
  const model = modelIn(body)
  if (!model.ok) return model
  const serviceTier = serviceTierIn(body)
  if (!serviceTier.ok) return serviceTier
  const previous = responseIdIn(body, 'previous_response_id')
  if (!previous.ok) return previous
  const compared = comparedResponseIn(body)
  if (!compared.ok) return compared
  const calls = toolCallsIn(body, walk)
  if (!calls.ok) return calls
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    outputTokensLimit: undefined,
    input: inputBound(walk, bodyBytes),
    hidesText: walk.hidesText,
    hosted: walk.hosted,
    promptId: walk.promptId,
    inputImages: refersElsewhere(walk, previous.value) ? undefined : walk.images + walk.hosted.imageMasks,
    toolCallsMax: mayCallTools(walk) ? (calls.value ?? TOOL_CALLS_ASSUMED) : 0,
    toolCallsNamed: calls.value,
    serviceTier: serviceTier.value,
    previousResponseId: previous.value,
    comparedResponseId: compared.value,
    itemReferences: walk.itemReferences,
    givenIds: walk.givenIds,
    fileReferences: walk.fileReferences ?? [],
  })
}

/** To what was said before, in which there may be any number of images. */
const refersElsewhere = (walk: Walk, previousResponseId: string | undefined): boolean =>
  walk.hidesImages || previousResponseId !== undefined || walk.itemReferences.length > 0

const SPECIAL = {
  background: (walk: Walk, background: unknown) =>
    background === false
      ? undefined
      : unsupported(paramAt(walk), 'a background response is paid for after its request has ended.'),
  conversation: refused('conversations kept at the upstream cannot be used through this gateway.'),
  prompt: refused('this endpoint takes no stored prompt.'),
  instructions: (walk: Walk, instructions: unknown) =>
    typeof instructions === 'string' ? undefined : invalidParameter(paramAt(walk), 'it has to be a text.'),
  reasoning: checkReasoning,
  // The conversation is read once more to compact it, and nothing says beforehand how much of it.
  context_management: (walk: Walk, rules: unknown) => {
    if (!Array.isArray(rules) || rules.length > 0) walk.needsFullWindow = true
    return undefined
  },
  input: checkInput,
}
const REACH = bodyMembers(SPECIAL)

/** Responses alone are made of stored prompts (OpenAI API reference); neither compacting nor counting takes one. */
const WITH_PROMPT = bodyMembers({ ...SPECIAL, prompt: checkPrompt })

function checkInput(walk: Walk, input: unknown): Refusal | undefined {
  if (typeof input === 'string') return undefined
  return Array.isArray(input)
    ? walkList(walk, input, walkItem)
    : invalidParameter(paramAt(walk), 'it has to be a text or a list of items.')
}

function comparedResponseIn({
  prompt_cache_options: options,
}: JsonObject): Result<string | undefined, Refusal> {
  const name = 'comparison_response_id'
  return isObject(options) ? responseIdIn(options, name, `prompt_cache_options.${name}`) : ok(undefined)
}
