// Settlements by few statements for many: entries, charges and usage rows, each table after the other, and what many of them
// change together, balances and counters, once at the end.
import type { Database } from 'better-sqlite3'
import { createBalanceChain, type Linked } from './balance-chain.ts'
import { createCommonValues } from './common-values.ts'
import {
  type PackedSettle,
  SETTLEMENT_COLUMNS,
  type SettlementColumn,
  settlementPlace,
  type Value,
} from './packed-commands.ts'
import type { Pause } from './pauses.ts'
import { prepareRows, putPlaces } from './row-batches.ts'
import { createSpendingSums } from './spending-sums.ts'
import { USAGE_COLUMNS } from './usage-statements.ts'

type Settlement = readonly Value[]

/** What settlements have in common; what tells most of them apart comes first. */
const COMMON_COLUMNS: readonly SettlementColumn[] = [
  'key_id',
  'usage_model',
  'endpoint',
  'stream',
  'status',
  'reason',
  'user_id',
  'plan_subscription_id',
  'model',
  'price_id',
  'multiplier_ppm',
  'model_multiplier_ppm',
  'service_tier',
  'priced_tier',
  'upstream',
  'error_code',
  'is_flagged',
  'is_demo',
]

const PLACE = {
  requestId: settlementPlace('request_id'),
  userId: settlementPlace('user_id'),
  plan: settlementPlace('plan_subscription_id'),
  held: settlementPlace('hold_nano_usd'),
  amount: settlementPlace('amount_nano_usd'),
  writeOff: settlementPlace('write_off_nano_usd'),
  settledAt: settlementPlace('settled_at'),
  arrivedAt: settlementPlace('created_at'),
}

/**
 * All of them insert `OR FAIL`: what a failed statement has written before it failed goes with the transaction, or with the
 * savepoint of the command, so SQLite need not keep a copy of each page that it changes in each index. Where foreign keys are on,
 * it does so all the same for the tables that have some.
 */

/** Where what rows have in common is gone, null stands in its place, which none of the tables takes. */
type WithCommon = (values: string) => string

interface Entry extends Linked {
  readonly settlement: Settlement
  readonly commonId: number
  /** Whether it is the settlement's hold. */
  readonly isHold: boolean
}

/** What pays, by what the values in common say. */
const SOURCE = `iif(plan_subscription_id IS NULL, 'balance', 'plan')`
const ofBalance = (column: string, else_: string): string =>
  `iif(plan_subscription_id IS NULL, ${column}, ${else_})`
const ofPlan = (column: string): string => `iif(plan_subscription_id IS NULL, NULL, ${column})`

/** What a hold says beside what a settlement says. */
const ofHold = (column: string): string => `iif(column9, ${column}, NULL)`

/** A plan's settlement leaves the balance as it is, so both amounts are the plan's, and it is no link in the chain. */
function prepareEntries(raw: Database, pause: Pause, withCommon: WithCommon) {
  return prepareRows<Entry>(raw, pause, {
    width: 9,
    sqlOf: (values) =>
      `INSERT OR FAIL INTO ledger_entries (kind, user_id, plan_subscription_id, seq, created_at, request_id, amount_nano_usd,
         held_nano_usd, plan_amount_nano_usd, plan_held_nano_usd, previous_seq, balance_after_nano_usd, key_id, model, price_id)
       SELECT iif(column9, 'hold', 'settle'), user_id, plan_subscription_id, column2, column3, column4,
         ${ofBalance('column5', '0')}, ${ofBalance('column6', '0')}, ${ofPlan('column5')}, ${ofPlan('column6')}, column7, column8,
         ${ofHold('key_id')}, ${ofHold('model')}, ${ofHold('price_id')}
       FROM ${withCommon(values)}`,
    put({ settlement, commonId, seq, previousSeq, balanceAfter, isHold }, values, at) {
      const heldNanoUsd = Number(settlement[PLACE.held])
      values[at] = commonId
      values[at + 1] = seq
      values[at + 2] = settlement[isHold ? PLACE.arrivedAt : PLACE.settledAt] ?? null
      values[at + 3] = settlement[PLACE.requestId] ?? null
      values[at + 4] = isHold ? 0 : 0 - Number(settlement[PLACE.amount]) - Number(settlement[PLACE.writeOff])
      values[at + 5] = isHold ? heldNanoUsd : 0 - heldNanoUsd
      values[at + 6] = previousSeq
      values[at + 7] = balanceAfter
      values[at + 8] = isHold ? 1 : 0
    },
  })
}

/** What a settlement has that is no part of its charge. */
const NOT_CHARGED: readonly SettlementColumn[] = [
  'settled_at',
  'created_at',
  'usage_model',
  'status',
  'error_code',
  'duration_ms',
  'first_token_ms',
  'stream',
]

function prepareCharges(raw: Database, pause: Pause, withCommon: WithCommon) {
  const columns = SETTLEMENT_COLUMNS.filter((name) => !NOT_CHARGED.includes(name))
  const own = columns.filter((name) => !COMMON_COLUMNS.includes(name))
  const common = columns.filter((name) => COMMON_COLUMNS.includes(name))
  const places = [PLACE.settledAt, ...own.map(settlementPlace)]
  return prepareRows<Entry>(raw, pause, {
    width: places.length + 2,
    sqlOf: (values) =>
      `INSERT OR FAIL INTO charges (entry_seq, created_at, ${[...own, ...common].join(', ')}, source)
       SELECT ${columnsTo(places.length + 2)}, ${common.join(', ')}, ${SOURCE} FROM ${withCommon(values)}`,
    put({ settlement, commonId, seq }, values, at) {
      values[at] = commonId
      values[at + 1] = seq
      putPlaces(places, settlement, values, at + 2)
    },
  })
}

/** A usage row has the name that the client used for the model, and calls the amount its cost. */
const USAGE_NAMES: Partial<Record<SettlementColumn, string>> = {
  usage_model: 'model',
  amount_nano_usd: 'cost_nano_usd',
}

function prepareUsageRows(raw: Database, pause: Pause, withCommon: WithCommon) {
  const columns = SETTLEMENT_COLUMNS.filter(
    (name) => name in USAGE_NAMES || (name !== 'model' && USAGE_COLUMNS.includes(name)),
  )
  const own = columns.filter((name) => !COMMON_COLUMNS.includes(name))
  const common = columns.filter((name) => COMMON_COLUMNS.includes(name))
  const names = [...own, ...common].map((name) => USAGE_NAMES[name] ?? name)
  const places = own.map(settlementPlace)
  return prepareRows<Entry>(raw, pause, {
    width: places.length + 1,
    sqlOf: (values) =>
      `INSERT OR FAIL INTO usage (${names.join(', ')}, source)
       SELECT ${columnsTo(places.length + 1)}, ${common.join(', ')}, ${SOURCE} FROM ${withCommon(values)}`,
    put({ settlement, commonId }, values, at) {
      values[at] = commonId
      putPlaces(places, settlement, values, at + 1)
    },
  })
}

const toUnlinked = (settlement: Settlement, commonId: number, seq: number, isHold: boolean): Entry => ({
  settlement,
  commonId,
  isHold,
  seq,
  previousSeq: null,
  balanceAfter: null,
})

/** But for the first, which leads to what rows have in common. */
const columnsTo = (count: number): string =>
  Array.from({ length: count - 1 }, (_, index) => `column${index + 2}`).join(', ')

/** So many charges and usage rows are written together; entries cannot wait, because of their order. */
const WAITING_MAX = 64

export function prepareSettlements(raw: Database, pause: Pause) {
  const commons = createCommonValues(
    raw,
    COMMON_COLUMNS.map((name) => [name, settlementPlace(name)]),
  )
  const withCommon = (values: string): string => `(${values}) LEFT JOIN ${commons.table} ON id = column1`
  const entries = prepareEntries(raw, pause, withCommon)
  const charges = prepareCharges(raw, pause, withCommon)
  const usage = prepareUsageRows(raw, pause, withCommon)
  const chain = createBalanceChain(raw, pause)
  const spending = createSpendingSums(raw, pause)

  function toEntry(settlement: Settlement, commonId: number, seq: number): Entry {
    if (settlement[PLACE.plan] !== null) return toUnlinked(settlement, commonId, seq, false)
    const link = chain.link(String(settlement[PLACE.userId]), seq, 0 - Number(settlement[PLACE.amount]))
    return { settlement, commonId, isHold: false, ...link }
  }

  /** Whose charge and usage row are not written yet. */
  let waiting: Entry[] = []

  function writeWaiting(): void {
    charges(waiting)
    usage(waiting)
    waiting = []
    commons.makeRoom()
  }

  return {
    settle(settlements: readonly PackedSettle[]): number {
      const rows: Entry[] = []
      let seq = chain.nextSeq() - 1
      const nextSeq = (): number => {
        seq += 1
        return seq
      }
      for (const { settle: settlement, hasHold } of settlements) {
        const commonId = commons.idOf(settlement)
        // A hold stood before everything that came since was let in, so its place is anywhere before its settlement.
        if (hasHold) rows.push(toUnlinked(settlement, commonId, nextSeq(), true))
        const entry = toEntry(settlement, commonId, nextSeq())
        rows.push(entry)
        waiting.push(entry)
        spending.add(settlement)
      }
      entries(rows)
      if (waiting.length >= WAITING_MAX) writeWaiting()
      return seq
    },
    finishSettlements(): void {
      writeWaiting()
      chain.write()
      spending.write()
    },
    forgetSettlements(): void {
      waiting = []
      chain.forget()
      spending.forget()
      commons.forget()
    },
  }
}
