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
      if (id === 'fmt ' && at + 24 <= this.#header.length) this.#readFormat(at + 8)
      at += 8 + size + (size % 2)
    }
    if (this.#header.length > HEADER_BYTES_MAX) this.#isUnreadable = true
  }

  #readFormat(at: number): void {
    const codec = this.#header.readUInt16LE(at)
    const channels = this.#header.readUInt16LE(at + 2)
    const rate = this.#header.readUInt32LE(at + 4)
    const named = this.#header.readUInt32LE(at + 8)
    const bits = this.#header.readUInt16LE(at + 14)
    const isLinear = codec === 1 || codec === 3 || codec === 0xfffe
    // Of samples as they are, the bytes of a second follow from what they are made of, whatever the header names.
    this.#bytesPerSecond = isLinear ? rate * channels * Math.ceil(bits / 8) : named
  }

  ms(): number | undefined {
    if (!this.#isInData || !this.#bytesPerSecond) return undefined
    return toMs(this.#dataBytes, this.#bytesPerSecond)
  }
}
