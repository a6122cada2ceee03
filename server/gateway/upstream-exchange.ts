// One request to the upstream and its answer, as it comes over the wire: a head, chunks, an end or a fault. Whoever consumes
// it may pause it; nobody has to be there when the first chunk arrives.
import type { IncomingHttpHeaders } from 'node:http'
import type { Fields } from '../wire/field-lines.ts'
import { WireError } from '../wire/wire-error.ts'
import type { AnswerHandler, WireRequest } from '../wire/wire-request.ts'
import { type EarlyBytes, EarlyPieces, JoinedBytes } from './early-bytes.ts'

export interface UpstreamHead {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

/** The upstream, or the way to it, failed. */
export interface UpstreamFault {
  readonly kind: 'unreachable' | 'broken' | 'timeout' | 'aborted'
  readonly cause: Error
  /** Nothing of an answer had arrived, on a connection that had served before: it was closed while idle. */
  readonly wasStaleSocket: boolean
}

export interface ExchangeSink {
  /** Whether it has done with a chunk when `onData` returns, and copies what it keeps: chunks lie in memory that is used again. */
  readonly borrows?: boolean
  onData(chunk: Buffer): void
  onEnd(): void
  onFault(fault: UpstreamFault): void
}

/** What came of sending: an answer that has begun, or what kept it from beginning. */
export type Sent =
  | { readonly ok: true; readonly exchange: UpstreamExchange; readonly head: UpstreamHead }
  | { readonly ok: false; readonly fault: UpstreamFault }

const TIMEOUT_CODES = new Set(['ERR_WIRE_ANSWER_TIMEOUT', 'ETIMEDOUT'])
const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_WIRE_CONNECT_TIMEOUT',
])

/** What of an answer is kept for whoever will consume it; the rest waits at the upstream, however long its hold takes to be on disk. */
const EARLY_BYTES_MAX = 256 * 1024

const expired = (): Error =>
  new WireError('ERR_WIRE_ANSWER_TIMEOUT', 'the upstream did not begin to answer in time')

export class UpstreamExchange implements AnswerHandler {
  #head: Sent | undefined
  #whenHead: Promise<Sent> | undefined
  #resolveHead: ((sent: Sent) => void) | undefined
  #request: WireRequest | undefined
  #sink: ExchangeSink | undefined
  /** What has come before anybody consumes it. */
  readonly #early: EarlyBytes
  #earlyBytes = 0
  /** As much has come early as is kept. */
  #isFull = false
  /** Whoever consumes it wants no more for now. */
  #isPaused = false
  #resolveFirst: ((first: Buffer | undefined) => void) | undefined
  #isOver = false
  #isAborted = false
  #isExpired = false
  #fault: UpstreamFault | undefined

  /** `isStream`: a stream is asked for, which will mostly be consumed by who borrows it. */
  constructor(isStream = false) {
    this.#early = isStream ? new JoinedBytes() : new EarlyPieces()
  }

  get borrows(): boolean {
    return (this.#sink ?? this.#early).borrows === true
  }

  /** The head of the answer, or what kept it from coming: at once, where that is known. */
  get head(): Sent | Promise<Sent> {
    if (this.#head) return this.#head
    this.#whenHead ??= new Promise((resolve) => {
      this.#resolveHead = resolve
    })
    return this.#whenHead
  }

  onRequest(request: WireRequest): void {
    this.#request = request
    if (this.#isAborted) request.abort()
    else if (this.#isExpired) request.abort(expired())
  }

  onHead(status: number, fields: Fields): void {
    // A field that stood twice has both its values, whatever its type in Node is; whoever reads one looks at what it is.
    const headers = fields as IncomingHttpHeaders
    this.#begun({ ok: true, exchange: this, head: { status, headers } })
  }

  onData(chunk: Buffer): void {
    if (this.#sink) this.#sink.onData(chunk)
    else this.#keepEarly(chunk)
  }

  onEnd(): void {
    this.#isOver = true
    this.#resolveFirst?.(undefined)
    this.#sink?.onEnd()
  }

  onError(error: Error, isStale: boolean): void {
    this.#isOver = true
    this.#fault = this.#faultOf(error, isStale)
    this.#begun({ ok: false, fault: this.#fault })
    this.#resolveFirst?.(undefined)
    this.#sink?.onFault(this.#fault)
  }

  /** The answer's first bytes, which stay to be consumed; undefined where it has none. Asked for before `consume`. */
  firstChunk(): Promise<Buffer | undefined> {
    const { first } = this.#early
    if (first || this.#isOver) return Promise.resolve(first)
    return new Promise((resolve) => {
      this.#resolveFirst = resolve
    })
  }

  /** The same, or undefined where it takes longer. */
  firstChunkWithin(msMax: number): Promise<Buffer | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), msMax)
    })
    return Promise.race([this.firstChunk(), late]).finally(() => clearTimeout(timer))
  }

  /** The first bytes that have come and are not consumed yet. */
  get firstBytes(): Buffer | undefined {
    return this.#early.first
  }

  /** It is over, and not a byte of an answer came behind its head. */
  get hasFailedEmpty(): boolean {
    return this.#isOver && this.#early.isEmpty
  }

  /** Whether nothing of the request was written yet: it waits for a connection. */
  get isUnsent(): boolean {
    return !this.#isOver && this.#request?.hasBegun !== true
  }

  /** Whether the system has taken all of the request: known once the answer is whole, and false of one that failed. */
  get isWritten(): boolean {
    return this.#request?.isWritten === true
  }

  /** Hands everything that has come, and all that comes, to the sink. Called once. */
  consume(sink: ExchangeSink): void {
    this.#early.handTo(sink)
    // Only now, so that a sink which aborts over an early chunk is told of the end once.
    this.#sink = sink
    if (this.#fault) sink.onFault(this.#fault)
    else if (this.#isOver) sink.onEnd()
    else if (this.#isFull) this.#goOn()
  }

  pause(): void {
    this.#isPaused = true
    if (!this.#isOver) this.#request?.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (!this.#isOver && !this.#isFull) this.#request?.resume()
  }

  /** Ends the exchange; the sink, or the head, is told `aborted`. Harmless when it is over. */
  abort(): void {
    if (this.#isOver || this.#isAborted) return
    this.#isAborted = true
    this.#request?.abort()
  }

  /** Ends an exchange whose answer has not begun in time: a fault of the upstream's. */
  expire(): void {
    if (this.#isOver || this.#isAborted) return
    this.#isExpired = true
    this.#request?.abort(expired())
  }

  #keepEarly(chunk: Buffer): void {
    this.#early.add(chunk)
    this.#earlyBytes += chunk.length
    if (!this.#isFull && this.#earlyBytes > EARLY_BYTES_MAX) {
      this.#isFull = true
      this.#request?.pause()
    }
    if (this.#resolveFirst) this.#resolveFirst(this.#early.first)
    this.#resolveFirst = undefined
  }

  /** What waited at the upstream may come, unless what had come already is too much for whoever consumes it. */
  #goOn(): void {
    this.#isFull = false
    if (!this.#isPaused) this.#request?.resume()
  }

  /** What comes after a head changes nothing about it. */
  #begun(sent: Sent): void {
    if (this.#head) return
    this.#head = sent
    this.#resolveHead?.(sent)
  }

  #faultOf(cause: Error, isStale: boolean): UpstreamFault {
    if (this.#isExpired) return { kind: 'timeout', cause: expired(), wasStaleSocket: false }
    if (this.#isAborted) return { kind: 'aborted', cause, wasStaleSocket: false }
    // Every error that can come here may have a code; the type of Error has none.
    const { code = '' } = cause as { code?: string }
    if (UNREACHABLE_CODES.has(code)) return { kind: 'unreachable', cause, wasStaleSocket: false }
    if (TIMEOUT_CODES.has(code)) return { kind: 'timeout', cause, wasStaleSocket: false }
    return { kind: 'broken', cause, wasStaleSocket: isStale }
  }
}
