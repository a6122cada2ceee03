// What the check of the ledger reads, a bounded piece at a time: every statement follows an index or a primary key.
import type { Database } from 'better-sqlite3'
import type { NanoUsd } from '../../ledger/money.ts'
import type { LedgerKind } from './ledger.ts'

export interface CheckedEntry {
  readonly seq: number
  readonly createdAt: number
  readonly userId: string
  readonly kind: LedgerKind
  readonly amountNanoUsd: NanoUsd
  /** What it adds to whatever pays: to the balance, or to what a plan has left. */
  readonly paidNanoUsd: NanoUsd
  /** What it adds to what is held of the one or the other. */
  readonly heldNanoUsd: NanoUsd
  /** The plan that pays, or that was bought. */
  readonly planSubscriptionId: string | null
  readonly requestId: string | null
  readonly previousSeq: number | null
  readonly balanceAfterNanoUsd: NanoUsd | null
  /** Of a settlement. */
  readonly charge: CheckedCharge | null
}

interface CheckedCharge {
  readonly keyFamilyId: string
  readonly requestId: string
  readonly userId: string
  readonly amountNanoUsd: NanoUsd
  readonly writeOffNanoUsd: NanoUsd
  readonly holdNanoUsd: NanoUsd
}

interface CheckedBalance {
  readonly userId: string
  readonly balanceNanoUsd: NanoUsd
  readonly creditLimitNanoUsd: NanoUsd
  readonly lastEntrySeq: number | null
}

export interface CheckStatements {
  lastSeq(): number
  entriesAfter(seq: number, limit: number): CheckedEntry[]
  /** How many charges have their entry behind one place and up to another. */
  chargesBetween(afterSeq: number, untilSeq: number): number
  /** Of those, the ones whose entry is no settlement. */
  strayCharges(
    afterSeq: number,
    untilSeq: number,
  ): { seq: number; requestId: string; foundNanoUsd: NanoUsd }[]
  /** What the usage row of a request says that it cost. */
  usageCost(arrivedAt: number, requestId: string): NanoUsd | undefined
  /** Usage rows of requests that arrived before this moment may have expired. */
  usageKeptFrom(): number
  isResolved(requestId: string): boolean
  /** What a request had cost its person by then. */
  paidBefore(requestId: string, seq: number): NanoUsd
  /** What a possible loss held; undefined where the request is none. */
  estimateOf(requestId: string): NanoUsd | undefined
  balances(): CheckedBalance[]
  /** What each key family and plan is counted to have spent: over a long life more than a number holds exactly. */
  spent(): { readonly subject: string; readonly spentNanoUsd: bigint }[]
}

type Flat = Omit<CheckedEntry, 'charge'> & {
  readonly chargeRequestId: string | null
  readonly keyFamilyId: string
  readonly chargeUserId: string
  readonly chargedNanoUsd: NanoUsd
  readonly writeOffNanoUsd: NanoUsd
  readonly holdNanoUsd: NanoUsd
}

export function prepareCheckStatements(raw: Database): CheckStatements {
  const lastSeq = raw.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM ledger_entries').pluck()
  const entries = raw.prepare<[number, number], Flat>(
    `SELECT entry.seq, entry.created_at AS createdAt, entry.user_id AS userId, entry.kind,
       entry.amount_nano_usd AS amountNanoUsd,
       entry.amount_nano_usd + coalesce(entry.plan_amount_nano_usd, 0) AS paidNanoUsd,
       entry.held_nano_usd + coalesce(entry.plan_held_nano_usd, 0) AS heldNanoUsd,
       entry.plan_subscription_id AS planSubscriptionId, entry.request_id AS requestId,
       entry.previous_seq AS previousSeq, entry.balance_after_nano_usd AS balanceAfterNanoUsd,
       charge.request_id AS chargeRequestId, coalesce(key.family_id, charge.key_id) AS keyFamilyId, charge.user_id AS chargeUserId, charge.amount_nano_usd AS chargedNanoUsd,
       charge.write_off_nano_usd AS writeOffNanoUsd, charge.hold_nano_usd AS holdNanoUsd
     FROM ledger_entries AS entry LEFT JOIN charges AS charge ON charge.entry_seq = entry.seq
       LEFT JOIN api_keys AS key ON key.id = charge.key_id
     WHERE entry.seq > ? ORDER BY entry.seq LIMIT ?`,
  )
  const charges = raw
    .prepare<[number, number], number>('SELECT count(*) FROM charges WHERE entry_seq > ? AND entry_seq <= ?')
    .pluck()
  const strays = raw.prepare<[number, number], { seq: number; requestId: string; foundNanoUsd: NanoUsd }>(
    `SELECT entry_seq AS seq, request_id AS requestId, amount_nano_usd AS foundNanoUsd FROM charges
     WHERE entry_seq > ? AND entry_seq <= ?
       AND NOT EXISTS (SELECT 1 FROM ledger_entries WHERE seq = entry_seq AND kind = 'settle')`,
  )
  const usageCost = raw
    .prepare<[number, string], NanoUsd>(
      'SELECT cost_nano_usd FROM usage WHERE created_at = ? AND request_id = ?',
    )
    .pluck()
  const keptFrom = raw.prepare<[], number>('SELECT kept_from FROM usage_progress').pluck()
  const resolved = raw
    .prepare<[string], 1>(
      `SELECT 1 FROM ledger_entries WHERE request_id = ? AND kind IN ('settle', 'release')`,
    )
    .pluck()
  const paid = raw
    .prepare<[string, number], NanoUsd>(
      `SELECT coalesce(-sum(amount_nano_usd), 0) FROM ledger_entries
       WHERE request_id = ? AND seq < ? AND kind IN ('settle', 'write_off', 'charge')`,
    )
    .pluck()
  const estimate = raw
    .prepare<[string], NanoUsd>('SELECT amount_nano_usd FROM possible_losses WHERE request_id = ?')
    .pluck()
  const balances = raw.prepare<[], CheckedBalance>(
    `SELECT user_id AS userId, balance_nano_usd AS balanceNanoUsd, credit_limit_nano_usd AS creditLimitNanoUsd,
       last_entry_seq AS lastEntrySeq FROM balances`,
  )
  const spent = raw
    .prepare<[], { readonly subject: string; readonly spentNanoUsd: bigint }>(
      `SELECT kind || ' ' || subject_id AS subject, total_nano_usd AS spentNanoUsd FROM spending_counters`,
    )
    .safeIntegers()
  return {
    lastSeq: () => lastSeq.get() ?? 0,
    entriesAfter: (seq, limit) => entries.all(seq, limit).map(toEntry),
    chargesBetween: (afterSeq, untilSeq) => charges.get(afterSeq, untilSeq) ?? 0,
    strayCharges: (afterSeq, untilSeq) => strays.all(afterSeq, untilSeq),
    usageCost: (arrivedAt, requestId) => usageCost.get(arrivedAt, requestId),
    usageKeptFrom: () => keptFrom.get() ?? 0,
    isResolved: (requestId) => resolved.get(requestId) === 1,
    paidBefore: (requestId, seq) => paid.get(requestId, seq) ?? 0,
    estimateOf: (requestId) => estimate.get(requestId),
    balances: () => balances.all(),
    spent: () => spent.all(),
  }
}

function toEntry(flat: Flat): CheckedEntry {
  const {
    chargeRequestId,
    keyFamilyId,
    chargeUserId,
    chargedNanoUsd,
    writeOffNanoUsd,
    holdNanoUsd,
    ...entry
  } = flat
  if (chargeRequestId === null) return { ...entry, charge: null }
  const amounts = { amountNanoUsd: chargedNanoUsd, writeOffNanoUsd, holdNanoUsd }
  return { ...entry, charge: { requestId: chargeRequestId, keyFamilyId, userId: chargeUserId, ...amounts } }
}
