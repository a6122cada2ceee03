// The names of the members of all objects that are open during a scan, so that one which stands twice in the same object is
// found, however it is escaped, and without making a string of each.

const BACKSLASH = 0x5c
const HASH_PRIME = 0x0100_0193
/** Objects with more members than this are looked up in a set; most have fewer, and a list is faster then. */
const LISTED_MAX = 32
const NUMBERS_OF_A_NAME = 3

/** More than any object that a client sends has; biases of tokens have the most. */
export const MEMBERS_MAX = 10_000

export class NameStack {
  readonly #bytes: Buffer
  /** Of each name its hash and where it begins and ends, in the order of the text: those of the innermost object are the last. */
  readonly #names: number[] = []
  #count = 0
  /** Where the names of the innermost object begin. */
  #base = 0
  readonly #outerBases: number[] = []
  #set: Set<string> | undefined
  /** Of each name that is written with escapes where it begins and ends. */
  readonly escaped: number[] = []
  /** Sets of outer objects, by how deep they are. Hardly any object has one. */
  #outerSets: Map<number, Set<string>> | undefined

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Whether the innermost object has as many members as it may have. */
  get isFull(): boolean {
    return (this.#set?.size ?? 0) >= MEMBERS_MAX
  }

  open(): void {
    if (this.#set) this.#keepSet(this.#set)
    this.#outerBases.push(this.#base)
    this.#base = this.#count
  }

  close(): void {
    this.#count = this.#base
    this.#base = this.#outerBases.pop() ?? 0
    this.#set = this.#outerSets && takeFrom(this.#outerSets, this.#outerBases.length)
  }

  /** Adds the name between the quotes at `start` and before `end`; false where the innermost object has it already. */
  add(start: number, end: number): boolean {
    if (this.#set) return this.#addToSet(this.#set, start, end)
    const hash = this.#hashOf(start, end)
    for (let at = this.#base; at < this.#count; at += NUMBERS_OF_A_NAME) {
      if (this.#names[at] !== hash) continue
      // The same name, or one that was made to look like it: the set tells, and no object is searched slowly twice.
      return this.#addToSet(this.#makeSet(), start, end)
    }
    this.#names[this.#count] = hash
    this.#names[this.#count + 1] = start
    this.#names[this.#count + 2] = end
    this.#count += NUMBERS_OF_A_NAME
    if (this.#count - this.#base > LISTED_MAX * NUMBERS_OF_A_NAME) this.#makeSet()
    return true
  }

  #addToSet(set: Set<string>, start: number, end: number): boolean {
    const name = readName(this.#bytes, start, end)
    if (name.length !== end - start - 2) this.#noteEscaped(start, end)
    if (set.has(name)) return false
    set.add(name)
    return true
  }

  /** Once, though a name is looked at again when a set is made. */
  #noteEscaped(start: number, end: number): void {
    if (this.escaped.at(-1) !== end) this.escaped.push(start, end)
  }

  #makeSet(): Set<string> {
    const set = new Set<string>()
    for (let at = this.#base; at < this.#count; at += NUMBERS_OF_A_NAME)
      set.add(readName(this.#bytes, this.#names[at + 1], this.#names[at + 2]))
    this.#set = set
    return set
  }

  #keepSet(set: Set<string>): void {
    this.#outerSets ??= new Map()
    this.#outerSets.set(this.#outerBases.length, set)
    this.#set = undefined
  }

  #hashOf(start: number, end: number): number {
    const bytes = this.#bytes
    let hash = 0
    for (let at = start + 1; at < end - 1; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === BACKSLASH) {
        this.#noteEscaped(start, end)
        return hashOfBytes(Buffer.from(readName(this.#bytes, start, end)))
      }
      hash = Math.imul(hash ^ byte, HASH_PRIME)
    }
    return hash
  }
}

function takeFrom(sets: Map<number, Set<string>>, depth: number): Set<string> | undefined {
  const set = sets.get(depth)
  sets.delete(depth)
  return set
}

/** The name between two quotes as whoever parses it reads it: `mod\u0065l` is `model`. What cannot be read is as it stands. */
export function readName(bytes: Buffer, start = 0, end = start): string {
  const text = bytes.toString('utf8', start, end)
  if (!text.includes('\\')) return text.slice(1, -1)
  try {
    return String(JSON.parse(text))
  } catch {
    return text.slice(1, -1)
  }
}

/** The same for the bytes of a name that was written with escapes. */
function hashOfBytes(bytes: Buffer): number {
  let hash = 0
  for (const byte of bytes) hash = Math.imul(hash ^ byte, HASH_PRIME)
  return hash
}
