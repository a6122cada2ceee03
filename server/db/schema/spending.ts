// What was spent by a key family, or out of a plan, in the windows that are counted: changed together with the settlements
// that it sums up, so that a start has to read no history.
import { sql } from 'drizzle-orm'
import { check, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const spendingCounters = sqliteTable(
  'spending_counters',
  {
    kind: text('kind', { enum: ['key', 'plan'] }).notNull(),
    /** The id of a key family or of a subscription. No foreign key: it is two kinds of things. */
    subjectId: text('subject_id').notNull(),
    dayStartMs: integer('day_start_ms').notNull(),
    dayNanoUsd: integer('day_nano_usd').notNull(),
    dayTokens: integer('day_tokens').notNull(),
    dayRequests: integer('day_requests').notNull(),
    weekStartMs: integer('week_start_ms').notNull(),
    weekNanoUsd: integer('week_nano_usd').notNull(),
    weekTokens: integer('week_tokens').notNull(),
    weekRequests: integer('week_requests').notNull(),
    monthStartMs: integer('month_start_ms').notNull(),
    monthNanoUsd: integer('month_nano_usd').notNull(),
    monthTokens: integer('month_tokens').notNull(),
    monthRequests: integer('month_requests').notNull(),
    totalNanoUsd: integer('total_nano_usd').notNull(),
    totalTokens: integer('total_tokens').notNull(),
    totalRequests: integer('total_requests').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subjectId] }),
    check('spending_counters_kind', sql`${table.kind} in ('key', 'plan')`),
  ],
)
