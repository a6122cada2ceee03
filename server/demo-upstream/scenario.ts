// How a test, or a directive in a prompt, changes one answer of the demo upstream. Everything left out stays as usual.
import type { JsonObject } from './json.ts'
import type { OpenAiError } from './openai-error.ts'
import type { ReceivedRequest } from './received-request.ts'

/** One event of a stream, before it is framed. `data` is JSON, or `[DONE]`. */
export interface StreamEvent {
  /** The `event:` line; chat has none. */
  readonly name?: string
  readonly data: string
  /** Whether a model would have taken a moment for it. */
  readonly isPaced?: boolean
}

export interface ScriptedToolCall {
  readonly name: string
  /** A string is sent as it is, well-formed or not. Left out: arguments that fit the offered tool's schema. */
  readonly arguments?: string | JsonObject
  /** Makes it a call of a custom tool. */
  readonly input?: string
}

/** What is said. Without `text`, `textTokens`, `toolCalls` and `compaction`, the usual text is. */
export interface AnswerScript {
  readonly text?: string
  /** Pads the text with filler to exactly this many tokens. */
  readonly textTokens?: number
  /** `whole` streams each text as one delta, however large. */
  readonly pieces?: 'words' | 'whole'
  /** 0 for none; left out, the model's own habit. */
  readonly reasoningTokens?: number
  readonly reasoningSummary?: string
  readonly toolCalls?: readonly ScriptedToolCall[]
  /** Web searches made and counted (Responses only). */
  readonly webSearches?: number
  /** Adds a compaction item (Responses only). */
  readonly compaction?: string
  /** Generates on past `max_output_tokens`, as a broken upstream would. */
  readonly ignoresOutputLimit?: boolean
  /** Names in the answer instead of the model's snapshot, the tier asked for, and a new id. */
  readonly model?: string
  readonly serviceTier?: string
  readonly responseId?: string
}

/**
 * What is reported as usage: `missing` leaves the member out (and, in a chat stream, the chunk that carries it), an object
 * or null is sent as it is, `zero` and `absurd` fill OpenAI's own shape, a function changes what would be reported.
 */
export type UsageScript = 'missing' | 'zero' | 'absurd' | null | JsonObject | ((usage: JsonObject) => unknown)

/** Where a stream breaks. Events are counted from 1, with `[DONE]` and without comments; bytes are those of the body. */
export type BreakPoint =
  | 'before_headers'
  | 'after_headers'
  | { readonly afterEvents: number }
  | { readonly afterBytes: number }

export interface Framing {
  readonly lineEnd?: '\n' | '\r\n' | '\r'
  readonly hasBom?: boolean
  /** `data:{…}` instead of `data: {…}`. */
  readonly isWithoutSpace?: boolean
  /** A comment line before every event. */
  readonly comment?: string
  /** Whole lines before every event's data, such as `id: 7` or `retry: 1000`. */
  readonly extraLines?: readonly string[]
  /** The JSON of each event over several `data:` lines. */
  readonly isMultiLine?: boolean
  readonly isLastBlankLineMissing?: boolean
  /** No `event:` lines. */
  readonly isWithoutNames?: boolean
  /** Every write carries this many bytes; 1 is byte by byte, and splits characters. */
  readonly writeBytes?: number
  /** Offsets in the body at which a new write begins; what lies between them goes out in one write. */
  readonly writeAt?: readonly number[]
}

export interface Delays {
  readonly beforeHeadersMs?: number
  /** No headers before this either. */
  readonly headersBehind?: Promise<unknown>
  /** Between headers and the first byte of the body. */
  readonly beforeFirstEventMs?: number
  /** Before every event but the first. */
  readonly betweenEventsMs?: number
  /** One silence: before the event behind this many. */
  readonly silence?: { readonly afterEvents: number; readonly ms: number }
}

export interface StreamError {
  readonly afterEvents: number
  /** Chat always sends `data: {"error":…}`; Responses an `error` event, or `response.failed` with the whole response. */
  readonly as?: 'error' | 'response.failed'
  readonly error?: Partial<OpenAiError>
  /** Usage that `response.failed` reports; null unless set. */
  readonly usage?: JsonObject | null
}

export interface InformationalReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface Scenario {
  readonly answer?: AnswerScript
  readonly usage?: UsageScript
  /** Replaces Responses' `tool_usage`. */
  readonly toolUsage?: UsageScript
  /** `every_event`: chat reports growing usage on every chunk; `twice`: half of it in a chunk before the right one. */
  readonly usageOn?: 'end' | 'every_event' | 'twice'

  /** Answers with an error in OpenAI's shape. A bare status takes the error that OpenAI has for it. */
  readonly error?: number | ({ readonly status: number } & Partial<OpenAiError>)
  /** Answers with exactly this, whatever was asked. An object is sent as JSON; text and bytes as `text/html` unless `headers` say otherwise. */
  readonly body?: string | Uint8Array | JsonObject
  /**
   * Answers with exactly these bytes, each piece in a write of its own, as an event stream unless `headers` say otherwise.
   * Delays and break points count the pieces as events.
   */
  readonly chunks?: readonly (string | Uint8Array)[]
  /** Status of `body` and `chunks`, or of an ordinary answer. */
  readonly status?: number
  /** Adds and replaces headers; null takes one away. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>

  /** An error in the middle of a stream, which then ends. */
  readonly streamError?: StreamError
  /** Changes the events of a stream: leaves out, repeats, reorders, inserts. */
  readonly editEvents?: (events: Iterable<StreamEvent>) => Iterable<StreamEvent>

  readonly delays?: Delays
  readonly framing?: Framing
  /** Compresses the body, whatever the client accepts. */
  readonly contentEncoding?: 'gzip' | 'br' | 'deflate' | 'zstd'
  /** 1xx answers before the real one. */
  readonly informational?: readonly InformationalReply[]
  readonly trailers?: Readonly<Record<string, string>>

  /** Ends the connection here. */
  readonly cut?: BreakPoint
  /** How: `close` sends what was written and then FIN, `reset` sends RST, `end` finishes the HTTP message properly. */
  readonly cutBy?: 'close' | 'reset' | 'end'
  /** Sends nothing more from here on, and keeps the connection open. */
  readonly stall?: BreakPoint
}

export type ScenarioOf = (request: ReceivedRequest) => Scenario
