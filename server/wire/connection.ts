// One connection to an upstream: it carries one request at a time, and another one only where nothing at all is open about the
// one before. Its pool decides which request that is.
import type { Socket } from 'node:net'
import { type AnswerEvents, AnswerParser } from './answer-parser.ts'
import type { Fields } from './field-lines.ts'
import type { Origin } from './origin.ts'
import { BodyUpload, writeWhole } from './request-writer.ts'
import { WireError } from './wire-error.ts'
import type { WireRequest } from './wire-request.ts'

/** The pool, as far as its connections see it. */
export interface ConnectionOwner {
  readonly origin: Origin
  /** Of the last sweep: exact enough for minutes, and costs nothing. */
  readonly nowMs: number
  /** The answer is whole, and another request may be sent. */
  freed(connection: Connection): void
  /** It is closed. `unsent` was to be written on it, and was not. */
  closed(connection: Connection, unsent: WireRequest | undefined): void
}

const OPENING = 0
const IDLE = 1
/** A request is to be written on it in the next turn of the event loop. */
const TAKEN = 2
const BUSY = 3
const CLOSED = 4

export class Connection implements AnswerEvents {
  /** How long it may be idle, by what the upstream said of itself; undefined where it said nothing. */
  keptSeconds: number | undefined
  /** Since when it is being opened, or is idle. */
  sinceMs: number
  readonly #owner: ConnectionOwner
  readonly #parser: AnswerParser
  readonly #socket: Socket
  #state = OPENING
  #request: WireRequest | undefined
  #upload: BodyUpload | undefined
  /** What came while the answer was paused. */
  #unread: Buffer | undefined
  #heardMs = 0
  #isReading = false
  /** The upstream has ended its side while the answer was paused. */
  #hasEnded = false
  #hasServed = false
  #hasAnswerBegun = false

  /** Throws where the host must not be called. */
  constructor(owner: ConnectionOwner, request: WireRequest, nowMs: number) {
    this.#owner = owner
    this.#request = request
    this.sinceMs = nowMs
    this.#parser = new AnswerParser(this)
    this.#socket = owner.origin.open((bytes) => this.#bytes(bytes))
    request.connection = this
    this.#socket
      .once(owner.origin.isTls ? 'secureConnect' : 'connect', () => this.#connected())
      .on('error', (error) => this.#lost(error))
      .on('end', () => this.#ended())
      .on('close', () => {
        if (!this.#hasEnded) this.#lost(closedEarly())
      })
  }

  get isIdle(): boolean {
    return this.#state === IDLE
  }

  get #isClosed(): boolean {
    return this.#state === CLOSED
  }

  /** Whoever reads the answer has paused it. A head, and that none will come, is told all the same. */
  get #isHeldBack(): boolean {
    return this.#parser.isPaused && this.#parser.isHeadRead
  }

  /** Whether an idle one may still be used. */
  get isUsable(): boolean {
    return this.#state === IDLE && !this.#socket.destroyed && this.#socket.writable
  }

  /** Resolves once its socket is gone. */
  gone(): Promise<void> {
    if (this.#socket.closed) return Promise.resolve()
    return new Promise((resolve) => this.#socket.once('close', () => resolve()))
  }

  /** Reserves an idle connection; `write` is called a turn later. */
  take(request: WireRequest): void {
    this.#state = TAKEN
    this.#request = request
    request.connection = this
  }

  /** Sends what it was taken or opened for, unless that was aborted meanwhile. */
  write(): void {
    const request = this.#request
    if (this.#state !== TAKEN || !request) return
    this.#state = BUSY
    request.hasBegun = true
    this.#hasAnswerBegun = false
    this.#heardMs = this.#owner.nowMs
    const { method, body } = request.options
    const { host } = this.#owner.origin
    this.#parser.begin(method === 'HEAD')
    if (!body || Buffer.isBuffer(body)) writeWhole(this.#socket, request, host)
    else this.#upload = new BodyUpload(this.#socket, request, body, host, this.#heard)
  }

  /** Closes it where it has been opening, or silent, for longer than it may. */
  sweep(nowMs: number, connectMsMax: number): void {
    if (this.#state === OPENING && nowMs - this.sinceMs > connectMsMax) this.#lost(connectTimeout())
    const request = this.#request
    if (this.#state !== BUSY || !request) return
    // Whoever paused it is who is silent.
    if (this.#isHeldBack) this.#heardMs = nowMs
    else if (nowMs - this.#heardMs > request.silenceMsMax) this.#lost(answerTimeout())
  }

  pause(request: WireRequest): void {
    if (this.#request !== request || this.#state !== BUSY) return
    this.#parser.isPaused = true
    if (this.#isHeldBack && !this.#isReading) this.#socket.pause()
  }

  resume(request: WireRequest): void {
    if (this.#request !== request || this.#state !== BUSY) return
    this.#parser.isPaused = false
    this.#heardMs = this.#owner.nowMs
    if (this.#isReading) return
    const unread = this.#unread
    this.#unread = undefined
    const goesOn = this.#read(unread)
    if (goesOn && this.#hasEnded) this.#finish()
    else if (goesOn) this.#socket.resume()
  }

  /** Ends the request, and the connection with it. */
  drop(request: WireRequest, error: Error): void {
    if (this.#request === request) this.#close()
    request.fail(error, false)
  }

  destroy(error?: Error): void {
    const request = this.#request
    this.#close()
    if (request && error) request.fail(error, false)
  }

  onHead(status: number, fields: Fields): void {
    const request = this.#request
    if (!request) return
    request.handler.onHead(status, fields)
    // It may have been paused before it was sent.
    if (request.isPaused) this.#parser.isPaused = true
  }

  onBody(piece: Buffer): void {
    this.#request?.handler.onData(piece)
  }

  #connected(): void {
    if (this.#state !== OPENING) return
    this.#state = TAKEN
    this.write()
  }

  /** An upload that goes on is no silence. */
  readonly #heard = (): void => {
    this.#heardMs = this.#owner.nowMs
  }

  /** Whether to go on reading. */
  #bytes(lent: Buffer): boolean {
    const request = this.#request
    if (this.#state !== BUSY || !request) {
      // Nobody asked: it is closed, and what was to be written on it goes elsewhere.
      if (this.#state !== CLOSED) this.#lost(closedEarly())
      return false
    }
    this.#heardMs = this.#owner.nowMs
    this.#hasAnswerBegun = true
    if (this.#unread) return this.#read(this.#joined(this.#unread, lent))
    return this.#read(request.handler.borrows ? lent : Buffer.from(lent))
  }

  #joined(unread: Buffer, bytes: Buffer): Buffer {
    this.#unread = undefined
    return Buffer.concat([unread, bytes])
  }

  #read(bytes: Buffer | undefined): boolean {
    let read = 0
    this.#isReading = true
    try {
      if (bytes) read = this.#parser.execute(bytes)
    } catch (error) {
      this.#lost(error instanceof Error ? error : new Error(String(error)))
      return false
    } finally {
      this.#isReading = false
    }
    if (this.#state !== BUSY) return false
    const hasMore = bytes !== undefined && read < bytes.length
    if (this.#isHeldBack) {
      if (hasMore) this.#unread = Buffer.from(bytes.subarray(read))
      return false
    }
    if (!this.#parser.isComplete) return true
    this.#complete(hasMore)
    return !this.#isClosed
  }

  #complete(hasMore: boolean): void {
    const request = this.#request
    const { mayKeep, keptSeconds } = this.#parser
    this.#request = undefined
    this.#hasServed = true
    this.keptSeconds = keptSeconds
    // Bytes behind an answer would be taken for the next one; a body that is still being sent, for the next request.
    const isSent = this.#upload?.isOver !== false && this.#socket.writableLength === 0
    if (request) request.isWritten = isSent
    const isClean = mayKeep && !hasMore && !this.#hasEnded
    if (isClean && isSent && !request?.hasUnusualBody) {
      this.#upload = undefined
      this.#state = IDLE
      this.#owner.freed(this)
    } else this.#close()
    request?.end()
  }

  #ended(): void {
    // Over TLS an end may come while there is something unread, which is read first.
    if (this.#state === BUSY && this.#isHeldBack) this.#hasEnded = true
    else this.#finish()
  }

  #finish(): void {
    if (this.#state === BUSY && this.#parser.finish()) this.#complete(true)
    else this.#lost(closedEarly())
  }

  #lost(error: Error): void {
    if (this.#state === CLOSED) return
    const request = this.#request
    const state = this.#state
    const isStale = this.#hasServed && !this.#hasAnswerBegun
    this.#close(state === TAKEN ? request : undefined)
    if (state === TAKEN) return
    request?.fail(state === OPENING && isTimeout(error) ? connectTimeout(error) : error, isStale)
  }

  #close(unsent?: WireRequest): void {
    if (this.#state === CLOSED) return
    this.#state = CLOSED
    this.#request = undefined
    this.#unread = undefined
    this.#parser.stop()
    this.#upload?.stop()
    this.#socket.destroy()
    this.#owner.closed(this, unsent)
  }
}

const closedEarly = (): WireError =>
  new WireError('ERR_WIRE_CLOSED', 'the upstream closed the connection before its answer was whole')

const answerTimeout = (): WireError =>
  new WireError('ERR_WIRE_ANSWER_TIMEOUT', 'the upstream was silent for too long')

const connectTimeout = (cause?: Error): WireError =>
  new WireError('ERR_WIRE_CONNECT_TIMEOUT', 'the upstream could not be connected to in time', cause)

/** The system's own time-out, of one address or of several that were tried. */
function isTimeout(error: Error & { code?: unknown }): boolean {
  return error.code === 'ETIMEDOUT' || (error instanceof AggregateError && error.errors.some(isTimeout))
}
