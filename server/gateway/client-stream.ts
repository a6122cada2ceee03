// The client's end of a stream: writes what is passed on, slows the upstream down for whoever reads slowly, breaks silences
// with heartbeats, and gives up on a client that takes nothing at all.
import type { Clock } from '../ports.ts'
import type { ClientResponse } from '../wire/client-exchange.ts'
import type { AnswerSource } from './answer-source.ts'
import type { LiveRequest } from './live-requests.ts'

/** How long something may wait to be taken by a client before it counts as gone. */
export const CLIENT_STALLED_MS_MAX = 5 * 60_000

export interface ClientStreamOptions {
  readonly res: ClientResponse
  readonly live: LiveRequest
  readonly source: Pick<AnswerSource, 'pause' | 'resume'>
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Silence after which a heartbeat is sent, and no later than after twice that; 0 for none. */
  readonly heartbeatMs: number
  /** What a heartbeat is now, or undefined where none may be sent: within an event, and behind the last one. */
  readonly heartbeat: () => Buffer | undefined
  readonly stalledMsMax?: number
}

export class ClientStream {
  /** Monotonic milliseconds of the first byte of the answer; heartbeats are none of it. */
  firstByteMonoMs: number | undefined
  readonly #options: ClientStreamOptions
  #isPaused = false
  #wasSilent = true
  #hasBeaten = false
  readonly #heartbeats: NodeJS.Timeout | undefined

  constructor(options: ClientStreamOptions) {
    this.#options = options
    if (options.heartbeatMs === 0) return
    // One timer that looks whether anything was written since: the path of an event costs a flag.
    this.#heartbeats = setInterval(() => this.#beat(), options.heartbeatMs)
    this.#heartbeats.unref()
  }

  /** Whether anything that is written still reaches the client. */
  get isOpen(): boolean {
    const { live, res } = this.#options
    return !live.isGone && !res.destroyed && !res.writableEnded
  }

  write(pieces: readonly Buffer[]): void {
    if (pieces.length === 0 || !this.isOpen) return
    const bytes = this.#joined(pieces)
    this.#begin()
    if (!this.#options.res.write(bytes)) this.#pause()
  }

  /** The same of pieces that lie in memory which is used again afterwards. */
  writeLent(pieces: readonly Buffer[]): void {
    if (pieces.length === 0 || !this.isOpen) return
    const { res } = this.#options
    if (!res.writeLent || this.#isFirstBehindHeartbeat) {
      this.write([Buffer.concat(pieces)])
      return
    }
    this.#begin()
    if (!res.writeLent(pieces)) this.#pause()
  }

  /** The end of the answer, with what it ends in: one write for both. */
  end(pieces: readonly Buffer[] = []): void {
    clearInterval(this.#heartbeats)
    if (!this.isOpen) return
    const { res } = this.#options
    res.socket?.setTimeout(this.#stalledMsMax)
    if (pieces.length > 0) res.end(this.#joined(pieces))
    else res.end()
  }

  /** Breaks the connection: an end would be taken for that of the answer. */
  break(): void {
    clearInterval(this.#heartbeats)
    if (!this.#options.res.writableFinished) this.#options.res.destroy()
  }

  get #stalledMsMax(): number {
    return this.#options.stalledMsMax ?? CLIENT_STALLED_MS_MAX
  }

  #joined(pieces: readonly Buffer[]): Buffer {
    const [first] = pieces
    const bytes = pieces.length === 1 && first ? first : Buffer.concat(pieces)
    // A byte-order mark begins a stream or is text: behind a heartbeat it would be part of the first event's first line.
    return this.#isFirstBehindHeartbeat ? withoutByteOrderMark(bytes) : bytes
  }

  get #isFirstBehindHeartbeat(): boolean {
    return this.#hasBeaten && this.firstByteMonoMs === undefined
  }

  #begin(): void {
    this.firstByteMonoMs ??= this.#options.clock.monotonicMs()
    this.#wasSilent = false
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    const { res, source } = this.#options
    source.pause()
    // Node looks whether anything has left meanwhile, and ends a connection of which nothing has.
    res.socket?.setTimeout(this.#stalledMsMax)
    res.once('drain', () => {
      this.#isPaused = false
      res.socket?.setTimeout(0)
      source.resume()
    })
  }

  #beat(): void {
    if (!this.isOpen) {
      clearInterval(this.#heartbeats)
      return
    }
    const wasSilent = this.#wasSilent
    this.#wasSilent = true
    // Whoever has something to read needs nothing to keep them alive.
    if (!wasSilent || this.#isPaused) return
    const heartbeat = this.#options.heartbeat()
    if (!heartbeat) return
    this.#hasBeaten = true
    if (!this.#options.res.write(heartbeat)) this.#pause()
  }
}

const withoutByteOrderMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
