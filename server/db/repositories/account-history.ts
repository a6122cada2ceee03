// What moved a person's balance, newest first: along the links between their entries, or their balance changes alone.
import type { NanoUsd } from '../../ledger/money.ts'
import type { Db } from '../open.ts'
import type { BalanceChangeKind } from '../write-command.ts'
import { type Page, type PageRequest, parseSeqCursor, toPage } from './paging.ts'

/** A settlement or a balance change. */
export interface HistoryEntry {
  /** Its place in the ledger. */
  readonly seq: number
  readonly createdAt: number
  readonly kind: 'settle' | BalanceChangeKind
  /** Signed: what it added to the balance. Of a settlement, without what the operator bore of it. */
  readonly amountNanoUsd: NanoUsd
  readonly balanceAfterNanoUsd: NanoUsd
  /** Of a settlement, a refund and a later charge. */
  readonly requestId: string | null
  /** Of a settlement. */
  readonly model: string | null
  readonly note: string | null
  readonly actorUserId: string | null
}

export interface AccountHistoryRepository {
  /** The person's balance changes, what was booked for single requests afterwards included. */
  changes(userId: string, page: PageRequest): Page<HistoryEntry>
  /** The same, and the settlements of their requests. */
  all(userId: string, page: PageRequest): Page<HistoryEntry>
  /** At most `count` entries, from the one before `beforeSeq` on back; from the last one where that is undefined. */
  walk(userId: string, beforeSeq: number | undefined, count: number): HistoryEntry[]
}

/** Word for word the condition of the index `ledger_entries_changes`: only then does SQLite use it. */
const IS_CHANGE = `"kind" <> 'hold' and "kind" <> 'settle' and "kind" <> 'release' and "kind" <> 'write_off'`

const COLUMNS = `entry.seq, entry.created_at AS createdAt, entry.kind,
  entry.balance_after_nano_usd AS balanceAfterNanoUsd, entry.request_id AS requestId, entry.note,
  entry.actor_user_id AS actorUserId`

const SELECT_CHANGES = `
  SELECT ${COLUMNS}, entry.amount_nano_usd AS amountNanoUsd, NULL AS model
  FROM ledger_entries AS entry
  WHERE user_id = @userId AND ${IS_CHANGE} AND seq < @beforeSeq
  ORDER BY seq DESC LIMIT @count`

/**
 * What an entry added is read from the two balances around it, so that a settlement comes without its write-off.
 * CROSS JOIN: the links lead to the entries. Left to choose, SQLite reads the whole ledger for the sake of its order.
 */
const selectLinked = (firstSeq: string) => `
  WITH RECURSIVE linked (seq, position) AS (
    ${firstSeq}
    UNION ALL
    SELECT entry.previous_seq, position + 1 FROM linked JOIN ledger_entries AS entry ON entry.seq = linked.seq
    WHERE position < @count AND entry.previous_seq IS NOT NULL)
  SELECT ${COLUMNS}, charges.model AS model,
    entry.balance_after_nano_usd - coalesce(previous.balance_after_nano_usd, 0) AS amountNanoUsd
  FROM linked CROSS JOIN ledger_entries AS entry ON entry.seq = linked.seq
    LEFT JOIN ledger_entries AS previous ON previous.seq = entry.previous_seq
    LEFT JOIN charges ON charges.entry_seq = entry.seq
  ORDER BY linked.position`

interface Asked {
  readonly userId: string
  readonly beforeSeq: number
  readonly count: number
}

export function createAccountHistoryRepository({ raw }: Db): AccountHistoryRepository {
  const changes = raw.prepare<[Asked], HistoryEntry>(SELECT_CHANGES)
  const fromTheLast = raw.prepare<[Omit<Asked, 'beforeSeq'>], HistoryEntry>(
    selectLinked(
      `SELECT last_entry_seq, 1 FROM balances WHERE user_id = @userId AND last_entry_seq IS NOT NULL`,
    ),
  )
  // A cursor comes from outside: the entry that it names has to be the person's own.
  const fromBefore = raw.prepare<[Asked], HistoryEntry>(
    selectLinked(
      `SELECT previous_seq, 1 FROM ledger_entries
       WHERE seq = @beforeSeq AND user_id = @userId AND previous_seq IS NOT NULL`,
    ),
  )
  const walk: AccountHistoryRepository['walk'] = (userId, beforeSeq, count) =>
    beforeSeq === undefined
      ? fromTheLast.all({ userId, count })
      : fromBefore.all({ userId, beforeSeq, count })
  const beforeOf = (cursor: string | undefined) => (cursor === undefined ? undefined : parseSeqCursor(cursor))
  const page = (rows: HistoryEntry[], limit: number) => toPage(rows, limit, ({ seq }) => String(seq))

  return {
    changes: (userId, { cursor, limit }) =>
      page(
        changes.all({ userId, beforeSeq: beforeOf(cursor) ?? Number.MAX_SAFE_INTEGER, count: limit + 1 }),
        limit,
      ),
    all: (userId, { cursor, limit }) => page(walk(userId, beforeOf(cursor), limit + 1), limit),
    walk,
  }
}
