// The names of members that came last, so that one which comes again is not made of its bytes anew: nearly all that come have come
// before. What is in the table decides nothing: a name is always the one that its bytes say.

const SLOTS = 1024
/** Longer names are made each time. */
const NAME_BYTES_MAX = 32
const HASH_PRIME = 0x0100_0193

const names: string[] = new Array(SLOTS).fill('')
const kept = Buffer.alloc(SLOTS * NAME_BYTES_MAX)
/** Which of its two slots the next new name takes, so that two names which come by turns both stay. */
let turn = 0

/** The name in `bytes[from, end)`, which is ASCII without escapes. */
export function asciiName(bytes: Buffer, from: number, end: number): string {
  if (end - from > NAME_BYTES_MAX) return bytes.toString('latin1', from, end)
  const slot = slotOf(bytes, from, end)
  if (isAt(slot, bytes, from, end)) return names[slot] ?? ''
  const other = slot ^ 1
  return isAt(other, bytes, from, end) ? (names[other] ?? '') : keep(slot ^ turn, bytes, from, end)
}

function slotOf(bytes: Buffer, from: number, end: number): number {
  let hash = end - from
  for (let at = from; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), HASH_PRIME)
  return (hash ^ (hash >>> 15)) & (SLOTS - 1)
}

function isAt(slot: number, bytes: Buffer, from: number, end: number): boolean {
  if (names[slot]?.length !== end - from) return false
  const place = slot * NAME_BYTES_MAX - from
  for (let at = from; at < end; at += 1) if (kept[place + at] !== bytes[at]) return false
  return true
}

function keep(slot: number, bytes: Buffer, from: number, end: number): string {
  // As the name of a member it is the one string of its kind, which is the fastest to look up by.
  const [name = ''] = Object.keys({ [bytes.toString('latin1', from, end)]: 0 })
  names[slot] = name
  bytes.copy(kept, slot * NAME_BYTES_MAX, from, end)
  turn ^= 1
  return name
}
