// A body on its way in: collected, decompressed where it is compressed, and bounded in bytes, in pieces and in time. It is
// whole in the end, or refused, or its client has left.
import type { Transform } from 'node:stream'
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { GrowingBytes } from '../growing-bytes.ts'
import type { ClientRequest } from '../wire/client-exchange.ts'
import type { decoderFor } from './body-decoder.ts'
import type { BodyShare } from './body-memory.ts'
import { deployedModel, withDeployedModel } from './deployed-model.ts'
import { rawPathOf } from './endpoints.ts'

/** The client left before its body was whole: there is nobody to answer. */
export type ReadProblem = Refusal | 'client_left'

export interface ArrivalBounds {
  readonly bytesMax: number
  /** In every window of this length at least so many bytes have to come, until the body is whole. */
  readonly windowMs: number
  readonly windowBytesMin: number
  /** However steadily it comes. */
  readonly totalMs: number
}

/** A slow modem sends ten times as much; a body of the largest size may come at nine kilobytes a second. */
export const SLOWEST: Omit<ArrivalBounds, 'bytesMax'> = {
  windowMs: 30_000,
  windowBytesMin: 8 * 1024,
  totalMs: 3_600_000,
}

/** How much of a refused body is let pass by unread, in bodies of the largest size, before its connection is ended. */
const BODIES_PASSED_BY_MAX = 4
/** Every piece costs some time whatever its size, so there are not to be arbitrarily many small ones. */
const PIECES_UNQUESTIONED = 65_536
const BYTES_PER_PIECE_MIN = 16
/** JSON hardly ever shrinks to a hundredth; what does is made to grow. */
const GROWTH_MAX = 100
const GROWTH_UNQUESTIONED_BYTES = 1024 * 1024
const UPLOAD_RETRY_AFTER_MS = 1_000

/** At once, where it came together with its head. With the model in it that the path of the request names, where one does. */
export function bodyOf(
  req: ClientRequest,
  bounds: ArrivalBounds,
  share: BodyShare,
  decode: ReturnType<typeof decoderFor> = 'identity',
): Result<Buffer, ReadProblem> | Promise<Result<Buffer, ReadProblem>> {
  const arrived = arrivedOf(req, bounds, share, decode)
  const model = deployedModel(rawPathOf(req.url ?? ''))
  const read = (come: Result<Buffer, ReadProblem>): Result<Buffer, ReadProblem> => {
    if (!come.ok) return come
    const body = withoutMark(come.value)
    if (model !== undefined) return ok(withDeployedModel(body, model))
    return body === come.value ? come : ok(body)
  }
  return arrived instanceof Promise ? arrived.then(read) : read(arrived)
}

/** A byte-order mark says nothing about JSON and may be passed over (RFC 8259, section 8.1); programs on Windows write one. */
const withoutMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body

function arrivedOf(
  req: ClientRequest,
  bounds: ArrivalBounds,
  share: BodyShare,
  decode: ReturnType<typeof decoderFor>,
): Result<Buffer, ReadProblem> | Promise<Result<Buffer, ReadProblem>> {
  const { wholeBody } = req
  if (wholeBody !== undefined && decode === 'identity') return takeWhole(wholeBody, bounds, share)
  return new Promise((resolve) => new Arrival(req, bounds, share, decode, resolve))
}

/** Of a body that came together with its head there is nothing to wait for. */
function takeWhole(body: Buffer, { bytesMax }: ArrivalBounds, share: BodyShare): Result<Buffer, Refusal> {
  if (body.length > bytesMax) return fail(tooLarge(bytesMax))
  return share.grow(body.length) ? ok(body) : fail(noRoom())
}

const tooLarge = (maxBytes: number): Refusal => refusal('request_too_large', { maxBytes })
const noRoom = (): Refusal =>
  refusal('upload_limit_exceeded', undefined, { retryAfterMs: UPLOAD_RETRY_AFTER_MS })

const NO_BYTES = new GrowingBytes(0)

/** Bodies whose heads came in this turn of the event loop: small ones are whole before it is over, and need no timer. */
let young: Arrival[] = []

function judgeLater(arrival: Arrival): void {
  if (young.length === 0) setImmediate(beginWindows)
  young.push(arrival)
}

function beginWindows(): void {
  const arrivals = young
  young = []
  for (const arrival of arrivals) arrival.beginWindows()
}

class Arrival {
  readonly #req: ClientRequest
  readonly #bounds: ArrivalBounds
  readonly #share: BodyShare
  readonly #decode: ReturnType<typeof decoderFor>
  readonly #resolve: (result: Result<Buffer, ReadProblem>) => void
  #bytes: GrowingBytes
  #decoder: Transform | undefined
  /** As they came over the wire. */
  #wireBytes = 0
  #pieces = 0
  #hasEnded = false
  #isOver = false
  #timer: NodeJS.Timeout | undefined
  #bytesAtWindow = 0
  #windows = 0

  constructor(
    req: ClientRequest,
    bounds: ArrivalBounds,
    share: BodyShare,
    decode: ReturnType<typeof decoderFor>,
    resolve: (result: Result<Buffer, ReadProblem>) => void,
  ) {
    this.#req = req
    this.#bounds = bounds
    this.#share = share
    this.#decode = decode
    this.#resolve = resolve
    const isPlain = decode === 'identity'
    const expected = isPlain ? Number(req.headers['content-length'] ?? 0) : 0
    this.#bytes = new GrowingBytes(expected, isPlain && req.givesBody === true)
    judgeLater(this)
    req.on('data', (piece: Buffer) => this.#piece(piece))
    req.on('end', () => this.#end())
    // Whatever went wrong, this comes behind it.
    req.on('close', () => this.#left())
  }

  /** Begins to watch over the time that a body takes; most have come whole by then. */
  beginWindows(): void {
    if (this.#isOver || this.#hasEnded) return
    this.#timer = setTimeout(() => this.#judgeWindow(), this.#bounds.windowMs)
  }

  #piece(piece: Buffer): void {
    this.#wireBytes += piece.length
    this.#pieces += 1
    if (this.#isOver) {
      // What still comes passes by unread, for many a client reads no answer before it has sent its all.
      if (this.#wireBytes > this.#bounds.bytesMax * BODIES_PASSED_BY_MAX) this.#req.destroy()
      return
    }
    const refused = this.#refusePiece()
    if (refused) this.#refuse(refused)
    else if (this.#decode === 'identity' || this.#decode === undefined) this.#add(piece)
    else this.#decodePiece(piece, this.#decode)
  }

  #refusePiece(): Refusal | undefined {
    if (this.#wireBytes > this.#bounds.bytesMax) return tooLarge(this.#bounds.bytesMax)
    const areTooSmall =
      this.#pieces > PIECES_UNQUESTIONED && this.#wireBytes < this.#pieces * BYTES_PER_PIECE_MIN
    return areTooSmall
      ? refusal('body_too_complex', { problem: 'it comes in too many small pieces.' })
      : undefined
  }

  #decodePiece(piece: Buffer, decoderOf: (firstByte: number) => Transform): void {
    this.#decoder ??= this.#startDecoder(decoderOf(piece[0] ?? 0))
    if (this.#decoder.write(piece)) return
    this.#req.pause()
    this.#decoder.once('drain', () => this.#req.resume())
  }

  #startDecoder(decoder: Transform): Transform {
    decoder.on('data', (bytes: Buffer) => this.#decoded(bytes))
    decoder.on('end', () => this.#finish(ok(this.#bytes.take())))
    // What zlib says of it is of no use to whoever sent it.
    decoder.on('error', () => this.#refuse(this.#undecodable('it is damaged, or something else.')))
    return decoder
  }

  #decoded(bytes: Buffer): void {
    if (this.#isOver) return
    const length = this.#bytes.length + bytes.length
    const hasGrown = length > GROWTH_UNQUESTIONED_BYTES && length > this.#wireBytes * GROWTH_MAX
    if (length > this.#bounds.bytesMax) this.#refuse(tooLarge(this.#bounds.bytesMax))
    else if (hasGrown) this.#refuse(this.#undecodable(`it grows to more than ${GROWTH_MAX} times its size.`))
    else this.#add(bytes)
  }

  #undecodable(problem: string): Refusal {
    const encoding = (this.#req.headers['content-encoding'] ?? '').slice(0, 40)
    return refusal('invalid_content_encoding', { encoding, problem })
  }

  #add(piece: Buffer): void {
    if (this.#share.grow(this.#bytes.length + piece.length)) this.#bytes.add(piece)
    else this.#refuse(noRoom())
  }

  /** A body that has come to its end is late for nothing any more. */
  #end(): void {
    this.#hasEnded = true
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    if (this.#isOver) return
    if (this.#decoder) this.#decoder.end()
    else this.#finish(ok(this.#bytes.take()))
  }

  #left(): void {
    if (!this.#hasEnded) this.#finish(fail('client_left'))
  }

  #judgeWindow(): void {
    const { windowMs, windowBytesMin, totalMs } = this.#bounds
    this.#windows += 1
    const isSlow = this.#wireBytes - this.#bytesAtWindow < windowBytesMin
    if (isSlow || this.#windows * windowMs >= totalMs) {
      this.#refuse(refusal('request_timeout'))
      return
    }
    this.#bytesAtWindow = this.#wireBytes
    this.#timer = setTimeout(() => this.#judgeWindow(), windowMs)
  }

  #refuse(refused: Refusal): void {
    this.#finish(fail(refused))
  }

  #finish(result: Result<Buffer, ReadProblem>): void {
    if (this.#isOver) return
    this.#isOver = true
    // The connection keeps this until its next request.
    this.#bytes = NO_BYTES
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    if (!result.ok) {
      this.#decoder?.destroy()
      this.#req.resume()
    }
    this.#resolve(result)
  }
}
