// What the boxes of MP4 say of its tracks: the lengths that they name, and how many frames of AAC there are, which a player
// plays whatever the times around them claim. An index may come again, or in fragments; then its frames add up.
import { toMs } from './sound-time.ts'

const BOX_HEAD = 8
const DEPTH_MAX = 6
const FRAME_SAMPLES = 1_024
/** More than any file has. */
const TRACKS_MAX = 100
const BOXES_MAX = 1_000_000
const CONTAINERS: ReadonlySet<string> = new Set(['trak', 'mdia', 'minf', 'stbl', 'traf', 'mvex'])
/** Of AAC (ISO/IEC 14496-3, 1.6.3.4). */
const RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
]

interface Track {
  /** Of its sound; 0 where it is none that is known. */
  rate: number
  frames: number
  fragmentFrames: number
  /** Units of its times in a second. */
  scale: number
  /** What a sample of a fragment lasts where that does not say. */
  sampleUnits: number
  fragmentUnits: number
}

const newTrack = (): Track => ({
  rate: 0,
  frames: 0,
  fragmentFrames: 0,
  scale: 0,
  sampleUnits: 0,
  fragmentUnits: 0,
})

export class Mp4Tracks {
  readonly #tracks = new Map<number, Track>()
  #track: Track = newTrack()
  #longestMs: number | undefined
  #hasFragments = false
  /** What a sample lasts in the fragment that is read. */
  #fragmentUnits = 0
  #boxes = 0

  take(type: string, bytes: Buffer): void {
    if (type === 'moof') this.#hasFragments = true
    this.#walk(bytes, 0)
  }

  #walk(bytes: Buffer, depth: number): void {
    for (let at = 0; at + BOX_HEAD <= bytes.length && depth < DEPTH_MAX && this.#boxes < BOXES_MAX; ) {
      const size = bytes.readUInt32BE(at)
      if (size < BOX_HEAD || at + size > bytes.length) break
      this.#boxes += 1
      this.#box(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + BOX_HEAD, at + size), depth)
      at += size
    }
  }

  #box(type: string, inner: Buffer, depth: number): void {
    switch (type) {
      case 'mdhd':
        this.#track.scale = numberAt(inner, inner[0] === 1 ? 20 : 12)
        this.#longestMs = longer(this.#longestMs, lengthIn(inner))
        return
      case 'mvhd':
        this.#longestMs = longer(this.#longestMs, lengthIn(inner))
        return
      case 'trex':
        this.#enter(numberAt(inner, 4))
        this.#track.sampleUnits = numberAt(inner, 12)
        return
      case 'tkhd':
        this.#enter(numberAt(inner, inner[0] === 1 ? 20 : 12))
        return
      case 'tfhd':
        this.#enter(numberAt(inner, 4))
        this.#fragmentUnits = unitsInHeader(inner) ?? this.#track.sampleUnits
        return
      case 'stsd':
        this.#track.rate = rateIn(inner) || this.#track.rate
        return
      case 'stsz':
      case 'stz2':
        this.#track.frames = Math.max(this.#track.frames, numberAt(inner, 8))
        return
      case 'trun':
        this.#track.fragmentFrames += numberAt(inner, 4)
        this.#track.fragmentUnits += unitsInRun(inner, this.#fragmentUnits)
        return
      default:
        if (CONTAINERS.has(type)) this.#walk(inner, depth + 1)
    }
  }

  #enter(id: number): void {
    const known = this.#tracks.get(id)
    this.#track = known ?? newTrack()
    if (!known && this.#tracks.size < TRACKS_MAX) this.#tracks.set(id, this.#track)
  }

  /** Undefined where no length is named, or where there are fragments that say nothing of theirs. */
  ms(): number | undefined {
    const lengths = [...this.#tracks.values()].map(msOfTrack)
    const isTold = !this.#hasFragments || lengths.some((ms) => ms > 0)
    return this.#longestMs === undefined || !isTold ? undefined : Math.max(this.#longestMs, ...lengths)
  }
}

function msOfTrack({ rate, frames, fragmentFrames, scale, fragmentUnits }: Track): number {
  const played = rate > 0 ? toMs((frames + fragmentFrames) * FRAME_SAMPLES, rate) : 0
  return Math.max(played, scale > 0 ? toMs(fragmentUnits, scale) : 0)
}

const HAS_DEFAULT_UNITS = 0x8
/** Members of a header that stand before it, by their flags (8.8.7). */
const BEFORE_DEFAULT = [
  [0x1, 8],
  [0x2, 4],
] as const

function unitsInHeader(bytes: Buffer): number | undefined {
  const flags = numberAt(bytes, 0)
  if ((flags & HAS_DEFAULT_UNITS) === 0) return undefined
  return numberAt(bytes, 8 + sumOfSet(flags, BEFORE_DEFAULT))
}

const HAS_UNITS = 0x100
/** Members of a run before its samples, and of each sample (8.8.8). */
const BEFORE_SAMPLES = [
  [0x1, 4],
  [0x4, 4],
] as const
const OF_A_SAMPLE = [
  [HAS_UNITS, 4],
  [0x200, 4],
  [0x400, 4],
  [0x800, 4],
] as const

/** As long as its samples say, or as is usual in its fragment. */
function unitsInRun(bytes: Buffer, usualUnits: number): number {
  const flags = numberAt(bytes, 0)
  const samples = numberAt(bytes, 4)
  if ((flags & HAS_UNITS) === 0) return samples * usualUnits
  const size = sumOfSet(flags, OF_A_SAMPLE)
  const start = 8 + sumOfSet(flags, BEFORE_SAMPLES)
  let units = 0
  for (let at = start; at + size <= bytes.length && at < start + samples * size; at += size)
    units += numberAt(bytes, at)
  return units
}

const sumOfSet = (flags: number, members: readonly (readonly [number, number])[]): number =>
  members.reduce((sum, [flag, size]) => sum + ((flags & flag) === 0 ? 0 : size), 0)

const longer = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other)

const numberAt = (bytes: Buffer, at: number): number => (at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0)

/** A version, flags, two times, a time scale and a length in it; the times and the length are longer in version one. */
function lengthIn(bytes: Buffer): number | undefined {
  const isLong = bytes[0] === 1
  if (bytes.length < (isLong ? 32 : 20)) return undefined
  const scale = bytes.readUInt32BE(isLong ? 20 : 12)
  const length = isLong ? Number(bytes.readBigUInt64BE(24)) : bytes.readUInt32BE(16)
  return scale === 0 ? undefined : toMs(length, scale)
}

const ENTRY_AT = 8
const ENTRY_RATE_AT = ENTRY_AT + 8 + 24
const ENTRY_END = ENTRY_AT + 8 + 28

/** The lower one of those that the entry of `mp4a` and the configuration of its decoder tell: a frame is as long as either. */
function rateIn(bytes: Buffer): number {
  if (bytes.toString('latin1', ENTRY_AT + 4, ENTRY_AT + 8) !== 'mp4a' || bytes.length < ENTRY_END) return 0
  const told = bytes.readUInt16BE(ENTRY_RATE_AT)
  const configured = configuredRate(bytes.subarray(ENTRY_END))
  return told === 0 || configured === 0 ? Math.max(told, configured) : Math.min(told, configured)
}

const ESDS = Buffer.from('esds')
/** What stands in each of these descriptors before the next one (ISO/IEC 14496-1, 7.2.6). */
const DESCRIPTORS = [
  { tag: 3, fieldBytes: 3 },
  { tag: 4, fieldBytes: 13 },
  { tag: 5, fieldBytes: 0 },
] as const
const CONFIG_BYTES = 5
const RATE_IS_WRITTEN = 15

/** 0 where it is not told. */
function configuredRate(bytes: Buffer): number {
  const box = bytes.indexOf(ESDS)
  if (box < 0) return 0
  let at = box + ESDS.length + 4
  for (const { tag, fieldBytes } of DESCRIPTORS) {
    if (bytes[at] !== tag) return 0
    at += 1
    // A length in seven bits a byte.
    while (((bytes[at] ?? 0) & 0x80) !== 0) at += 1
    at += 1 + fieldBytes
  }
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = bytes.subarray(at, at + CONFIG_BYTES)
  const index = ((first & 7) << 1) | (second >> 7)
  if (index !== RATE_IS_WRITTEN) return RATES[index] ?? 0
  return ((second & 0x7f) << 17) | (third << 9) | (fourth << 1) | (fifth >> 7)
}
