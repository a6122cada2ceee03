// Reads and checks the body of POST /v1/chat/completions (OpenAI API reference, "Create chat completion").
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Conversation, Turn } from './conversation.ts'
import { asArray, asInteger, asObject, asString, type JsonObject } from './json.ts'
import {
  emptyArray,
  missingParameter,
  type Refused,
  streamOptionsWithoutStream,
  toolMessagesMissing,
  toolMessageWithoutCall,
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

const CHOICES_MAX = 128

const MEMBERS: Readonly<Record<string, Check>> = {
  audio: anObject,
  frequency_penalty: aNumber,
  function_call: textOrObject,
  functions: anArray,
  logit_bias: anObject,
  logprobs: aBoolean,
  max_completion_tokens: integerFrom(1),
  max_tokens: integerFrom(1),
  messages: anArray,
  metadata: anObject,
  modalities: anArray,
  model: aString,
  moderation: anything,
  n: integerFrom(1, CHOICES_MAX),
  parallel_tool_calls: aBoolean,
  prediction: anObject,
  presence_penalty: aNumber,
  prompt_cache_key: aString,
  prompt_cache_options: anObject,
  prompt_cache_retention: aString,
  reasoning_effort: reasoningEffort,
  response_format: anObject,
  safety_identifier: aString,
  seed: aNumber,
  service_tier: serviceTier,
  stop: textOrArray,
  store: aBoolean,
  stream: aBoolean,
  stream_options: objectOf({ include_usage: aBoolean, include_obfuscation: aBoolean }),
  temperature: aNumber,
  tool_choice: textOrObject,
  tools: anArray,
  top_logprobs: integerFrom(0, 20),
  top_p: aNumber,
  user: aString,
  verbosity: oneOf('low', 'medium', 'high'),
  web_search_options: anObject,
}

export interface ChatRequest {
  readonly modelName: string
  readonly conversation: Conversation
  readonly isStream: boolean
  readonly wantsUsage: boolean
  readonly wantsObfuscation: boolean
  readonly choices: number
  readonly outputTokensMax: number | undefined
  readonly reasoningEffort: string | undefined
  readonly serviceTier: string
  readonly stop: readonly string[]
}

export function readChatRequest(body: JsonObject): Result<ChatRequest, Refused> {
  const refused = checkMembers(body, MEMBERS) ?? missingOf(body, ['model', 'messages'])
  if (refused) return fail(refused)
  const messages = asArray(body.messages).map((message) => asObject(message) ?? {})
  if (messages.length === 0) return fail(emptyArray('messages'))
  if (body.stream_options != null && body.stream !== true) return fail(streamOptionsWithoutStream())
  const wrongMessage = checkMessages(messages)
  if (wrongMessage) return fail(wrongMessage)
  const options = asObject(body.stream_options)
  return ok({
    modelName: asString(body.model) ?? '',
    conversation: conversationOf(body, messages),
    isStream: body.stream === true,
    wantsUsage: options?.include_usage === true,
    wantsObfuscation: options?.include_obfuscation !== false,
    choices: asInteger(body.n) ?? 1,
    outputTokensMax: asInteger(body.max_completion_tokens) ?? asInteger(body.max_tokens),
    reasoningEffort: asString(body.reasoning_effort),
    serviceTier: asString(body.service_tier) ?? 'auto',
    stop: [body.stop].flat().filter((stop): stop is string => typeof stop === 'string'),
  })
}

const ROLES = oneOf('system', 'developer', 'user', 'assistant', 'tool', 'function')

/** Every call of a tool has to be answered by the messages right behind it, and nothing else may be of role `tool`. */
function checkMessages(messages: readonly JsonObject[]): Refused | undefined {
  let open = new Set<string>()
  for (const [index, message] of messages.entries()) {
    if (message.role === undefined) return missingParameter(`messages[${index}].role`)
    const wrongRole = ROLES(message.role, `messages[${index}].role`)
    if (wrongRole) return wrongRole
    if (message.role === 'tool') {
      const isAnswer = open.delete(asString(message.tool_call_id) ?? '')
      if (!isAnswer) return toolMessageWithoutCall(index)
      continue
    }
    if (open.size > 0) return toolMessagesMissing([...open], index)
    open = new Set(callsOf(message).map((call) => call.id))
  }
  return open.size > 0 ? toolMessagesMissing([...open], messages.length) : undefined
}

interface Call {
  readonly id: string
  readonly name: string
  readonly input: string
}

const callsOf = (message: JsonObject): readonly Call[] =>
  asArray(message.tool_calls).map((raw) => {
    const call = asObject(raw)
    const about = asObject(call?.function) ?? asObject(call?.custom)
    return {
      id: asString(call?.id) ?? '',
      name: asString(about?.name) ?? '',
      input: asString(about?.arguments) ?? asString(about?.input) ?? '',
    }
  })

function conversationOf(body: JsonObject, messages: readonly JsonObject[]): Conversation {
  // `functions` is the older form of `tools`.
  const older = asArray(body.functions).map((about) => ({ type: 'function', function: about }))
  const tools = toolsOf([...asArray(body.tools), ...older])
  return {
    turns: turnsOf(messages),
    tools: tools.offered,
    toolsText: tools.offered.length === 0 ? '' : JSON.stringify(body.tools ?? body.functions),
    offersWebSearch: false,
    toolChoice: toolChoiceOf(body.tool_choice ?? body.function_call),
    mayCallInParallel: body.parallel_tool_calls !== false,
    outputSchema: outputSchemaOf(body.response_format),
  }
}

function turnsOf(messages: readonly JsonObject[]): readonly Turn[] {
  const turns: Turn[] = []
  const names = new Map<string, string>()
  for (const message of messages) {
    const content = contentOf(message.content)
    const callId = asString(message.tool_call_id)
    if (message.role === 'tool' || message.role === 'function') {
      const toolName = asString(message.name) ?? names.get(callId ?? '')
      turns.push({
        kind: 'tool_output',
        ...content,
        ...(callId && { callId }),
        ...(toolName && { toolName }),
      })
      continue
    }
    const calls = callsOf(message)
    if (calls.length === 0 || content.text !== '') turns.push({ kind: kindOf(message.role), ...content })
    for (const call of calls) {
      names.set(call.id, call.name)
      turns.push({
        kind: 'tool_call',
        text: `${call.name} ${call.input}`,
        imageTokens: 0,
        callId: call.id,
        toolName: call.name,
      })
    }
  }
  return turns
}

function kindOf(role: unknown): Turn['kind'] {
  if (role === 'user') return 'user'
  return role === 'assistant' ? 'assistant' : 'instructions'
}
