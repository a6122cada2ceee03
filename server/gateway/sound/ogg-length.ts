// The length of sound in Ogg (RFC 3533) by the positions that its pages name: Opus (RFC 7845) at 48 kHz, Vorbis at its own
// rate. Never less than the bytes take at the highest rate that Opus has.
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const HEADER_BYTES = 27
const OPUS_RATE = 48_000
const HIGHEST_BYTES_PER_SECOND = 64_000
/** No position: nothing ends on this page. */
const NO_POSITION = 0xffffffffffffffffn

export class OggLength implements SoundLength {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #bytes = 0
  #rate: number | undefined
  #position = 0n
  #isBroken = false

  push(piece: Buffer): void {
    this.#bytes += piece.length
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    while (!this.#isBroken) {
      const skipped = Math.min(this.#skip, bytes.length)
      this.#skip -= skipped
      bytes = bytes.subarray(skipped)
      const page = this.#skip > 0 ? undefined : this.#page(bytes)
      if (page === undefined) break
      this.#skip = page
    }
    this.#rest = this.#isBroken ? Buffer.alloc(0) : Buffer.from(bytes)
  }

  /** The bytes of the page that begins here; undefined where not enough of it has come. */
  #page(bytes: Buffer): number | undefined {
    const segments = bytes[26] ?? 0
    const head = HEADER_BYTES + segments
    // With the beginning of what the first page carries, which names the codec.
    if (bytes.length < head + (this.#rate === undefined ? 16 : 0)) return undefined
    if (bytes.toString('latin1', 0, 4) !== 'OggS') {
      this.#isBroken = true
      return undefined
    }
    this.#rate ??= rateOf(bytes.subarray(head))
    const position = bytes.readBigUInt64LE(6)
    if (position !== NO_POSITION && position > this.#position) this.#position = position
    return head + bytes.subarray(HEADER_BYTES, head).reduce((sum, size) => sum + size, 0)
  }

  ms(): number | undefined {
    if (!this.#rate || this.#isBroken || this.#position === 0n) return undefined
    return Math.max(toMs(Number(this.#position), this.#rate), toMs(this.#bytes, HIGHEST_BYTES_PER_SECOND))
  }
}

function rateOf(packet: Buffer): number {
  if (packet.toString('latin1', 0, 8) === 'OpusHead') return OPUS_RATE
  return packet.toString('latin1', 1, 7) === 'vorbis' ? packet.readUInt32LE(12) : 0
}
