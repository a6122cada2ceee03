// The length of sound in MP4 or M4A (ISO/IEC 14496-12): the longest that its movie box and its tracks name. The box may stand
// behind the samples. A file that claims less than its bytes can be has no length here.
import { GrowingBytes } from '../../growing-bytes.ts'
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const BOX_HEAD = 8
const LARGE_HEAD = 16
const MOVIE_BYTES_MAX = 16 * 1024 * 1024
/** Sound with moving pictures at eight megabits. */
const HIGHEST_BYTES_PER_SECOND = 1_000_000

export class Mp4Length implements SoundLength {
  /** Of a box whose head has not come whole. */
  #head: Buffer = Buffer.alloc(0)
  /** Of a box that is passed over, what is still to come. */
  #skip = 0
  /** What has come of the movie box, however small its pieces are. */
  #movie: { readonly bytes: GrowingBytes; missing: number } | undefined
  #bytes = 0
  #isBroken = false
  #isFragmented = false
  #ms: number | undefined

  push(piece: Buffer): void {
    this.#bytes += piece.length
    let rest = piece
    while (rest.length > 0 && !this.#isBroken) rest = this.#take(rest)
  }

  /** What is left of these bytes. */
  #take(bytes: Buffer): Buffer {
    if (this.#movie) return this.#collect(this.#movie, bytes)
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
    // Zero: to the end of the file.
    const end = size === 0 ? Number.MAX_SAFE_INTEGER : size
    if (type === 'moof') this.#isFragmented = true
    if (end < start || (type === 'moov' && size > MOVIE_BYTES_MAX)) this.#isBroken = true
    else if (type === 'moov' && size > 0) {
      this.#movie = { bytes: new GrowingBytes(size - start), missing: size - start }
      this.#collect(this.#movie, head.subarray(start, end))
    } else this.#skip = Math.max(0, end - head.length)
    return head.subarray(Math.min(end, head.length))
  }

  #collect(movie: { readonly bytes: GrowingBytes; missing: number }, bytes: Buffer): Buffer {
    const taken = bytes.subarray(0, movie.missing)
    if (taken.length > 0) movie.bytes.add(taken)
    movie.missing -= taken.length
    if (movie.missing === 0) {
      this.#ms = longestIn(movie.bytes.take(), 0)
      this.#movie = undefined
    }
    return bytes.subarray(taken.length)
  }

  ms(): number | undefined {
    const isBelievable = this.#ms !== undefined && this.#ms >= toMs(this.#bytes, HIGHEST_BYTES_PER_SECOND)
    return this.#isFragmented || !isBelievable ? undefined : this.#ms
  }
}

const CONTAINERS = new Set(['trak', 'mdia'])
const LENGTHS = new Set(['mvhd', 'mdhd'])
const DEPTH_MAX = 4

function msOfBox(type: string, inner: Buffer, depth: number): number | undefined {
  if (CONTAINERS.has(type)) return longestIn(inner, depth + 1)
  return LENGTHS.has(type) ? lengthIn(inner) : undefined
}

function longestIn(bytes: Buffer, depth: number): number | undefined {
  let longest: number | undefined
  for (let at = 0; at + BOX_HEAD <= bytes.length && depth < DEPTH_MAX; ) {
    const size = bytes.readUInt32BE(at)
    if (size < BOX_HEAD || at + size > bytes.length) break
    const type = bytes.toString('latin1', at + 4, at + 8)
    const inner = bytes.subarray(at + BOX_HEAD, at + size)
    const ms = msOfBox(type, inner, depth)
    if (ms !== undefined) longest = Math.max(longest ?? 0, ms)
    at += size
  }
  return longest
}

/** A version, flags, two times, a time scale and a length in it; the times and the length are longer in version one. */
function lengthIn(bytes: Buffer): number | undefined {
  const isLong = bytes[0] === 1
  if (bytes.length < (isLong ? 32 : 20)) return undefined
  const scale = bytes.readUInt32BE(isLong ? 20 : 12)
  const length = isLong ? Number(bytes.readBigUInt64BE(24)) : bytes.readUInt32BE(16)
  return scale === 0 ? undefined : toMs(length, scale)
}
