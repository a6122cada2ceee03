// The length of a WAV file (RIFF, "Multiple channel audio data and WAVE files") by the bytes of its samples that are there,
// and of bare samples.

import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

/** OpenAI's `pcm`: 24 kHz, 16 bits, one channel. */
const PCM_BYTES_PER_SECOND = 48_000

export class PcmLength implements SoundLength {
  #bytes = 0

  push(piece: Buffer): void {
    this.#bytes += piece.length
  }

  ms(): number {
    return toMs(this.#bytes, PCM_BYTES_PER_SECOND)
  }
}

const HEADER_BYTES_MAX = 64 * 1024

/** PCM and floating point; A-law and mu-law; a format that names another one further behind. */
const LINEAR: ReadonlySet<number> = new Set([1, 3])
const ONE_BYTE: ReadonlySet<number> = new Set([6, 7])
const EXTENSIBLE = 0xfffe
const NAMED_BEHIND = 24
/** As of Opus, whose highest rate it is. */
const COMPRESSED_BYTES_PER_SECOND_MAX = 64_000

function codecAt(header: Buffer, at: number, size: number): number {
  const codec = header.readUInt16LE(at)
  return codec === EXTENSIBLE && size >= NAMED_BEHIND + 2 ? header.readUInt16LE(at + NAMED_BEHIND) : codec
}

export class WavLength implements SoundLength {
  #header: Buffer = Buffer.alloc(0)
  #bytesPerSecond: number | undefined
  #dataBytes = 0
  #isInData = false
  #isUnreadable = false

  push(piece: Buffer): void {
    if (this.#isInData) this.#dataBytes += piece.length
    else if (!this.#isUnreadable) {
      this.#header = Buffer.concat([this.#header, piece])
      this.#readHeader()
    }
  }

  /** The size that `data` claims is of no interest: streams write 0xffffffff there, and liars something small. */
  #readHeader(): void {
    let at = 12
    while (at + 8 <= this.#header.length) {
      const id = this.#header.toString('latin1', at, at + 4)
      const size = this.#header.readUInt32LE(at + 4)
      if (id === 'data') {
        this.#isInData = true
        this.#dataBytes = this.#header.length - at - 8
        this.#header = Buffer.alloc(0)
        return
      }
      // With all of its members: one that is cut off is read again when more has come.
      if (id === 'fmt ' && at + 8 + size > this.#header.length) break
      if (id === 'fmt ') this.#readFormat(at + 8, size)
      at += 8 + size + (size % 2)
    }
    if (this.#header.length > HEADER_BYTES_MAX) this.#isUnreadable = true
  }

  /** Of a file that has several, players read the first. */
  #readFormat(at: number, size: number): void {
    if (size < 16) return
    const header = this.#header
    const samplesPerSecond = header.readUInt16LE(at + 2) * header.readUInt32LE(at + 4)
    const named = header.readUInt32LE(at + 8)
    const bits = header.readUInt16LE(at + 14)
    const codec = codecAt(header, at, size)
    // Of samples as they are, the bytes of a second follow from what they are made of, whatever the header names. Others are
    // smaller, and no recorder writes more of them a second.
    if (LINEAR.has(codec)) this.#bytesPerSecond ??= samplesPerSecond * Math.ceil(bits / 8)
    else if (ONE_BYTE.has(codec)) this.#bytesPerSecond ??= samplesPerSecond
    else this.#bytesPerSecond ??= Math.min(named, samplesPerSecond, COMPRESSED_BYTES_PER_SECOND_MAX)
  }

  ms(): number | undefined {
    if (!this.#isInData || !this.#bytesPerSecond) return undefined
    return toMs(this.#dataBytes, this.#bytesPerSecond)
  }
}
