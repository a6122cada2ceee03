// What has come of an answer before anybody may have it: of a stream, while its hold is on the way to the disk.
import { giveBackMemoryOf } from '../given-memory.ts'
import type { ExchangeSink } from './upstream-exchange.ts'

export interface EarlyBytes {
  /** Whether what is added is copied. */
  readonly borrows: boolean
  readonly isEmpty: boolean
  /** The first that came, undefined where nothing has. */
  readonly first: Buffer | undefined
  add(bytes: Buffer): void
  /** Hands on everything that was added. Called once, and nothing is added behind it. */
  handTo(sink: Pick<ExchangeSink, 'borrows' | 'onData'>): void
}

/** Piece by piece, as they came. */
export class EarlyPieces implements EarlyBytes {
  readonly borrows = false
  #pieces: Buffer[] = []

  get isEmpty(): boolean {
    return this.#pieces.length === 0
  }

  get first(): Buffer | undefined {
    return this.#pieces[0]
  }

  add(bytes: Buffer): void {
    this.#pieces.push(bytes)
  }

  handTo(sink: Pick<ExchangeSink, 'onData'>): void {
    const pieces = this.#pieces
    this.#pieces = []
    for (const piece of pieces) sink.onData(piece)
  }
}

/** What mostly comes of a stream within the time that a hold takes. */
const PLACE_BYTES = 32 * 1024
/** As many streams as mostly begin at once. */
const SPARE_PLACES_MAX = 32

/** Places in which nothing is kept just now. */
const spare: Buffer[] = []

/** Put together, in places that are used again: every stream has such bytes, and each of them would be left to the collector. */
export class JoinedBytes implements EarlyBytes {
  readonly borrows = true
  #place: Buffer | undefined
  #length = 0

  get isEmpty(): boolean {
    return this.#place === undefined
  }

  /** A copy: where more comes, they move, and others get their place. */
  get first(): Buffer | undefined {
    return this.#place && Buffer.from(this.#place.subarray(0, this.#length))
  }

  add(bytes: Buffer): void {
    const length = this.#length + bytes.length
    const place = this.#placeFor(length)
    place.set(bytes, this.#length)
    this.#length = length
  }

  handTo(sink: Pick<ExchangeSink, 'borrows' | 'onData'>): void {
    const place = this.#place
    if (!place) return
    const bytes = place.subarray(0, this.#length)
    this.#place = undefined
    this.#length = 0
    if (sink.borrows) sink.onData(bytes)
    else sink.onData(Buffer.from(bytes))
    this.#leave(place)
  }

  #placeFor(length: number): Buffer {
    const place = this.#place ?? spare.pop() ?? Buffer.allocUnsafeSlow(PLACE_BYTES)
    this.#place = place
    if (length <= place.length) return place
    const larger = Buffer.allocUnsafeSlow(2 * length)
    larger.set(place.subarray(0, this.#length))
    this.#place = larger
    this.#leave(place)
    return larger
  }

  #leave(place: Buffer): void {
    if (place.length > PLACE_BYTES) giveBackMemoryOf(place)
    else if (spare.length < SPARE_PLACES_MAX) spare.push(place)
  }
}
