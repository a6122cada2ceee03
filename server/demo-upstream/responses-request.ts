// Reads and checks the body of POST /v1/responses (OpenAI API reference, "Create a model response"), with the items that
// Codex CLI sends, and resolves what it refers to.
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Conversation, OfferedTool, Turn } from './conversation.ts'
import { asArray, asInteger, asObject, asString, type JsonObject } from './json.ts'
import {
  callNotFound,
  conversationNotFound,
  itemNotFound,
  outputNotFound,
  previousResponseNotFound,
  type Refused,
  unsupportedParameter,
  wrongType,
} from './openai-error.ts'
import {
  aBoolean,
  aNumber,
  anArray,
  anObject,
  anything,
  aString,
  type Check,
  checkMembers,
  integerFrom,
  missingOf,
  objectOf,
  oneOf,
  reasoningEffort,
  serviceTier,
  textOrArray,
  textOrObject,
} from './parameters.ts'
import { contentOf, outputSchemaOf, toolChoiceOf, toolsOf } from './parts.ts'
import type { ResponseStore } from './response-store.ts'
import { promptTurns } from './stored-prompt.ts'

/** OpenAI refuses smaller limits on this endpoint. */
const OUTPUT_TOKENS_MIN = 16

const MEMBERS: Readonly<Record<string, Check>> = {
  access_programs: anything,
  background: aBoolean,
  // Not in OpenAI's reference; Codex CLI sends it with every request.
  client_metadata: anObject,
  context_management: anArray,
  conversation: textOrObject,
  image: anObject,
  include: anArray,
  input: textOrArray,
  instructions: aString,
  max_output_tokens: integerFrom(OUTPUT_TOKENS_MIN),
  max_tool_calls: integerFrom(1),
  metadata: anObject,
  model: aString,
  moderation: anything,
  parallel_tool_calls: aBoolean,
  previous_response_id: aString,
  prompt: anObject,
  prompt_cache_key: aString,
  prompt_cache_options: anObject,
  prompt_cache_retention: aString,
  reasoning: objectOf({
    effort: reasoningEffort,
    summary: aString,
    generate_summary: aString,
    context: anything,
    mode: anything,
  }),
  safety_identifier: aString,
  service_tier: serviceTier,
  store: aBoolean,
  stream: aBoolean,
  // `include_usage` belongs to chat; here OpenAI answers 400 to it.
  stream_options: objectOf({ include_obfuscation: aBoolean }),
  temperature: aNumber,
  text: objectOf({ format: anObject, verbosity: oneOf('low', 'medium', 'high') }),
  tool_choice: textOrObject,
  tools: anArray,
  top_logprobs: integerFrom(0, 20),
  top_p: aNumber,
  truncation: oneOf('auto', 'disabled'),
  user: aString,
}

export interface ResponsesRequest {
  readonly modelName: string
  readonly conversation: Conversation
  /** The turns that a following response builds on: without this request's instructions. */
  readonly keptTurns: readonly Turn[]
  readonly isStream: boolean
  readonly isStored: boolean
  readonly wantsObfuscation: boolean
  readonly wantsEncryptedReasoning: boolean
  readonly wantsSearchSources: boolean
  readonly wantsReasoningSummary: boolean
  /** Ends with Codex's request to compact the conversation. */
  readonly isCompaction: boolean
  readonly outputTokensMax: number | undefined
  readonly reasoningEffort: string | undefined
  readonly serviceTier: string
  /** The body itself, which the answer repeats much of. */
  readonly body: JsonObject
}

/** What may stand in a request that goes on with no conversation: `compact` and `input_tokens`. */
const MEMBERS_OF = {
  create: Object.keys(MEMBERS),
  compact: [
    'image',
    'input',
    'instructions',
    'model',
    'previous_response_id',
    'prompt_cache_key',
    'prompt_cache_options',
    'prompt_cache_retention',
    'service_tier',
  ],
  input_tokens: [
    'conversation',
    'input',
    'instructions',
    'model',
    'parallel_tool_calls',
    'previous_response_id',
    'reasoning',
    'text',
    'tool_choice',
    'tools',
    'truncation',
  ],
} as const

function checksOf(purpose: keyof typeof MEMBERS_OF): Readonly<Record<string, Check>> {
  const names: readonly string[] = MEMBERS_OF[purpose]
  return Object.fromEntries(Object.entries(MEMBERS).filter(([name]) => names.includes(name)))
}

export function readResponsesRequest(
  body: JsonObject,
  store: ResponseStore,
  purpose: keyof typeof MEMBERS_OF = 'create',
): Result<ResponsesRequest, Refused> {
  const required = purpose === 'create' && body.prompt == null ? ['model', 'input'] : ['model']
  const refused = checkMembers(body, checksOf(purpose)) ?? missingOf(body, required) ?? checkReach(body)
  if (refused) return fail(refused)
  const previous = previousTurns(body, store)
  if (!previous.ok) return previous
  const prompted = promptTurns(body)
  if (!prompted.ok) return prompted
  const input = readInput(body.input, store)
  if (!input.ok) return input
  const turns = [...previous.value, ...prompted.value, ...input.value.turns]
  const unpaired = checkCalls(turns)
  if (unpaired) return fail(unpaired)
  const include = asArray(body.include)
  const reasoning = asObject(body.reasoning)
  return ok({
    modelName: asString(body.model) ?? '',
    conversation: conversationOf(body, turns, input.value),
    keptTurns: turns,
    isStream: body.stream === true,
    isStored: body.store !== false,
    wantsObfuscation: asObject(body.stream_options)?.include_obfuscation !== false,
    wantsEncryptedReasoning: include.includes('reasoning.encrypted_content'),
    wantsSearchSources: include.includes('web_search_call.action.sources'),
    wantsReasoningSummary: asString(reasoning?.summary) !== undefined && reasoning?.summary !== 'none',
    isCompaction: input.value.isCompaction,
    outputTokensMax: asInteger(body.max_output_tokens),
    reasoningEffort: asString(reasoning?.effort),
    serviceTier: asString(body.service_tier) ?? 'auto',
    body,
  })
}

function checkReach(body: JsonObject): Refused | undefined {
  if (body.background === true)
    return unsupportedParameter('background', 'is not supported by the demo upstream.')
  const conversation = asString(body.conversation) ?? asString(asObject(body.conversation)?.id)
  return conversation === undefined ? undefined : conversationNotFound(conversation)
}

function previousTurns(body: JsonObject, store: ResponseStore): Result<readonly Turn[], Refused> {
  const id = asString(body.previous_response_id)
  if (id === undefined) return ok([])
  const turns = store.conversationOf(id)
  // Instructions are not carried over from one response to the next.
  return turns ? ok(turns) : fail(previousResponseNotFound(id))
}

interface Input {
  readonly turns: readonly Turn[]
  /** Tools offered by `additional_tools` items. */
  readonly tools: readonly OfferedTool[]
  readonly toolsText: string
  readonly hasWebSearch: boolean
  readonly isCompaction: boolean
}

function readInput(input: unknown, store: ResponseStore): Result<Input, Refused> {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : asArray(input)
  const turns: Turn[] = []
  const added: unknown[] = []
  let isCompaction = false
  for (const [index, raw] of items.entries()) {
    const item = asObject(raw)
    if (!item) return fail(wrongType(`input[${index}]`, 'an object', raw))
    isCompaction = item.type === 'compaction_trigger'
    if (item.type === 'additional_tools') added.push(...asArray(item.tools))
    else {
      const turn = turnOf(item, store)
      if (!turn.ok) return turn
      turns.push(turn.value)
    }
  }
  const tools = toolsOf(added)
  const toolsText = added.length === 0 ? '' : JSON.stringify(added)
  return ok({ turns, tools: tools.offered, toolsText, hasWebSearch: tools.hasWebSearch, isCompaction })
}

function turnOf(item: JsonObject, store: ResponseStore): Result<Turn, Refused> {
  const id = asString(item.id)
  const isReference =
    item.type === 'item_reference' || (item.type == null && item.role == null && item.content == null)
  // Reasoning without its content is nothing but a reference, too.
  const isBareReasoning =
    item.type === 'reasoning' && id !== undefined && item.encrypted_content == null && item.content == null
  if (isReference || isBareReasoning) {
    const known = store.item(id ?? '')
    return known ? ok(known) : fail(itemNotFound(id ?? ''))
  }
  return ok(ownTurnOf(item))
}

function ownTurnOf(item: JsonObject): Turn {
  const type = asString(item.type) ?? 'message'
  const callId = asString(item.call_id)
  const toolName = asString(item.name)
  const about = { ...(callId && { callId }), ...(toolName && { toolName }) }
  if (type === 'message') return { kind: kindOfRole(item.role), ...contentOf(item.content) }
  if (type === 'reasoning') return { kind: 'reasoning', ...contentOf(item.summary) }
  if (type === 'function_call_output' || type === 'custom_tool_call_output') {
    return { kind: 'tool_output', ...contentOf(item.output), ...about }
  }
  // Outputs of other tools belong to calls that are told apart by more than an id, so their pairs are not checked.
  if (type.endsWith('_output')) return { kind: 'tool_output', ...contentOf(item.output) }
  if (type === 'function_call' || type === 'custom_tool_call') {
    const input = asString(item.arguments) ?? asString(item.input) ?? ''
    return { kind: 'tool_call', text: `${toolName ?? ''} ${input}`, imageTokens: 0, ...about }
  }
  // Whatever else there is (searches, compactions, calls of hosted tools) counts with its own text.
  return { kind: 'compaction', text: JSON.stringify(item), imageTokens: 0 }
}

function kindOfRole(role: unknown): Turn['kind'] {
  if (role === 'user') return 'user'
  return role === 'assistant' ? 'assistant' : 'instructions'
}

/** Every output of a tool needs its call, and every call its output. */
function checkCalls(turns: readonly Turn[]): Refused | undefined {
  const outputs = new Set(turns.filter((turn) => turn.kind === 'tool_output').map((turn) => turn.callId))
  const calls = new Set(turns.filter((turn) => turn.kind === 'tool_call').map((turn) => turn.callId))
  for (const { kind, callId } of turns) {
    if (callId === undefined) continue
    if (kind === 'tool_output' && !calls.has(callId)) return callNotFound('function call', callId)
    if (kind === 'tool_call' && !outputs.has(callId)) return outputNotFound('function call', callId)
  }
  return undefined
}

function conversationOf(body: JsonObject, turns: readonly Turn[], input: Input): Conversation {
  const tools = toolsOf(body.tools)
  const names = new Map(
    turns.filter((turn) => turn.kind === 'tool_call').map((turn) => [turn.callId, turn.toolName]),
  )
  const named = turns.map((turn): Turn => {
    const toolName = turn.toolName ?? names.get(turn.callId)
    return turn.kind === 'tool_output' && toolName !== undefined ? { ...turn, toolName } : turn
  })
  const instructions = asString(body.instructions)
  return {
    turns:
      instructions === undefined
        ? named
        : [{ kind: 'instructions', text: instructions, imageTokens: 0 }, ...named],
    tools: [...tools.offered, ...input.tools],
    toolsText: (asArray(body.tools).length === 0 ? '' : JSON.stringify(body.tools)) + input.toolsText,
    offersWebSearch: tools.hasWebSearch || input.hasWebSearch,
    toolChoice: toolChoiceOf(body.tool_choice),
    mayCallInParallel: body.parallel_tool_calls !== false,
    outputSchema: outputSchemaOf(asObject(body.text)?.format),
  }
}
