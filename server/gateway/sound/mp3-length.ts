// The length of an MP3 (ISO/IEC 11172-3 and 13818-3) by counting its frames; what a Xing or VBRI header claims is not read.
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const BIT_RATES: Readonly<Record<string, readonly number[]>> = {
  '1-1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
const SAMPLE_RATES = [44_100, 48_000, 32_000]
/** Of the versions 2.5, none, 2 and 1. */
const RATE_DIVISORS = [4, 1, 2, 1]

interface Frame {
  readonly bytes: number
  readonly samples: number
  readonly rate: number
}

const HEADER_BYTES = 4
/**
 * Looking for the next frame costs a step a byte, so in a file that has few of them it is given up. What is mostly something else is
 * no MP3, and a player may find there what was not counted here.
 */
const LOST_BYTES_MAX = 1024 * 1024

export class Mp3Length implements SoundLength {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #lost = 0
  #frames = 0
  #seconds = 0
  #counted = 0

  push(piece: Buffer): void {
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    if (this.#skip >= bytes.length) {
      this.#skip -= bytes.length
      this.#rest = Buffer.alloc(0)
      return
    }
    let at = this.#skip
    this.#skip = 0
    while (at + HEADER_BYTES <= bytes.length && this.#lost <= LOST_BYTES_MAX) {
      const frame = frameAt(bytes, at)
      if (frame) {
        this.#frames += 1
        this.#counted += frame.bytes
        this.#seconds += frame.samples / frame.rate
      } else this.#lost += 1
      at += frame?.bytes ?? 1
    }
    this.#skip = Math.max(0, at - bytes.length)
    bytes = bytes.subarray(Math.min(at, bytes.length))
    this.#rest = Buffer.from(bytes.subarray(0, this.#lost > LOST_BYTES_MAX ? 0 : HEADER_BYTES))
  }

  ms(): number | undefined {
    const isMp3 = this.#lost <= Math.min(LOST_BYTES_MAX, this.#counted)
    return this.#frames === 0 || !isMp3 ? undefined : toMs(this.#seconds, 1)
  }
}

function frameAt(bytes: Buffer, at: number): Frame | undefined {
  const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]]
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined
  const version = (second >> 3) & 3
  const layer = 4 - ((second >> 1) & 3)
  const rate = SAMPLE_RATES[(third >> 2) & 3]
  if (version === 1 || layer === 4 || rate === undefined) return undefined
  const isFirst = version === 3
  // The second and third layer of version two have one table.
  const kbits = BIT_RATES[isFirst ? `1-${layer}` : `2-${Math.min(layer, 2)}`]?.[third >> 4]
  if (!kbits) return undefined
  const sampleRate = rate / (RATE_DIVISORS[version] ?? 1)
  const padding = (third >> 1) & 1
  if (layer === 1)
    return {
      bytes: (Math.floor((12_000 * kbits) / sampleRate) + padding) * 4,
      samples: 384,
      rate: sampleRate,
    }
  const samples = layer === 3 && !isFirst ? 576 : 1_152
  return {
    bytes: Math.floor((samples * 125 * kbits) / sampleRate) + padding,
    samples,
    rate: sampleRate,
  }
}
