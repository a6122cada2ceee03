// What the demo upstream remembers of each request, so that a test can see what reached it and what became of it.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { parseJson } from './json.ts'

/** What a request used. Cached and written tokens are parts of the input, reasoning is part of the output. */
export interface UsageCounts {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly webSearches: number
}

/** `cut`: ended by a scenario; `client_gone`: the other side closed first; `stopped`: the upstream was stopped. */
export type Outcome = 'open' | 'finished' | 'cut' | 'client_gone' | 'stopped'

export interface ReceivedRequest {
  readonly method: string
  /** The raw request target. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** Unix milliseconds. */
  readonly receivedAt: number
  /** Status answered, once headers were sent. */
  readonly status: number | undefined
  readonly eventsSent: number
  /** Bytes of the body handed to the socket. */
  readonly bytesSent: number
  /** What the request really used, whatever a scenario reports. */
  readonly usage: UsageCounts | undefined
  /** The id of the response or completion. */
  readonly responseId: string | undefined
  /** When the client closed before the answer was complete, in Unix milliseconds. */
  readonly clientGoneAt: number | undefined
  readonly outcome: Outcome
  /** Resolves when the exchange is over. */
  readonly ended: Promise<Outcome>
  /** The body as JSON, undefined where it is none. */
  json(): unknown
}

export class RequestRecord implements ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly receivedAt: number
  readonly ended: Promise<Outcome>
  body: Buffer = Buffer.alloc(0)
  status: number | undefined
  eventsSent = 0
  bytesSent = 0
  usage: UsageCounts | undefined
  responseId: string | undefined
  clientGoneAt: number | undefined
  outcome: Outcome = 'open'
  readonly #resolveEnded: (outcome: Outcome) => void

  constructor(message: IncomingMessage, receivedAt: number) {
    this.method = message.method ?? ''
    this.path = message.url ?? ''
    this.headers = message.headers
    this.rawHeaders = message.rawHeaders
    this.receivedAt = receivedAt
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.ended = promise
    this.#resolveEnded = resolve
  }

  /** The first outcome stays. */
  end(outcome: Outcome): void {
    if (this.outcome !== 'open') return
    this.outcome = outcome
    this.#resolveEnded(outcome)
  }

  json(): unknown {
    return parseJson(this.body.toString())
  }
}

const BODY_BYTES_KEPT_MAX = 128 * 1024 * 1024

/** The latest requests, oldest first: no more than `max`, and fewer where their bodies are large. */
export class RequestLog {
  readonly records: RequestRecord[] = []
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  add(record: RequestRecord): void {
    this.records.push(record)
    while (this.records.length > this.#max) this.records.shift()
  }

  /** Called when a body has been read. */
  trim(): void {
    let bytes = this.records.reduce((sum, record) => sum + record.body.length, 0)
    while (bytes > BODY_BYTES_KEPT_MAX) bytes -= this.records.shift()?.body.length ?? bytes
  }

  clear(): void {
    this.records.length = 0
  }
}
