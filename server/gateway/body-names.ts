// The names of the members of all objects that are open during a scan, so that one which stands twice in the same object is
// found, however it is escaped, and without making a string of each.

const QUOTED_BYTES = 2
const BACKSLASH = 0x5c
const HASH_PRIME = 0x0100_0193
/** Objects with more members than this are looked up in a set; most have fewer, and a list is faster then. */
const LISTED_MAX = 32

/** More than any object that a client sends has; biases of tokens have the most. */
export const MEMBERS_MAX = 10_000

export class NameStack {
  readonly #bytes: Buffer
  // Of each name its hash and its place, in the order of the text: those of the innermost object are the last.
  readonly #hashes: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #count = 0
  /** Where the names of the innermost object begin. */
  #base = 0
  readonly #outerBases: number[] = []
  #set: Set<string> | undefined
  readonly #outerSets: (Set<string> | undefined)[] = []

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Whether the innermost object has as many members as it may have. */
  get isFull(): boolean {
    return (this.#set?.size ?? 0) >= MEMBERS_MAX
  }

  open(): void {
    this.#outerBases.push(this.#base)
    this.#outerSets.push(this.#set)
    this.#base = this.#count
    this.#set = undefined
  }

  close(): void {
    this.#count = this.#base
    this.#base = this.#outerBases.pop() ?? 0
    this.#set = this.#outerSets.pop()
  }

  /** Adds the name between the quotes at `start` and before `end`; false where the innermost object has it already. */
  add(start: number, end: number): boolean {
    if (this.#set) return this.#addToSet(this.#set, start, end)
    const hash = this.#hashOf(start, end)
    for (let at = this.#base; at < this.#count; at += 1) {
      if (this.#hashes[at] !== hash) continue
      // The same name, or one that was made to look like it: the set tells, and no object is searched slowly twice.
      return this.#addToSet(this.#makeSet(), start, end)
    }
    this.#hashes[this.#count] = hash
    this.#starts[this.#count] = start
    this.#ends[this.#count] = end
    this.#count += 1
    if (this.#count - this.#base > LISTED_MAX) this.#makeSet()
    return true
  }

  /** The name as whoever parses it reads it: `mod\u0065l` is `model`. What cannot be read is as it stands. */
  read(start = 0, end = QUOTED_BYTES): string {
    const text = this.#bytes.toString('utf8', start, end)
    if (!text.includes('\\')) return text.slice(1, -1)
    try {
      return String(JSON.parse(text))
    } catch {
      return text.slice(1, -1)
    }
  }

  #addToSet(set: Set<string>, start: number, end: number): boolean {
    const name = this.read(start, end)
    if (set.has(name)) return false
    set.add(name)
    return true
  }

  #makeSet(): Set<string> {
    const set = new Set<string>()
    for (let at = this.#base; at < this.#count; at += 1) set.add(this.read(this.#starts[at], this.#ends[at]))
    this.#set = set
    return set
  }

  #hashOf(start: number, end: number): number {
    const bytes = this.#bytes
    let hash = 0
    for (let at = start + 1; at < end - 1; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === BACKSLASH) return hashOfBytes(Buffer.from(this.read(start, end)))
      hash = Math.imul(hash ^ byte, HASH_PRIME)
    }
    return hash
  }
}

/** The same for the bytes of a name that was written with escapes. */
function hashOfBytes(bytes: Buffer): number {
  let hash = 0
  for (const byte of bytes) hash = Math.imul(hash ^ byte, HASH_PRIME)
  return hash
}
