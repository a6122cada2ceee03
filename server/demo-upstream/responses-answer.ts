// Writes an answer as a Response object: its output items, and the object itself in each of its states.
import type { Answer, AnswerPart } from './answer.ts'
import type { Turn } from './conversation.ts'
import type { DemoIds } from './demo-ids.ts'
import type { JsonObject } from './json.ts'
import type { OpenAiError } from './openai-error.ts'
import type { ResponsesRequest } from './responses-request.ts'

/** One output item with the ids it keeps from its first event to the stored object. */
export interface OutputItem {
  readonly part: AnswerPart
  readonly id: string
  readonly callId: string
}

const PREFIXES: Readonly<Record<AnswerPart['kind'], string>> = {
  reasoning: 'rs_',
  web_search: 'ws_',
  text: 'msg_',
  tool_call: 'fc_',
  compaction: 'cmp_',
}

export const outputItems = (answer: Answer, ids: DemoIds): readonly OutputItem[] =>
  answer.parts.map((part) => {
    const prefix =
      part.kind === 'tool_call' && part.call.tool.kind === 'custom' ? 'ctc_' : PREFIXES[part.kind]
    return { part, id: ids.next(prefix), callId: part.kind === 'tool_call' ? ids.next('call_', 24) : '' }
  })

/** An item before anything of it has been streamed. */
export function openedItem({ part, id, callId }: OutputItem, request: ResponsesRequest): JsonObject {
  switch (part.kind) {
    case 'reasoning':
      return { id, type: 'reasoning', ...encrypted(request, part.tokens), summary: [] }
    case 'web_search':
      return { id, type: 'web_search_call', status: 'in_progress' }
    case 'text':
      return { id, type: 'message', status: 'in_progress', content: [], role: 'assistant' }
    case 'compaction':
      return { id, type: 'compaction', encrypted_content: opaque(part.text) }
    case 'tool_call': {
      const { tool } = part.call
      const about = { call_id: callId, name: tool.name, ...(tool.namespace && { namespace: tool.namespace }) }
      return tool.kind === 'custom'
        ? { id, type: 'custom_tool_call', status: 'in_progress', ...about, input: '' }
        : { id, type: 'function_call', status: 'in_progress', ...about, arguments: '' }
    }
  }
}

/** An item as it stands in the finished response. */
export function closedItem(item: OutputItem, request: ResponsesRequest, isCut: boolean): JsonObject {
  const { part } = item
  const opened = openedItem(item, request)
  const status = isCut ? 'incomplete' : 'completed'
  switch (part.kind) {
    case 'reasoning':
      return {
        ...opened,
        summary: request.wantsReasoningSummary ? [{ type: 'summary_text', text: part.summary }] : [],
      }
    case 'web_search': {
      const sources = request.wantsSearchSources
        ? { sources: [{ type: 'url', url: 'https://example.com/' }] }
        : {}
      return {
        ...opened,
        status: 'completed',
        action: { type: 'search', query: part.query, queries: [part.query], ...sources },
      }
    }
    case 'text':
      return { ...opened, status, content: [textPartOf(part)] }
    case 'tool_call':
      return {
        ...opened,
        status,
        [part.call.tool.kind === 'custom' ? 'input' : 'arguments']: part.call.input,
      }
    case 'compaction':
      return opened
  }
}

export const textPartOf = (part: AnswerPart & { kind: 'text' }): JsonObject => ({
  type: 'output_text',
  annotations: annotationsOf(part),
  logprobs: [],
  text: part.text,
})

/** A text that has a source cites it by the host name that stands in the text. */
export function annotationsOf({ text, source }: AnswerPart & { kind: 'text' }): readonly JsonObject[] {
  const at = source === undefined ? -1 : text.indexOf('example.com')
  if (at < 0) return []
  return [
    {
      type: 'url_citation',
      start_index: at,
      end_index: at + 'example.com'.length,
      url: source,
      title: 'Example Domain',
    },
  ]
}

const encrypted = (request: ResponsesRequest, tokens: number): JsonObject =>
  request.wantsEncryptedReasoning
    ? { encrypted_content: opaque('reasoning'.padEnd(Math.min(tokens * 4, 4_096), '.')) }
    : {}

/** Stands for what only OpenAI can read. */
export const opaque = (text: string): string => `gAAAAA${Buffer.from(text).toString('base64url')}`

/** What a following request finds under the items' ids. */
export function storedItems(items: readonly OutputItem[]): ReadonlyMap<string, Turn> {
  return new Map(items.map(({ id, callId, part }) => [id, turnOf(part, callId)]))
}

function turnOf(part: AnswerPart, callId: string): Turn {
  switch (part.kind) {
    case 'reasoning':
      return { kind: 'reasoning', text: part.summary, imageTokens: 0 }
    case 'tool_call': {
      const { tool, input } = part.call
      return { kind: 'tool_call', text: `${tool.name} ${input}`, imageTokens: 0, callId, toolName: tool.name }
    }
    case 'web_search':
      return { kind: 'compaction', text: part.query, imageTokens: 0 }
    case 'compaction':
      return { kind: 'compaction', text: part.text, imageTokens: 0 }
    case 'text':
      return { kind: 'assistant', text: part.text, imageTokens: 0 }
  }
}

// --- the response object

export interface ResponseFrame {
  readonly id: string
  readonly model: string
  readonly createdS: number
  /** The tier asked for, and the one that the answer was given at. */
  readonly serviceTierAsked: string
  readonly serviceTier: string
  readonly request: ResponsesRequest
}

export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly output: readonly JsonObject[]
  /** Undefined leaves the member out. */
  readonly usage: unknown
  readonly toolUsage: unknown
  readonly error?: OpenAiError
}

export function responseObject(frame: ResponseFrame, state: ResponseState): JsonObject {
  const { body } = frame.request
  const isOver = state.status !== 'in_progress'
  const error = state.error && { code: state.error.code ?? 'server_error', message: state.error.message }
  return {
    id: frame.id,
    object: 'response',
    created_at: frame.createdS,
    status: state.status,
    background: false,
    completed_at: state.status === 'completed' ? frame.createdS : null,
    error: error ?? null,
    incomplete_details: state.status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: frame.model,
    output: state.output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    ...(body.prompt == null ? {} : { prompt: body.prompt }),
    prompt_cache_key: body.prompt_cache_key ?? null,
    prompt_cache_retention: body.prompt_cache_retention ?? null,
    reasoning: { effort: null, summary: null, ...objectOrNothing(body.reasoning) },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: isOver ? frame.serviceTier : frame.serviceTierAsked,
    store: frame.request.isStored,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...objectOrNothing(body.text) },
    tool_choice: body.tool_choice ?? 'auto',
    ...(isOver ? { tool_usage: state.toolUsage } : {}),
    tools: body.tools ?? [],
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: state.usage,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  }
}

// Spreading null or a non-object adds nothing, and parameter checks have passed.
const objectOrNothing = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null ? { ...value } : {}
