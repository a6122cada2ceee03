// The length of a FLAC file (RFC 9639) by what its first block says of it, and never less than its bytes take uncompressed. A
// stream that does not say has no length here.
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

/** The mark, the head of the first block, and the block. */
const HEADER_BYTES = 4 + 4 + 34

export class FlacLength implements SoundLength {
  #header: Buffer = Buffer.alloc(0)
  #bytes = 0

  push(piece: Buffer): void {
    this.#bytes += piece.length
    if (this.#header.length < HEADER_BYTES)
      this.#header = Buffer.concat([this.#header, piece]).subarray(0, HEADER_BYTES)
  }

  ms(): number | undefined {
    if (this.#header.length < HEADER_BYTES || ((this.#header[4] ?? 0) & 0x7f) !== 0) return undefined
    // 20 bits of sample rate, 3 of channels, 5 of bits per sample, 36 of samples.
    const packed = this.#header.readBigUInt64BE(18)
    const rate = Number(packed >> 44n)
    const channels = Number((packed >> 41n) & 7n) + 1
    const bits = Number((packed >> 36n) & 31n) + 1
    const samples = Number(packed & 0xfffffffffn)
    if (rate === 0 || samples === 0) return undefined
    return Math.max(toMs(samples, rate), toMs(this.#bytes, rate * channels * Math.ceil(bits / 8)))
  }
}
