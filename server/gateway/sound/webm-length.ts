// The length of sound in WebM (RFC 9559): the longer of the times of its clusters and blocks and of what the packets of Opus in
// them play, for those are played whatever their times are. A browser's recorder writes no length at the beginning.
import { opusSamples } from './opus-packet.ts'
import type { SoundLength } from './sound-meter.ts'
import { toMs } from './sound-time.ts'

const SEGMENT = 0x18538067
const INFO = 0x1549a966
const CLUSTER = 0x1f43b675
const TIMESTAMP_SCALE = 0x2ad7b1
const CLUSTER_TIME = 0xe7
const SIMPLE_BLOCK = 0xa3
const BLOCK_GROUP = 0xa0
const BLOCK = 0xa1
const TRACKS = 0x1654ae6b
const TRACK = 0xae
const TRACK_NUMBER = 0xd7
const CODEC = 0x86
/** What is looked into; everything else is passed over. */
const ENTERED = new Set([SEGMENT, INFO, CLUSTER, BLOCK_GROUP, TRACKS, TRACK])
const SMALL_BYTES_MAX = 8
const HEAD_BYTES_MAX = 12
const DEFAULT_SCALE_NS = 1_000_000
/** Sound with moving pictures at eight megabits. */
const HIGHEST_BYTES_PER_SECOND = 1_000_000
/** Where a packet does not say how long it is: no codec for speech has longer ones. */
const LAST_BLOCK_MS = 120
const OPUS_RATE = 48_000
/** What every encoder makes that several packets to a block are known of. */
const LACED_PACKET_SAMPLES = 960
const LACED = 0x06
const FIXED_LACES = 0x04
/** More than any file has; each takes a little memory. */
const TRACKS_MAX = 100

export class WebmLength implements SoundLength {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #bytes = 0
  #isBroken = false
  #scaleNs = DEFAULT_SCALE_NS
  #clusterTime = 0
  #lastMs: number | undefined
  #track: { number: number | undefined; isOpus: boolean } = { number: undefined, isOpus: false }
  /** Samples of each track of Opus. */
  readonly #opus = new Map<number, number>()

  push(piece: Buffer): void {
    this.#bytes += piece.length
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length)
      this.#skip -= skipped
      bytes = bytes.subarray(skipped)
      if (this.#skip > 0 || this.#isBroken) break
      const taken = this.#element(bytes)
      if (taken === 0) break
      bytes = bytes.subarray(taken)
    }
    this.#rest = this.#isBroken ? Buffer.alloc(0) : Buffer.from(bytes)
  }

  /** How many bytes were read of the element that begins here; 0 where too little of it has come. */
  #element(bytes: Buffer): number {
    if (bytes.length < HEAD_BYTES_MAX + SMALL_BYTES_MAX) return 0
    const id = numberAt(bytes, 0, false)
    const size = id && numberAt(bytes, id.length, true)
    if (!id || !size || id.length > 4) {
      this.#isBroken = true
      return 0
    }
    const head = id.length + size.length
    if (id.value === TRACK) this.#track = { number: undefined, isOpus: false }
    if (ENTERED.has(id.value)) return head
    const value = bytes.subarray(head, head + SMALL_BYTES_MAX)
    if (id.value === TIMESTAMP_SCALE) this.#scaleNs = unsigned(value, size.value)
    if (id.value === CLUSTER_TIME) {
      this.#clusterTime = unsigned(value, size.value)
      this.#note(this.#clusterTime, 0)
    }
    if (id.value === TRACK_NUMBER) this.#takeTrack({ number: unsigned(value, size.value) })
    if (id.value === CODEC)
      this.#takeTrack({ isOpus: value.toString('latin1', 0, Math.min(size.value, 6)) === 'A_OPUS' })
    if (id.value === SIMPLE_BLOCK || id.value === BLOCK)
      this.#block(value.subarray(0, Math.min(size.value, SMALL_BYTES_MAX)))
    this.#skip = size.value
    return head
  }

  #takeTrack(told: { readonly number: number } | { readonly isOpus: boolean }): void {
    this.#track = { ...this.#track, ...told }
    const { number, isOpus } = this.#track
    if (isOpus && number !== undefined && !this.#opus.has(number) && this.#opus.size < TRACKS_MAX)
      this.#opus.set(number, 0)
  }

  #block(start: Buffer): void {
    const track = numberAt(start, 0, true)
    if (!track || track.length + 2 > start.length) return
    const time = this.#clusterTime + start.readInt16BE(track.length)
    const played = this.#opus.get(track.value)
    if (played === undefined) {
      this.#note(time, LAST_BLOCK_MS)
      return
    }
    const samples = samplesOfBlock(start.subarray(track.length + 2))
    this.#opus.set(track.value, played + samples)
    this.#note(time, toMs(samples, OPUS_RATE))
  }

  #note(time: number, ms: number): void {
    this.#lastMs = Math.max(this.#lastMs ?? 0, Math.ceil((time * this.#scaleNs) / 1_000_000) + ms)
  }

  ms(): number | undefined {
    if (this.#lastMs === undefined || this.#isBroken) return undefined
    const ms = Math.max(this.#lastMs, toMs(Math.max(0, ...this.#opus.values()), OPUS_RATE))
    return ms >= toMs(this.#bytes, HIGHEST_BYTES_PER_SECOND) ? ms : undefined
  }
}

/** From its flags on. Where packets lie behind their lengths, their first bytes are not looked for. */
function samplesOfBlock(block: Buffer): number {
  const flags = block[0] ?? 0
  if ((flags & LACED) === 0) return opusSamples(block[1], block[2])
  const packets = (block[1] ?? 0) + 1
  const samples = (flags & LACED) === FIXED_LACES ? opusSamples(block[2], block[3]) : LACED_PACKET_SAMPLES
  return packets * samples
}

const unsigned = (bytes: Buffer, size: number): number =>
  size >= 1 && size <= 6 && size <= bytes.length ? bytes.readUIntBE(0, size) : 0

/** A number of variable length (RFC 8794), with or without the bits that tell its length. */
function numberAt(
  bytes: Buffer,
  at: number,
  isSize: boolean,
): { readonly value: number; readonly length: number } | undefined {
  const first = bytes[at] ?? 0
  const length = Math.clz32(first) - 23
  if (first === 0 || length > 8 || at + length > bytes.length) return undefined
  let value = isSize ? first & (0xff >> length) : first
  for (let index = 1; index < length; index += 1) value = value * 256 + (bytes[at + index] ?? 0)
  // All ones: not known. Segments and clusters of a recorder have it, and both are entered anyway.
  return { value, length }
}
