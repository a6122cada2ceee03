// How long a sound is, learnt while its bytes pass. Formats are told by their first bytes, never by a name; lengths are
// counted from what is there wherever the format lets us, and not taken from what a header claims.
import { AdtsLength } from './adts-length.ts'
import { FlacLength } from './flac-length.ts'
import { Mp3Length } from './mp3-length.ts'
import { Mp4Length } from './mp4-length.ts'
import { OggLength } from './ogg-length.ts'
import { PcmLength, WavLength } from './wav-length.ts'
import { WebmLength } from './webm-length.ts'

export interface SoundLength {
  /** Is given all bytes of the sound, the first ones included. */
  push(piece: Buffer): void
  /** Milliseconds of what has passed, a begun one counted; undefined where they cannot be told. */
  ms(): number | undefined
}

/** Enough to tell every format, an ID3 tag before it left out. */
const HEAD_BYTES = 12

export class SoundMeter {
  #head: Buffer = Buffer.alloc(0)
  #length: SoundLength | undefined
  bytes = 0

  /** `isPcm` says that it is bare samples, 16 bits at 24 kHz, which have nothing to be told by. */
  constructor(isPcm = false) {
    if (isPcm) this.#length = new PcmLength()
  }

  push(piece: Buffer): void {
    this.bytes += piece.length
    if (this.#length) {
      this.#length.push(piece)
      return
    }
    this.#head = Buffer.concat([this.#head, piece])
    if (this.#head.length < HEAD_BYTES) return
    this.#length = lengthFor(this.#head)
    this.#length?.push(this.#head)
    this.#head = Buffer.alloc(0)
    this.#length ??= UNREADABLE
  }

  /** Milliseconds, or undefined where they cannot be told. */
  get ms(): number | undefined {
    const ms = this.#length?.ms()
    return ms !== undefined && Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined
  }
}

const UNREADABLE: SoundLength = { push: () => {}, ms: () => undefined }

function lengthFor(head: Buffer): SoundLength | undefined {
  const text = head.toString('latin1')
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return new WavLength()
  if (text.startsWith('fLaC')) return new FlacLength()
  if (text.startsWith('OggS')) return new OggLength()
  if (text.slice(4, 8) === 'ftyp') return new Mp4Length()
  if (head.readUInt32BE(0) === 0x1a45dfa3) return new WebmLength()
  if (text.startsWith('ID3')) return new Mp3Length()
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return new AdtsLength()
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) return new Mp3Length()
  return undefined
}
