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

/** To be raised where a command that is no bare row changes its shape. */
const SHAPES = 1
/** In which shape commands stand in a log. A version that has another one does not read it. */
export const REDO_FORMAT = JSON.stringify([
  SHAPES,
  ...[HOLD_COLUMNS, SETTLEMENT_COLUMNS, SPENDING_COLUMNS].map((all) => all.join()),
])

const isLogged = (command: PackedCommand): boolean =>
  !('kind' in command) || command.kind === 'own' || command.kind === 'usage' || command.kind === 'release'

export const areLogged = (commands: readonly PackedCommand[]): boolean => commands.every(isLogged)

/** What is open or ended, as far as the commands have come that stand in the log and not in the tables. */
export type Steps = Map<string, 'open' | 'ended'>

type Row = readonly Value[]
type Fits = (value: Value | undefined) => boolean

const isCount: Fits = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isText: Fits = (value) => typeof value === 'string'
const orNull =
  (fits: Fits): Fits =>
  (value) =>
    value === null || fits(value)

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

function fitsOf(column: string): Fits {
  if (TEXTS.has(column)) return isText
  if (TEXTS_OR_NULL.has(column)) return orNull(isText)
  return column === 'first_token_ms' ? orNull(isCount) : isCount
}

const HOLD_FITS = HOLD_COLUMNS.map(fitsOf)
const SETTLEMENT_FITS = SETTLEMENT_COLUMNS.map(fitsOf)
const SPENDING_FITS = SPENDING_COLUMNS.map(fitsOf)

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

export interface SoundCommands {
  /**
   * What a group does, where none of it will be refused; undefined where something may be. `stepOf` says what became of a
   * request before it, in the log or the tables.
   */
  stepsOf(
    commands: readonly PackedCommand[],
    stepOf: (requestId: string) => 'open' | 'ended' | undefined,
  ): Steps | undefined
}

/** Reads over this connection what rows refer to; none of that is ever deleted. */
export function createSoundCommands(raw: Database): SoundCommands {
  const hasBalance = prepareKnown(raw, 'SELECT 1 FROM balances WHERE user_id = ?')
  const hasPrice = prepareKnown(raw, 'SELECT 1 FROM prices WHERE id = ?')
  const hasPlan = prepareKnown(raw, 'SELECT 1 FROM plan_subscriptions WHERE id = ?')

  function refersToKnown(row: Row, places: typeof HOLD): boolean {
    const plan = row[places.plan]
    return hasBalance(row[places.userId]) && hasPrice(row[places.priceId]) && (plan === null || hasPlan(plan))
  }
  const isHoldSound = (row: Row): boolean =>
    HOLD_FITS.every((fits, at) => fits(row[at])) && refersToKnown(row, HOLD)
  const isSettlementSound = (row: Row): boolean =>
    SETTLEMENT_FITS.every((fits, at) => fits(row[at])) &&
    isSpendingSound(row) &&
    refersToKnown(row, SETTLEMENT)

  return {
    stepsOf(commands, stepOf) {
      const made: Steps = new Map()
      const now = (requestId: string) => made.get(requestId) ?? stepOf(requestId)
      for (const command of commands) {
        if ('kind' in command) {
          if (command.kind !== 'release') continue
          if (now(command.hold.requestId) !== 'open') return undefined
          made.set(command.hold.requestId, 'ended')
        } else if ('hold' in command) {
          const requestId = String(command.hold[HOLD.requestId])
          if (now(requestId) !== undefined || !isHoldSound(command.hold)) return undefined
          made.set(requestId, 'open')
        } else {
          const requestId = String(command.settle[SETTLEMENT.requestId])
          if (now(requestId) !== 'open' || !isSettlementSound(command.settle)) return undefined
          made.set(requestId, 'ended')
        }
      }
      return made
    },
  }
}

function isSpendingSound(row: Row): boolean {
  const width = SPENDING_FITS.length
  if ((row.length - SETTLEMENT_FITS.length) % width !== 0) return false
  for (let at = SETTLEMENT_FITS.length; at < row.length; at += 1) {
    if (!SPENDING_FITS[(at - SETTLEMENT_FITS.length) % width]?.(row[at])) return false
  }
  return true
}

function prepareKnown(raw: Database, sql: string): Fits {
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
