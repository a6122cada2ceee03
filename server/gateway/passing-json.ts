// Reads a JSON text that is too large to be kept, while its bytes pass: takes the values of a few members, and changes or
// removes others on the way. What it keeps and what it holds back are bounded.
import { JsonWalk, type WalkNames } from './json-walk.ts'

export type MemberPolicy =
  /** The value is told when it has passed. */
  | 'take'
  /** The member is held back until it is decided what passes in its place. */
  | 'edit'

/** JSON in place of the value, the whole member removed, or everything as it is. */
export type MemberEdit = { readonly json: string } | 'remove' | 'leave'

/** Paths are such as `usage` and `response.usage`. */
export interface PassingRules {
  policyOf(path: string): MemberPolicy | undefined
  /** A value that is longer than `VALUE_BYTES_MAX` is not told. */
  onValue(path: string, json: string): void
  /** `json` is undefined where the value is longer than `VALUE_BYTES_MAX`. */
  edit(path: string, json: string | undefined): MemberEdit
  readonly names: WalkNames
}

const VALUE_BYTES_MAX = 64 * 1024
const COMMA = 0x2c

export class PassingJson {
  readonly #rules: PassingRules
  readonly #walk: JsonWalk
  #piece: Buffer = Buffer.alloc(0)
  #out: Buffer[] = []
  /** The first byte of the piece that has neither passed nor is held back. */
  #from = 0
  #mode: 'passing' | 'holding' | 'swallowing' = 'passing'
  #held: Buffer[] = []
  /** Of what is held: the comma, the name and the colon before the value. */
  #prefixBytes = 0
  /** The first member was removed; the comma behind it goes with it. */
  #isCommaDue = false
  #path = ''
  #policy: MemberPolicy | undefined
  #isInValue = false
  #value: Buffer[] = []
  #valueBytes = 0
  #valueFrom = 0

  constructor(rules: PassingRules) {
    this.#rules = rules
    this.#walk = new JsonWalk(
      {
        onMember: (at) => this.#onMember(at),
        onName: (path) => this.#onName(path),
        onValueStart: (at) => this.#onValueStart(at),
        onValueEnd: (at) => this.#onValueEnd(at),
      },
      rules.names,
    )
  }

  /** Bytes of the counted texts, in UTF-8. */
  get textBytes(): number {
    return this.#walk.textBytes
  }

  /** Begins a piece of what passes. Until `endPiece`, `read` is told where in it the JSON stands. */
  beginPiece(piece: Buffer): void {
    this.#piece = piece
    this.#from = 0
    this.#out = []
  }

  read(start: number, end: number): void {
    if (this.#isInValue) this.#valueFrom = start
    this.#walk.walk(this.#piece, start, end)
    if (this.#isInValue) this.#keepValue(end)
  }

  /** What passes now, of this piece and of what was held back before it. */
  endPiece(): readonly Buffer[] {
    const rest = this.#piece.subarray(this.#from)
    if (this.#mode === 'passing') this.#emit(rest)
    else if (this.#mode === 'holding') this.#held.push(rest)
    // White space without end, where a name or a value should be.
    if (!this.#isInValue && sizeOf(this.#held) > VALUE_BYTES_MAX) this.#release()
    return this.#out
  }

  /** Lets go of what is still held back, where the text ended in the middle of a member. */
  letGo(): readonly Buffer[] {
    this.#out = []
    this.#release()
    return this.#out
  }

  #onMember(at: number): void {
    this.#emit(this.#piece.subarray(this.#from, at))
    this.#from = at
    if (this.#isCommaDue) {
      this.#isCommaDue = false
      this.#from += 1
    }
    this.#mode = 'holding'
  }

  #onName(path: string | undefined): boolean {
    this.#policy = path === undefined ? undefined : this.#rules.policyOf(path)
    if (this.#policy !== 'edit') this.#release()
    this.#path = path ?? ''
    return this.#policy !== undefined
  }

  #onValueStart(at: number): void {
    this.#isInValue = true
    this.#valueFrom = at
    this.#prefixBytes = sizeOf(this.#held) + at - this.#from
  }

  #onValueEnd(at: number): void {
    this.#keepValue(at)
    const json = this.#isTooLong ? undefined : Buffer.concat(this.#value).toString('utf8')
    this.#isInValue = false
    this.#value = []
    this.#valueBytes = 0
    if (json !== undefined && this.#policy === 'take') this.#rules.onValue(this.#path, json)
    if (json !== undefined && this.#policy === 'edit') this.#edit(this.#rules.edit(this.#path, json), at)
    if (this.#mode !== 'swallowing') return
    this.#from = at
    this.#mode = 'passing'
  }

  get #isTooLong(): boolean {
    return this.#valueBytes > VALUE_BYTES_MAX
  }

  #keepValue(end: number): void {
    const wasTooLong = this.#isTooLong
    const part = this.#piece.subarray(this.#valueFrom, end)
    this.#valueBytes += part.length
    if (!this.#isTooLong) this.#value.push(part)
    else if (!wasTooLong && this.#policy === 'edit') this.#edit(this.#rules.edit(this.#path, undefined), end)
  }

  /** Lets pass what stands in place of the value, of which the bytes before `end` have come. */
  #edit(edit: MemberEdit, end: number): void {
    if (edit === 'leave') {
      this.#release()
      return
    }
    const all = Buffer.concat([...this.#held, this.#piece.subarray(this.#from, end)])
    this.#held = []
    this.#from = end
    this.#mode = 'swallowing'
    if (edit === 'remove') this.#isCommaDue = all[0] !== COMMA
    else this.#emit(Buffer.concat([all.subarray(0, this.#prefixBytes), Buffer.from(edit.json)]))
  }

  #release(): void {
    this.#out.push(...this.#held)
    this.#held = []
    this.#mode = 'passing'
  }

  #emit(bytes: Buffer): void {
    if (bytes.length > 0) this.#out.push(bytes)
  }
}

const sizeOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0)
