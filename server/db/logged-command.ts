// Which commands may be answered for by the redo log alone: those of which nothing is read until they stand in the tables, and
// which no table will refuse.
import type { Database } from 'better-sqlite3'
import {
  HOLD_COLUMNS,
  holdPlace,
  type PackedCommand,
  SETTLEMENT_COLUMNS,
  settlementPlace,
  type Value,
} from './packed-commands.ts'
import { SPENDING_COLUMNS } from './spending-statements.ts'
import type { OtherCommand } from './write-command.ts'

/** To be raised where a command that is no bare row changes its shape. */
const SHAPES = 1
/** In which shape commands stand in a log. A version that has another one does not read it. */
export const REDO_FORMAT = JSON.stringify([
  SHAPES,
  ...[HOLD_COLUMNS, SETTLEMENT_COLUMNS, SPENDING_COLUMNS].map((all) => all.join()),
])

/** What every request brings, and counts that are written again and again. */
const LOGGED: Readonly<Record<OtherCommand['kind'], boolean>> = {
  own: true,
  usage: true,
  release: true,
  key_uses: true,
  limit_counters: true,
  key_address: false,
  notice: false,
  balance_change: false,
  grant: false,
}

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

type Kind = 'text' | 'text or null' | 'count' | 'count or null'

function kindOf(column: string): Kind {
  if (TEXTS.has(column)) return 'text'
  if (TEXTS_OR_NULL.has(column)) return 'text or null'
  return column === 'first_token_ms' ? 'count or null' : 'count'
}

const HOLD_KINDS = HOLD_COLUMNS.map(kindOf)
const SETTLEMENT_KINDS = SETTLEMENT_COLUMNS.map(kindOf)
const SPENDING_KINDS = SPENDING_COLUMNS.map(kindOf)

/** Whether so many values of a row, from there on, are what their columns take. */
function areSound(row: Row, kinds: readonly Kind[], from: number): boolean {
  for (let at = 0; at < kinds.length; at += 1) {
    const value = row[from + at]
    const kind = kinds[at]
    if (typeof value === 'number') {
      if (kind === 'text' || kind === 'text or null' || !Number.isSafeInteger(value) || value < 0)
        return false
    } else if (typeof value === 'string') {
      if (kind === 'count' || kind === 'count or null') return false
    } else if (value !== null || kind === 'text' || kind === 'count') return false
  }
  return true
}

function isSettlementSound(row: Row): boolean {
  if (!areSound(row, SETTLEMENT_KINDS, 0)) return false
  const width = SPENDING_KINDS.length
  if ((row.length - SETTLEMENT_KINDS.length) % width !== 0) return false
  for (let at = SETTLEMENT_KINDS.length; at < row.length; at += width) {
    if (!areSound(row, SPENDING_KINDS, at)) return false
  }
  return true
}

const HOLD = {
  requestId: holdPlace('request_id'),
  userId: holdPlace('user_id'),
  priceId: holdPlace('price_id'),
  plan: holdPlace('plan_subscription_id'),
}
const SETTLEMENT = {
  requestId: settlementPlace('request_id'),
  userId: settlementPlace('user_id'),
  priceId: settlementPlace('price_id'),
  plan: settlementPlace('plan_subscription_id'),
}
/** Of each kind of name that a row refers to. */
const KNOWN_MAX = 20_000

/** Which holds are open, as far as commands have come to the log or the tables, and what fits them. */
export interface SoundCommands {
  /** Whether none of a group will be refused, as far as can be said; what it does is noted then. */
  accept(commands: readonly PackedCommand[]): boolean
  /** Notes what a group did that went into the tables, but for those of these places. */
  note(commands: readonly PackedCommand[], refused: ReadonlyMap<number, unknown>): void
  /** Takes back what was noted of a group that may be nowhere. */
  forget(commands: readonly PackedCommand[]): void
  /** The tables take over what has ended so far. */
  turn(): void
}

/** Reads over this connection what rows refer to; none of that is ever deleted. */
export const createSoundCommands = (raw: Database): SoundCommands => new KnownCommands(raw)

class KnownCommands implements SoundCommands {
  readonly #hasBalance: (id: unknown) => boolean
  readonly #hasPrice: (id: unknown) => boolean
  readonly #hasPlan: (id: unknown) => boolean
  readonly #open = new Set<string>()
  /** Since the last turn, and since the one before. */
  #ended = new Set<string>()
  #endedBefore = new Set<string>()

  constructor(raw: Database) {
    this.#hasBalance = prepareKnown(raw, 'SELECT 1 FROM balances WHERE user_id = ?')
    this.#hasPrice = prepareKnown(raw, 'SELECT 1 FROM prices WHERE id = ?')
    this.#hasPlan = prepareKnown(raw, 'SELECT 1 FROM plan_subscriptions WHERE id = ?')
  }

  accept(commands: readonly PackedCommand[]): boolean {
    for (let at = 0; at < commands.length; at += 1) {
      const command = commands[at]
      if (command && this.#isSound(command)) this.#note(command)
      else {
        this.forget(commands.slice(0, at))
        return false
      }
    }
    return true
  }

  note(commands: readonly PackedCommand[], refused: ReadonlyMap<number, unknown>): void {
    commands.forEach((command, place) => {
      if (!refused.has(place)) this.#note(command)
    })
  }

  /** A hold that may be nowhere is not open, and what ended is not open either: the tables know. */
  forget(commands: readonly PackedCommand[]): void {
    for (const command of commands)
      if ('hold' in command && !('kind' in command)) this.#open.delete(holdIdOf(command.hold))
  }

  turn(): void {
    this.#endedBefore = this.#ended
    this.#ended = new Set()
  }

  #isSound(command: PackedCommand): boolean {
    if ('kind' in command) {
      if (command.kind === 'release') return this.#open.has(command.hold.requestId)
      return LOGGED[command.kind]
    }
    if ('settle' in command) {
      const row = command.settle
      return (
        this.#open.has(String(row[SETTLEMENT.requestId])) &&
        isSettlementSound(row) &&
        this.#refersToKnown(row, SETTLEMENT)
      )
    }
    const id = holdIdOf(command.hold)
    if (this.#open.has(id) || this.#ended.has(id) || this.#endedBefore.has(id)) return false
    return areSound(command.hold, HOLD_KINDS, 0) && this.#refersToKnown(command.hold, HOLD)
  }

  #note(command: PackedCommand): void {
    if ('kind' in command) {
      if (command.kind === 'release') this.#end(command.hold.requestId)
    } else if ('settle' in command) this.#end(String(command.settle[SETTLEMENT.requestId]))
    else this.#open.add(holdIdOf(command.hold))
  }

  #end(id: string): void {
    this.#open.delete(id)
    this.#ended.add(id)
  }

  #refersToKnown(row: Row, places: typeof HOLD): boolean {
    const plan = row[places.plan]
    return (
      this.#hasBalance(row[places.userId]) &&
      this.#hasPrice(row[places.priceId]) &&
      (plan === null || this.#hasPlan(plan))
    )
  }
}

const holdIdOf = (hold: Row): string => String(hold[HOLD.requestId])

function prepareKnown(raw: Database, sql: string): (id: unknown) => boolean {
  const find = raw.prepare<[unknown], 1>(sql).pluck()
  const known = new Set<unknown>()
  return (id) => {
    if (known.has(id)) return true
    if (find.get(id) === undefined) return false
    if (known.size >= KNOWN_MAX) known.clear()
    known.add(id)
    return true
  }
}
