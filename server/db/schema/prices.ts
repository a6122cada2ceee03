// Price rows: added, never changed. A charge refers to the row it was computed with.
import { sql } from 'drizzle-orm'
import { check, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const prices = sqliteTable(
  'prices',
  {
    id: text('id').primaryKey(),
    model: text('model').notNull(),
    effectiveFrom: integer('effective_from').notNull(),
    origin: text('origin', { enum: ['shipped', 'operator', 'demo'] }).notNull(),
    source: text('source'),
    createdAt: integer('created_at').notNull(),
    inputNanoUsdPerMTok: integer('input_nano_usd_per_mtok').notNull(),
    cachedInputNanoUsdPerMTok: integer('cached_input_nano_usd_per_mtok'),
    cacheWriteNanoUsdPerMTok: integer('cache_write_nano_usd_per_mtok'),
    outputNanoUsdPerMTok: integer('output_nano_usd_per_mtok').notNull(),
    longContextAboveTokens: integer('long_context_above_tokens'),
    longInputNanoUsdPerMTok: integer('long_input_nano_usd_per_mtok'),
    longCachedInputNanoUsdPerMTok: integer('long_cached_input_nano_usd_per_mtok'),
    longCacheWriteNanoUsdPerMTok: integer('long_cache_write_nano_usd_per_mtok'),
    longOutputNanoUsdPerMTok: integer('long_output_nano_usd_per_mtok'),
    webSearchNanoUsdPerCall: integer('web_search_nano_usd_per_call'),
    contextWindowTokens: integer('context_window_tokens'),
    maxOutputTokens: integer('max_output_tokens'),
    isReasoning: integer('is_reasoning', { mode: 'boolean' }),
    /** The columns that few rows have, as one JSON object: tiers of service, audio, images, tools. */
    furtherRates: text('further_rates'),
  },
  (table) => [
    uniqueIndex('prices_model_moment').on(table.model, table.origin, table.effectiveFrom),
    check('prices_further_rates', sql`${table.furtherRates} is null or json_valid(${table.furtherRates})`),
  ],
)

/** Rows that were taken back before they began: they price nothing, and stay where they are. */
export const priceWithdrawals = sqliteTable('price_withdrawals', {
  priceId: text('price_id')
    .primaryKey()
    .references(() => prices.id, { onDelete: 'restrict' }),
  withdrawnAt: integer('withdrawn_at').notNull(),
  withdrawnBy: text('withdrawn_by'),
})
