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
const TAG_HEAD_BYTES = 10

export class SoundMeter {
  #head: Buffer = Buffer.alloc(0)
  /** Of a tag that is passed over, what is still to come. */
  #tag = 0
  #hasTag = false
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
    const sound = piece.subarray(this.#tag)
    this.#tag -= piece.length - sound.length
    if (sound.length > 0) this.#begin(Buffer.concat([this.#head, sound]))
  }

  #begin(head: Buffer): void {
    this.#head = head
    if (head.length < HEAD_BYTES) return
    if (!this.#hasTag && head.toString('latin1', 0, 3) === 'ID3') {
      this.#hasTag = true
      this.#tag = tagBytes(head)
      const sound = head.subarray(this.#tag)
      this.#tag -= head.length - sound.length
      this.#begin(sound)
      return
    }
    // Behind a tag there may be more of it.
    this.#length = lengthFor(head) ?? (this.#hasTag ? new Mp3Length() : UNREADABLE)
    this.#length.push(head)
    this.#head = Buffer.alloc(0)
  }

  /** Milliseconds, or undefined where they cannot be told. */
  get ms(): number | undefined {
    const ms = this.#length?.ms()
    return ms !== undefined && Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined
  }
}

/** Of an ID3v2 tag, whose size is written in seven bits a byte. */
const tagBytes = (head: Buffer): number =>
  TAG_HEAD_BYTES + [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((head[at] ?? 0) & 0x7f), 0)

const UNREADABLE: SoundLength = { push: () => {}, ms: () => undefined }

function lengthFor(head: Buffer): SoundLength | undefined {
  const text = head.toString('latin1')
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return new WavLength()
  if (text.startsWith('fLaC')) return new FlacLength()
  if (text.startsWith('OggS')) return new OggLength()
  if (text.slice(4, 8) === 'ftyp') return new Mp4Length()
  if (head.readUInt32BE(0) === 0x1a45dfa3) return new WebmLength()
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return new AdtsLength()
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) return new Mp3Length()
  return undefined
}
