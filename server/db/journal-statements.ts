// The statements of the hot path: raw SQL, prepared once and held for life, with values by position. The query builder would
// cost half as much again here, and prepare anew every time.
import type { Database } from 'better-sqlite3'
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'
import { prepareCorrections, prepareLedger } from './ledger-statements.ts'
import { prepareGrants } from './plan-statements.ts'
import { prepareSpending } from './spending-statements.ts'
import type {
  BalanceChangeCommand,
  BalanceChangeKind,
  HoldRecord,
  KeyAddressCommand,
  KeyUse,
  LimitCounterRow,
  NoticeCommand,
  OwnCommand,
  SpendingDelta,
  SubscriptionRow,
} from './write-command.ts'

export interface JournalStatements {
  /** Each of the four returns the entry's place in the ledger. The last two change the balance with it. */
  hold(hold: HoldRecord): number
  release(hold: HoldRecord, at: number): number
  /** Of what is due, what is paid; what the operator bears of it is an entry of its own, written before. */
  settle(
    hold: HoldRecord,
    due: { readonly dueNanoUsd: NanoUsd; readonly paidNanoUsd: NanoUsd },
    at: number,
  ): number
  change(change: Omit<BalanceChangeCommand, 'kind'>, planSubscriptionId: string | null): number
  /** Throws where it is not due, which takes the gift with it. */
  settleDefaultBalance(userId: string): void
  /** Whether a request has such an entry already, or, for a later charge, was dismissed. */
  isBooked(requestId: string, kind: BalanceChangeKind): boolean
  /** Notes with a later charge that the possible loss is dealt with. */
  resolveLoss(requestId: string, change: BalanceChangeCommand): void
  /** What the operator bears of a settlement. */
  writeOff(hold: HoldRecord, amountNanoUsd: NanoUsd, at: number): void
  charge(entrySeq: number, hold: HoldRecord, charge: Charge, usage: UsageRow, at: number): void
  usage(usage: UsageRow, costNanoUsd: NanoUsd): void
  own(own: OwnCommand): void
  keyUse(use: KeyUse): void
  limitCounter(row: LimitCounterRow): void
  spending(delta: SpendingDelta): void
  /** Inserts it, or changes when it ends. */
  subscription(row: SubscriptionRow): void
  notice(command: NoticeCommand): void
  keyAddress(command: KeyAddressCommand): void
  /** False where the code cannot be redeemed any more. */
  claimCode(code: { readonly codeId: string; readonly userId: string }, at: number): boolean
}

const toFlag = (claim: boolean): 0 | 1 => (claim ? 1 : 0)

export function prepareJournalStatements(raw: Database): JournalStatements {
  return {
    ...prepareLedger(raw),
    ...prepareCorrections(raw),
    ...prepareUsage(raw),
    ...prepareSpending(raw),
    ...prepareGrants(raw),
    ...prepareRest(raw),
  }
}

function prepareUsage(raw: Database) {
  const charge = raw.prepare(
    `INSERT INTO charges
       (entry_seq, request_id, created_at, user_id, key_id, endpoint, model, price_id,
        hold_nano_usd, amount_nano_usd, write_off_nano_usd, multiplier_ppm, model_multiplier_ppm, reason,
        input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, web_search_calls,
        reported_usage, is_flagged, is_demo, upstream_response_id, service_tier, priced_tier, further_usage,
        source, plan_subscription_id, upstream)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const usage = raw.prepare(
    `INSERT INTO usage
       (request_id, created_at, user_id, key_id, endpoint, model,
        input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, web_search_calls,
        cost_nano_usd, status, error_code, reason, duration_ms, first_token_ms, stream, is_demo,
        source, plan_subscription_id, upstream)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )

  return {
    charge(entrySeq: number, held: HoldRecord, made: Charge, row: UsageRow, at: number): void {
      charge.run(
        entrySeq,
        held.requestId,
        at,
        held.userId,
        held.keyId,
        row.endpoint,
        held.model,
        held.priceId,
        held.amountNanoUsd,
        made.amountNanoUsd,
        made.writeOffNanoUsd,
        made.multiplierPpm,
        made.modelMultiplierPpm ?? 1_000_000,
        made.reason,
        row.inputTokens,
        row.cachedInputTokens,
        row.cacheWriteTokens,
        row.outputTokens,
        row.reasoningTokens,
        row.webSearchCalls,
        made.reportedUsage,
        toFlag(made.isFlagged),
        toFlag(row.isDemo),
        made.upstreamResponseId,
        made.serviceTier,
        made.pricedTier,
        made.furtherUsage && JSON.stringify(made.furtherUsage),
        held.planSubscriptionId === null ? 'balance' : 'plan',
        held.planSubscriptionId,
        row.upstream,
      )
    },
    usage(row: UsageRow, costNanoUsd: NanoUsd): void {
      usage.run(
        row.requestId,
        row.createdAt,
        row.userId,
        row.keyId,
        row.endpoint,
        row.model,
        row.inputTokens,
        row.cachedInputTokens,
        row.cacheWriteTokens,
        row.outputTokens,
        row.reasoningTokens,
        row.webSearchCalls,
        costNanoUsd,
        row.status,
        row.errorCode,
        row.reason,
        row.durationMs,
        row.firstTokenMs,
        toFlag(row.stream),
        toFlag(row.isDemo),
        row.source,
        row.planSubscriptionId,
        row.upstream,
      )
    },
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
    keyUse: (use: KeyUse): void => void keyUse.run(use),
    limitCounter: (row: LimitCounterRow): void => void limitCounter.run(row),
  }
}
