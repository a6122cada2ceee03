// One connection over WebSocket: frames come in, each takes its turn on the journey of every request, and what is answered goes
// out as frames. Here is how long it may live, what it may keep waiting, and how it ends.
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { Clock } from '../../ports.ts'
import type { BodyMemory } from '../body-memory.ts'
import { type CreateFrame, readFrame } from './create-frame.ts'
import { refusalFrame, withStreamId } from './error-frame.ts'
import { RememberedResponses } from './remembered-responses.ts'
import { type Answering, toExchange } from './turn.ts'
import type { TurnExchange } from './turn-exchange.ts'
import { RUNNING_MAX, STREAM_IDS_MAX, Turns, WAITING_MAX } from './turns.ts'

/** As OpenAI has it: whoever goes on opens another connection. */
const AGE_MS_MAX = 60 * 60_000
/** Somebody who thinks for so long sends the whole conversation again. */
const IDLE_MS_MAX = 15 * 60_000
/** A connection of which nothing was heard for three pings is taken for one that is gone. */
const UNHEARD_MS_MAX = 90_000
/** What a client that reads nothing may have waiting for it, before it is given up. */
const UNREAD_BYTES_MAX = 1024 * 1024
const PONG_UNREAD_BYTES_MAX = 64 * 1024
/** Whoever sends nothing that can be answered, again and again, is none of the clients that this is for. */
const REFUSED_IN_A_ROW_MAX = 50
/** How long a client has to close its side. */
const CLOSING_MS_MAX = 2_000
/** How long a client has to take what is still there for it, once its access is lost. */
const CUT_MS_MAX = 10_000

/** Status codes of a close (RFC 6455, section 7.4.1; 1013 of the IANA registry). */
const NORMAL = 1000
const GOING_AWAY = 1001
const POLICY = 1008
const TOO_BIG = 1009
const TRY_LATER = 1013

export interface SocketParts {
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Of the bodies of all requests, those that come over HTTP included. */
  readonly bodies: BodyMemory
  /** Of what all connections remember. */
  readonly remembered: BodyMemory
  /** Takes a turn on its journey. */
  answer(exchange: TurnExchange): void
  /** Records that a frame was refused here, and returns the id that its refusal is to carry. */
  recordRefused(socket: Socket, refused: Refusal): string
  closed(socket: Socket, code: number): void
}

export interface SocketOptions {
  readonly ws: WebSocket
  /** What the WebSocket runs on. */
  readonly connection: Duplex
  readonly address: string
  readonly path: string
  readonly endpoint: { readonly name: string }
  /** Those of the upgrade, as far as they are about every turn. */
  readonly headers: Readonly<Record<string, string>>
  readonly userId: string
  readonly keyId: string
  readonly requestId: string
  /** Why it would not be opened now, or undefined where it would. */
  readonly lostAccess: () => Refusal | undefined
}

export class Socket {
  readonly options: SocketOptions
  readonly openedMonoMs: number
  /** Turns that were begun. */
  turnsBegun = 0
  readonly #parts: SocketParts
  readonly #ws: WebSocket
  readonly #turns = new Turns()
  readonly #exchanges = new Set<TurnExchange>()
  readonly #remembered: RememberedResponses
  #arriving: ReturnType<BodyMemory['shareFor']>
  #arrivingBytes = 0
  #heardMonoMs: number
  #usedMonoMs: number
  #refusedInARow = 0
  /** Why nothing more is taken; it closes when nothing runs any more. */
  #closing: { readonly code: number; readonly refused: Refusal } | undefined

  constructor(options: SocketOptions, parts: SocketParts) {
    this.options = options
    this.#parts = parts
    this.#ws = options.ws
    this.openedMonoMs = parts.clock.monotonicMs()
    this.#heardMonoMs = this.openedMonoMs
    this.#usedMonoMs = this.openedMonoMs
    this.#remembered = new RememberedResponses(parts.remembered, options.userId)
    this.#arriving = parts.bodies.shareFor(options.userId)
    // Before anybody else, so that what a piece completes is not counted as what is still coming. Only a whole message makes
    // the count begin again: a control frame may stand between the pieces of one.
    options.connection.prependListener('data', (piece: Buffer) => this.#piece(piece))
    this.#ws.on('message', (data, isBinary) => this.#message(data, isBinary))
    this.#ws.on('ping', (data: Buffer) => this.#ping(data))
    // What breaks a rule of the protocol is closed by the library, with the code for it.
    this.#ws.on('error', () => {})
    this.#ws.once('close', (code) => this.#closed(code))
  }

  get isIdle(): boolean {
    return this.#turns.isIdle
  }

  get #isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN
  }

  /** Looks after it, from time to time. */
  tick(): void {
    const now = this.#parts.clock.monotonicMs()
    const isUnread = this.#ws.bufferedAmount > 0
    if (!isUnread && now - this.#heardMonoMs > UNHEARD_MS_MAX) return void this.#ws.terminate()
    if (this.#isOpen && !isUnread) this.#ws.ping()
    if (now - this.openedMonoMs >= AGE_MS_MAX) this.#closeWhenIdle(NORMAL, TOO_OLD)
    else if (this.isIdle && now - this.#usedMonoMs >= IDLE_MS_MAX) this.#close(NORMAL, 'idle')
  }

  /** Access was lost: whatever runs is cut by whoever runs it, and nothing more is taken. */
  cut(refused: Refusal): void {
    if (this.#closing?.code === POLICY) return
    this.#turns.clear()
    if (this.#turns.running === 0) this.#refuse(refused, undefined)
    else this.#terminateIn(CUT_MS_MAX)
    this.#closeWhenIdle(POLICY, refused)
  }

  /** What runs goes on, and nothing more is taken, for the reason that is given. */
  goAway(refused: Refusal): void {
    if (this.#closing?.code !== POLICY) this.#closeWhenIdle(GOING_AWAY, refused)
  }

  terminate(): void {
    this.#ws.terminate()
  }

  // --- what comes in

  #piece(piece: Buffer): void {
    this.#heardMonoMs = this.#parts.clock.monotonicMs()
    if (!this.#isOpen) return
    this.#arrivingBytes += piece.length
    if (this.#arriving.grow(this.#arrivingBytes)) return
    this.#refuse(refusal('upload_limit_exceeded', undefined, { retryAfterMs: 1_000 }), undefined)
    this.#close(TRY_LATER, 'upload_limit_exceeded')
  }

  /** The share of what has arrived, which is from now on somebody else's to give back. */
  #arrived(): () => void {
    const share = this.#arriving
    this.#arriving = this.#parts.bodies.shareFor(this.options.userId)
    this.#arrivingBytes = 0
    return () => share.release()
  }

  /** A pong for each ping, as far as they are read: what nobody takes would pile up. */
  #ping(data: Buffer): void {
    if (this.#ws.bufferedAmount < PONG_UNREAD_BYTES_MAX) this.#ws.pong(data)
  }

  #message(data: unknown, isBinary: boolean): void {
    const release = this.#arrived()
    // Whoever was told that it ends is not answered any more.
    if (!this.#isOpen) return void release()
    this.#usedMonoMs = this.#parts.clock.monotonicMs()
    const frame = isBinary || !Buffer.isBuffer(data) ? undefined : readFrame(data)
    if (!frame) this.#refuse(refusal('invalid_json', { problem: 'a frame has to be a text.' }), undefined)
    else if (!frame.ok) this.#refuse(frame.error.refused, frame.error.streamId)
    else if (this.#refuseFrame(frame.value)) {
      // It was told why.
    } else {
      this.#refusedInARow = 0
      this.#turns.add({ frame: frame.value, release })
      this.#runNext()
      return
    }
    release()
  }

  #refuseFrame({ streamId }: CreateFrame): boolean {
    const isTooOld = this.#parts.clock.monotonicMs() - this.openedMonoMs >= AGE_MS_MAX
    const bound = this.#turns.boundFor(streamId)
    const refused =
      this.#closing?.refused ??
      (isTooOld ? TOO_OLD : undefined) ??
      (bound === 'streams'
        ? refusal('websocket_stream_limit_reached', { limit: STREAM_IDS_MAX })
        : undefined) ??
      (bound === 'waiting'
        ? refusal('concurrency_limit_exceeded', { limit: WAITING_MAX + RUNNING_MAX }, { retryAfterMs: 1_000 })
        : undefined)
    if (refused) this.#refuse(refused, streamId)
    if (isTooOld) this.#closeWhenIdle(NORMAL, TOO_OLD)
    return refused !== undefined
  }

  // --- turns

  #runNext(): void {
    for (let next = this.#turns.next(); next; next = this.#turns.next()) {
      this.#run(next.frame)
      next.release()
    }
    const closing = this.#closing
    if (closing && this.isIdle) this.#close(closing.code, closing.refused.code)
  }

  #run(frame: CreateFrame): void {
    const { address, path, headers } = this.options
    const begun = toExchange(frame, {
      ...{ address, path, headers, remembered: this.#remembered },
      send: (answering) => this.#send(answering),
      ended: () => {
        if (begun.ok) this.#exchanges.delete(begun.value)
        this.#usedMonoMs = this.#parts.clock.monotonicMs()
        this.#turns.ended(frame)
        this.#runNext()
      },
      stalled: () => this.#ws.terminate(),
    })
    if (!begun.ok) {
      this.#turns.ended(frame)
      this.#refuse(begun.error, frame.streamId)
      return
    }
    this.turnsBegun += 1
    this.#exchanges.add(begun.value)
    this.#parts.answer(begun.value)
  }

  // --- what goes out

  #send({ frames, done, isTooLarge }: Answering): void {
    if (isTooLarge) this.#close(TOO_BIG, 'an event is too large')
    if (frames.length === 0 || !this.#isOpen) return void done()
    for (const [index, frame] of frames.entries()) {
      this.#ws.send(frame, index === frames.length - 1 ? () => done() : undefined)
    }
  }

  #refuse(refused: Refusal, streamId: string | undefined): void {
    this.#refusedInARow += 1
    const requestId = this.#parts.recordRefused(this, refused)
    if (this.#ws.bufferedAmount > UNREAD_BYTES_MAX) return void this.#ws.terminate()
    const frames = [withStreamId(refusalFrame(refused, requestId), streamId)]
    this.#send({ frames, done: () => {}, isTooLarge: false })
    if (this.#refusedInARow >= REFUSED_IN_A_ROW_MAX) this.#close(POLICY, 'nothing of this can be answered')
  }

  // --- its end

  #closeWhenIdle(code: number, refused: Refusal): void {
    this.#closing = { code, refused }
    this.#runNext()
  }

  #close(code: number, reason: string): void {
    if (!this.#isOpen) return
    this.#ws.close(code, reason)
    this.#terminateIn(CLOSING_MS_MAX)
  }

  #terminateIn(ms: number): void {
    const timer = setTimeout(() => this.#ws.terminate(), ms)
    timer.unref()
    this.#ws.once('close', () => clearTimeout(timer))
  }

  #closed(code: number): void {
    this.#turns.clear()
    this.#arrived()()
    this.#remembered.clear()
    for (const exchange of this.#exchanges) exchange.leave()
    this.#parts.closed(this, code)
  }
}

const TOO_OLD = refusal('websocket_connection_limit_reached')
