// What a settled request was charged and why, kept for ever. Its price is a row that never changes, so the row's id is the
// snapshot. It keeps its own totals, because usage rows expire.
import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { SERVICE_TIERS } from '../../../contract/price.ts'
import { ledgerEntries } from './ledger.ts'
import { planSubscriptions } from './plans.ts'
import { prices } from './prices.ts'

export const charges = sqliteTable(
  'charges',
  {
    /** The settling entry. A charge is found by its request through the ledger's index. */
    entrySeq: integer('entry_seq')
      .primaryKey()
      .references(() => ledgerEntries.seq, { onDelete: 'restrict' }),
    requestId: text('request_id').notNull(),
    createdAt: integer('created_at').notNull(),
    userId: text('user_id').notNull(),
    keyId: text('key_id').notNull(),
    endpoint: text('endpoint').notNull(),
    model: text('model').notNull(),
    priceId: text('price_id')
      .notNull()
      .references(() => prices.id, { onDelete: 'restrict' }),
    holdNanoUsd: integer('hold_nano_usd').notNull(),
    amountNanoUsd: integer('amount_nano_usd').notNull(),
    writeOffNanoUsd: integer('write_off_nano_usd').notNull(),
    multiplierPpm: integer('multiplier_ppm').notNull(),
    /** That of the model, beside the one of the settings: both were applied. */
    modelMultiplierPpm: integer('model_multiplier_ppm').notNull().default(1_000_000),
    reason: text('reason', {
      enum: ['completed', 'client_left', 'upstream_failed', 'estimated', 'refused'],
    }).notNull(),
    inputTokens: integer('input_tokens').notNull(),
    cachedInputTokens: integer('cached_input_tokens').notNull(),
    cacheWriteTokens: integer('cache_write_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    reasoningTokens: integer('reasoning_tokens').notNull(),
    webSearchCalls: integer('web_search_calls').notNull(),
    /** JSON as the upstream sent it. */
    reportedUsage: text('reported_usage'),
    isFlagged: integer('is_flagged', { mode: 'boolean' }).notNull(),
    isDemo: integer('is_demo', { mode: 'boolean' }).notNull(),
    upstreamResponseId: text('upstream_response_id'),
    serviceTier: text('service_tier'),
    /** The tier whose rates were charged; the answer's own may have no price. */
    pricedTier: text('priced_tier', { enum: ['default', ...SERVICE_TIERS] }),
    /** The counts that few answers have, as one JSON object: parts that are audio or images, calls of tools. */
    furtherUsage: text('further_usage'),
    /** What paid for it. The amount is the price of the request either way. */
    source: text('source', { enum: ['balance', 'plan'] })
      .notNull()
      .default('balance'),
    planSubscriptionId: text('plan_subscription_id').references(() => planSubscriptions.id, {
      onDelete: 'restrict',
    }),
    /** The name that the upstream had which answered; null for the primary one. */
    upstream: text('upstream'),
  },
  (table) => [
    // Few charges have one, and an administrator lists those alone.
    index('charges_write_offs').on(table.entrySeq).where(sql`"write_off_nano_usd" > 0`),
    check('charges_source', sql`${table.source} in ('balance', 'plan')`),
    check('charges_plan', sql`(${table.source} = 'plan') = (${table.planSubscriptionId} is not null)`),
    check(
      'charges_amounts',
      sql`${table.holdNanoUsd} >= 0 and ${table.amountNanoUsd} >= 0 and ${table.writeOffNanoUsd} >= 0`,
    ),
    check('charges_further_usage', sql`${table.furtherUsage} is null or json_valid(${table.furtherUsage})`),
  ],
)
