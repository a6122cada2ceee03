// Which commands may be answered for by the redo log alone: those of which nothing is read until they stand in the tables, and
// which no table will refuse.
import type { Database } from 'better-sqlite3'
import { HeldIds } from './held-ids.ts'
import { holdPlace, type PackedCommand, settlementPlace, type Value } from './packed-commands.ts'
import type { OtherCommand } from './write-command.ts'

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
  readonly #holds = new HeldIds()

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
      if ('hold' in command && !('kind' in command)) this.#holds.forget(holdIdOf(command.hold))
  }

  turn(): void {
    this.#holds.turn()
  }

  #isSound(command: PackedCommand): boolean {
    if ('kind' in command) {
      if (command.kind === 'release') return this.#holds.isOpen(command.hold.requestId)
      return LOGGED[command.kind]
    }
    if ('settle' in command) {
      const row = command.settle
      const id = settledIdOf(row)
      const isFitting = command.hasHold ? this.#holds.isNew(id) : this.#holds.isOpen(id)
      return isFitting && this.#refersToKnown(row, SETTLEMENT)
    }
    return this.#holds.isNew(holdIdOf(command.hold)) && this.#refersToKnown(command.hold, HOLD)
  }

  #note(command: PackedCommand): void {
    if ('kind' in command) {
      if (command.kind === 'release') this.#holds.end(command.hold.requestId)
    } else if ('settle' in command) this.#holds.end(settledIdOf(command.settle))
    else this.#holds.open(holdIdOf(command.hold))
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
const settledIdOf = (settlement: Row): string => String(settlement[SETTLEMENT.requestId])

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
