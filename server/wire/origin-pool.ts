// The connections to one origin, and which request is sent on which. A request gets the connection that was used last, or a new
// one, or waits where there are too many; no two requests are ever on one connection.
import type { Readable } from 'node:stream'
import { Connection, type ConnectionOwner } from './connection.ts'
import { Origin, type OriginOptions } from './origin.ts'
import { checkedFields } from './request-head.ts'
import { WireError } from './wire-error.ts'
import { type AnswerHandler, hasBody, WireRequest, type WireRequestOptions } from './wire-request.ts'

export interface OriginPoolOptions extends OriginOptions {
  readonly connectionsMax: number
  readonly connectMsMax: number
  readonly silenceMsMax: number
  /** For how long a connection is kept that is not used. */
  readonly idleMsMax: number
}

/** Looks at what has been silent or idle for too long, in the time that a connection may be idle. */
const SWEEPS = 8
/** So much earlier than the upstream says that it will close an idle connection, this side does. */
const KEPT_MARGIN_MS = 2_000

export class OriginPool implements ConnectionOwner {
  readonly origin: Origin
  nowMs = 0
  readonly #options: OriginPoolOptions
  readonly #connections = new Set<Connection>()
  /** The last one was used last. Some of them may have been closed since. */
  readonly #idle: Connection[] = []
  /** In the order in which they came. */
  readonly #waiting = new Set<WireRequest>()
  /** Connections that were taken in this turn of the event loop, and those of the turn before. */
  #taken: Connection[] = []
  #due: Connection[] = []
  #sweeping: NodeJS.Timeout | undefined
  #isDestroyed = false

  constructor(url: URL, options: OriginPoolOptions) {
    this.origin = new Origin(url, options)
    this.#options = options
  }

  /** For how long an upstream may be silent, where a request does not say otherwise. */
  get silenceMsMax(): number {
    return this.#options.silenceMsMax
  }

  /** Never throws: the handler is told of what keeps the request from being sent, at once where that is known at once. */
  dispatch(options: WireRequestOptions, handler: AnswerHandler): void {
    const { body } = options
    let request: WireRequest
    try {
      const silenceMsMax = options.silenceMsMax ?? this.silenceMsMax
      const fields = checkedFields(options)
      request = new WireRequest(options, fields, handler, lengthOf(options, fields.length), silenceMsMax)
    } catch (error) {
      if (isStream(body)) body.destroy()
      handler.onError(error as Error, false) // nothing but a WireError is thrown there
      return
    }
    if (isStream(body)) body.on('error', (error) => request.abort(error))
    handler.onRequest(request)
    this.#place(request)
  }

  /** Ends all requests. Resolves once every socket is gone. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const request of waiting) request.fail(destroyed(), false)
    const connections = [...this.#connections]
    for (const connection of connections) connection.destroy(destroyed())
    await Promise.all(connections.map((connection) => connection.gone()))
  }

  freed(connection: Connection): void {
    connection.sinceMs = performance.now()
    if (this.#idleMsOf(connection) <= 0) {
      connection.destroy()
      return
    }
    const next = this.#nextWaiting()
    if (next) this.#take(connection, next)
    else this.#idle.push(connection)
  }

  closed(connection: Connection, unsent: WireRequest | undefined): void {
    this.#connections.delete(connection)
    if (this.#connections.size === 0) this.#rest()
    const next = unsent ?? this.#nextWaiting()
    if (next) this.#place(next)
  }

  #place(request: WireRequest): void {
    request.connection = undefined
    if (request.isOver) return
    if (this.#isDestroyed) {
      request.fail(destroyed(), false)
      return
    }
    const connection = this.#reusable()
    if (connection) this.#take(connection, request)
    else if (this.#connections.size < this.#options.connectionsMax) this.#open(request)
    else this.#waiting.add(request)
  }

  #reusable(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (!connection) return undefined
      if (!connection.isUsable) continue
      if (performance.now() - connection.sinceMs < this.#idleMsOf(connection)) return connection
      connection.destroy()
    }
  }

  #idleMsOf({ keptSeconds }: Connection): number {
    const { idleMsMax } = this.#options
    return keptSeconds === undefined ? idleMsMax : Math.min(idleMsMax, keptSeconds * 1000 - KEPT_MARGIN_MS)
  }

  /**
   * It is written a whole turn of the event loop later, in which whatever had come on it by now is read: a connection that was
   * closed meanwhile, or on which something came that nobody asked for, is then known, and another one is used.
   */
  #take(connection: Connection, request: WireRequest): void {
    connection.take(request)
    if (this.#taken.length === 0 && this.#due.length === 0) setImmediate(this.#turn)
    this.#taken.push(connection)
  }

  readonly #turn = (): void => {
    const due = this.#due
    this.#due = this.#taken
    this.#taken = []
    if (this.#due.length > 0) setImmediate(this.#turn)
    for (const connection of due) connection.write()
  }

  #open(request: WireRequest): void {
    try {
      this.#connections.add(new Connection(this, request, performance.now()))
    } catch (error) {
      request.fail(error instanceof Error ? error : new Error(String(error)), false)
      return
    }
    this.#startSweeping()
  }

  #nextWaiting(): WireRequest | undefined {
    for (const request of this.#waiting) {
      this.#waiting.delete(request)
      if (!request.isOver) return request
    }
    return undefined
  }

  #startSweeping(): void {
    if (this.#sweeping) return
    this.nowMs = performance.now()
    this.#sweeping = setInterval(this.#sweep, this.#options.idleMsMax / SWEEPS)
    this.#sweeping.unref()
  }

  /** Nothing is connected: there is nothing to look at, and nothing to remember. */
  #rest(): void {
    clearInterval(this.#sweeping)
    this.#sweeping = undefined
    this.#idle.length = 0
  }

  readonly #sweep = (): void => {
    this.nowMs = performance.now()
    for (const connection of this.#connections) {
      connection.sweep(this.nowMs, this.#options.connectMsMax)
      if (connection.isIdle && this.nowMs - connection.sinceMs >= this.#idleMsOf(connection))
        connection.destroy()
    }
    if (this.#idle.length > 0) this.#forgetClosed()
  }

  #forgetClosed(): void {
    const open = this.#idle.filter((connection) => connection.isUsable)
    this.#idle.splice(0, this.#idle.length, ...open)
  }
}

const isStream = (body: WireRequestOptions['body']): body is Readable =>
  body !== undefined && !Buffer.isBuffer(body)

/** The body's, which has to be what the headers say where they say it. */
function lengthOf({ body, method }: WireRequestOptions, announced: number | undefined): number | undefined {
  if (isStream(body)) {
    if (announced === undefined) throw invalid('a body of unknown length')
    return announced
  }
  const isSaid = hasBody(method) || (body !== undefined && body.length > 0)
  const length = isSaid ? (body?.length ?? 0) : undefined
  if (announced !== undefined && announced !== (length ?? 0)) throw invalid('a body of another length')
  return length
}

const invalid = (what: string): WireError =>
  new WireError('ERR_WIRE_INVALID_REQUEST', `a request cannot have ${what}`)

const destroyed = (): WireError =>
  new WireError('ERR_WIRE_DESTROYED', 'the connections to this upstream were closed')
