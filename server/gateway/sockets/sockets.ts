// All connections over WebSocket: how many there may be, who loses theirs, and how they end with the gateway.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, type Result } from '../../../contract/result.ts'
import { createBodyMemory } from '../body-memory.ts'
import type { StageDeps } from '../deps.ts'
import { outcomeWithoutRow, refusedAs } from '../outcome.ts'
import type { Arrival } from '../request.ts'
import { refusedByNow } from '../stages/identify.ts'
import { arrivalOf } from '../stages/receive.ts'
import { record } from '../stages/record.ts'
import { decideUpgrade, headersOfTurns, type Upgrade } from './decide-upgrade.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { Socket, type SocketParts } from './socket.ts'
import type { TurnExchange } from './turn-exchange.ts'

const MEBIBYTE = 1024 * 1024
const SOCKETS_MAX = 1_024
const SOCKETS_PER_KEY_MAX = 32
const SOCKETS_PER_USER_MAX = 64
/** What connections remember is a convenience, and leaves the larger part of the memory to bodies. */
const REMEMBERED_PER_USER_BYTES_MAX = 128 * MEBIBYTE
const REMEMBERED_BYTES_MAX = 512 * MEBIBYTE
const TICK_MS = 30_000
const RETRY_AFTER_MS = 10_000

export interface SocketCounts {
  readonly open: number
  /** Since the start. */
  readonly opened: number
  readonly turns: number
}

interface SocketsOptions {
  /** Why nothing new is taken now, or undefined where it is. */
  readonly refusesNew: () => Refusal | undefined
  /** Takes a turn on its journey. */
  readonly answer: (exchange: TurnExchange) => void
}

type SocketsDeps = Pick<StageDeps, 'keys' | 'clock' | 'ids' | 'settings' | 'logger' | 'traffic' | 'bodies'>

export class Sockets {
  readonly #deps: SocketsDeps
  readonly #options: SocketsOptions
  readonly #parts: SocketParts
  readonly #open = new Set<Socket>()
  readonly #byKey = new Map<string, number>()
  readonly #byUser = new Map<string, number>()
  readonly #server: WebSocketServer
  readonly #ticks: NodeJS.Timeout
  #opened = 0
  #turnsOfClosed = 0
  #waiting: (() => void)[] = []

  constructor(deps: SocketsDeps, options: SocketsOptions, maxPayload: number) {
    this.#deps = deps
    this.#options = options
    this.#parts = {
      clock: deps.clock,
      bodies: deps.bodies,
      remembered: createBodyMemory(REMEMBERED_PER_USER_BYTES_MAX, REMEMBERED_BYTES_MAX),
      answer: options.answer,
      recordRefused: ({ options: of }, refused) => {
        const arrival = { ...arrivalOf(deps), address: of.address }
        const received = { ...arrival, key: of, endpoint: of.endpoint }
        record(deps, arrival, outcomeWithoutRow(deps, received, refusedAs(refused.code)))
        return arrival.requestId
      },
      closed: (socket, code) => this.#closed(socket, code),
    }
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload,
      // What is compressed grows in memory before anybody can say no.
      perMessageDeflate: false,
      // Pings are answered by whoever knows how much the client has not read yet.
      autoPong: false,
      // A protocol may carry a key, as for other endpoints of OpenAI, and what is chosen is sent back: none is.
      handleProtocols: () => false,
    })
    this.#ticks = setInterval(() => {
      for (const socket of this.#open) socket.tick()
    }, TICK_MS)
    this.#ticks.unref()
  }

  counts(): SocketCounts {
    let turns = this.#turnsOfClosed
    for (const { turnsBegun } of this.#open) turns += turnsBegun
    return { open: this.#open.size, opened: this.#opened, turns }
  }

  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const arrival = arrivalOf(this.#deps, req)
    const refuse = (refused: Refusal): void => {
      refuseUpgrade(socket, arrival.requestId, refused)
      record(this.#deps, arrival, outcomeWithoutRow(this.#deps, arrival, refusedAs(refused.code)))
    }
    const decided = this.#decide(req)
    if (!decided.ok) return void refuse(decided.error)
    const onClientError = (): void => refuse(refusal('malformed_request'))
    const onHeaders = (headers: string[]): void => void headers.push(`x-request-id: ${arrival.requestId}`)
    this.#server.once('wsClientError', onClientError)
    this.#server.once('headers', onHeaders)
    this.#server.handleUpgrade(req, socket, head, (ws) => this.#add(ws, req, arrival, decided.value))
    // The library decides at once, one way or the other.
    this.#server.off('wsClientError', onClientError)
    this.#server.off('headers', onHeaders)
  }

  /** Cuts every connection for which there is a reason to. */
  cut(
    reasonFor: (socket: {
      readonly userId: string
      readonly keyId: string
      readonly lostAccess: () => Refusal | undefined
    }) => Refusal | undefined,
  ): void {
    for (const socket of this.#open) {
      const refused = reasonFor(socket.options)
      if (refused) socket.cut(refused)
    }
  }

  /** Nothing new is taken; each closes when nothing runs on it any more. */
  goAway(refused: Refusal): void {
    for (const socket of this.#open) socket.goAway(refused)
  }

  /** Resolves when none is open any more. */
  allClosed(): Promise<void> {
    return this.#open.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Ends whatever is still open. */
  stop(): void {
    clearInterval(this.#ticks)
    for (const socket of this.#open) socket.terminate()
  }

  #decide(req: IncomingMessage): Result<Upgrade, Refusal> {
    const decided = decideUpgrade(this.#deps, req)
    if (!decided.ok) return decided
    const refused = this.#options.refusesNew() ?? this.#refuseOneMore(decided.value)
    return refused ? fail(refused) : decided
  }

  #refuseOneMore({ key }: Upgrade): Refusal | undefined {
    const isOneTooMany =
      this.#open.size >= SOCKETS_MAX ||
      (this.#byKey.get(key.keyId) ?? 0) >= SOCKETS_PER_KEY_MAX ||
      (this.#byUser.get(key.userId) ?? 0) >= SOCKETS_PER_USER_MAX
    return isOneTooMany
      ? refusal('too_many_sockets', { limit: SOCKETS_PER_KEY_MAX }, { retryAfterMs: RETRY_AFTER_MS })
      : undefined
  }

  #add(ws: WebSocket, req: IncomingMessage, arrival: Arrival, { path, endpoint, key }: Upgrade): void {
    const { userId, keyId } = key
    const socket = new Socket(
      {
        ws,
        connection: req.socket,
        address: arrival.address,
        path,
        endpoint,
        headers: headersOfTurns(req),
        userId,
        keyId,
        requestId: arrival.requestId,
        lostAccess: () => refusedByNow(this.#deps, { req }),
      },
      this.#parts,
    )
    this.#open.add(socket)
    this.#opened += 1
    count(this.#byKey, keyId, 1)
    count(this.#byUser, userId, 1)
  }

  #closed(socket: Socket, code: number): void {
    if (!this.#open.delete(socket)) return
    const { userId, keyId, requestId, address } = socket.options
    count(this.#byKey, keyId, -1)
    count(this.#byUser, userId, -1)
    this.#turnsOfClosed += socket.turnsBegun
    const durationMs = Math.round(this.#deps.clock.monotonicMs() - socket.openedMonoMs)
    const { turnsBegun: turns } = socket
    if (this.#open.size === 0) for (const resolve of this.#waiting.splice(0)) resolve()
    this.#deps.logger.info({ event: 'socket', requestId, userId, keyId, address, turns, durationMs, code })
  }
}

function count(counts: Map<string, number>, id: string, change: number): void {
  const left = (counts.get(id) ?? 0) + change
  if (left > 0) counts.set(id, left)
  else counts.delete(id)
}
