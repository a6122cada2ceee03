// Relays a stream of events: whole events, their bytes as they came, as soon as they came; one that is too large to be kept
// passes in pieces. What ends the stream is withheld until the charge is on disk. When the client is gone, or was cut, the
// upstream is read on and nothing is written.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { Ending } from '../ledger/settle.ts'
import type { Clock } from '../ports.ts'
import type { AnswerSource } from './answer-source.ts'
import { ByteRun } from './byte-run.ts'
import { ClientStream } from './client-stream.ts'
import type { LiveRequest } from './live-requests.ts'
import { openAiErrorOf } from './openai-error.ts'
import { CLIENT_LEFT_STATUS, codeOf, type Relayed } from './relayed.ts'
import type { Held } from './request.ts'
import { BLANK_LINE, EventSplitter, isWholeEvent } from './sse.ts'
import { type EventInPassing, HAS_TO_BE_READ, type StreamReader } from './stream-meter.ts'
import type { ExchangeSink, UpstreamFault } from './upstream-exchange.ts'

/** What of an event is kept until it is whole; one that is larger is read while it passes. */
const EVENT_BYTES_KEPT_MAX = 1024 * 1024
/** How long an upstream may keep a stream open behind its last event. */
const AFTER_FINAL_MS_MAX = 5_000
/** What may come behind the last event before the charge is on disk. */
const WITHHELD_BYTES_MAX = 1024 * 1024

interface StreamRelayOptions {
  readonly held: Held
  readonly live: LiveRequest
  readonly source: AnswerSource
  readonly reader: StreamReader
  readonly clock: Clock
  readonly heartbeatMs: number
  readonly eventBytesKeptMax?: number
}

export class StreamRelay implements ExchangeSink {
  readonly borrows = true
  /** Resolves when the usage is known, or will never be. */
  readonly measured: Promise<Relayed>
  readonly #held: Held
  readonly #live: LiveRequest
  readonly #reader: StreamReader
  readonly #source: AnswerSource
  readonly #client: ClientStream
  readonly #splitter: EventSplitter
  #resolveMeasured: (relayed: Relayed) => void = () => {}
  #resolveFinished: () => void = () => {}
  readonly #finished: Promise<void>
  /** The event that is passing in pieces. */
  #inPassing: EventInPassing | undefined
  /** What goes out together, once a piece of the upstream's has been read. */
  readonly #out: Buffer[] = []
  readonly #run = new ByteRun()
  #withheld: Buffer[] = []
  #withheldBytes = 0
  #isWithholding = false
  #isMeasured = false
  #isReleased = false
  #hasEnded = false
  #afterFinalTimer: NodeJS.Timeout | undefined

  constructor({ held, live, source, reader, clock, heartbeatMs, eventBytesKeptMax }: StreamRelayOptions) {
    this.#held = held
    this.#live = live
    this.#source = source
    this.#reader = reader
    this.#splitter = new EventSplitter(eventBytesKeptMax ?? EVENT_BYTES_KEPT_MAX)
    const heartbeat = () =>
      this.#inPassing || this.#isWithholding || this.#hasEnded ? undefined : reader.heartbeat()
    this.#client = new ClientStream({ res: held.res, live, source, clock, heartbeatMs, heartbeat })
    this.measured = new Promise((resolve) => {
      this.#resolveMeasured = resolve
    })
    this.#finished = new Promise((resolve) => {
      this.#resolveFinished = resolve
    })
    live.whenCut((refused) => this.#cut(refused))
  }

  get hasWritten(): boolean {
    return this.#client.firstByteMonoMs !== undefined
  }

  onData(chunk: Buffer): void {
    this.#splitter.push(chunk, this.#onEvent, this.#onPiece)
    this.#writeOut()
    if (this.#live.isGone) this.#live.drained(chunk.length)
  }

  onEnd(): void {
    const out = this.#out
    const rest = this.#splitter.rest()
    const wasPassing = this.#inPassing !== undefined
    if (wasPassing) this.#takePiece(rest ?? Buffer.alloc(0), true, out)
    else if (rest) this.#take(rest, out)
    // A chat stream that ends with its usage and without [DONE] is complete; one that ends with neither is not.
    const { measured, mayEndWithUsage } = this.#reader
    const isComplete = this.#isWithholding || (mayEndWithUsage && measured.reported !== undefined)
    if (!isComplete) {
      // Half an event reaches nobody, and a whole one whose blank line is missing gets it: the error comes behind it.
      if (rest && !wasPassing && !isWholeEvent(rest)) out.length = 0
      if (wasPassing || out.length > 0) out.push(BLANK_LINE)
    }
    this.#writeOut()
    this.#end(isComplete ? undefined : refusal('upstream_failed'))
  }

  onFault(fault: UpstreamFault): void {
    this.#end(refusal(codeOf(fault)))
  }

  readonly #onEvent = (bytes: Buffer, start: number, end: number): void => {
    const isPlain = !this.#isWithholding && this.#withheld.length === 0
    const cutAt = isPlain ? (this.#reader.glance?.(bytes, start, end) ?? HAS_TO_BE_READ) : HAS_TO_BE_READ
    if (cutAt === HAS_TO_BE_READ) {
      this.#run.endInto(this.#out)
      this.#take(bytes.subarray(start, end), this.#out)
      return
    }
    this.#run.add(bytes, start, cutAt, this.#out)
    if (cutAt < end) this.#run.add(bytes, cutAt + (this.#reader.cutBytes ?? 0), end, this.#out)
  }

  readonly #onPiece = (piece: Buffer, isLast: boolean): void => {
    this.#run.endInto(this.#out)
    this.#takePiece(piece, isLast, this.#out)
  }

  #writeOut(): void {
    this.#run.endInto(this.#out)
    if (this.#out.length === 0) return
    this.#client.writeLent(this.#out)
    this.#out.length = 0
  }

  #take(event: Buffer, out: Buffer[]): void {
    if (this.#isWithholding) {
      this.#behindFinal(event, out)
      return
    }
    const verdict = this.#reader.read(event)
    if (verdict.kind === 'drop') return
    if (verdict.kind === 'withhold') {
      this.#withhold(verdict.bytes)
      if (verdict.isFinal) this.#sawFinal()
      return
    }
    this.#letGo(out)
    out.push(verdict.kind === 'replace' ? verdict.bytes : event)
  }

  /** A piece of an event that is too large to be kept. Of the stream's last event, the last piece is withheld. */
  #takePiece(piece: Buffer, isLast: boolean, out: Buffer[]): void {
    if (this.#isWithholding) {
      this.#behindFinal(piece, out)
      return
    }
    this.#letGo(out)
    this.#inPassing ??= this.#reader.passing()
    const passed = this.#inPassing.push(piece)
    if (!isLast) return void out.push(...passed)
    const { rest, isFinal } = this.#inPassing.end()
    this.#inPassing = undefined
    if (!isFinal) return void out.push(...passed, ...rest)
    for (const bytes of [...passed, ...rest]) this.#withhold(bytes)
    this.#sawFinal()
  }

  /** A usage chunk was held back in case it was the last event; it was not. */
  #letGo(out: Buffer[]): void {
    if (this.#withheld.length > 0) out.push(...this.#withheld.splice(0))
  }

  #behindFinal(bytes: Buffer, out: Buffer[]): void {
    if (this.#isReleased) out.push(bytes)
    else this.#withhold(bytes)
  }

  #withhold(bytes: Buffer): void {
    if (this.#live.isGone) return
    this.#withheld.push(Buffer.from(bytes))
    this.#withheldBytes += bytes.length
    if (this.#isWithholding && this.#withheldBytes > WITHHELD_BYTES_MAX) this.#source.pause()
  }

  #sawFinal(): void {
    this.#isWithholding = true
    this.#afterFinalTimer = setTimeout(() => this.#source.abort(), AFTER_FINAL_MS_MAX)
    this.#afterFinalTimer.unref()
    // One read may have brought all of it: what came before goes out now, and when it did is known.
    this.#writeOut()
    this.#announce(this.#live.isGone ? 'client_left' : 'finished', null)
  }

  /** The upstream has ended: well, or by breaking off, which the client is told in the stream. */
  #end(broken: Refusal | undefined): void {
    clearTimeout(this.#afterFinalTimer)
    this.#hasEnded = true
    if (!this.#isMeasured) {
      const isBroken = broken !== undefined && !this.#reader.measured.hasFailed
      if (isBroken) this.#withhold(this.#reader.errorEvent(openAiErrorOf(broken)))
      this.#announce(this.#endingOf(broken), isBroken ? broken.code : null)
    }
    if (this.#isReleased) this.#close()
  }

  #endingOf(broken: Refusal | undefined): Ending {
    if (this.#live.isDrainCut) return 'drain_cut'
    if (broken && !this.#reader.measured.reported) return 'upstream_failed'
    return this.#live.isGone ? 'client_left' : 'finished'
  }

  #announce(ending: Ending, errorCode: string | null): void {
    this.#isMeasured = true
    const { measured } = this.#reader
    const hasFailed = measured.hasFailed && !measured.reported && ending !== 'drain_cut'
    this.#resolveMeasured({
      ending: hasFailed ? 'upstream_failed' : ending,
      measured,
      status: this.#held.res.headersSent ? this.#held.res.statusCode : CLIENT_LEFT_STATUS,
      errorCode: this.#live.cutBy?.code ?? (this.#live.isDrainCut ? null : errorCode),
      firstByteMonoMs: this.#client.firstByteMonoMs,
      finish: () => this.#release(),
      finished: this.#finished,
    })
  }

  #release(): void {
    this.#isReleased = true
    if (this.#hasEnded) {
      this.#close()
      return
    }
    this.#client.write(this.#withheld.splice(0))
    if (this.#withheldBytes > WITHHELD_BYTES_MAX) this.#source.resume()
  }

  #close(): void {
    // Within an event, an error event would become part of it.
    if (this.#inPassing) this.#client.break()
    else this.#client.end(this.#withheld.splice(0))
    this.#resolveFinished()
  }

  #cut(refused: Refusal): void {
    if (this.#inPassing) this.#client.break()
    else this.#client.end([this.#reader.errorEvent(openAiErrorOf(refused))])
  }
}
