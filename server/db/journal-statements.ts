// The statements of the hot path: raw SQL, prepared once and held for life, with values by position. The query builder would
// cost half as much again here, and prepare anew every time.
import type { Database } from 'better-sqlite3'
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'
import { type Held, prepareCorrections, prepareLedger } from './ledger-statements.ts'
import type { PackedSettle, Value } from './packed-commands.ts'
import type { Pause } from './pauses.ts'
import { prepareGrants } from './plan-statements.ts'
import type { AuditRow } from './repositories/audit.ts'
import { prepareSettlements } from './settlement-statement.ts'
import { prepareUsage } from './usage-statements.ts'
import type {
  BalanceChangeCommand,
  BalanceChangeKind,
  HoldRecord,
  KeyAddressCommand,
  KeyUse,
  LimitCounterRow,
  NoticeCommand,
  OwnCommand,
  SubscriptionRow,
} from './write-command.ts'

type Row = readonly Value[]

export interface JournalStatements {
  /** Tells the place in the ledger of each, in their order. */
  holds(rows: readonly Row[], onHold: (row: Row, seq: number) => void): void
  /** Each of the two returns the entry's place in the ledger. The last changes the balance with it. */
  release(hold: HoldRecord, at: number): number
  change(change: Omit<BalanceChangeCommand, 'kind' | 'audit'>, planSubscriptionId: string | null): number
  /** Throws where it is not due, which takes the gift with it. */
  settleDefaultBalance(userId: string): void
  /** Whether a request has such an entry already, or, for a later charge, was dismissed. */
  isBooked(requestId: string, kind: BalanceChangeKind): boolean
  /** Notes with a later charge that the possible loss is dealt with. */
  resolveLoss(requestId: string, change: BalanceChangeCommand): void
  /** What the operator bears of a settlement. */
  writeOff(hold: Held, amountNanoUsd: NanoUsd, at: number): void
  /** Entries, charges and usage rows, in the order of these. Returns the place of the last entry in the ledger. */
  settle(settlements: readonly PackedSettle[]): number
  /** What they have changed: balances and spending counters. Comes before anything else that changes a balance. */
  finishSettlements(): void
  /** Both where the transaction, or the part of it since the last `finishSettlements`, was undone. */
  forgetSettlements(): void
  forgetHolds(): void
  usage(usage: UsageRow, costNanoUsd: NanoUsd): void
  own(own: OwnCommand): void
  keyUse(use: KeyUse): void
  limitCounter(row: LimitCounterRow): void
  /** Inserts it, or changes when it ends. */
  subscription(row: SubscriptionRow): void
  notice(command: NoticeCommand): void
  keyAddress(command: KeyAddressCommand): void
  audit(row: AuditRow): void
  /** False where the code cannot be redeemed any more. */
  claimCode(code: { readonly codeId: string; readonly userId: string }, at: number): boolean
}

/** `pause` is called between statements where there are many. */
export function prepareJournalStatements(raw: Database, pause: Pause): JournalStatements {
  return {
    ...prepareLedger(raw, pause),
    ...prepareCorrections(raw),
    ...prepareSettlements(raw, pause),
    ...prepareUsage(raw),
    ...prepareGrants(raw),
    ...prepareRest(raw),
  }
}

function prepareRest(raw: Database) {
  const own = raw.prepare(
    `INSERT INTO owned_ids (kind, id, user_id, tokens, created_at, upstream_id) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET tokens = excluded.tokens
       WHERE owned_ids.user_id = excluded.user_id AND excluded.tokens IS NOT NULL`,
  )
  const keyUse = raw.prepare(
    `UPDATE api_keys SET last_used_at = @at, last_used_address = @address, last_used_client = @client
     WHERE id = @keyId AND coalesce(last_used_at, 0) <= @at AND deleted_at IS NULL`,
  )
  const notice = raw.prepare(
    `INSERT INTO notices (id, created_at, user_id, once_for, content) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (user_id, once_for) DO NOTHING`,
  )
  const keyAddress = raw.prepare(
    `INSERT INTO key_addresses (family_id, network, first_seen_at) VALUES (@familyId, @network, @firstSeenAt)
     ON CONFLICT DO NOTHING`,
  )
  const audit = raw.prepare(
    `INSERT INTO audit (id, created_at, actor_user_id, operation, target_type, target_id, before, after, address)
     VALUES (@id, @createdAt, @actorUserId, @operation, @targetType, @targetId, @before, @after, @address)`,
  )
  const limitCounter = raw.prepare(
    `INSERT INTO limit_counters
       (kind, subject_id, minute_start_ms, minute_requests, minute_tokens, hour_start_ms, hour_requests, hour_tokens,
        day_start_ms, day_requests, day_tokens)
     VALUES (@kind, @subjectId, @minuteStartMs, @minuteRequests, @minuteTokens, @hourStartMs, @hourRequests, @hourTokens,
        @dayStartMs, @dayRequests, @dayTokens)
     ON CONFLICT (kind, subject_id) DO UPDATE SET
       minute_start_ms = excluded.minute_start_ms, minute_requests = excluded.minute_requests,
       minute_tokens = excluded.minute_tokens, hour_start_ms = excluded.hour_start_ms,
       hour_requests = excluded.hour_requests, hour_tokens = excluded.hour_tokens,
       day_start_ms = excluded.day_start_ms, day_requests = excluded.day_requests, day_tokens = excluded.day_tokens`,
  )
  return {
    own: (row: OwnCommand): void =>
      void own.run(row.ownedKind, row.id, row.userId, row.tokens, row.createdAt, row.upstreamId),
    notice: ({ notice: { id, createdAt, userId, content }, onceFor }: NoticeCommand): void =>
      void notice.run(id, createdAt, userId, onceFor, JSON.stringify(content)),
    keyAddress: ({ kind: _, ...row }: KeyAddressCommand): void => void keyAddress.run(row),
    audit: ({ before, after, ...row }: AuditRow): void =>
      void audit.run({
        ...row,
        before: JSON.stringify(before ?? null),
        after: JSON.stringify(after ?? null),
      }),
    keyUse: (use: KeyUse): void => void keyUse.run(use),
    limitCounter: (row: LimitCounterRow): void => void limitCounter.run(row),
  }
}
