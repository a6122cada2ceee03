// One request to an upstream, from the moment it is handed to a pool to the end of its answer. It may be paused, resumed and
// aborted at any time; whoever handed it over is told of its answer by the handler.
import type { Readable } from 'node:stream'
import type { Connection } from './connection.ts'
import type { Fields } from './field-lines.ts'
import type { HeadParts, RequestFields } from './request-head.ts'
import { WireError } from './wire-error.ts'

export interface WireRequestOptions extends HeadParts {
  /** A stream needs a `content-length` among the headers. */
  readonly body?: Buffer | Readable | undefined
  /** For how long it may be silent, before its answer and within it; the pool's own bound where it is not given. */
  readonly silenceMsMax?: number
}

/** Is told of the head, of the pieces of the body, and of one end: `onEnd` or `onError`. */
export interface AnswerHandler {
  /** Whether it has done with a piece when `onData` returns, and copies what it keeps. Asked for each read. */
  readonly borrows?: boolean
  /** At once, before anything is sent. */
  onRequest(request: WireRequest): void
  onHead(status: number, fields: Fields): void
  /** The piece is the handler's, and nothing is written into it again, unless the handler borrows it. */
  onData(piece: Buffer): void
  onEnd(): void
  /** `isStale`: nothing of an answer had come, on a connection that had served before. It was closed while it was idle. */
  onError(error: Error, isStale: boolean): void
}

export class WireRequest {
  readonly options: WireRequestOptions
  readonly fields: RequestFields
  readonly handler: AnswerHandler
  /** Of the body; undefined where none is sent and none is expected. */
  readonly length: number | undefined
  readonly silenceMsMax: number
  /** Where it is, or is to be, written. */
  connection: Connection | undefined
  isPaused = false
  /** Its end was told. */
  isOver = false
  /** Whether its writing has begun: until then nobody but us knows of it. */
  hasBegun = false
  /** Whether the system has taken all of it; told no later than the end. */
  isWritten = false

  constructor(
    options: WireRequestOptions,
    fields: RequestFields,
    handler: AnswerHandler,
    length: number | undefined,
    silenceMsMax: number,
  ) {
    this.options = options
    this.fields = fields
    this.handler = handler
    this.length = length
    this.silenceMsMax = silenceMsMax
  }

  /** Servers that expect none may take it for the beginning of another request. */
  get hasUnusualBody(): boolean {
    return this.length !== undefined && !hasBody(this.options.method)
  }

  /** The body of the answer stays where it is, and what waits at the upstream waits there; a head comes all the same. */
  pause(): void {
    if (this.isPaused || this.isOver) return
    this.isPaused = true
    this.connection?.pause(this)
  }

  resume(): void {
    if (!this.isPaused || this.isOver) return
    this.isPaused = false
    this.connection?.resume(this)
  }

  /** The handler is told of `error` before this returns, unless it was told of an end. */
  abort(error: Error = new WireError('ERR_WIRE_ABORTED', 'the request was aborted')): void {
    if (this.isOver) return
    if (this.connection) this.connection.drop(this, error)
    else this.fail(error, false)
  }

  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.connection = undefined
    this.#leaveBody()
    try {
      this.handler.onEnd()
    } catch (error) {
      this.handler.onError(error instanceof Error ? error : new Error(String(error)), false)
    }
  }

  fail(error: Error, isStale: boolean): void {
    if (this.isOver) return
    this.isOver = true
    this.connection = undefined
    this.#leaveBody()
    this.handler.onError(error, isStale)
  }

  /** A stream that is not read to its end holds a file open. */
  #leaveBody(): void {
    const { body } = this.options
    if (body && !Buffer.isBuffer(body)) body.destroy()
  }
}

export const hasBody = (method: HeadParts['method']): boolean =>
  method === 'POST' || method === 'PUT' || method === 'PATCH'
