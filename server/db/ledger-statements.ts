// The statements that write the ledger: each entry that moves a balance is linked to the one before it. Prepared once and held
// for life, like those of the rest.
import type { Database, RunResult } from 'better-sqlite3'
import type { NanoUsd } from '../ledger/money.ts'
import { createCommonValues } from './common-values.ts'
import { HOLD_COLUMNS, holdPlace, type Value } from './packed-commands.ts'
import type { Pause } from './pauses.ts'
import { preparePlanLedger } from './plan-statements.ts'
import { prepareReferences } from './references.ts'
import { prepareRows, putPlaces } from './row-batches.ts'
import type { BalanceChangeCommand, BalanceChangeKind, HoldRecord } from './write-command.ts'

/** Not `-amount`: minus zero is a floating-point number, which an integer column refuses. */
const negated = (amountNanoUsd: NanoUsd): NanoUsd => 0 - amountNanoUsd

type HoldColumn = (typeof HOLD_COLUMNS)[number]

/** What is known of a hold when something is added for its request. */
export type Held = Pick<HoldRecord, 'userId' | 'requestId' | 'planSubscriptionId'>

/** What holds have in common; what tells most of them apart comes first. */
const HOLD_COMMON: readonly HoldColumn[] = ['key_id', 'model', 'user_id', 'price_id', 'plan_subscription_id']
const HOLD_OWN = HOLD_COLUMNS.filter((name) => !HOLD_COMMON.includes(name))
const HOLD_OWN_PLACES = HOLD_OWN.map(holdPlace)

interface Hold {
  readonly commonId: number
  readonly row: readonly Value[]
}

/** What a plan pays for leaves the balance and its open holds as they are, so both amounts are the plan's. */
function prepareHolds(raw: Database, pause: Pause) {
  const of = (column: HoldColumn): string => `column${HOLD_OWN.indexOf(column) + 2}`
  const held = of('held_nano_usd')
  const commons = createCommonValues(
    raw,
    HOLD_COMMON.map((name) => [name, holdPlace(name)]),
  )
  const insert = prepareRows<Hold>(raw, pause, {
    width: HOLD_OWN.length + 1,
    sqlOf: (values) =>
      `INSERT OR FAIL INTO ledger_entries (kind, created_at, request_id, ${HOLD_COMMON.join(', ')}, amount_nano_usd, held_nano_usd,
         plan_amount_nano_usd, plan_held_nano_usd)
       SELECT 'hold', ${of('created_at')}, ${of('request_id')}, ${HOLD_COMMON.join(', ')}, 0,
         iif(plan_subscription_id IS NULL, ${held}, 0), iif(plan_subscription_id IS NULL, NULL, 0),
         iif(plan_subscription_id IS NULL, NULL, ${held})
       FROM (${values}) LEFT JOIN ${commons.table} ON id = column1`,
    put({ commonId, row }, values, at) {
      values[at] = commonId
      putPlaces(HOLD_OWN_PLACES, row, values, at + 1)
    },
  })
  return {
    insert(rows: readonly (readonly Value[])[], onRows: (count: number, result: RunResult) => void): void {
      commons.makeRoom()
      insert(
        rows.map((row) => ({ commonId: commons.idOf(row), row })),
        onRows,
      )
    },
    forget: commons.forget,
  }
}

export function prepareLedger(raw: Database, pause: Pause) {
  const holds = prepareHolds(raw, pause)
  const release = raw.prepare(
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id)
     VALUES (?, ?, 'release', 0, ?, ?)`,
  )
  const change = raw.prepare(
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, note, actor_user_id,
       request_id, plan_subscription_id, previous_seq, balance_after_nano_usd)
     VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`,
  )
  const writeOff = raw.prepare(
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id)
     VALUES (?, ?, 'write_off', ?, 0, ?)`,
  )
  const defaultBalance = raw.prepare(
    `UPDATE users SET default_balance = 'settled' WHERE id = ? AND default_balance = 'due'`,
  )
  const plan = preparePlanLedger(raw)
  const book = prepareBooking(raw)
  const requireReference = prepareReferences(raw)

  return {
    /** Told for each hold, in their order, is its place in the ledger. */
    holds(rows: readonly (readonly Value[])[], onHold: (row: readonly Value[], seq: number) => void): void {
      let written = 0
      holds.insert(rows, (count, { lastInsertRowid }) => {
        // Each entry gets the number after the one before it.
        const firstSeq = Number(lastInsertRowid) - count + 1
        rows.slice(written, written + count).forEach((row, index) => void onHold(row, firstSeq + index))
        written += count
      })
    },
    forgetHolds: holds.forget,
    release(held: HoldRecord, at: number): number {
      const givesBack = negated(held.amountNanoUsd)
      requireReference('user_id', held.userId)
      requireReference('plan_subscription_id', held.planSubscriptionId)
      if (held.planSubscriptionId !== null) return plan.entry('release', held, 0, givesBack, at)
      return Number(release.run(at, held.userId, givesBack, held.requestId).lastInsertRowid)
    },
    change: (made: Omit<BalanceChangeCommand, 'kind' | 'audit'>, planSubscriptionId: string | null): number =>
      book(made.userId, made.amountNanoUsd, (previousSeq, balanceAfter) =>
        change.run(
          made.createdAt,
          made.userId,
          made.changeKind,
          made.amountNanoUsd,
          made.note,
          made.actorUserId,
          made.requestId ?? null,
          planSubscriptionId,
          previousSeq,
          balanceAfter,
        ),
      ),
    settleDefaultBalance(userId: string): void {
      if (defaultBalance.run(userId).changes !== 1) {
        throw new Error(`The default balance of user ${userId} is not due; it is given once.`)
      }
    },
    writeOff(held: Held, amountNanoUsd: NanoUsd, at: number): void {
      if (held.planSubscriptionId !== null) plan.entry('write_off', held, amountNanoUsd, 0, at)
      else writeOff.run(at, held.userId, amountNanoUsd, held.requestId)
    },
  }
}

/** Adds an entry to a person's account: linked to the one before it, with the balance that it leaves. */
function prepareBooking(raw: Database) {
  const standing = raw.prepare<[string], { readonly balance: NanoUsd; readonly seq: number | null }>(
    'SELECT balance_nano_usd AS balance, last_entry_seq AS seq FROM balances WHERE user_id = ?',
  )
  const stand = raw.prepare('UPDATE balances SET balance_nano_usd = ?, last_entry_seq = ? WHERE user_id = ?')
  return (
    userId: string,
    addedNanoUsd: NanoUsd,
    insert: (previousSeq: number | null, balanceAfter: NanoUsd) => RunResult,
  ): number => {
    const before = standing.get(userId)
    if (!before) throw new Error(`There is no balance of user ${userId} to change.`)
    const balance = before.balance + addedNanoUsd
    const seq = Number(insert(before.seq, balance).lastInsertRowid)
    stand.run(balance, seq, userId)
    return seq
  }
}

/** What is booked for a request after the fact. */
export function prepareCorrections(raw: Database) {
  const isBooked = raw
    .prepare<[string, string], 1>('SELECT 1 FROM ledger_entries WHERE request_id = ? AND kind = ?')
    .pluck()
  const isResolved = raw.prepare<[string], 1>('SELECT 1 FROM loss_resolutions WHERE request_id = ?').pluck()
  const resolveLoss = raw.prepare(
    `INSERT INTO loss_resolutions (request_id, kind, created_at, actor_user_id, note) VALUES (?, 'charged', ?, ?, ?)`,
  )
  return {
    isBooked: (requestId: string, kind: BalanceChangeKind): boolean =>
      isBooked.get(requestId, kind) === 1 || (kind === 'charge' && isResolved.get(requestId) === 1),
    resolveLoss: (requestId: string, { createdAt, actorUserId, note }: BalanceChangeCommand): void =>
      void resolveLoss.run(requestId, createdAt, actorUserId, note),
  }
}
