// The length of sound in Ogg (RFC 3533): of each stream in it the longer of the positions that its pages name and of what its
// packets play, be they Opus (RFC 7845) or Vorbis. Streams that follow one another add up. Never less than the bytes take at
// the highest rate that Opus has.
import { OggStream } from './ogg-stream.ts'
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const HEADER_BYTES = 27
const HIGHEST_BYTES_PER_SECOND = 64_000
const LACE_MAX = 255
/** More than any recording is made of; each takes a little memory. */
const STREAMS_MAX = 100
const CONTINUED = 1
const BEGINS_STREAM = 2
/** As much of the beginning of a packet as is looked at: all of what says how Vorbis is packed. */
const PEEK_BYTES = 30

/** A part of a page that belongs to one packet. */
interface Part {
  readonly bytes: number
  readonly isStart: boolean
}

export class OggLength implements SoundLength {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #bytes = 0
  readonly #streams = new Map<number, OggStream>()
  #seconds = 0
  #ended = 0
  #current: OggStream | undefined
  /** Of the page that is read, the last one first. */
  #parts: Part[] = []
  #isBroken = false

  push(piece: Buffer): void {
    this.#bytes += piece.length
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length)
      this.#skip -= skipped
      bytes = bytes.subarray(skipped)
      if (this.#skip > 0 || this.#isBroken) break
      const taken = this.#parts.length > 0 ? this.#packet(bytes) : this.#page(bytes)
      if (taken === undefined) break
      this.#skip = taken
    }
    this.#rest = this.#isBroken ? Buffer.alloc(0) : Buffer.from(bytes)
  }

  /** The bytes of this part of a packet; undefined where too little of it has come. */
  #packet(bytes: Buffer): number | undefined {
    const part = this.#parts.at(-1)
    if (!part) return undefined
    const seen = Math.min(part.bytes, PEEK_BYTES)
    if (part.isStart && bytes.length < seen) return undefined
    if (part.isStart) this.#current?.takePacket(bytes.subarray(0, seen))
    this.#parts.pop()
    return part.bytes
  }

  /** The bytes of the head of the page that begins here; undefined where too little of it has come. */
  #page(bytes: Buffer): number | undefined {
    const head = HEADER_BYTES + (bytes[26] ?? 0)
    if (bytes.length < head) return undefined
    const stream = bytes.toString('latin1', 0, 4) === 'OggS' ? this.#streamOf(bytes) : undefined
    if (!stream) {
      this.#isBroken = true
      return undefined
    }
    stream.takePosition(bytes.readBigUInt64LE(6))
    this.#current = stream
    const goesOn = stream.isPacketOpen && ((bytes[5] ?? 0) & CONTINUED) !== 0
    const laces = bytes.subarray(HEADER_BYTES, head)
    this.#parts = partsOf(laces, goesOn).reverse()
    if (laces.length > 0) stream.isPacketOpen = laces.at(-1) === LACE_MAX
    return head
  }

  #streamOf(page: Buffer): OggStream | undefined {
    const serial = page.readUInt32LE(14)
    const known = this.#streams.get(serial)
    const begins = ((page[5] ?? 0) & BEGINS_STREAM) !== 0
    if (known && !begins) return known
    if (this.#streams.size + this.#ended === STREAMS_MAX) return undefined
    if (known) {
      this.#seconds += known.seconds()
      this.#ended += 1
    }
    const stream = new OggStream()
    this.#streams.set(serial, stream)
    return stream
  }

  ms(): number | undefined {
    let seconds = this.#seconds
    for (const stream of this.#streams.values()) seconds += stream.seconds()
    if (this.#isBroken || seconds === 0) return undefined
    return Math.max(toMs(seconds, 1), toMs(this.#bytes, HIGHEST_BYTES_PER_SECOND))
  }
}

/** A packet ends with the first lace that is not full, or goes on behind the page. */
function partsOf(laces: Buffer, goesOn: boolean): Part[] {
  const parts: Part[] = []
  let bytes = 0
  let isStart = !goesOn
  for (const lace of laces) {
    bytes += lace
    if (lace === LACE_MAX) continue
    parts.push({ bytes, isStart })
    bytes = 0
    isStart = true
  }
  if (bytes > 0) parts.push({ bytes, isStart })
  return parts
}
