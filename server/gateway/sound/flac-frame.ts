// The head of a frame of FLAC (RFC 9639, 9.1), told from whatever looks like one by its checksum.

export interface FlacFrame {
  readonly headBytes: number
  readonly samples: number
  /** 0 where the first block of the file says it. */
  readonly rate: number
  /** What is the same in all frames of a file: how blocks are numbered, and the bits of a sample. */
  readonly likeness: number
}

const RATES = [0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000]
const NUMBER_AT = 4

export function flacFrameAt(bytes: Buffer, at: number): FlacFrame | undefined {
  const [second = 0, third = 0, fourth = 0] = [bytes[at + 1], bytes[at + 2], bytes[at + 3]]
  const sizeCode = third >> 4
  const rateCode = third & 15
  if ((second & 0xfe) !== 0xf8 || (fourth & 1) !== 0 || sizeCode === 0 || rateCode === 15) return undefined
  if (fourth >> 4 > 10) return undefined
  const sizeAt = at + NUMBER_AT + numberBytes(bytes[at + NUMBER_AT] ?? 0)
  const rateAt = sizeAt + furtherBytes(sizeCode, 6, 7)
  const checkedAt = rateAt + (rateCode === 12 ? 1 : furtherBytes(rateCode, 0, 13, 14))
  if (checkedAt >= bytes.length || checksum(bytes, at, checkedAt) !== bytes[checkedAt]) return undefined
  return {
    headBytes: checkedAt + 1 - at,
    samples: samplesOf(sizeCode, bytes, sizeAt),
    rate: rateOf(rateCode, bytes, rateAt),
    likeness: (second << 8) | ((fourth >> 1) & 7),
  }
}

/** A number is coded as UTF-8 codes a character, in up to seven bytes. */
const numberBytes = (first: number): number => (first < 0x80 ? 1 : Math.max(1, Math.clz32(~(first << 24))))

function furtherBytes(code: number, one: number, ...two: readonly number[]): number {
  if (two.includes(code)) return 2
  return one !== 0 && code === one ? 1 : 0
}

function samplesOf(code: number, bytes: Buffer, at: number): number {
  if (code === 1) return 192
  if (code < 6) return 576 << (code - 2)
  if (code === 6) return (bytes[at] ?? 0) + 1
  return code === 7 ? bytes.readUInt16BE(at) + 1 : 256 << (code - 8)
}

function rateOf(code: number, bytes: Buffer, at: number): number {
  if (code === 12) return (bytes[at] ?? 0) * 1_000
  if (code === 13) return bytes.readUInt16BE(at)
  return code === 14 ? bytes.readUInt16BE(at) * 10 : (RATES[code] ?? 0)
}

/** CRC-8 with the polynomial x⁸ + x² + x + 1. */
function checksum(bytes: Buffer, start: number, end: number): number {
  let sum = 0
  for (let at = start; at < end; at += 1) {
    sum ^= bytes[at] ?? 0
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 0x80 ? (sum << 1) ^ 0x07 : sum << 1) & 0xff
  }
  return sum
}
