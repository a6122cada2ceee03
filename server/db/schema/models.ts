// What is known of models beside their prices: rules that administrators set, and which ones were asked for without a price.
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const modelRules = sqliteTable(
  'model_rules',
  {
    model: text('model').primaryKey(),
    /** JSON, as in contract/model-rule.ts. */
    access: text('access').notNull(),
    multiplierPpm: integer('multiplier_ppm').notNull(),
    updatedAt: integer('updated_at').notNull(),
    updatedBy: text('updated_by'),
  },
  (table) => [
    check('model_rules_access', sql`json_valid(${table.access})`),
    check('model_rules_multiplier', sql`${table.multiplierPpm} between 0 and 1000000000`),
  ],
)

export const unpricedModels = sqliteTable(
  'unpriced_models',
  {
    model: text('model').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    count: integer('count').notNull(),
    firstAskedAt: integer('first_asked_at').notNull(),
    lastAskedAt: integer('last_asked_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.model, table.userId] }),
    index('unpriced_models_user').on(table.userId, table.lastAskedAt),
  ],
)
