// The ledger and what it sums up to. Entries are only ever added, by the writer; this reads them and resolves what a crash left.
import { asc, eq, sql } from 'drizzle-orm'
import type { NanoUsd } from '../../ledger/money.ts'
import type { Db } from '../open.ts'
import { createResolvedMark } from '../resolved-mark.ts'
import { balances, ledgerEntries, possibleLosses } from '../schema/ledger.ts'
import type { BalanceChangeKind, HoldRecord } from '../write-command.ts'

export type LedgerKind = 'hold' | 'settle' | 'release' | BalanceChangeKind

export interface LedgerEntry {
  readonly seq: number
  readonly createdAt: number
  readonly userId: string
  readonly kind: LedgerKind
  /** Signed: what it adds to the balance. Zero for holds and releases. */
  readonly amountNanoUsd: NanoUsd
  /** Signed: what it adds to the open holds. */
  readonly heldNanoUsd: NanoUsd
  /** Of what a plan pays for, and of the change of a balance that a plan was bought with. */
  readonly planSubscriptionId: string | null
  /** Signed: what it adds to what that plan has left, and to what is held of it. Null where the plan pays for nothing. */
  readonly planAmountNanoUsd: NanoUsd | null
  readonly planHeldNanoUsd: NanoUsd | null
  readonly requestId: string | null
  /** The three of a hold. */
  readonly keyId: string | null
  readonly model: string | null
  readonly priceId: string | null
  readonly note: string | null
  readonly actorUserId: string | null
}

export interface BalanceRow {
  readonly balanceNanoUsd: NanoUsd
  readonly creditLimitNanoUsd: NanoUsd
}

/** A hold that a crash left open: what it held is the most that may have been lost. */
export interface PossibleLoss extends HoldRecord {
  readonly foundAt: number
}

export interface LedgerRepository {
  balanceOf(userId: string): BalanceRow | undefined
  /** Takes effect on disk alone; the live account follows it. */
  setCreditLimit(userId: string, creditLimitNanoUsd: NanoUsd): void
  /** Hold, settlement or release, and what followed, in order. */
  entriesOfRequest(requestId: string): LedgerEntry[]
  openHolds(): HoldRecord[]
  /** The balance as the entries give it. */
  sumOf(userId: string): NanoUsd
  /** Releases every open hold in one transaction and lists each as a possible loss; returns them. For the start only. */
  releaseOpenHolds(at: number): PossibleLoss[]
}

const entryColumns = {
  seq: ledgerEntries.seq,
  createdAt: ledgerEntries.createdAt,
  userId: ledgerEntries.userId,
  kind: ledgerEntries.kind,
  amountNanoUsd: ledgerEntries.amountNanoUsd,
  heldNanoUsd: ledgerEntries.heldNanoUsd,
  planSubscriptionId: ledgerEntries.planSubscriptionId,
  planAmountNanoUsd: ledgerEntries.planAmountNanoUsd,
  planHeldNanoUsd: ledgerEntries.planHeldNanoUsd,
  requestId: ledgerEntries.requestId,
  keyId: ledgerEntries.keyId,
  model: ledgerEntries.model,
  priceId: ledgerEntries.priceId,
  note: ledgerEntries.note,
  actorUserId: ledgerEntries.actorUserId,
}

const SELECT_OPEN_HOLDS = `
  SELECT request_id AS requestId, user_id AS userId, key_id AS keyId, model, price_id AS priceId,
         coalesce(plan_held_nano_usd, held_nano_usd) AS amountNanoUsd,
         plan_subscription_id AS planSubscriptionId, created_at AS createdAt
  FROM ledger_entries AS held
  WHERE seq >= ? AND kind = 'hold' AND NOT EXISTS (
    SELECT 1 FROM ledger_entries AS ended
    WHERE ended.request_id = held.request_id AND ended.kind IN ('settle', 'release'))
  ORDER BY seq`

export function createLedgerRepository({ raw, orm }: Db): LedgerRepository {
  const mark = createResolvedMark(raw)
  const openHolds = raw.prepare<[number], HoldRecord>(SELECT_OPEN_HOLDS)
  const nextSeq = raw.prepare<[], number>('SELECT coalesce(max(seq), 0) + 1 FROM ledger_entries').pluck()
  const balanceOf = raw.prepare<[string], BalanceRow>(
    `SELECT balance_nano_usd AS balanceNanoUsd, credit_limit_nano_usd AS creditLimitNanoUsd
     FROM balances WHERE user_id = ?`,
  )

  const releaseOpenHolds = raw.transaction((at: number): PossibleLoss[] => {
    const losses = openHolds.all(mark.read()).map((hold) => ({ ...hold, foundAt: at }))
    for (const loss of losses) {
      const { userId, requestId, amountNanoUsd, planSubscriptionId } = loss
      const released = { createdAt: at, userId, kind: 'release', amountNanoUsd: 0, requestId } as const
      const givesBack = 0 - amountNanoUsd
      const ends =
        planSubscriptionId === null
          ? { heldNanoUsd: givesBack }
          : { heldNanoUsd: 0, planSubscriptionId, planAmountNanoUsd: 0, planHeldNanoUsd: givesBack }
      orm
        .insert(ledgerEntries)
        .values({ ...released, ...ends })
        .run()
      orm.insert(possibleLosses).values(loss).run()
    }
    mark.write(nextSeq.get() ?? 1)
    return losses
  })

  return {
    balanceOf: (userId) => balanceOf.get(userId),
    setCreditLimit: (userId, creditLimitNanoUsd) =>
      void orm.update(balances).set({ creditLimitNanoUsd }).where(eq(balances.userId, userId)).run(),
    entriesOfRequest: (requestId) =>
      orm
        .select(entryColumns)
        .from(ledgerEntries)
        .where(eq(ledgerEntries.requestId, requestId))
        .orderBy(asc(ledgerEntries.seq))
        .all(),
    openHolds: () => openHolds.all(mark.read()),
    sumOf: (userId) =>
      orm
        .select({ sum: sql<number>`coalesce(sum(${ledgerEntries.amountNanoUsd}), 0)` })
        .from(ledgerEntries)
        .where(eq(ledgerEntries.userId, userId))
        .get()?.sum ?? 0,
    releaseOpenHolds: (at) => releaseOpenHolds.immediate(at),
  }
}
