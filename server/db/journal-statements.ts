// The statements of the hot path: raw SQL, prepared once and held for life, with values by position. The query builder would
// cost half as much again here, and prepare anew every time.
import type { Database, RunResult } from 'better-sqlite3'
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'
import type {
  BalanceChangeCommand,
  BalanceChangeKind,
  HoldRecord,
  KeyUse,
  LimitCounterRow,
  OwnCommand,
  SpendingDelta,
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
  change(change: BalanceChangeCommand): number
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
}

const toFlag = (claim: boolean): 0 | 1 => (claim ? 1 : 0)

/** Not `-amount`: minus zero is a floating-point number, which an integer column refuses. */
const negated = (amountNanoUsd: NanoUsd): NanoUsd => 0 - amountNanoUsd

export function prepareJournalStatements(raw: Database): JournalStatements {
  return {
    ...prepareLedger(raw),
    ...prepareCorrections(raw),
    ...prepareUsage(raw),
    ...prepareSpending(raw),
    ...prepareRest(raw),
  }
}

function prepareLedger(raw: Database) {
  const hold = raw.prepare(
    `INSERT INTO ledger_entries
       (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id, key_id, model, price_id)
     VALUES (?, ?, 'hold', 0, ?, ?, ?, ?, ?)`,
  )
  const release = raw.prepare(
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id)
     VALUES (?, ?, 'release', 0, ?, ?)`,
  )
  const settle = raw.prepare(
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id, previous_seq,
       balance_after_nano_usd)
     VALUES (?, ?, 'settle', ?, ?, ?, ?, ?)`,
  )
  const change = raw.prepare(
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, note, actor_user_id,
       request_id, previous_seq, balance_after_nano_usd)
     VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
  )
  const writeOff = raw.prepare(
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id)
     VALUES (?, ?, 'write_off', ?, 0, ?)`,
  )
  const defaultBalance = raw.prepare(
    `UPDATE users SET default_balance = 'settled' WHERE id = ? AND default_balance = 'due'`,
  )
  const book = prepareBooking(raw)

  return {
    hold: (held: HoldRecord): number =>
      Number(
        hold.run(
          held.createdAt,
          held.userId,
          held.amountNanoUsd,
          held.requestId,
          held.keyId,
          held.model,
          held.priceId,
        ).lastInsertRowid,
      ),
    release: (held: HoldRecord, at: number): number =>
      Number(release.run(at, held.userId, negated(held.amountNanoUsd), held.requestId).lastInsertRowid),
    settle: (
      { userId, amountNanoUsd, requestId }: HoldRecord,
      { dueNanoUsd, paidNanoUsd }: { readonly dueNanoUsd: NanoUsd; readonly paidNanoUsd: NanoUsd },
      at: number,
    ): number =>
      book(userId, negated(paidNanoUsd), (previousSeq, balanceAfter) =>
        settle.run(
          at,
          userId,
          negated(dueNanoUsd),
          negated(amountNanoUsd),
          requestId,
          previousSeq,
          balanceAfter,
        ),
      ),
    change: (made: BalanceChangeCommand): number =>
      book(made.userId, made.amountNanoUsd, (previousSeq, balanceAfter) =>
        change.run(
          made.createdAt,
          made.userId,
          made.changeKind,
          made.amountNanoUsd,
          made.note,
          made.actorUserId,
          made.requestId ?? null,
          previousSeq,
          balanceAfter,
        ),
      ),
    settleDefaultBalance(userId: string): void {
      if (defaultBalance.run(userId).changes !== 1) {
        throw new Error(`The default balance of user ${userId} is not due; it is given once.`)
      }
    },
    writeOff(held: HoldRecord, amountNanoUsd: NanoUsd, at: number): void {
      writeOff.run(at, held.userId, amountNanoUsd, held.requestId)
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
function prepareCorrections(raw: Database) {
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

function prepareUsage(raw: Database) {
  const charge = raw.prepare(
    `INSERT INTO charges
       (entry_seq, request_id, created_at, user_id, key_id, endpoint, model, price_id,
        hold_nano_usd, amount_nano_usd, write_off_nano_usd, multiplier_ppm, model_multiplier_ppm, reason,
        input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, web_search_calls,
        reported_usage, is_flagged, is_demo, upstream_response_id, service_tier, priced_tier, further_usage)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const usage = raw.prepare(
    `INSERT INTO usage
       (request_id, created_at, user_id, key_id, endpoint, model,
        input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, web_search_calls,
        cost_nano_usd, status, error_code, reason, duration_ms, first_token_ms, stream, is_demo)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      )
    },
  }
}

/**
 * Adds to the windows that admitted the request. As long as they are the newest ones of the row, that is one plain addition;
 * else each window decides: an earlier one gives way to its own, and one that has begun since leaves it out.
 */
function prepareSpending(raw: Database) {
  const windows = ['day', 'week', 'month']
  const amounts = ['nano_usd', 'tokens', 'requests']
  const starts = windows.map((window) => `${window}_start_ms`)
  const columns = ['total', ...windows].flatMap((window) => amounts.map((amount) => `${window}_${amount}`))
  const sameWindows = raw.prepare(
    `UPDATE spending_counters SET ${columns.map((column) => `${column} = ${column} + ?`).join(', ')}
     WHERE kind = ? AND subject_id = ? AND ${starts.map((start) => `${start} = ?`).join(' AND ')}`,
  )
  const inWindow = (window: string, amount: string) =>
    `${window}_${amount} = CASE
       WHEN excluded.${window}_start_ms > ${window}_start_ms THEN excluded.${window}_${amount}
       WHEN excluded.${window}_start_ms = ${window}_start_ms THEN ${window}_${amount} + excluded.${window}_${amount}
       ELSE ${window}_${amount} END`
  const otherWindows = raw.prepare(
    `INSERT INTO spending_counters (${[...columns, 'kind', 'subject_id', ...starts].join(', ')})
     VALUES (${[...columns, 'kind', 'subject_id', ...starts].map(() => '?').join(', ')})
     ON CONFLICT (kind, subject_id) DO UPDATE SET
       ${amounts.map((amount) => `total_${amount} = total_${amount} + excluded.total_${amount}`).join(', ')},
       ${windows.flatMap((window) => amounts.map((amount) => inWindow(window, amount))).join(', ')},
       ${starts.map((start) => `${start} = max(${start}, excluded.${start})`).join(', ')}`,
  )
  return {
    spending(delta: SpendingDelta): void {
      const { kind, subjectId, dayStartMs, weekStartMs, monthStartMs, nanoUsd, tokens, requests } = delta
      const added = [nanoUsd, tokens, requests]
      const where = [kind, subjectId, dayStartMs, weekStartMs, monthStartMs]
      const values = [...added, ...added, ...added, ...added, ...where]
      if (sameWindows.run(...values).changes === 0) otherWindows.run(...values)
    },
  }
}

function prepareRest(raw: Database) {
  const own = raw.prepare(
    `INSERT INTO owned_ids (kind, id, user_id, tokens, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET tokens = excluded.tokens
       WHERE owned_ids.user_id = excluded.user_id AND excluded.tokens IS NOT NULL`,
  )
  const keyUse = raw.prepare(
    `UPDATE api_keys SET last_used_at = @at, last_used_address = @address, last_used_client = @client
     WHERE id = @keyId AND coalesce(last_used_at, 0) <= @at AND deleted_at IS NULL`,
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
      void own.run(row.ownedKind, row.id, row.userId, row.tokens, row.createdAt),
    keyUse: (use: KeyUse): void => void keyUse.run(use),
    limitCounter: (row: LimitCounterRow): void => void limitCounter.run(row),
  }
}
