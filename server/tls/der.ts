// The few forms of DER (ITU-T X.690) that a certificate of ours is made of. Only written: what others send is read by Node.

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** One element: its tag, its length in the shortest form, its content. */
export function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes])
  const digits: number[] = []
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Buffer.from([0x80 | digits.length, ...digits])
}

export const sequence = (...members: readonly Buffer[]): Buffer => tagged(TAG.sequence, ...members)
export const set = (...members: readonly Buffer[]): Buffer => tagged(TAG.set, ...members)
export const boolean = (value: boolean): Buffer => tagged(TAG.boolean, Buffer.from([value ? 0xff : 0]))
export const octetString = (...content: readonly Buffer[]): Buffer => tagged(TAG.octetString, ...content)
export const utf8String = (text: string): Buffer => tagged(TAG.utf8String, Buffer.from(text, 'utf8'))

/** A number that is not negative, from its bytes, the highest first. */
export function integer(bytes: Buffer): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1
  const short = bytes.subarray(start)
  // A set top bit would make it negative.
  const isTopBitSet = ((short[0] ?? 0) & 0x80) !== 0
  return tagged(TAG.integer, ...(isTopBitSet ? [Buffer.from([0])] : []), short)
}

/** `unusedBits` of the last byte are no part of it. */
export const bitString = (bytes: Buffer, unusedBits = 0): Buffer =>
  tagged(TAG.bitString, Buffer.from([unusedBits]), bytes)

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(toBase128)]))
}

/** Seven bits a byte, the top bit set on all but the last. */
function toBase128(value: number): readonly number[] {
  const digits = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

/** Two digits of the year up to 2049 and four from then on, as RFC 5280, 4.1.2.5 asks; whole seconds. */
export function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]|\.\d+/g, '')
  return Number(digits.slice(0, 4)) < 2050
    ? tagged(TAG.utcTime, Buffer.from(digits.slice(2)))
    : tagged(TAG.generalizedTime, Buffer.from(digits))
}
