// The length of sound in WebM (RFC 9559) by the times of its clusters and blocks, which players go by. A browser's recorder
// writes no length at the beginning.
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const SEGMENT = 0x18538067
const INFO = 0x1549a966
const CLUSTER = 0x1f43b675
const TIMESTAMP_SCALE = 0x2ad7b1
const CLUSTER_TIME = 0xe7
const SIMPLE_BLOCK = 0xa3
const BLOCK_GROUP = 0xa0
const BLOCK = 0xa1
/** What is looked into; everything else is passed over. */
const ENTERED = new Set([SEGMENT, INFO, CLUSTER, BLOCK_GROUP])
const SMALL_BYTES_MAX = 8
const HEAD_BYTES_MAX = 12
const DEFAULT_SCALE_NS = 1_000_000
/** Sound with moving pictures at eight megabits. */
const HIGHEST_BYTES_PER_SECOND = 1_000_000
/** A block's own length is not written anywhere; no codec for speech has longer ones. */
const LAST_BLOCK_MS = 120

export class WebmLength implements SoundLength {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #bytes = 0
  #isBroken = false
  #scaleNs = DEFAULT_SCALE_NS
  #clusterTime = 0
  #lastTime: number | undefined

  push(piece: Buffer): void {
    this.#bytes += piece.length
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length)
      this.#skip -= skipped
      bytes = bytes.subarray(skipped)
      if (this.#skip > 0 || this.#isBroken) break
      const taken = this.#element(bytes)
      if (taken === 0) break
      bytes = bytes.subarray(taken)
    }
    this.#rest = this.#isBroken ? Buffer.alloc(0) : Buffer.from(bytes)
  }

  /** How many bytes were read of the element that begins here; 0 where too little of it has come. */
  #element(bytes: Buffer): number {
    if (bytes.length < HEAD_BYTES_MAX + SMALL_BYTES_MAX) return 0
    const id = numberAt(bytes, 0, false)
    const size = id && numberAt(bytes, id.length, true)
    if (!id || !size || id.length > 4) {
      this.#isBroken = true
      return 0
    }
    const head = id.length + size.length
    if (ENTERED.has(id.value)) return head
    const value = bytes.subarray(head, head + SMALL_BYTES_MAX)
    if (id.value === TIMESTAMP_SCALE) this.#scaleNs = unsigned(value, size.value)
    if (id.value === CLUSTER_TIME) {
      this.#clusterTime = unsigned(value, size.value)
      this.#note(this.#clusterTime)
    }
    if (id.value === SIMPLE_BLOCK || id.value === BLOCK) {
      const track = numberAt(value, 0, true)
      if (track && track.length + 2 <= value.length)
        this.#note(this.#clusterTime + value.readInt16BE(track.length))
    }
    this.#skip = size.value
    return head
  }

  #note(time: number): void {
    this.#lastTime = Math.max(this.#lastTime ?? 0, time)
  }

  ms(): number | undefined {
    if (this.#lastTime === undefined || this.#isBroken) return undefined
    const ms = Math.ceil((this.#lastTime * this.#scaleNs) / 1_000_000) + LAST_BLOCK_MS
    return ms >= toMs(this.#bytes, HIGHEST_BYTES_PER_SECOND) ? ms : undefined
  }
}

const unsigned = (bytes: Buffer, size: number): number =>
  size >= 1 && size <= 6 && size <= bytes.length ? bytes.readUIntBE(0, size) : 0

/** A number of variable length (RFC 8794), with or without the bits that tell its length. */
function numberAt(
  bytes: Buffer,
  at: number,
  isSize: boolean,
): { readonly value: number; readonly length: number } | undefined {
  const first = bytes[at] ?? 0
  const length = Math.clz32(first) - 23
  if (first === 0 || length > 8 || at + length > bytes.length) return undefined
  let value = isSize ? first & (0xff >> length) : first
  for (let index = 1; index < length; index += 1) value = value * 256 + (bytes[at + index] ?? 0)
  // All ones: not known. Segments and clusters of a recorder have it, and both are entered anyway.
  return { value, length }
}
