// The requests that are running: how many, whose, and how each is cut when its person or key loses access. A request whose
// client has left stays here until the upstream has been read to its end, within a bound.
import type { ServerResponse } from 'node:http'
import type { Refusal } from '../../contract/errors.ts'
import type { UpstreamExchange } from './upstream-exchange.ts'

export class LiveRequest {
  /** The client has left, or was cut: nothing more is written, the upstream is only read. */
  isGone = false
  /** The bound on reading on has passed; the usage will not be known. */
  isDrainCut = false
  /** Why access was lost, where it was. */
  cutBy: Refusal | undefined
  /** Tells the client that access was lost: at first with a plain refusal, once a stream has begun in the stream. */
  onCut: (refused: Refusal) => void = () => {}
  readonly userId: string
  readonly keyId: string
  readonly #drainMsMax: number
  #exchange: UpstreamExchange | undefined
  #drainTimer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(owner: { readonly userId: string; readonly keyId: string }, drainMsMax: number) {
    this.userId = owner.userId
    this.keyId = owner.keyId
    this.#drainMsMax = drainMsMax
  }

  /** Watches for the client's leaving. A connection that closes behind a finished answer has not left. */
  watch(res: ServerResponse): void {
    res.once('close', () => {
      if (!res.writableFinished) this.leave()
    })
    if (res.destroyed) this.leave()
  }

  attach(exchange: UpstreamExchange): void {
    this.#exchange = exchange
  }

  /** From here on the upstream is read on without anyone listening, because it bills what it generates. */
  leave(): void {
    if (this.isGone) return
    this.isGone = true
    // The request has ended already, although its last bytes never reached the client.
    if (this.#isClosed) return
    this.#exchange?.resume()
    this.#drainTimer = setTimeout(() => {
      this.isDrainCut = true
      this.abort()
    }, this.#drainMsMax)
    this.#drainTimer.unref()
  }

  cut(refused: Refusal): void {
    if (this.isGone) return
    this.cutBy = refused
    this.onCut(refused)
    this.leave()
  }

  /** Ends the exchange with the upstream, whatever is still to come. */
  abort(): void {
    this.#exchange?.abort()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#drainTimer)
  }
}

export interface LiveRequests {
  readonly count: number
  add(request: LiveRequest): void
  remove(request: LiveRequest): void
  /** Cuts every running request that matches. */
  cut(matches: (request: LiveRequest) => boolean, refused: Refusal): void
  /** Aborts every exchange that is still running. */
  abortAll(): void
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

export function createLiveRequests(): LiveRequests {
  const running = new Set<LiveRequest>()
  let waiting: (() => void)[] = []
  return {
    get count() {
      return running.size
    },
    add: (request) => void running.add(request),
    remove(request) {
      running.delete(request)
      request.close()
      if (running.size > 0) return
      for (const resolve of waiting) resolve()
      waiting = []
    },
    cut(matches, refused) {
      for (const request of running) if (matches(request)) request.cut(refused)
    },
    abortAll() {
      for (const request of running) request.abort()
    },
    idle: () => (running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
