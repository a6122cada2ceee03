// Usage rows as they are listed, stored in the order of the list (WITHOUT ROWID), with indexes in the same order for what the
// list is narrowed by. A single row is found through the ledger, whose entries know when the request arrived.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const usage = sqliteTable(
  'usage',
  {
    requestId: text('request_id').notNull(),
    createdAt: integer('created_at').notNull(),
    userId: text('user_id').notNull(),
    keyId: text('key_id').notNull(),
    endpoint: text('endpoint').notNull(),
    model: text('model').notNull(),
    inputTokens: integer('input_tokens').notNull(),
    cachedInputTokens: integer('cached_input_tokens').notNull(),
    cacheWriteTokens: integer('cache_write_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    reasoningTokens: integer('reasoning_tokens').notNull(),
    webSearchCalls: integer('web_search_calls').notNull(),
    costNanoUsd: integer('cost_nano_usd').notNull(),
    status: integer('status').notNull(),
    errorCode: text('error_code'),
    reason: text('reason', {
      enum: ['completed', 'client_left', 'upstream_failed', 'estimated', 'refused'],
    }).notNull(),
    durationMs: integer('duration_ms').notNull(),
    firstTokenMs: integer('first_token_ms'),
    stream: integer('stream', { mode: 'boolean' }).notNull(),
    isDemo: integer('is_demo', { mode: 'boolean' }).notNull(),
    source: text('source', { enum: ['balance', 'plan'] })
      .notNull()
      .default('balance'),
    planSubscriptionId: text('plan_subscription_id'),
    /** The name that the upstream had which answered; null for the primary one. */
    upstream: text('upstream'),
  },
  (table) => [
    primaryKey({ columns: [table.createdAt, table.requestId] }),
    // Each with the cost, so that what it leads to is sorted by that unread; the first two with what a person's or a key's list
    // is narrowed by further, so that rows which do not fit are passed over unread.
    index('usage_user_created').on(
      table.userId,
      table.createdAt,
      table.requestId,
      table.model,
      table.endpoint,
      table.status,
      table.costNanoUsd,
    ),
    index('usage_key_created').on(
      table.keyId,
      table.createdAt,
      table.requestId,
      table.model,
      table.endpoint,
      table.status,
      table.costNanoUsd,
    ),
    // The same for everyone's: a model that never came to an endpoint would else be looked for in all of its rows.
    index('usage_model_created').on(
      table.model,
      table.createdAt,
      table.requestId,
      table.endpoint,
      table.status,
      table.reason,
      table.costNanoUsd,
    ),
    index('usage_endpoint_created').on(table.endpoint, table.createdAt, table.requestId, table.costNanoUsd),
    index('usage_cost').on(
      table.costNanoUsd,
      table.createdAt,
      table.requestId,
      table.model,
      table.endpoint,
      table.status,
    ),
    // Of what is not the usual, so that the usual does not pay for it.
    index('usage_status_created')
      .on(
        table.status,
        table.createdAt,
        table.requestId,
        table.model,
        table.endpoint,
        table.reason,
        table.costNanoUsd,
      )
      .where(sql`"status" <> 200`),
    index('usage_reason_created')
      .on(
        table.reason,
        table.createdAt,
        table.requestId,
        table.model,
        table.endpoint,
        table.status,
        table.costNanoUsd,
      )
      .where(sql`"reason" <> 'completed'`),
  ],
)
