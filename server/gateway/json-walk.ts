// Walks over a JSON text in pieces, as they come, and says where the members of its outermost object, and of those of its
// members that are entered, begin and end. What lies deeper is passed over. Keeps nothing of the text but the name it reads.
import { utf8BytesOf } from './stream-meter.ts'

/** What is told while walking; every `at` is an offset into the piece that is being walked. */
export interface WalkListener {
  /** A member may follow: here stands the comma before it, or the quote of the first one's name. */
  onMember(at: number): void
  /** Its path, such as `usage` or `response.usage`. Whether its value is of interest; one without a name that fits is not. */
  onName(path: string | undefined): boolean
  /** Of a value that is of interest: its first byte, and the one behind its last. */
  onValueStart(at: number): void
  onValueEnd(at: number): void
}

export interface WalkNames {
  /** Members of the outermost object whose own members are told of as well. */
  readonly entered: ReadonlySet<string>
  /** Members, at any depth, whose texts are counted. */
  readonly counted: ReadonlySet<string>
}

const NAME_LENGTH_MAX = 64
/** Deeper than anything is nested; from there on nothing is understood. */
const DEPTH_MAX = 1_024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c
const COLON = 0x3a
const SPACE = 0x20
const LOWER_U = 0x75
const OBJECT = 1
const ARRAY = 2

type State = 'between' | 'name' | 'text' | 'primitive' | 'lost'

export class JsonWalk {
  /** Bytes of the texts of counted members at any depth: in UTF-8, not as JSON escapes them. */
  textBytes = 0
  readonly #listener: WalkListener
  readonly #names: WalkNames
  readonly #kinds = new Uint8Array(DEPTH_MAX)
  #depth = 0
  #state: State = 'between'
  #isNameNext = false
  /** Nothing of the object has come yet. */
  #isFirst = false
  #name = ''
  /** The member of the outermost object that the walk is in. */
  #outerName = ''
  #isCounting = false
  /** How many bytes of an escape have come, its backslash among them; 0 outside of one. */
  #escapeLength = 0
  #escapeHex = ''
  /** The depth of the member whose value is of interest, or -1. */
  #memberDepth = -1

  constructor(listener: WalkListener, names: WalkNames) {
    this.#listener = listener
    this.#names = names
  }

  walk(piece: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at += 1) this.#step(piece[at] ?? 0, at)
  }

  #step(byte: number, at: number): void {
    switch (this.#state) {
      case 'text':
        this.#text(byte, at)
        break
      case 'name':
        this.#nameByte(byte)
        break
      case 'primitive':
        if (!endsPrimitive(byte)) return
        this.#state = 'between'
        this.#ended(at)
        this.#between(byte, at)
        break
      case 'between':
        this.#between(byte, at)
        break
      case 'lost':
        break
    }
  }

  #between(byte: number, at: number): void {
    if (byte <= SPACE || byte === COLON) return
    switch (byte) {
      case COMMA:
        this.#isNameNext = this.#kinds[this.#depth - 1] === OBJECT
        if (this.#isNameNext && this.#isWatched()) this.#listener.onMember(at)
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#depth = Math.max(0, this.#depth - 1)
        this.#isNameNext = false
        this.#isFirst = false
        this.#ended(at + 1)
        break
      case QUOTE:
        if (this.#isNameNext) this.#beginName(at)
        else this.#beginText(at)
        break
      case OPEN_BRACE:
        this.#open(OBJECT, at)
        break
      case OPEN_BRACKET:
        this.#open(ARRAY, at)
        break
      default:
        this.#begun(at)
        this.#state = 'primitive'
    }
  }

  #open(kind: number, at: number): void {
    this.#begun(at)
    if (this.#depth >= DEPTH_MAX) {
      this.#state = 'lost'
      return
    }
    if (this.#depth === 1) this.#outerName = this.#name
    this.#kinds[this.#depth] = kind
    this.#depth += 1
    this.#isNameNext = kind === OBJECT
    this.#isFirst = this.#isNameNext
  }

  /** Whether the members here are told of. */
  #isWatched(): boolean {
    if (this.#memberDepth >= 0) return false
    return this.#depth === 1 || (this.#depth === 2 && this.#names.entered.has(this.#outerName))
  }

  #beginName(at: number): void {
    this.#state = 'name'
    this.#name = ''
    if (this.#isFirst && this.#isWatched()) this.#listener.onMember(at)
    this.#isFirst = false
  }

  #nameByte(byte: number): void {
    if (byte === QUOTE && this.#escapeLength === 0) {
      this.#endName()
      return
    }
    this.#escapeLength = byte === BACKSLASH && this.#escapeLength === 0 ? 1 : 0
    if (this.#name.length <= NAME_LENGTH_MAX) this.#name += String.fromCharCode(byte)
  }

  #endName(): void {
    this.#state = 'between'
    this.#isNameNext = false
    this.#name = this.#name.length > NAME_LENGTH_MAX ? '' : unescaped(this.#name)
    if (!this.#isWatched()) return
    const path = this.#depth === 1 ? this.#name : `${this.#outerName}.${this.#name}`
    if (this.#listener.onName(this.#name === '' ? undefined : path)) this.#memberDepth = this.#depth
  }

  #begun(at: number): void {
    if (this.#memberDepth === this.#depth) this.#listener.onValueStart(at)
  }

  #ended(at: number): void {
    if (this.#memberDepth !== this.#depth) return
    this.#memberDepth = -1
    this.#listener.onValueEnd(at)
  }

  #beginText(at: number): void {
    this.#begun(at)
    this.#state = 'text'
    this.#isCounting = this.#kinds[this.#depth - 1] === OBJECT && this.#names.counted.has(this.#name)
  }

  #text(byte: number, at: number): void {
    if (this.#escapeLength > 0) {
      this.#escape(byte)
    } else if (byte === BACKSLASH) {
      this.#escapeLength = 1
    } else if (byte === QUOTE) {
      this.#state = 'between'
      this.#ended(at + 1)
    } else if (this.#isCounting) {
      this.textBytes += 1
    }
  }

  #escape(byte: number): void {
    this.#escapeLength += 1
    if (this.#escapeLength === 2) {
      this.#escapeHex = ''
      if (byte === LOWER_U) return
    } else {
      this.#escapeHex += String.fromCharCode(byte)
      if (this.#escapeLength < 6) return
    }
    const unit = this.#escapeHex === '' ? 0 : Number.parseInt(this.#escapeHex, 16)
    if (this.#isCounting) this.textBytes += utf8BytesOf(unit)
    this.#escapeLength = 0
  }
}

const endsPrimitive = (byte: number): boolean =>
  byte <= SPACE || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET

function unescaped(name: string): string {
  if (!name.includes('\\')) return name
  try {
    return String(JSON.parse(`"${name}"`))
  } catch {
    return ''
  }
}
