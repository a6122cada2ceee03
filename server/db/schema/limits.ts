// Rate limits: what an operator set, and what has been counted, so that a restart is no fresh start.
import { sql } from 'drizzle-orm'
import { check, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const limitRules = sqliteTable(
  'limit_rules',
  {
    scope: text('scope', { enum: ['role', 'plan', 'user', 'key'] }).notNull(),
    /** A role, or the id of a plan, a user, or a key family. No foreign key: it is four kinds of things. */
    subjectId: text('subject_id').notNull(),
    metric: text('metric', { enum: ['requests', 'tokens', 'concurrent'] }).notNull(),
    /** `now` for concurrent requests: a primary key takes no null for one value. */
    window: text('window', { enum: ['minute', 'hour', 'day', 'now'] }).notNull(),
    /** Null lifts the limit of a less specific rule. */
    value: integer('value'),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.subjectId, table.metric, table.window] }),
    check('limit_rules_scope', sql`${table.scope} in ('role', 'plan', 'user', 'key')`),
    check('limit_rules_metric', sql`${table.metric} in ('requests', 'tokens', 'concurrent')`),
    check('limit_rules_window', sql`(${table.window} = 'now') = (${table.metric} = 'concurrent')`),
    check('limit_rules_window_name', sql`${table.window} in ('minute', 'hour', 'day', 'now')`),
    check(
      'limit_rules_value',
      sql`(${table.value} is null and ${table.scope} <> 'key') or (typeof(${table.value}) = 'integer' and ${table.value} >= 1)`,
    ),
  ],
)

/** Absolute counts: writing a row twice changes nothing. One row per person and key family, for all three windows. */
export const limitCounters = sqliteTable(
  'limit_counters',
  {
    kind: text('kind', { enum: ['user', 'key'] }).notNull(),
    subjectId: text('subject_id').notNull(),
    minuteStartMs: integer('minute_start_ms').notNull(),
    minuteRequests: integer('minute_requests').notNull(),
    minuteTokens: integer('minute_tokens').notNull(),
    hourStartMs: integer('hour_start_ms').notNull(),
    hourRequests: integer('hour_requests').notNull(),
    hourTokens: integer('hour_tokens').notNull(),
    dayStartMs: integer('day_start_ms').notNull(),
    dayRequests: integer('day_requests').notNull(),
    dayTokens: integer('day_tokens').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subjectId] }),
    check('limit_counters_kind', sql`${table.kind} in ('user', 'key')`),
  ],
)
