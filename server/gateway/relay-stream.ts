// Relays a stream of events: whole events, their bytes as they came, as soon as they came. What ends the stream is withheld
// until the charge is on disk. When the client is gone, or was cut, the upstream is read on and nothing is written.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { Ending } from '../ledger/settle.ts'
import type { Clock } from '../ports.ts'
import type { LiveRequest } from './live-requests.ts'
import { openAiErrorOf } from './openai-error.ts'
import { CLIENT_LEFT_STATUS, codeOf, type Relayed } from './relayed.ts'
import type { Held } from './request.ts'
import { EventSplitter } from './sse.ts'
import type { StreamReader } from './stream-meter.ts'
import type { ExchangeSink, UpstreamExchange, UpstreamFault } from './upstream-exchange.ts'

/** Events beyond this pass unread: an image in base64 may take tens of megabytes, and memory is bounded. */
const EVENT_BYTES_MAX = 16 * 1024 * 1024
/** How long an upstream may keep a stream open behind its last event. */
const AFTER_FINAL_MS_MAX = 5_000

export class StreamRelay implements ExchangeSink {
  /** Resolves when the usage is known, or will never be. */
  readonly measured: Promise<Relayed>
  readonly #held: Held
  readonly #live: LiveRequest
  readonly #reader: StreamReader
  readonly #exchange: UpstreamExchange
  readonly #clock: Clock
  readonly #splitter = new EventSplitter(EVENT_BYTES_MAX)
  #resolveMeasured: (relayed: Relayed) => void = () => {}
  #resolveFinished: () => void = () => {}
  readonly #finished: Promise<void>
  #withheld: Buffer[] = []
  #isWithholding = false
  #isMeasured = false
  #isReleased = false
  #hasEnded = false
  #isPaused = false
  #firstByteMonoMs: number | undefined
  #afterFinalTimer: NodeJS.Timeout | undefined

  constructor(held: Held, live: LiveRequest, exchange: UpstreamExchange, reader: StreamReader, clock: Clock) {
    this.#held = held
    this.#live = live
    this.#exchange = exchange
    this.#reader = reader
    this.#clock = clock
    this.measured = new Promise((resolve) => {
      this.#resolveMeasured = resolve
    })
    this.#finished = new Promise((resolve) => {
      this.#resolveFinished = resolve
    })
    live.onCut = (refused) => this.#cut(refused)
  }

  get hasWritten(): boolean {
    return this.#firstByteMonoMs !== undefined
  }

  onData(chunk: Buffer): void {
    const out: Buffer[] = []
    this.#splitter.push(chunk, (bytes, start, end) => this.#take(bytes.subarray(start, end), out))
    this.#write(out)
  }

  onEnd(): void {
    const rest = this.#splitter.rest()
    if (rest) {
      const out: Buffer[] = []
      this.#take(rest, out)
      this.#write(out)
    }
    // A chat stream that ends with its usage and without [DONE] is complete; one that ends with neither is not.
    this.#end(this.#isWithholding || this.#reader.measured.reported ? undefined : refusal('upstream_failed'))
  }

  onFault(fault: UpstreamFault): void {
    this.#end(refusal(codeOf(fault)))
  }

  #take(event: Buffer, out: Buffer[]): void {
    if (this.#isWithholding) {
      if (this.#isReleased) out.push(event)
      else this.#withheld.push(event)
      return
    }
    const verdict = this.#reader.read(event)
    if (verdict.kind === 'drop') return
    if (verdict.kind === 'withhold') {
      this.#withheld.push(verdict.bytes)
      if (verdict.isFinal) this.#sawFinal()
      return
    }
    // A usage chunk was held back in case it was the last event; it was not.
    if (this.#withheld.length > 0) out.push(...this.#withheld.splice(0))
    out.push(verdict.kind === 'replace' ? verdict.bytes : event)
  }

  #sawFinal(): void {
    this.#isWithholding = true
    this.#afterFinalTimer = setTimeout(() => this.#exchange.abort(), AFTER_FINAL_MS_MAX)
    this.#afterFinalTimer.unref()
    this.#announce(this.#live.isGone ? 'client_left' : 'finished', null)
  }

  #write(pieces: readonly Buffer[]): void {
    const { res } = this.#held
    if (pieces.length === 0 || this.#live.isGone || res.destroyed) return
    this.#firstByteMonoMs ??= this.#clock.monotonicMs()
    const bytes = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
    if (res.write(bytes) || this.#isPaused) return
    this.#isPaused = true
    this.#exchange.pause()
    res.once('drain', () => {
      this.#isPaused = false
      this.#exchange.resume()
    })
  }

  /** The upstream has ended: well, or by breaking off, which the client is told in the stream. */
  #end(broken: Refusal | undefined): void {
    clearTimeout(this.#afterFinalTimer)
    this.#hasEnded = true
    if (!this.#isMeasured) {
      const isBroken = broken !== undefined && !this.#reader.measured.hasFailed
      if (isBroken) this.#withheld.push(this.#reader.errorEvent(openAiErrorOf(broken)))
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
      errorCode: this.#live.cutBy?.code ?? errorCode,
      firstByteMonoMs: this.#firstByteMonoMs,
      finish: () => this.#release(),
      finished: this.#finished,
    })
  }

  #release(): void {
    this.#isReleased = true
    const withheld = this.#withheld.splice(0)
    if (this.#hasEnded && !this.#live.isGone && !this.#held.res.destroyed) {
      // One write for the end of the answer.
      this.#held.res.end(withheld.length > 0 ? Buffer.concat(withheld) : undefined)
      this.#resolveFinished()
      return
    }
    this.#write(withheld)
    if (this.#hasEnded) this.#close()
  }

  #close(): void {
    const { res } = this.#held
    if (!this.#live.isGone && !res.destroyed) res.end()
    this.#resolveFinished()
  }

  #cut(refused: Refusal): void {
    const { res } = this.#held
    if (res.destroyed || res.writableEnded) return
    res.end(this.#reader.errorEvent(openAiErrorOf(refused)))
  }
}
