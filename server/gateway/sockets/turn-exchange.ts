// One turn of a socket as an exchange of HTTP, so that it takes the journey of every request: the frame is the body of a
// POST, and what is answered is handed on as the bytes of an HTTP/1.0 answer, which have no framing of their own.
import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { ClientRequest } from '../../wire/client-exchange.ts'

/** Takes bytes of the answer; `done` is called when there is room for more. */
export type TakeBytes = (bytes: Buffer, done: () => void) => void

interface Turn {
  readonly address: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** False where nothing is to be generated. */
  readonly generates: boolean
  /** Told before anything is answered: whether the upstream is asked to keep the response, and so knows its id afterwards. */
  readonly onStoring: (isStored: boolean) => void
}

interface TurnEvents {
  readonly take: TakeBytes
  /** The answer is whole, or broke off; called once. */
  readonly ended: (isWhole: boolean) => void
  /** Nothing was taken for as long as a client may wait. */
  readonly stalled: () => void
}

/** The request of a turn. */
export class TurnRequest extends IncomingMessage {
  readonly generates: boolean
  readonly onStoring: Turn['onStoring']

  constructor(connection: Duplex, { path, headers, body, generates, onStoring }: Turn) {
    // An exchange without a network uses of its socket what every duplex stream has, and the two members of TurnConnection.
    super(connection as unknown as Socket)
    this.generates = generates
    this.onStoring = onStoring
    this.method = 'POST'
    this.url = path
    // The answer to this version ends with the connection: nothing is added to its bytes.
    this.httpVersion = '1.0'
    this.httpVersionMajor = 1
    this.httpVersionMinor = 0
    this.headers = { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) }
    this.rawHeaders.push(...Object.entries(this.headers).flatMap(([name, value]) => [name, String(value)]))
    this.complete = true
    this.push(body)
    this.push(null)
  }
}

/** What a connection has to remember depends on what is sent upstream, which is not always what the frame says. */
export function tellStoring(req: ClientRequest, isStored: boolean): void {
  if (req instanceof TurnRequest) req.onStoring(isStored)
}

export class TurnExchange {
  readonly req: TurnRequest
  readonly res: ServerResponse
  readonly #connection: TurnConnection

  constructor(turn: Turn, { take, ended, stalled }: TurnEvents) {
    this.#connection = new TurnConnection(turn.address, take, stalled)
    this.req = new TurnRequest(this.#connection, turn)
    this.res = new ServerResponse(this.req)
    this.res.assignSocket(this.#connection as unknown as Socket)
    this.res.once('finish', () => {
      this.res.detachSocket(this.#connection as unknown as Socket)
      ended(true)
      this.#connection.destroy()
    })
    // Of a socket of its own, the HTTP server would see to this.
    this.#connection.on('drain', () => this.res.emit('drain'))
    this.#connection.once('close', () => {
      if (!this.res.writableFinished) ended(false)
    })
  }

  /** The client is gone: whoever answers finds its connection closed. */
  leave(): void {
    this.#connection.destroy()
  }
}

class TurnConnection extends Duplex {
  readonly remoteAddress: string
  readonly #take: TakeBytes
  readonly #stalled: () => void
  #stalledMsMax = 0
  #isWaiting = false
  #timer: NodeJS.Timeout | undefined

  constructor(remoteAddress: string, take: TakeBytes, stalled: () => void) {
    super()
    this.remoteAddress = remoteAddress
    this.#take = take
    this.#stalled = stalled
    // Why it is destroyed is known to whoever does it.
    this.on('error', () => {})
  }

  /** As of a socket: how long something may wait to be taken; 0 for as long as it likes. */
  setTimeout(ms: number): this {
    this.#stalledMsMax = ms
    this.#watch()
    return this
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#isWaiting = true
    this.#watch()
    this.#take(bytes, () => {
      this.#isWaiting = false
      this.#watch()
      done()
    })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer)
    done(error)
  }

  #watch(): void {
    clearTimeout(this.#timer)
    if (!this.#isWaiting || this.#stalledMsMax === 0 || this.destroyed) return
    this.#timer = setTimeout(this.#stalled, this.#stalledMsMax)
    this.#timer.unref()
  }
}
