// Sums of usage: of everyone together, kept up close behind the present, and by person and key for the time whose rows have
// expired. A sum stands at the beginning of its quarter hour, or of the operator's local hour or day; it is moved to a longer
// span as it grows old, and never counted twice.
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** 0 a quarter hour, 1 a local hour, 2 a local day. */
const span = () => ({
  level: integer('level').notNull(),
  startMs: integer('start_ms').notNull(),
})

/** What sums are told apart by, beside time and person. */
const dimensions = () => ({
  model: text('model').notNull(),
  endpoint: text('endpoint').notNull(),
  status: integer('status').notNull(),
  reason: text('reason').notNull(),
  isDemo: integer('is_demo', { mode: 'boolean' }).notNull(),
  source: text('source').notNull(),
})

export const sums = () => ({
  requests: integer('requests').notNull(),
  inputTokens: integer('input_tokens').notNull(),
  cachedInputTokens: integer('cached_input_tokens').notNull(),
  cacheWriteTokens: integer('cache_write_tokens').notNull(),
  outputTokens: integer('output_tokens').notNull(),
  reasoningTokens: integer('reasoning_tokens').notNull(),
  webSearchCalls: integer('web_search_calls').notNull(),
  costNanoUsd: integer('cost_nano_usd').notNull(),
})

export const usageRollups = sqliteTable(
  'usage_rollups',
  { ...span(), ...dimensions(), ...sums() },
  (table) => [
    primaryKey({
      columns: [
        table.level,
        table.startMs,
        table.model,
        table.endpoint,
        table.status,
        table.reason,
        table.isDemo,
        table.source,
      ],
    }),
    check('usage_rollups_level', sql`${table.level} in (0, 1, 2)`),
  ],
)

export const expiredUsage = sqliteTable(
  'expired_usage',
  {
    ...span(),
    userId: text('user_id').notNull(),
    keyId: text('key_id').notNull(),
    ...dimensions(),
    ...sums(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.level,
        table.startMs,
        table.userId,
        table.keyId,
        table.model,
        table.endpoint,
        table.status,
        table.reason,
        table.isDemo,
        table.source,
      ],
    }),
    index('expired_usage_user').on(table.userId, table.startMs),
    index('expired_usage_key').on(table.keyId, table.startMs),
    check('expired_usage_level', sql`${table.level} in (1, 2)`),
  ],
)

/** One row: how far the sums have come. */
export const usageProgress = sqliteTable(
  'usage_progress',
  {
    id: integer('id').primaryKey(),
    /** Requests that arrived before this are in `usage_rollups`; a trigger adds those that end later. */
    rolledUntil: integer('rolled_until').notNull(),
    /** Rows of requests that arrived before this have expired. */
    keptFrom: integer('kept_from').notNull(),
    /** Requests that arrived before this, on a day of `usage_days`, are in the sums of days; a trigger adds those that end later. */
    daysUntil: integer('days_until').notNull().default(0),
  },
  (table) => [check('usage_progress_one', sql`${table.id} = 0`)],
)
