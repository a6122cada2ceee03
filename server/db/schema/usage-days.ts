// Sums of usage by local day, kept up close behind the present: what long reports are read from. A day's sums hold its rows
// and what has expired of them alike, so nothing here moves when rows grow old.
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sums } from './usage-rollups.ts'

/**
 * The days that have sums, as long as they were when the first request of each was added, whatever the zone is now. They
 * follow each other without gap; of the last one there is what came before `usage_progress.days_until`.
 */
export const usageDays = sqliteTable(
  'usage_days',
  {
    startMs: integer('start_ms').primaryKey(),
    endMs: integer('end_ms').notNull(),
  },
  (table) => [check('usage_days_span', sql`${table.startMs} < ${table.endMs}`)],
)

const startMs = () => integer('start_ms').notNull()
const userId = () => text('user_id').notNull()
const isDemo = () => integer('is_demo', { mode: 'boolean' }).notNull()
const dailySums = () => ({ errors: integer('errors').notNull(), ...sums() })

/** Of everyone together. */
export const dailyUsage = sqliteTable(
  'daily_usage',
  {
    startMs: startMs(),
    model: text('model').notNull(),
    endpoint: text('endpoint').notNull(),
    status: integer('status').notNull(),
    reason: text('reason').notNull(),
    isDemo: isDemo(),
    ...dailySums(),
  },
  ({ startMs, model, endpoint, status, reason, isDemo }) => [
    primaryKey({ columns: [startMs, model, endpoint, status, reason, isDemo] }),
  ],
)

/** Of one person from day to day along the key: there are few days, and each costs one step to the person. */
export const dailyUserUsage = sqliteTable(
  'daily_user_usage',
  { startMs: startMs(), userId: userId(), isDemo: isDemo(), ...dailySums() },
  ({ startMs, userId, isDemo }) => [primaryKey({ columns: [startMs, userId, isDemo] })],
)

export const dailyUserModelUsage = sqliteTable(
  'daily_user_model_usage',
  {
    startMs: startMs(),
    userId: userId(),
    model: text('model').notNull(),
    isDemo: isDemo(),
    ...dailySums(),
  },
  ({ startMs, userId, model, isDemo }) => [primaryKey({ columns: [startMs, userId, model, isDemo] })],
)

export const dailyKeyUsage = sqliteTable(
  'daily_key_usage',
  {
    startMs: startMs(),
    userId: userId(),
    keyId: text('key_id').notNull(),
    isDemo: isDemo(),
    ...dailySums(),
  },
  ({ startMs, userId, keyId, isDemo }) => [
    primaryKey({ columns: [startMs, userId, keyId, isDemo] }),
    index('daily_key_usage_key').on(keyId, startMs),
  ],
)

/** How many requests that were answered with less than 400 took `from_ms` and longer, up to the next step; see daily-usage.ts. */
export const dailyTimings = sqliteTable(
  'daily_timings',
  {
    startMs: startMs(),
    fromMs: integer('from_ms').notNull(),
    model: text('model').notNull(),
    isDemo: isDemo(),
    /** By how long they took altogether. */
    durations: integer('durations').notNull(),
    /** By when their first token came. */
    firstTokens: integer('first_tokens').notNull(),
  },
  ({ startMs, fromMs, model, isDemo }) => [primaryKey({ columns: [startMs, fromMs, model, isDemo] })],
)
