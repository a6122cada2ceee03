// Plans, who has had which, and the codes that give a plan or money.
import { sql } from 'drizzle-orm'
import { blob, check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const plans = sqliteTable(
  'plans',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    priceNanoUsd: integer('price_nano_usd').notNull(),
    days: integer('days').notNull(),
    /** JSON: an array of `{ window, metric, value }`. */
    quotas: text('quotas').notNull(),
    /** JSON: an array of names, or null for every model. */
    allowedModels: text('allowed_models'),
    mayUseBalance: integer('may_use_balance', { mode: 'boolean' }).notNull(),
    isForSale: integer('is_for_sale', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    archivedAt: integer('archived_at'),
  },
  (table) => [
    check('plans_price', sql`${table.priceNanoUsd} >= 0`),
    check('plans_days', sql`${table.days} >= 1`),
    check('plans_quotas', sql`json_type(${table.quotas}) = 'array'`),
    check(
      'plans_allowed_models',
      sql`${table.allowedModels} is null or json_type(${table.allowedModels}) = 'array'`,
    ),
  ],
)

export const planSubscriptions = sqliteTable(
  'plan_subscriptions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    planId: text('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'restrict' }),
    origin: text('origin', { enum: ['bought', 'granted', 'code'] }).notNull(),
    /** The activation, which its weeks and months run from. */
    startedAt: integer('started_at').notNull(),
    endsAt: integer('ends_at').notNull(),
    /** Null while it lasts, and until the person's next plan begins after it. */
    endedAt: integer('ended_at'),
  },
  (table) => [
    uniqueIndex('plan_subscriptions_open').on(table.userId).where(sql`"ended_at" is null`),
    index('plan_subscriptions_user_started').on(table.userId, table.startedAt, table.id),
    index('plan_subscriptions_started').on(table.startedAt, table.id),
    index('plan_subscriptions_plan').on(table.planId, table.endsAt),
    check('plan_subscriptions_origin', sql`${table.origin} in ('bought', 'granted', 'code')`),
    check('plan_subscriptions_times', sql`${table.endsAt} >= ${table.startedAt}`),
  ],
)

export const codeBatches = sqliteTable(
  'code_batches',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    kind: text('kind', { enum: ['balance', 'plan'] }).notNull(),
    amountNanoUsd: integer('amount_nano_usd'),
    planId: text('plan_id').references(() => plans.id, { onDelete: 'restrict' }),
    count: integer('count').notNull(),
    expiresAt: integer('expires_at'),
    createdAt: integer('created_at').notNull(),
    createdBy: text('created_by').references(() => users.id, { onDelete: 'restrict' }),
    disabledAt: integer('disabled_at'),
  },
  (table) => [
    index('code_batches_created').on(table.createdAt, table.id),
    check(
      'code_batches_kind',
      sql`case ${table.kind} when 'balance' then ${table.amountNanoUsd} > 0 and ${table.planId} is null
        when 'plan' then ${table.amountNanoUsd} is null and ${table.planId} is not null else 0 end`,
    ),
  ],
)

export const codes = sqliteTable(
  'codes',
  {
    id: text('id').primaryKey(),
    batchId: text('batch_id')
      .notNull()
      .references(() => codeBatches.id, { onDelete: 'restrict' }),
    /** SHA-256 of the code in its one form. */
    hash: blob('hash', { mode: 'buffer' }).notNull(),
    /** Its last characters: enough to tell which one somebody speaks of, and more than enough random ones are left. */
    hint: text('hint').notNull(),
    disabledAt: integer('disabled_at'),
    redeemedAt: integer('redeemed_at'),
    /** Null as well where somebody redeemed it whom a restore left out: it stays redeemed. */
    redeemedBy: text('redeemed_by').references(() => users.id, { onDelete: 'restrict' }),
  },
  (table) => [
    uniqueIndex('codes_hash').on(table.hash),
    // With what a batch counts of its codes.
    index('codes_batch').on(table.batchId, table.id, table.redeemedAt, table.disabledAt),
    index('codes_redeemed').on(table.redeemedAt, table.id).where(sql`"redeemed_at" is not null`),
    index('codes_redeemed_by').on(table.redeemedBy, table.redeemedAt).where(sql`"redeemed_by" is not null`),
    check('codes_hash_length', sql`length(${table.hash}) = 32`),
    check(
      'codes_redeemed',
      sql`case when ${table.redeemedAt} is null then ${table.redeemedBy} is null else ${table.disabledAt} is null end`,
    ),
  ],
)
