// The requests that are running: how many, whose, and how each is cut when its person or key loses access. A request whose
// client has left stays here until the upstream has been read to its end, within the bounds on that.
import type { Refusal } from '../../contract/errors.ts'
import type { ClientResponse } from '../wire/client-exchange.ts'
import type { Drain, DrainBound, Drains } from './drains.ts'

/** What answers a request, as far as its end is decided from outside. */
export interface Exchange {
  /** Nothing of the request was written yet, so that nothing can be billed. */
  readonly isUnsent?: boolean
  /** Nothing of it is billed, and nothing that is still to come has to be known: it ends with its client. */
  readonly endsWithClient?: boolean
  resume(): void
  abort(): void
}

/** Whose request it is. */
export interface RequestOwner {
  readonly userId: string
  readonly keyId: string
  /** Why the request would not be let in now. */
  readonly lostAccess?: () => Refusal | undefined
}

const nobody = (): undefined => undefined

export class LiveRequest implements Drain {
  /** The client has left, or was cut: nothing more is written, the upstream is only read. */
  isGone = false
  /** The client had left before anything was sent, or before it could be. */
  leftUnsent = false
  /** The bound on reading on that was met; the usage will not be known. */
  drainCutBy: DrainBound | undefined
  /** Why access was lost, where it was. */
  cutBy: Refusal | undefined
  readonly userId: string
  readonly keyId: string
  /** Why the request would not be let in now, or undefined where it would. */
  lostAccess: () => Refusal | undefined
  /** Among those that run; -1 for one that does not. */
  place = -1
  #tellCut: (refused: Refusal) => void = nobody
  readonly #drains: Drains
  #exchange: Exchange | undefined
  #isReadOn = false
  #isEnded = false
  #isCostKnown = false
  #isClosed = false

  constructor(owner: RequestOwner, drains: Drains) {
    this.userId = owner.userId
    this.keyId = owner.keyId
    this.lostAccess = owner.lostAccess ?? nobody
    this.#drains = drains
  }

  get isDrainCut(): boolean {
    return this.drainCutBy !== undefined
  }

  /** Watches for the client's leaving. A connection that closes behind a finished answer has not left. */
  watch(res: ClientResponse): void {
    res.on('close', () => {
      if (!res.writableFinished) this.leave()
    })
    if (res.destroyed) this.leave()
  }

  /** How the client is told that access was lost: at first with a plain refusal, once a stream has begun in the stream. */
  whenCut(tell: (refused: Refusal) => void): void {
    this.#tellCut = tell
  }

  attach(exchange: Exchange): void {
    this.#exchange = exchange
    if (this.#isEnded) exchange.abort()
    else if (this.isGone) this.#readOn(exchange)
  }

  /** From here on the upstream is read on without anyone listening, because it bills what it generates. */
  leave(): void {
    if (this.isGone) return
    this.isGone = true
    // The request has ended already, although its last bytes never reached the client.
    if (this.#isClosed) return
    if (this.#exchange) this.#readOn(this.#exchange)
    else this.leftUnsent = true
  }

  #readOn(exchange: Exchange): void {
    if (this.#isReadOn || this.#isClosed) return
    if (exchange.isUnsent || exchange.endsWithClient) {
      this.leftUnsent = exchange.isUnsent === true
      exchange.abort()
      return
    }
    this.leftUnsent = false
    this.#isReadOn = true
    exchange.resume()
    if (!this.#isCostKnown) this.#drains.begin(this)
  }

  /** Whatever is still to come, of the upstream or from the disk, is no reason to cut anybody's drain. */
  costIsKnown(): void {
    this.#isCostKnown = true
    this.#drains.end(this)
  }

  /** Counts what the upstream said while nobody listened. */
  drained(bytes: number): void {
    this.#drains.read(this, bytes)
  }

  cutDrain(bound: DrainBound): void {
    this.drainCutBy = bound
    this.abort()
  }

  cut(refused: Refusal): void {
    if (this.isGone) return
    this.cutBy = refused
    this.#tellCut(refused)
    this.leave()
  }

  /** Ends the exchange with the upstream, whatever is still to come. */
  abort(): void {
    this.#exchange?.abort()
  }

  /**
   * Ends it for good: what was sent upstream, or, where nothing was, what is still coming in, for the reason that is given.
   * Another upstream may be about to be asked, and is not read from either.
   */
  endNow(refused: Refusal): void {
    this.#isEnded = true
    if (this.#exchange) this.abort()
    else this.cut(refused)
  }

  /** The connection outlives the request, and must not keep all of it in memory until the next one comes. */
  close(): void {
    this.#isClosed = true
    this.#drains.end(this)
    this.#exchange = undefined
    this.#tellCut = nobody
    this.lostAccess = nobody
  }
}

export interface LiveRequests {
  readonly count: number
  add(request: LiveRequest): void
  remove(request: LiveRequest): void
  /** Cuts every running request for which there is a reason to. */
  cut(reasonFor: (request: LiveRequest) => Refusal | undefined): void
  /** Ends every one that still runs. */
  endAll(refused: Refusal): void
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

export function createLiveRequests(): LiveRequests {
  /** In no order. A list, because sets leave tables behind that keep alive what stood in them (`accounts/short-lived-map.ts`). */
  const running: LiveRequest[] = []
  let waiting: (() => void)[] = []
  return {
    get count() {
      return running.length
    },
    add(request) {
      request.place = running.length
      running.push(request)
    },
    remove(request) {
      if (request.place >= 0) takeOut(running, request)
      request.close()
      if (running.length > 0) return
      for (const resolve of waiting) resolve()
      waiting = []
    },
    cut(reasonFor) {
      for (const request of [...running]) {
        const refused = request.isGone ? undefined : reasonFor(request)
        if (refused) request.cut(refused)
      }
    },
    endAll(refused) {
      for (const request of [...running]) request.endNow(refused)
    },
    idle: () => (running.length === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}

/** The last one takes its place. */
function takeOut(running: LiveRequest[], request: LiveRequest): void {
  const last = running.pop()
  if (last && last !== request) {
    running[request.place] = last
    last.place = request.place
  }
  request.place = -1
}
