// Streams a response: every event that OpenAI sends, in its order, numbered from 0.
import type { AnswerPart } from './answer.ts'
import { fragmentsOf } from './chat-answer.ts'
import type { JsonObject } from './json.ts'
import { annotationsOf, closedItem, type OutputItem, openedItem, textPartOf } from './responses-answer.ts'
import type { ResponsesRequest } from './responses-request.ts'
import type { StreamEvent } from './scenario.ts'
import { piecesOf } from './words.ts'

export interface ResponseStream {
  readonly request: ResponsesRequest
  readonly items: readonly OutputItem[]
  /** Whether the last item is cut short by the output limit. */
  readonly isIncomplete: boolean
  /** The response object before and after its output. */
  readonly opened: JsonObject
  readonly closed: JsonObject
  readonly pieces: 'words' | 'whole'
  readonly obfuscate: ((delta: string) => string) | undefined
}

/** An event without its number. */
interface Bare {
  readonly type: string
  readonly members: JsonObject
  readonly isPaced?: boolean
}

const bare = (type: string, members: JsonObject): Bare => ({ type, members })

export function* responseEvents(stream: ResponseStream): Generator<StreamEvent> {
  let number = 0
  for (const { type, members, isPaced } of bareEvents(stream)) {
    yield numbered(type, members, number, isPaced)
    number += 1
  }
}

export const numbered = (
  type: string,
  members: JsonObject,
  number: number,
  isPaced = false,
): StreamEvent => ({
  name: type,
  data: JSON.stringify({ type, sequence_number: number, ...members }),
  isPaced,
})

function* bareEvents(stream: ResponseStream): Generator<Bare> {
  yield bare('response.created', { response: stream.opened })
  yield bare('response.in_progress', { response: stream.opened })
  const last = stream.items.length - 1
  for (const [index, item] of stream.items.entries()) {
    const at = { output_index: index }
    yield bare('response.output_item.added', { ...at, item: openedItem(item, stream.request) })
    yield* contentEvents(item, index, stream)
    const isCut = stream.isIncomplete && index === last
    yield bare('response.output_item.done', { ...at, item: closedItem(item, stream.request, isCut) })
  }
  yield bare(stream.isIncomplete ? 'response.incomplete' : 'response.completed', { response: stream.closed })
}

function* contentEvents(item: OutputItem, index: number, stream: ResponseStream): Generator<Bare> {
  const at = { item_id: item.id, output_index: index }
  const { part } = item
  switch (part.kind) {
    case 'text':
      yield* textEvents(part, { ...at, content_index: 0 }, stream)
      return
    case 'reasoning':
      if (stream.request.wantsReasoningSummary)
        yield* summaryEvents(part.summary, { ...at, summary_index: 0 }, stream)
      return
    case 'tool_call':
      yield* callEvents(part, at, stream)
      return
    case 'web_search':
      yield bare('response.web_search_call.in_progress', at)
      yield bare('response.web_search_call.searching', at)
      yield { ...bare('response.web_search_call.completed', at), isPaced: true }
      return
    case 'compaction':
      return
  }
}

function delta(
  type: string,
  at: JsonObject,
  text: string,
  stream: ResponseStream,
  more: JsonObject = {},
): Bare {
  const obfuscation = stream.obfuscate?.(text)
  const members = { ...at, delta: text, ...more, ...(obfuscation === undefined ? {} : { obfuscation }) }
  return { type, members, isPaced: true }
}

function* textEvents(
  part: AnswerPart & { kind: 'text' },
  at: JsonObject,
  stream: ResponseStream,
): Generator<Bare> {
  const empty = { type: 'output_text', annotations: [], logprobs: [], text: '' }
  yield bare('response.content_part.added', { ...at, part: empty })
  const pieces = stream.pieces === 'whole' ? [part.text] : piecesOf(part.text)
  for (const piece of pieces) yield delta('response.output_text.delta', at, piece, stream, { logprobs: [] })
  for (const [index, annotation] of annotationsOf(part).entries()) {
    yield bare('response.output_text.annotation.added', { ...at, annotation_index: index, annotation })
  }
  yield bare('response.output_text.done', { ...at, text: part.text, logprobs: [] })
  yield bare('response.content_part.done', { ...at, part: textPartOf(part) })
}

function* summaryEvents(summary: string, at: JsonObject, stream: ResponseStream): Generator<Bare> {
  yield bare('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } })
  for (const piece of piecesOf(summary))
    yield delta('response.reasoning_summary_text.delta', at, piece, stream)
  yield bare('response.reasoning_summary_text.done', { ...at, text: summary })
  yield bare('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text: summary } })
}

function* callEvents(
  part: AnswerPart & { kind: 'tool_call' },
  at: JsonObject,
  stream: ResponseStream,
): Generator<Bare> {
  const { tool, input } = part.call
  const type = tool.kind === 'custom' ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
  for (const piece of fragmentsOf(input)) yield delta(`${type}.delta`, at, piece, stream)
  yield bare(`${type}.done`, { ...at, [tool.kind === 'custom' ? 'input' : 'arguments']: input })
}
