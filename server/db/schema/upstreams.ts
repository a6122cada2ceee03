// The upstreams beside the primary one, and how requests are shared among all of them. Their keys are in the secret store.
import { sql } from 'drizzle-orm'
import { check, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const upstreams = sqliteTable(
  'upstreams',
  {
    /** `primary` is the one of the settings; its row says no more than how it is used. */
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    baseUrl: text('base_url'),
    /** JSON: an array of `{ model, upstreamModel }`, or null for every model. */
    models: text('models'),
    priority: integer('priority').notNull(),
    multiplierPpm: integer('multiplier_ppm').notNull(),
    concurrencyMax: integer('concurrency_max'),
    headSecondsMax: integer('head_seconds_max').notNull(),
    isEnabled: integer('is_enabled', { mode: 'boolean' }).notNull(),
    /** Null: by its address. */
    identifiesUsers: integer('identifies_users', { mode: 'boolean' }),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    check('upstreams_base_url', sql`(${table.id} = 'primary') = (${table.baseUrl} is null)`),
    check('upstreams_models', sql`${table.models} is null or json_type(${table.models}) = 'array'`),
    check('upstreams_multiplier', sql`${table.multiplierPpm} between 0 and 1000000000`),
    check('upstreams_concurrency', sql`${table.concurrencyMax} is null or ${table.concurrencyMax} >= 1`),
    check('upstreams_head_seconds', sql`${table.headSecondsMax} >= 1`),
  ],
)
