// How the commands of a group stand in a record of the redo log. What every request brings is a row of values, most of which are
// those of the row before, so a row says in what it differs from the last one of its kind in the same record; everything else
// is JSON. What a value may be is looked at where it is put: what no table would take never comes into the log.
import { HOLD_COLUMNS, type PackedCommand, SETTLEMENT_COLUMNS, type Value } from './packed-commands.ts'
import { REDO_CONTENT_BYTES_MAX } from './redo-log.ts'
import { SPENDING_COLUMNS } from './spending-statements.ts'
import type { OtherCommand } from './write-command.ts'

/** To be raised where what is written here, or a command that is no bare row, changes its shape. */
const SHAPES = 3
/** In which shape commands stand in a log. A version that has another one does not read it. */
export const REDO_FORMAT = JSON.stringify([
  SHAPES,
  ...[HOLD_COLUMNS, SETTLEMENT_COLUMNS, SPENDING_COLUMNS].map((all) => all.join()),
])

type Row = readonly Value[]

const TEXTS = new Set([
  'user_id',
  'request_id',
  'key_id',
  'model',
  'price_id',
  'endpoint',
  'usage_model',
  'reason',
  'kind',
  'subject_id',
])
const TEXTS_OR_NULL = new Set([
  'plan_subscription_id',
  'reported_usage',
  'upstream_response_id',
  'service_tier',
  'priced_tier',
  'further_usage',
  'upstream',
  'error_code',
])

/** What a column takes. A count is a whole number from zero up. */
interface ColumnKind {
  readonly isText: boolean
  readonly isNullable: boolean
}

function kindOf(column: string): ColumnKind {
  if (TEXTS.has(column)) return { isText: true, isNullable: false }
  if (TEXTS_OR_NULL.has(column)) return { isText: true, isNullable: true }
  return { isText: false, isNullable: column === 'first_token_ms' }
}

/** How many values a row may have: their number is one byte. */
const ROW_VALUES_MAX = 255
const SPENDING_KINDS = SPENDING_COLUMNS.map(kindOf)
const SPENDINGS_MAX = Math.floor((ROW_VALUES_MAX - SETTLEMENT_COLUMNS.length) / SPENDING_KINDS.length)
const HOLD_KINDS = HOLD_COLUMNS.map(kindOf)
const SETTLEMENT_KINDS = [
  ...SETTLEMENT_COLUMNS.map(kindOf),
  ...Array.from({ length: SPENDINGS_MAX }, () => SPENDING_KINDS).flat(),
]

const isHoldWhole = (row: Row): boolean => row.length === HOLD_COLUMNS.length
const isSettlementWhole = ({ length }: Row): boolean =>
  length >= SETTLEMENT_COLUMNS.length &&
  length <= SETTLEMENT_KINDS.length &&
  (length - SETTLEMENT_COLUMNS.length) % SPENDING_COLUMNS.length === 0

/** What a command begins with. */
const IS_HOLD = 1
const IS_SETTLEMENT = 2
const IS_OTHER = 3
/** One that brings its hold along. */
const IS_WHOLE_SETTLEMENT = 4

/** What a value of a row begins with; from the last one on, it is a small number itself. */
const AS_BEFORE = 0
const NULL = 1
/** A number in four bytes, and a larger one in eight. */
const NUMBER = 2
const LARGE_NUMBER = 3
/** Its length in four bytes, and the text; in ASCII, and else in UTF-8. */
const ASCII_TEXT = 4
const TEXT = 5
const SMALL_NUMBER = 16

const NUMBER_MAX = 0xffff_ffff
const SMALL_NUMBER_MAX = 0xff - SMALL_NUMBER
const TEXT_HEAD_BYTES = 5
/** What a row takes at most beside its texts. */
const ROW_BYTES_MAX = 2 + 9 * ROW_VALUES_MAX

const NO_ROW: Row = []

/** Where something cannot stand in a record. */
const NOWHERE = -1

export class RecordContents {
  readonly #bytes = Buffer.allocUnsafeSlow(REDO_CONTENT_BYTES_MAX + ROW_BYTES_MAX)
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)

  /**
   * What a record of these commands contains, until the next one is asked for. Undefined where a value is not what its column
   * takes, or where all of it together is more than a record has room for.
   */
  of(commands: readonly PackedCommand[]): Buffer | undefined {
    let at = 0
    let hold = NO_ROW
    let settlement = NO_ROW
    for (const command of commands) {
      if ('kind' in command) at = this.#putOther(command, at)
      else if ('hold' in command) {
        if (!isHoldWhole(command.hold)) return undefined
        at = this.#putRow(IS_HOLD, command.hold, HOLD_KINDS, hold, at)
        hold = command.hold
      } else {
        if (!isSettlementWhole(command.settle)) return undefined
        const what = command.hasHold ? IS_WHOLE_SETTLEMENT : IS_SETTLEMENT
        at = this.#putRow(what, command.settle, SETTLEMENT_KINDS, settlement, at)
        settlement = command.settle
      }
      if (at === NOWHERE || at > REDO_CONTENT_BYTES_MAX) return undefined
    }
    return this.#bytes.subarray(0, at)
  }

  #putOther(command: OtherCommand, at: number): number {
    this.#bytes[at] = IS_OTHER
    return this.#putText(JSON.stringify(command), at + 1)
  }

  #putRow(what: number, row: Row, kinds: readonly ColumnKind[], before: Row, start: number): number {
    const bytes = this.#bytes
    bytes[start] = what
    bytes[start + 1] = row.length
    let at = start + 2
    for (let place = 0; place < row.length; place += 1) {
      const value = row[place]
      // What stood in the row before is what its column takes.
      if (place < before.length && value === before[place]) {
        bytes[at] = AS_BEFORE
        at += 1
      } else {
        at = this.#putValue(value, kinds[place], at)
        if (at === NOWHERE) return NOWHERE
      }
    }
    return at
  }

  #putValue(value: Value | undefined, kind: ColumnKind | undefined, at: number): number {
    if (typeof value === 'number') {
      if (kind?.isText !== false || !Number.isSafeInteger(value) || value < 0) return NOWHERE
      return this.#putNumber(value, at)
    }
    if (typeof value === 'string') return kind?.isText ? this.#putText(value, at) : NOWHERE
    if (value !== null || !kind?.isNullable) return NOWHERE
    this.#bytes[at] = NULL
    return at + 1
  }

  #putNumber(value: number, at: number): number {
    if (value <= SMALL_NUMBER_MAX) {
      this.#bytes[at] = SMALL_NUMBER + value
      return at + 1
    }
    if (value <= NUMBER_MAX) {
      this.#bytes[at] = NUMBER
      this.#view.setUint32(at + 1, value, true)
      return at + 5
    }
    this.#bytes[at] = LARGE_NUMBER
    this.#view.setFloat64(at + 1, value, true)
    return at + 9
  }

  #putText(text: string, at: number): number {
    const room = REDO_CONTENT_BYTES_MAX - at
    // A text in UTF-8 is at most three times as long.
    if (3 * text.length > room && Buffer.byteLength(text) > room) return NOWHERE
    const length = this.#bytes.write(text, at + TEXT_HEAD_BYTES)
    this.#bytes[at] = length === text.length ? ASCII_TEXT : TEXT
    this.#view.setUint32(at + 1, length, true)
    return at + TEXT_HEAD_BYTES + length
  }
}

/** The commands of a record. Its checksum says that it is what was written, and the format of its log that it is ours. */
export function commandsIn(content: Buffer): PackedCommand[] {
  const reader = new ContentReader(content)
  const commands: PackedCommand[] = []
  let hold = NO_ROW
  let settle = NO_ROW
  while (!reader.isAtEnd) {
    const what = reader.byte()
    if (what === IS_HOLD) {
      hold = reader.row(hold)
      commands.push({ hold })
    } else if (what === IS_SETTLEMENT || what === IS_WHOLE_SETTLEMENT) {
      settle = reader.row(settle)
      commands.push({ settle, hasHold: what === IS_WHOLE_SETTLEMENT })
    } else commands.push(JSON.parse(reader.text()))
  }
  return commands
}

class ContentReader {
  readonly #content: Buffer
  #at = 0

  constructor(content: Buffer) {
    this.#content = content
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#content.length
  }

  byte(): number {
    const byte = this.#content[this.#at]
    if (byte === undefined) throw new Error('A record of the redo log ends too early.')
    this.#at += 1
    return byte
  }

  row(before: Row): Row {
    const row: Value[] = []
    for (let left = this.byte(); left > 0; left -= 1) {
      const begin = this.byte()
      row.push(begin === AS_BEFORE ? (before[row.length] ?? null) : this.#value(begin))
    }
    return row
  }

  text(): string {
    return this.#text(this.byte() === ASCII_TEXT ? 'latin1' : 'utf8')
  }

  #value(begin: number): Value {
    if (begin >= SMALL_NUMBER) return begin - SMALL_NUMBER
    switch (begin) {
      case NULL:
        return null
      case NUMBER:
        return this.#number()
      case LARGE_NUMBER:
        this.#at += 8
        return this.#content.readDoubleLE(this.#at - 8)
      default:
        return this.#text(begin === ASCII_TEXT ? 'latin1' : 'utf8')
    }
  }

  #number(): number {
    this.#at += 4
    return this.#content.readUInt32LE(this.#at - 4)
  }

  #text(encoding: 'latin1' | 'utf8'): string {
    const length = this.#number()
    const from = this.#at
    this.#at += length
    return this.#content.toString(encoding, from, this.#at)
  }
}
