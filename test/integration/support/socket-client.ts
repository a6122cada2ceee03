// A client of the OpenAI side over WebSocket, for tests: what comes is kept, and waited for.
import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'

export interface Frame {
  readonly type: string
  readonly status?: number
  readonly error?: { readonly code: string; readonly type: string; readonly message: string }
  readonly headers?: Readonly<Record<string, string>>
  readonly stream_id?: string
  readonly sequence_number?: number
  readonly delta?: string
  readonly response?: {
    readonly id: string
    readonly status: string
    readonly output: readonly Readonly<Record<string, unknown>>[]
    readonly usage: Readonly<Record<string, unknown>> | null
  }
}

const ENDS: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
])

export class SocketClient {
  readonly ws: WebSocket
  readonly frames: Frame[] = []
  /** The code that it was closed with. */
  readonly closed: Promise<number>
  #seen = 0
  #closedWith: number | undefined
  #wake = (): void => {}

  constructor(url: string, key: string | undefined, options: ClientOptions = {}, path = '/v1/responses') {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
    this.ws = new WebSocket(url.replace('http', 'ws') + path, {
      perMessageDeflate: false,
      ...options,
      headers: { ...headers, ...options.headers },
    })
    this.ws.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)))
      this.#wake()
    })
    this.ws.on('close', (code) => {
      this.#closedWith = code
      this.#wake()
    })
    this.ws.on('error', () => {})
    this.closed = once(this.ws, 'close').then(([code]) => Number(code))
  }

  async opened(): Promise<this> {
    await once(this.ws, 'open')
    return this
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  create(more: object): void {
    this.send({ type: 'response.create', model: 'test-model', store: false, ...more })
  }

  /** The frames up to the next one that ends a turn, of this stream id alone. */
  async turn(streamId?: string): Promise<readonly Frame[]> {
    for (;;) {
      const at = this.frames.findIndex(
        (frame, index) => index >= this.#seen && ENDS.has(frame.type) && frame.stream_id === streamId,
      )
      if (at >= 0) {
        const turn = this.frames.slice(this.#seen, at + 1).filter((frame) => frame.stream_id === streamId)
        if (streamId === undefined) this.#seen = at + 1
        return turn
      }
      await this.#news()
    }
  }

  /** Resolves when there are as many frames. */
  async has(frames: number): Promise<void> {
    while (this.frames.length < frames) await this.#news()
  }

  async #news(): Promise<void> {
    if (this.#closedWith === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    if (this.#closedWith !== undefined)
      throw new Error(`closed with ${this.#closedWith} after ${this.frames.map(({ type }) => type).join()}`)
  }

  async ask(more: object): Promise<readonly Frame[]> {
    this.create(more)
    return this.turn()
  }

  async close(): Promise<void> {
    this.ws.close()
    await this.closed
  }
}
