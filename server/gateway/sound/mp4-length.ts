// The length of sound in MP4 or M4A (ISO/IEC 14496-12): the longest that its movie box and its tracks name. The box may stand
// behind the samples. A file that claims less than its bytes can be has no length here.
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const BOX_HEAD = 8
const LARGE_HEAD = 16
const MOVIE_BYTES_MAX = 16 * 1024 * 1024
/** Sound with moving pictures at eight megabits. */
const HIGHEST_BYTES_PER_SECOND = 1_000_000

export class Mp4Length implements SoundLength {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #bytes = 0
  #isBroken = false
  #isFragmented = false
  #ms: number | undefined

  push(piece: Buffer): void {
    this.#bytes += piece.length
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    while (!this.#isBroken) {
      const skipped = Math.min(this.#skip, bytes.length)
      this.#skip -= skipped
      bytes = bytes.subarray(skipped)
      const box = this.#skip > 0 ? undefined : this.#box(bytes)
      if (box === undefined) break
      this.#skip = box
    }
    this.#rest = this.#isBroken ? Buffer.alloc(0) : Buffer.from(bytes)
  }

  #box(bytes: Buffer): number | undefined {
    if (bytes.length < LARGE_HEAD) return undefined
    const small = bytes.readUInt32BE(0)
    const size = small === 1 ? Number(bytes.readBigUInt64BE(8)) : small
    const type = bytes.toString('latin1', 4, 8)
    // Zero: to the end of the file.
    if (size < BOX_HEAD) {
      this.#isBroken ||= size !== 0
      return size === 0 ? Number.MAX_SAFE_INTEGER : undefined
    }
    if (type === 'moof') this.#isFragmented = true
    if (type !== 'moov') return size
    if (size > MOVIE_BYTES_MAX) this.#isBroken = true
    if (bytes.length < size || this.#isBroken) return undefined
    this.#ms = longestIn(bytes.subarray(small === 1 ? LARGE_HEAD : BOX_HEAD, size), 0)
    return size
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
