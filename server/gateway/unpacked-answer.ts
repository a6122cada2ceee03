// Unpacks an answer that comes compressed although none was asked for: it has to be measured, and the client was promised
// plain bytes. Handed on as it comes, so that a stream stays one; what expands beyond reason is a broken answer.
import type { Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import type { AnswerSource } from './answer-source.ts'
import type { ExchangeSink, UpstreamFault } from './upstream-exchange.ts'

/** Text and JSON shrink to a hundredth at the very most; what grows more than this is a bomb. */
const EXPANSION_MAX = 200
/** Below this, even a bomb does no harm. */
const EXPANSION_CHECKED_ABOVE_BYTES = 8 * 1024 * 1024
/** More than one coding over another is not seen in practice. */
const CODINGS_MAX = 2

// An answer that is cut off gives what was whole of it, and is judged like any other that ends early.
const ZLIB = { finishFlush: constants.Z_SYNC_FLUSH }
const BROTLI = { finishFlush: constants.BROTLI_OPERATION_FLUSH }
const ZSTD = { finishFlush: constants.ZSTD_e_flush }

const DECODERS: ReadonlyMap<string, (first: Buffer) => Transform> = new Map<
  string,
  (first: Buffer) => Transform
>([
  ['gzip', () => createGunzip(ZLIB)],
  ['x-gzip', () => createGunzip(ZLIB)],
  ['deflate', (first) => (isZlib(first) ? createInflate(ZLIB) : createInflateRaw(ZLIB))],
  ['br', () => createBrotliDecompress(BROTLI)],
  ['zstd', () => createZstdDecompress(ZSTD)],
])

/** Named "deflate" is a zlib stream (RFC 9110, 8.4.1.2), and some servers send the bare one all the same. */
function isZlib([method = 0, flags]: Buffer): boolean {
  return (method & 0x8f) === 8 && (flags === undefined || (method * 256 + flags) % 31 === 0)
}

const UNCODED: readonly string[] = []

/** The codings of an answer, the outermost first. */
export function codingsOf(contentEncoding: string | readonly string[] | undefined): readonly string[] {
  if (contentEncoding === undefined) return UNCODED
  // A field that stood twice is a list of both (RFC 9110, 5.3).
  const codings = String(contentEncoding).toLowerCase().split(',')
  return codings
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
    .reverse()
}

/** The answer in plain bytes: the source itself where it is that already, undefined where a coding is not known. */
export function unpacked(source: AnswerSource, codings: readonly string[]): AnswerSource | undefined {
  if (codings.length > CODINGS_MAX) return undefined
  let plain = source
  for (const coding of codings) {
    const createDecoder = DECODERS.get(coding)
    if (!createDecoder) return undefined
    plain = new UnpackedAnswer(plain, createDecoder)
  }
  return plain
}

class UnpackedAnswer implements AnswerSource, ExchangeSink {
  readonly #source: AnswerSource
  readonly #createDecoder: (first: Buffer) => Transform
  #decoder: Transform | undefined
  #sink: ExchangeSink | undefined
  #early: Buffer[] = []
  #resolveFirst: ((first: Buffer | undefined) => void) | undefined
  #bytesIn = 0
  #bytesOut = 0
  #isPaused = false
  #isOver = false
  /** What ended the answer before its end; told behind what could still be unpacked. */
  #fault: UpstreamFault | undefined

  constructor(source: AnswerSource, createDecoder: (first: Buffer) => Transform) {
    this.#source = source
    this.#createDecoder = createDecoder
    source.consume(this)
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return
    this.#bytesIn += chunk.length
    const decoder = this.#decoder ?? this.#start(chunk)
    if (!decoder.write(chunk)) this.#source.pause()
  }

  onEnd(): void {
    if (this.#decoder) this.#decoder.end()
    else this.#end()
  }

  onFault(fault: UpstreamFault): void {
    this.#fault ??= fault
    if (fault.kind !== 'aborted') {
      this.onEnd()
      return
    }
    this.#decoder?.destroy()
    this.#end()
  }

  firstChunk(): Promise<Buffer | undefined> {
    if (this.#early.length > 0 || this.#isOver) return Promise.resolve(this.#early[0])
    return new Promise((resolve) => {
      this.#resolveFirst = resolve
    })
  }

  consume(sink: ExchangeSink): void {
    const early = this.#early
    this.#early = []
    for (const chunk of early) sink.onData(chunk)
    this.#sink = sink
    if (this.#isOver) this.#tellEnd(sink)
    else if (!this.#isPaused) this.#decoder?.resume()
  }

  pause(): void {
    this.#isPaused = true
    this.#decoder?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#decoder?.resume()
  }

  abort(): void {
    this.#source.abort()
  }

  #start(first: Buffer): Transform {
    const decoder = this.#createDecoder(first)
    this.#decoder = decoder
    decoder.on('data', (bytes: Buffer) => this.#take(bytes))
    decoder.on('drain', () => this.#source.resume())
    decoder.on('end', () => this.#end())
    decoder.on('error', (cause) => this.#fail(cause))
    if (this.#isPaused) decoder.pause()
    return decoder
  }

  #take(bytes: Buffer): void {
    this.#bytesOut += bytes.length
    const isBomb =
      this.#bytesOut > EXPANSION_CHECKED_ABOVE_BYTES && this.#bytesOut > this.#bytesIn * EXPANSION_MAX
    if (isBomb) this.#fail(new Error('The answer expands beyond reason.'))
    else if (this.#sink) this.#sink.onData(bytes)
    else this.#keepEarly(bytes)
  }

  #keepEarly(bytes: Buffer): void {
    this.#early.push(bytes)
    this.#decoder?.pause()
    this.#resolveFirst?.(bytes)
  }

  /** What was packed is broken, or is not what it says it is. */
  #fail(cause: Error): void {
    if (this.#isOver) return
    this.#fault = { kind: 'broken', cause, wasStaleSocket: false }
    this.#decoder?.destroy()
    this.#end()
    this.#source.abort()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#resolveFirst?.(undefined)
    if (this.#sink) this.#tellEnd(this.#sink)
  }

  #tellEnd(sink: ExchangeSink): void {
    if (this.#fault) sink.onFault(this.#fault)
    else sink.onEnd()
  }
}
