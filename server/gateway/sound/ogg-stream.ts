// One stream within Ogg: where its pages say that it is, and how long its packets play. A position may be a lie, for whoever
// decodes a file plays its packets to the end.
import { opusSamples } from './opus-packet.ts'

const OPUS_RATE = 48_000
/** No position: nothing ends on this page. */
const NO_POSITION = 0xffffffffffffffffn
/** Of Opus: what it is, and its tags. Vorbis has its codebooks beside them. */
const OPUS_HEADERS = 2
const VORBIS_HEADERS = 3

export class OggStream {
  isPacketOpen = false
  #kind: 'opus' | 'vorbis' | 'other' | undefined
  #rate = 0
  #position = 0n
  #packets = 0
  #samples = 0
  /** What stands before the sound, and what of the last packet may be cut off by the position. */
  #preSkip = 0
  #last = 0
  #blocks: readonly [number, number] = [0, 0]

  takePosition(position: bigint): void {
    if (position !== NO_POSITION && position > this.#position) this.#position = position
  }

  takePacket(start: Buffer): void {
    if (this.#kind === undefined) this.#begin(start)
    this.#packets += 1
    const samples = this.#samplesOf(start)
    this.#samples += samples
    if (samples > 0) this.#last = samples
  }

  #begin(start: Buffer): void {
    if (start.toString('latin1', 0, 8) === 'OpusHead') {
      this.#kind = 'opus'
      this.#rate = OPUS_RATE
      this.#preSkip = start.length >= 12 ? start.readUInt16LE(10) : 0
    } else if (start.toString('latin1', 0, 7) === '\x01vorbis' && start.length >= 29) {
      this.#kind = 'vorbis'
      this.#rate = start.readUInt32LE(12)
      const sizes = start[28] ?? 0
      this.#blocks = [2 ** (sizes & 15), 2 ** (sizes >> 4)]
    } else this.#kind = 'other'
  }

  #samplesOf(start: Buffer): number {
    if (this.#kind === 'opus') return this.#packets > OPUS_HEADERS ? opusSamples(start[0], start[1]) : 0
    if (this.#kind !== 'vorbis' || this.#packets <= VORBIS_HEADERS) return 0
    // The first bit says that it is sound, the next one its block, in every encoder that is known (Vorbis I, 4.3.1). Half of a
    // block is new.
    const first = start[0] ?? 1
    return (first & 1) === 1 ? 0 : this.#blocks[(first >> 1) & 1 ? 1 : 0] / 2
  }

  /** As its positions say, unless its packets play for longer than their end may be cut off. */
  seconds(): number {
    if (this.#rate === 0) return 0
    const position = Number(this.#position)
    const samples = this.#samples - this.#last > position ? this.#samples : position
    return Math.max(0, samples - this.#preSkip) / this.#rate
  }
}
