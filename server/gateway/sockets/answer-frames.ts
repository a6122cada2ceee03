// Makes frames of an answer over HTTP: of a stream one for each event, with the event's data as it came; of a refusal one that
// says why. On the way it learns what the connection has to remember of a response that the upstream does not keep.

import { refusal } from '../../../contract/errors.ts'
import { isObject, type JsonObject, parseObject } from '../json-object.ts'
import type { OpenAiError } from '../openai-error.ts'
import { EventSplitter, readEvent } from '../sse.ts'
import { errorFrame, refusalFrame, streamErrorFrame, withStreamId } from './error-frame.ts'
import { HttpHead } from './http-head.ts'
import { OutputItems, outputOf } from './output-items.ts'

/** What one event may take; what is larger is not kept, and ends the connection. */
const EVENT_BYTES_MAX = 32 * 1024 * 1024
/** A refusal is short, and so is a response that came whole. */
const WHOLE_BYTES_MAX = 32 * 1024 * 1024

const OPEN_BRACE = 0x7b
const EVENT_STREAM = /^text\/event-stream\b/i
const TERMINAL: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
])
/** A delta needs not be read: its data says its type first. */
const TYPE_FIRST = '{"type":"'

export interface AnswerFramesOptions {
  /** Put on every frame where the client named one. */
  readonly streamId: string | undefined
  /** Whether what the response said is to be remembered by the connection. */
  readonly isRemembered: () => boolean
  /** A response has ended that may be gone on from, with the items of its output; called before its last frame goes out. */
  readonly onResponse: (id: string, items: readonly Buffer[]) => void
}

export class AnswerFrames {
  readonly #options: AnswerFramesOptions
  readonly #head = new HttpHead()
  readonly #splitter = new EventSplitter(EVENT_BYTES_MAX)
  readonly #items = new OutputItems()
  /** Known with the first byte: some servers stream under another type, and are read all the same. */
  #isStream: boolean | undefined
  #whole: Buffer[] = []
  #wholeBytes = 0
  #hasEnded = false
  /** An event, or an answer that came whole, was larger than what is kept of one. */
  isTooLarge = false

  constructor(options: AnswerFramesOptions) {
    this.#options = options
  }

  /** The frames that are complete with these bytes. */
  take(bytes: Buffer): readonly string[] {
    const rest = this.#head.read(bytes)
    if (rest === undefined || rest.length === 0) return []
    const frames: string[] = []
    this.#isStream ??= this.#head.status === 200 && (this.#saysStream || rest[0] !== OPEN_BRACE)
    if (this.#isStream) {
      this.#splitter.push(
        rest,
        (chunk, start, end) => this.#event(chunk.subarray(start, end), frames),
        () => {
          this.isTooLarge = true
        },
      )
    } else {
      this.#wholeBytes += rest.length
      if (this.#wholeBytes > WHOLE_BYTES_MAX) this.isTooLarge = true
      else this.#whole.push(rest)
    }
    return frames
  }

  /** What is still to be said when the answer has ended, or broke off: whoever waits learns in any case that nothing more comes. */
  end(isWhole: boolean): readonly string[] {
    const frames: string[] = []
    if (isWhole && this.#isStream) {
      const rest = this.#splitter.rest()
      if (rest) this.#event(rest, frames)
    } else if (isWhole) {
      this.#wholeAnswer(frames)
    }
    if (!this.#hasEnded) frames.push(this.#tagged(refusalFrame(refusal('upstream_failed'), this.#requestId)))
    this.#hasEnded = true
    return frames
  }

  get #saysStream(): boolean {
    return EVENT_STREAM.test(this.#head.headers['content-type'] ?? '')
  }

  get #requestId(): string {
    return this.#head.headers['x-request-id'] ?? ''
  }

  #event(event: Buffer, frames: string[]): void {
    const { name, data } = readEvent(event)
    // Comments keep a stream of events alive; a socket has pings.
    if (data === undefined || data === '' || data === '[DONE]') return
    if (name?.endsWith('.delta') && data.startsWith(TYPE_FIRST)) return void frames.push(this.#tagged(data))
    const message = parseObject(data)
    if (!message) return
    const isTyped = typeof message.type === 'string'
    const type = isTyped ? String(message.type) : (name ?? (isObject(message.error) ? 'error' : ''))
    if (type === 'response.output_item.done' && this.#options.isRemembered()) this.#items.take(data, message)
    this.#noteEnd(type, message)
    if (type === 'error') frames.push(this.#tagged(streamErrorFrame(message)))
    else frames.push(this.#tagged(isTyped ? data : JSON.stringify({ type, ...message })))
  }

  #noteEnd(type: string, { response }: JsonObject): void {
    if (!TERMINAL.has(type)) return
    this.#hasEnded = true
    const isKept = type === 'response.completed' || type === 'response.incomplete'
    if (!isKept || !this.#options.isRemembered() || !isObject(response) || typeof response.id !== 'string')
      return
    const items = this.#items.isEmpty ? outputOf(response) : this.#items.all()
    if (items) this.#options.onResponse(response.id, items)
  }

  /** What was not streamed: a refusal, an error of the upstream, or a response of a server that streams none. */
  #wholeAnswer(frames: string[]): void {
    const answer = parseObject(Buffer.concat(this.#whole).toString('utf8'))
    const { status, headers } = this.#head
    if (status === 200 && answer) this.#wholeResponse(answer, frames)
    else if (isObject(answer?.error)) {
      this.#hasEnded = true
      frames.push(this.#tagged(errorFrame({ status, error: toError(answer.error), headers: told(headers) })))
    }
  }

  /** The events that a client builds a response from, of one that came in one piece. */
  #wholeResponse(response: JsonObject, frames: string[]): void {
    const output = Array.isArray(response.output) ? response.output : []
    const begun = { ...response, status: 'in_progress', output: [], usage: null }
    const events: JsonObject[] = [
      { type: 'response.created', response: begun },
      ...output.map((item: unknown, index) => ({
        type: 'response.output_item.done',
        output_index: index,
        item,
      })),
      { type: `response.${endOf(response.status)}`, response },
    ]
    for (const [number, event] of events.entries()) {
      frames.push(this.#tagged(JSON.stringify({ ...event, sequence_number: number })))
      this.#noteEnd(String(event.type), event)
    }
  }

  #tagged(frame: string): string {
    return withStreamId(frame, this.#options.streamId)
  }
}

const endOf = (status: unknown): string =>
  status === 'incomplete' || status === 'failed' ? status : 'completed'

const toError = (error: JsonObject): OpenAiError => ({
  message: String(error.message ?? ''),
  type: String(error.type ?? 'invalid_request_error'),
  param: typeof error.param === 'string' ? error.param : null,
  code: String(error.code ?? error.type ?? ''),
})

/** Of an answer's headers those that say something about the answer. */
const told = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^(x-|retry-after|openai-)/.test(name)))
