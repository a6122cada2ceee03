// The length of a FLAC file (RFC 9639): the longest of what its first block says, of what its frames hold, and of what its bytes
// take uncompressed. A stream that is recorded while it is sent says nothing in its first block.
import { type FlacFrame, flacFrameAt } from './flac-frame.ts'
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

/** The mark, the head of the first block, and the block. */
const HEADER_BYTES = 4 + 4 + 34
const FRAME_HEAD_BYTES_MAX = 16
const SYNC = 0xff

export class FlacLength implements SoundLength {
  #header: Buffer = Buffer.alloc(0)
  #rest: Buffer = Buffer.alloc(0)
  #bytes = 0
  /** All others are like the first one. */
  #first: FlacFrame | undefined
  #samples = 0

  push(piece: Buffer): void {
    this.#bytes += piece.length
    if (this.#header.length < HEADER_BYTES)
      this.#header = Buffer.concat([this.#header, piece]).subarray(0, HEADER_BYTES)
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const end = bytes.length - FRAME_HEAD_BYTES_MAX
    let at = bytes.indexOf(SYNC)
    while (at >= 0 && at <= end) at = bytes.indexOf(SYNC, at + this.#step(bytes, at))
    this.#rest = at < 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at))
  }

  #step(bytes: Buffer, at: number): number {
    const frame = flacFrameAt(bytes, at)
    if (!frame || !isLike(frame, this.#first)) return 1
    this.#first ??= frame
    this.#samples += frame.samples
    return frame.headBytes
  }

  /** Those of a last frame that is shorter than the head of one can be. */
  #restSamples(): number {
    for (let at = 0; at < this.#rest.length; at += 1) {
      const frame = flacFrameAt(this.#rest, at)
      if (frame && isLike(frame, this.#first)) return frame.samples
    }
    return 0
  }

  ms(): number | undefined {
    if (this.#header.length < HEADER_BYTES || ((this.#header[4] ?? 0) & 0x7f) !== 0) return undefined
    // 20 bits of sample rate, 3 of channels, 5 of bits per sample, 36 of samples.
    const packed = this.#header.readBigUInt64BE(18)
    const told = Number(packed >> 44n)
    const channels = Number((packed >> 41n) & 7n) + 1
    const bits = Number((packed >> 36n) & 31n) + 1
    const samples = Math.max(Number(packed & 0xfffffffffn), this.#samples + this.#restSamples())
    const rate = Math.min(told || Number.POSITIVE_INFINITY, this.#first?.rate || Number.POSITIVE_INFINITY)
    if (!Number.isFinite(rate) || samples === 0) return undefined
    return Math.max(toMs(samples, rate), toMs(this.#bytes, rate * channels * Math.ceil(bits / 8)))
  }
}

/** What looks like the head of a frame within another one is not like the first one as well. */
const isLike = (frame: FlacFrame, first: FlacFrame | undefined): boolean =>
  first === undefined || (frame.likeness === first.likeness && frame.rate === first.rate)
