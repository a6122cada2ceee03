// Writes an answer as a chat completion: whole, or as the chunks of a stream.
import { type Answer, type AnswerPart, textOfAnswer } from './answer.ts'
import type { JsonObject } from './json.ts'
import type { UsageCounts } from './received-request.ts'
import type { StreamEvent } from './scenario.ts'
import { halfOf } from './usage.ts'
import { piecesOf } from './words.ts'

/** What all chunks of a completion have in common, and how its usage is reported. */
export interface ChatFrame {
  readonly id: string
  readonly model: string
  readonly createdS: number
  readonly serviceTier: string
  readonly choices: readonly Answer[]
  readonly counts: UsageCounts
  /** Undefined leaves usage out. */
  readonly usageOf: (counts: UsageCounts) => unknown
  readonly nextCallId: () => string
}

export interface ChatStreamOptions {
  readonly wantsUsage: boolean
  readonly usageOn: 'end' | 'every_event' | 'twice'
  readonly pieces: 'words' | 'whole'
  readonly obfuscate: ((delta: string) => string) | undefined
}

const FINGERPRINT = 'fp_demo000001'

function finishReasonOf({ isIncomplete, parts }: Answer): string {
  if (isIncomplete) return 'length'
  return parts.some((part) => part.kind === 'tool_call') ? 'tool_calls' : 'stop'
}

const callsOf = (answer: Answer) =>
  answer.parts.filter((part) => part.kind === 'tool_call').map((part) => part.call)

// --- whole

export function chatCompletion(frame: ChatFrame): JsonObject {
  return {
    id: frame.id,
    object: 'chat.completion',
    created: frame.createdS,
    model: frame.model,
    choices: frame.choices.map((answer, index) => ({
      index,
      message: messageOf(answer, frame),
      logprobs: null,
      finish_reason: finishReasonOf(answer),
    })),
    usage: frame.usageOf(frame.counts),
    service_tier: frame.serviceTier,
    system_fingerprint: FINGERPRINT,
  }
}

function messageOf(answer: Answer, frame: ChatFrame): JsonObject {
  const calls = callsOf(answer)
  const text = textOfAnswer(answer.parts)
  const message = {
    role: 'assistant',
    content: calls.length > 0 && text === '' ? null : text,
    refusal: null,
    annotations: [],
  }
  if (calls.length === 0) return message
  return {
    ...message,
    tool_calls: calls.map(({ tool, input }) => ({
      id: frame.nextCallId(),
      type: tool.kind,
      [tool.kind]: { name: tool.name, [tool.kind === 'function' ? 'arguments' : 'input']: input },
    })),
  }
}

// --- streamed

interface Delta {
  readonly delta: JsonObject
  readonly finishReason?: string
  readonly isPaced?: boolean
}

export function* chatChunks(frame: ChatFrame, options: ChatStreamOptions): Generator<StreamEvent> {
  const { counts, usageOf } = frame
  const streams = frame.choices.map((answer) => deltasOf(answer, frame, options))
  const usage = { wanted: options.wantsUsage, running: options.usageOn === 'every_event' }
  let sent = 0
  for (const { index, delta } of interleaved(streams)) {
    sent += 1
    // Servers that report usage on every chunk report what has come so far.
    const soFar = { ...counts, outputTokens: Math.min(sent, counts.outputTokens), reasoningTokens: 0 }
    const onChunk = usage.running ? usageOf(soFar) : null
    const choice = { index, delta: delta.delta, logprobs: null, finish_reason: delta.finishReason ?? null }
    const obfuscation = options.obfuscate?.(textIn(delta.delta))
    yield {
      data: JSON.stringify({
        ...chunkFrame(frame),
        choices: [choice],
        ...(usage.wanted || usage.running ? { usage: onChunk } : {}),
        ...(obfuscation === undefined ? {} : { obfuscation }),
      }),
      isPaced: delta.isPaced === true,
    }
  }
  if (options.wantsUsage && options.usageOn === 'twice') yield* usageChunk(frame, usageOf(halfOf(counts)))
  if (options.wantsUsage) yield* usageChunk(frame, usageOf(counts))
  yield { data: '[DONE]' }
}

const chunkFrame = (frame: ChatFrame): JsonObject => ({
  id: frame.id,
  object: 'chat.completion.chunk',
  created: frame.createdS,
  model: frame.model,
  service_tier: frame.serviceTier,
  system_fingerprint: FINGERPRINT,
})

const textIn = (delta: JsonObject): string => (typeof delta.content === 'string' ? delta.content : '')

/** The chunk without choices that carries the usage; none where usage is to be missing. */
function* usageChunk(frame: ChatFrame, usage: unknown): Generator<StreamEvent> {
  if (usage !== undefined) yield { data: JSON.stringify({ ...chunkFrame(frame), choices: [], usage }) }
}

/** The choices of one completion stream side by side. */
function* interleaved(streams: readonly Generator<Delta>[]): Generator<{ index: number; delta: Delta }> {
  const open = new Map(streams.entries())
  while (open.size > 0) {
    for (const [index, stream] of open) {
      const next = stream.next()
      if (next.done) open.delete(index)
      else yield { index, delta: next.value }
    }
  }
}

function* deltasOf(answer: Answer, frame: ChatFrame, options: ChatStreamOptions): Generator<Delta> {
  const calls = callsOf(answer)
  const hasText = answer.parts.some((part) => part.kind === 'text')
  yield { delta: { role: 'assistant', content: hasText || calls.length === 0 ? '' : null, refusal: null } }
  for (const part of answer.parts) if (part.kind === 'text') yield* textDeltas(part, options)
  for (const [index, { tool, input }] of calls.entries()) {
    const member = tool.kind === 'function' ? 'arguments' : 'input'
    const opening = {
      index,
      id: frame.nextCallId(),
      type: tool.kind,
      [tool.kind]: { name: tool.name, [member]: '' },
    }
    yield { delta: { tool_calls: [opening] }, isPaced: true }
    for (const piece of fragmentsOf(input)) {
      yield { delta: { tool_calls: [{ index, [tool.kind]: { [member]: piece } }] }, isPaced: true }
    }
  }
  yield { delta: {}, finishReason: finishReasonOf(answer) }
}

function* textDeltas(part: AnswerPart & { kind: 'text' }, options: ChatStreamOptions): Generator<Delta> {
  const pieces = options.pieces === 'whole' ? [part.text] : piecesOf(part.text)
  for (const content of pieces) yield { delta: { content }, isPaced: true }
}

const FRAGMENT_CHARACTERS = 8

/** Arguments in fragments that cut through names and values, as a model's tokens do. */
export function* fragmentsOf(input: string): Generator<string> {
  const characters = [...input]
  for (let at = 0; at < characters.length; at += FRAGMENT_CHARACTERS) {
    yield characters.slice(at, at + FRAGMENT_CHARACTERS).join('')
  }
}
