// What a stream says about itself, event by event: its usage, its ids, its end. One reader per dialect; both answer for
// each event what is to be done with its bytes.
import type { TokenUsage } from '../ledger/token-usage.ts'
import { ToolCallCounter } from './tool-call-counter.ts'

export interface ReportedUsage {
  readonly usage: TokenUsage
  /** It cannot be true (negative, cached above input, …). */
  readonly isImplausible: boolean
  /** It says how many web searches were made, if only that there were none. */
  readonly areSearchesReported?: boolean
}

/** What has been learnt from an answer, streamed or whole. */
export interface Measured {
  reported: ReportedUsage | undefined
  /** What is taken for the usage where none was reported; undefined: the published formula for text. */
  estimated?: TokenUsage | undefined
  /** The usage as it stood in the answer, JSON. */
  rawReported: string | null
  responseId: string | null
  serviceTier: string | null
  /** Bytes of generated text, for the estimate where no usage came. */
  textBytes: number
  /** The upstream said itself that it failed. */
  hasFailed: boolean
  /** Calls of hosted tools. */
  readonly tools: ToolCallCounter
}

export const nothingMeasured = (): Measured => ({
  reported: undefined,
  rawReported: null,
  responseId: null,
  serviceTier: null,
  textBytes: 0,
  hasFailed: false,
  tools: new ToolCallCounter(),
})

/**
 * What happens to an event's bytes: `pass` them on as they are, `drop` them, pass a `replacement`, or `withhold` them
 * until the charge is on disk. After a `final` event everything is withheld.
 */
export type EventVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'replace'; readonly bytes: Buffer }
  | { readonly kind: 'withhold'; readonly bytes: Buffer; readonly isFinal: boolean }

/** What a glance says of an event that it does not tell enough about. */
export const HAS_TO_BE_READ = -1

export const PASS: EventVerdict = { kind: 'pass' }
export const DROP: EventVerdict = { kind: 'drop' }

export interface EventInPassing {
  /** What of this piece, and of what was held back before it, passes on. */
  push(piece: Buffer): readonly Buffer[]
  /** What was still held back, and whether the event was the stream's last. */
  end(): { readonly rest: readonly Buffer[]; readonly isFinal: boolean }
}

/** A comment: every reader of a stream of events passes over it (WHATWG HTML, "Server-sent events"). */
export const HEARTBEAT_COMMENT = Buffer.from(': keepalive\n\n')

export interface StreamReader {
  readonly measured: Measured
  /** Whether a stream that has reported its usage is complete without its last event. */
  readonly mayEndWithUsage: boolean
  /** Judges one whole event; `event` is only valid during the call. */
  read(event: Buffer): EventVerdict
  /**
   * Judges an event where it lies, in `bytes[start, end)`, as most events of a stream can be: an offset from which on `cutBytes` are
   * left out, `end` where all of it passes, or `HAS_TO_BE_READ`, which has changed nothing.
   */
  readonly glance?: (bytes: Buffer, start: number, end: number) => number
  readonly cutBytes?: number
  /** Begins an event that is too large to be kept: it is read while its bytes pass. */
  passing(): EventInPassing
  /** What is sent into a silence, between two events, so that nobody takes the stream for dead. */
  heartbeat(): Buffer
  /** The event that tells the client that the stream broke. */
  errorEvent(error: { message: string; type: string; param: string | null; code: string }): Buffer
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const LOWER_U = 0x75

/**
 * Bytes of the texts that stand behind `needle` (such as `"content":`) in an event, as UTF-8 and not as JSON escapes them: a
 * server that writes everything beyond ASCII as `\uXXXX` has not said more for it.
 */
export function textBytesBehind(event: Buffer, needle: Buffer): number {
  let total = 0
  let at = event.indexOf(needle)
  while (at >= 0) {
    let start = at + needle.length
    while (event[start] === SPACE) start += 1
    const end = event[start] === QUOTE ? closingQuote(event, start + 1) : start
    if (end > start) total += unescapedBytes(event, start + 1, end)
    at = event.indexOf(needle, end)
  }
  return total
}

/** Of the text in `event[start, end)`. An escape that is cut off counts as it stands. */
export function unescapedBytes(event: Buffer, start: number, end: number): number {
  let bytes = end - start
  let at = event.indexOf(BACKSLASH, start)
  while (at >= 0 && at < end) {
    if (event[at] !== BACKSLASH) {
      at += 1
      continue
    }
    const isUnicode = event[at + 1] === LOWER_U
    const length = isUnicode ? 6 : 2
    if (at + length > end) break
    bytes -=
      length - (isUnicode ? utf8BytesOf(Number.parseInt(event.toString('latin1', at + 2, at + 6), 16)) : 1)
    at += length
  }
  return bytes
}

/** Bytes that a UTF-16 code unit takes in UTF-8; a pair of surrogates is four bytes together. */
export function utf8BytesOf(unit: number): number {
  if (unit < 0x80) return 1
  const isSurrogate = unit >= 0xd800 && unit <= 0xdfff
  return unit < 0x800 || isSurrogate ? 2 : 3
}

/** Offset of the quote that ends the string whose text begins at `from`; the event's end where the string is cut off. */
export function closingQuote(event: Buffer, from: number): number {
  let at = from
  for (;;) {
    const quote = event.indexOf(QUOTE, at)
    if (quote < 0) return event.length
    let backslashes = 0
    while (quote - backslashes > from && event[quote - backslashes - 1] === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return quote
    at = quote + 1
  }
}
