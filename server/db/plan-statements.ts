// The statements about plans and codes: the ledger's entries of what a plan pays for, who has which plan, and the claim of a
// code. Prepared once and held for life, like those of the rest.
import type { Database } from 'better-sqlite3'
import type { NanoUsd } from '../ledger/money.ts'
import type { Held } from './ledger-statements.ts'
import type { SubscriptionRow } from './write-command.ts'

/** What a plan pays for leaves the balance and its open holds as they are, so both amounts of its entries are the plan's. */
export function preparePlanLedger(raw: Database) {
  const entry = raw.prepare(
    `INSERT INTO ledger_entries
       (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id,
        plan_subscription_id, plan_amount_nano_usd, plan_held_nano_usd)
     VALUES (?, ?, ?, 0, 0, ?, ?, ?, ?)`,
  )
  return {
    entry: (
      kind: 'release' | 'write_off',
      { userId, requestId, planSubscriptionId }: Held,
      amountNanoUsd: NanoUsd,
      heldNanoUsd: NanoUsd,
      at: number,
    ): number =>
      Number(
        entry.run(at, userId, kind, requestId, planSubscriptionId, amountNanoUsd, heldNanoUsd)
          .lastInsertRowid,
      ),
  }
}

export function prepareGrants(raw: Database) {
  const subscription = raw.prepare(
    `INSERT INTO plan_subscriptions (id, user_id, plan_id, origin, started_at, ends_at, ended_at)
     VALUES (@id, @userId, @planId, @origin, @startedAt, @endsAt, @endedAt)
     ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at, ended_at = excluded.ended_at`,
  )
  const claim = raw.prepare(
    `UPDATE codes SET redeemed_at = @at, redeemed_by = @userId
     WHERE id = @codeId AND redeemed_at IS NULL AND disabled_at IS NULL AND EXISTS (
       SELECT 1 FROM code_batches AS batch WHERE batch.id = codes.batch_id AND batch.disabled_at IS NULL
         AND coalesce(batch.expires_at > @at, 1))`,
  )
  return {
    subscription: (row: SubscriptionRow): void => void subscription.run(row),
    claimCode: (
      { codeId, userId }: { readonly codeId: string; readonly userId: string },
      at: number,
    ): boolean => claim.run({ codeId, userId, at }).changes === 1,
  }
}
