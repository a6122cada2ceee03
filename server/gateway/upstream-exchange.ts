// One request to the upstream and its answer, as undici hands it over: a head, chunks, an end or a fault. Whoever consumes
// it may pause it; nobody has to be there when the first chunk arrives.
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

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
  onData(chunk: Buffer): void
  onEnd(): void
  onFault(fault: UpstreamFault): void
}

/** What came of sending: an answer that has begun, or what kept it from beginning. */
export type Sent =
  | { readonly ok: true; readonly exchange: UpstreamExchange; readonly head: UpstreamHead }
  | { readonly ok: false; readonly fault: UpstreamFault }

const TIMEOUT_CODES = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
])
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
  'UND_ERR_CONNECT_TIMEOUT',
])

const expired = (): Error =>
  Object.assign(new Error('the upstream did not begin to answer in time'), {
    code: 'UND_ERR_HEADERS_TIMEOUT',
  })

const ignore = (): void => {}

export class UpstreamExchange implements Dispatcher.DispatchHandler {
  /** Resolves once, with the head of the answer or with what kept it from coming. */
  readonly head: Promise<Sent>
  #resolveHead: (sent: Sent) => void = ignore
  #controller: Dispatcher.DispatchController | undefined
  #sink: ExchangeSink | undefined
  #early: Buffer[] = []
  #resolveFirst: ((first: Buffer | undefined) => void) | undefined
  #hasAnswerBegun = false
  #isOver = false
  #isAborted = false
  #isExpired = false
  #fault: UpstreamFault | undefined

  constructor() {
    this.head = new Promise((resolve) => {
      this.#resolveHead = resolve
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isAborted) controller.abort(new Error('aborted by the gateway'))
    if (this.#isExpired) controller.abort(new Error('expired'))
  }

  /** The first byte of an answer, before any of it is understood: from here on nothing may be sent again. */
  onResponseStarted(): void {
    this.#hasAnswerBegun = true
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // 1xx answers are for the connection between the two of us and are not relayed.
    if (status < 200) return
    this.#resolveHead({ ok: true, exchange: this, head: { status, headers } })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#sink) this.#sink.onData(chunk)
    else this.#early.push(chunk)
    this.#resolveFirst?.(chunk)
  }

  onResponseEnd(): void {
    this.#isOver = true
    this.#resolveFirst?.(undefined)
    this.#sink?.onEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#isOver = true
    this.#fault = this.#faultOf(error)
    this.#resolveHead({ ok: false, fault: this.#fault })
    this.#resolveFirst?.(undefined)
    this.#sink?.onFault(this.#fault)
  }

  /** The answer's first bytes, which stay to be consumed; undefined where it has none. Asked for before `consume`. */
  firstChunk(): Promise<Buffer | undefined> {
    if (this.#early.length > 0 || this.#isOver) return Promise.resolve(this.#early[0])
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
    return this.#early[0]
  }

  /** It is over, and not a byte of an answer came behind its head. */
  get hasFailedEmpty(): boolean {
    return this.#isOver && this.#early.length === 0
  }

  /** Hands everything that has come, and all that comes, to the sink. Called once. */
  consume(sink: ExchangeSink): void {
    const early = this.#early
    this.#early = []
    for (const chunk of early) sink.onData(chunk)
    // Only now, so that a sink which aborts over an early chunk is told of the end once.
    this.#sink = sink
    if (this.#fault) sink.onFault(this.#fault)
    else if (this.#isOver) sink.onEnd()
  }

  pause(): void {
    if (!this.#isOver) this.#controller?.pause()
  }

  resume(): void {
    if (!this.#isOver && this.#controller?.paused) this.#controller.resume()
  }

  /** Ends the exchange; the sink, or the head, is told `aborted`. Harmless when it is over. */
  abort(): void {
    if (this.#isOver || this.#isAborted) return
    this.#isAborted = true
    this.#controller?.abort(new Error('aborted by the gateway'))
  }

  /** Ends an exchange whose answer has not begun in time: a fault of the upstream's. */
  expire(): void {
    if (this.#isOver || this.#isAborted) return
    this.#isExpired = true
    this.#controller?.abort(new Error('the upstream did not begin to answer in time'))
  }

  #faultOf(error: Error): UpstreamFault {
    // undici puts `code` and `socket` on its errors, the pool puts `socket` on Node's; neither is in the type of Error.
    const { code, socket } = error as { code?: string; socket?: { bytesRead?: number } }
    const cause = error
    if (this.#isExpired) return { kind: 'timeout', cause: expired(), wasStaleSocket: false }
    if (this.#isAborted) return { kind: 'aborted', cause, wasStaleSocket: false }
    if (code !== undefined && UNREACHABLE_CODES.has(code))
      return { kind: 'unreachable', cause, wasStaleSocket: false }
    if (code !== undefined && TIMEOUT_CODES.has(code))
      return { kind: 'timeout', cause, wasStaleSocket: false }
    const hasServedBefore = (socket?.bytesRead ?? 0) > 0
    return { kind: 'broken', cause, wasStaleSocket: hasServedBefore && !this.#hasAnswerBegun }
  }
}
