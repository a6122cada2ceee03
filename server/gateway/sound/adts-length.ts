// The length of AAC in ADTS frames (ISO/IEC 14496-3, 1.A.2) by counting them.
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
]
const HEADER_BYTES = 7
const LOST_BYTES_MAX = 1024 * 1024

export class AdtsLength implements SoundLength {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #lost = 0
  #seconds = 0
  #counted = 0

  push(piece: Buffer): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    let at = this.#skip
    while (at + HEADER_BYTES <= bytes.length && this.#lost <= LOST_BYTES_MAX) at += this.#step(bytes, at)
    this.#skip = Math.max(0, at - bytes.length)
    const rest = bytes.subarray(Math.min(at, bytes.length))
    this.#rest = Buffer.from(rest.subarray(0, this.#lost > LOST_BYTES_MAX ? 0 : HEADER_BYTES))
  }

  #step(bytes: Buffer, at: number): number {
    const rate = SAMPLE_RATES[((bytes[at + 2] ?? 0) >> 2) & 15]
    const length =
      (((bytes[at + 3] ?? 0) & 3) << 11) | ((bytes[at + 4] ?? 0) << 3) | ((bytes[at + 5] ?? 0) >> 5)
    const isFrame = bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf6) === 0xf0
    if (!isFrame || rate === undefined || length < HEADER_BYTES) {
      this.#lost += 1
      return 1
    }
    this.#counted += length
    this.#seconds += (1_024 * (((bytes[at + 6] ?? 0) & 3) + 1)) / rate
    return length
  }

  ms(): number | undefined {
    // What is mostly something else is no AAC, and a player may find there what was not counted here.
    const isAac = this.#lost <= Math.min(LOST_BYTES_MAX, this.#counted)
    return this.#seconds === 0 || !isAac ? undefined : toMs(this.#seconds, 1)
  }
}
