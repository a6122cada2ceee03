// The length of sound in MP4 or M4A (ISO/IEC 14496-12): the longest that its movie boxes name and that its frames play, those of
// fragments included. The index may stand behind the samples. A file that is shorter than its bytes can be has no length here.
import { GrowingBytes } from '../../growing-bytes.ts'
import { Mp4Tracks } from './mp4-tracks.ts'
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const BOX_HEAD = 8
const LARGE_HEAD = 16
const INDEX_BYTES_MAX = 16 * 1024 * 1024
/** Sound with moving pictures at eight megabits. */
const HIGHEST_BYTES_PER_SECOND = 1_000_000

interface Index {
  readonly type: string
  readonly bytes: GrowingBytes
  missing: number
}

export class Mp4Length implements SoundLength {
  /** Of a box whose head has not come whole. */
  #head: Buffer = Buffer.alloc(0)
  /** Of a box that is passed over, what is still to come. */
  #skip = 0
  /** What has come of a box that is read, however small its pieces are. */
  #index: Index | undefined
  #bytes = 0
  #isBroken = false
  readonly #tracks = new Mp4Tracks()

  push(piece: Buffer): void {
    this.#bytes += piece.length
    let rest = piece
    while (rest.length > 0 && !this.#isBroken) rest = this.#take(rest)
  }

  /** What is left of these bytes. */
  #take(bytes: Buffer): Buffer {
    if (this.#index) return this.#collect(this.#index, bytes)
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, bytes.length)
      this.#skip -= skipped
      return bytes.subarray(skipped)
    }
    const missing = LARGE_HEAD - this.#head.length
    this.#head = Buffer.concat([this.#head, bytes.subarray(0, missing)])
    // A box may be shorter than the head of a large one: the next one begins in what was taken for it.
    while (this.#head.length === LARGE_HEAD && !this.#isBroken) this.#head = this.#begin(this.#head)
    return bytes.subarray(missing)
  }

  /** Begins a box with these bytes; answers those that are behind it. */
  #begin(head: Buffer): Buffer {
    const small = head.readUInt32BE(0)
    const size = small === 1 ? Number(head.readBigUInt64BE(8)) : small
    const start = small === 1 ? LARGE_HEAD : BOX_HEAD
    const type = head.toString('latin1', 4, 8)
    const isRead = type === 'moov' || type === 'moof'
    // Zero: to the end of the file.
    const end = size === 0 ? Number.MAX_SAFE_INTEGER : size
    if (end < start || (isRead && size > INDEX_BYTES_MAX)) this.#isBroken = true
    else if (isRead && size > 0) {
      this.#index = { type, bytes: new GrowingBytes(size - start), missing: size - start }
      this.#collect(this.#index, head.subarray(start, end))
    } else this.#skip = Math.max(0, end - head.length)
    return head.subarray(Math.min(end, head.length))
  }

  #collect(index: Index, bytes: Buffer): Buffer {
    const taken = bytes.subarray(0, index.missing)
    if (taken.length > 0) index.bytes.add(taken)
    index.missing -= taken.length
    if (index.missing === 0) {
      this.#tracks.take(index.type, index.bytes.take())
      this.#index = undefined
    }
    return bytes.subarray(taken.length)
  }

  ms(): number | undefined {
    const ms = this.#tracks.ms()
    return ms !== undefined && ms >= toMs(this.#bytes, HIGHEST_BYTES_PER_SECOND) ? ms : undefined
  }
}
