// The money: entries that are only ever added, and what is derived from them so that nobody has to sum them up.
import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { planSubscriptions } from './plans.ts'
import { prices } from './prices.ts'
import { users } from './users.ts'

/** Beyond 2⁵³ − 1 an amount would lose its last digits on the way through JavaScript. */
const SAFE = sql.raw('9007199254740991')

export const ledgerEntries = sqliteTable(
  'ledger_entries',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    createdAt: integer('created_at').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    kind: text('kind', {
      enum: [
        'hold',
        'settle',
        'release',
        'top_up',
        'gift',
        'code',
        'correction',
        'refund',
        'charge',
        'write_off',
      ],
    }).notNull(),
    /** Signed: what it adds to the balance. */
    amountNanoUsd: integer('amount_nano_usd').notNull(),
    /** Signed: what it adds to the open holds. */
    heldNanoUsd: integer('held_nano_usd').notNull(),
    requestId: text('request_id'),
    /** Of a hold: what a start after a crash has to know of a request that was never resolved. */
    keyId: text('key_id'),
    model: text('model'),
    priceId: text('price_id').references(() => prices.id, { onDelete: 'restrict' }),
    /** Of what a plan pays for, and of the change of a balance that a plan was bought with. */
    planSubscriptionId: text('plan_subscription_id').references(() => planSubscriptions.id, {
      onDelete: 'restrict',
    }),
    /** Signed, like the two above, for what a plan pays: what it adds to what the plan has left, … */
    planAmountNanoUsd: integer('plan_amount_nano_usd'),
    /** … and to what is held of it. */
    planHeldNanoUsd: integer('plan_held_nano_usd'),
    /** Of a balance change. */
    note: text('note'),
    actorUserId: text('actor_user_id').references(() => users.id, { onDelete: 'restrict' }),
    /** Of a settlement or a balance change: the one before it of the same person, null for their first. */
    previousSeq: integer('previous_seq'),
    /** Of a settlement or a balance change: what the balance was then. */
    balanceAfterNanoUsd: integer('balance_after_nano_usd'),
  },
  (table) => [
    // A request has one entry of each kind, and settle and release count as one kind: a hold is resolved once.
    uniqueIndex('ledger_entries_request_step')
      .on(table.requestId, sql`(case "kind" when 'release' then 'settle' else "kind" end)`)
      .where(sql`"request_id" is not null`),
    // Balance changes by person; not `not in`, for which SQLite fills a table of its own at every insert. What requests cost is found along `previousSeq`, so the request path pays for no index here.
    index('ledger_entries_changes')
      .on(table.userId, table.seq)
      .where(sql`"kind" <> 'hold' and "kind" <> 'settle' and "kind" <> 'release' and "kind" <> 'write_off'`),
    check(
      'ledger_entries_shape',
      sql`case ${table.kind}
        when 'hold' then ${table.amountNanoUsd} = 0 and ${table.heldNanoUsd} >= 0 and ${table.requestId} is not null
          and ${table.keyId} is not null and ${table.model} is not null and ${table.priceId} is not null
        when 'release' then ${table.amountNanoUsd} = 0 and ${table.heldNanoUsd} <= 0 and ${table.requestId} is not null
        when 'settle' then ${table.amountNanoUsd} <= 0 and ${table.heldNanoUsd} <= 0 and ${table.requestId} is not null
        else ${table.heldNanoUsd} = 0
          and ${table.kind} in ('top_up', 'gift', 'code', 'correction', 'refund', 'charge', 'write_off') end`,
    ),
    // What a plan pays for leaves the balance and its open holds as they are.
    check(
      'ledger_entries_plan',
      sql`case when ${table.planHeldNanoUsd} is null then ${table.planAmountNanoUsd} is null
          and (${table.planSubscriptionId} is null or ${table.requestId} is null)
        else ${table.planSubscriptionId} is not null and ${table.planAmountNanoUsd} is not null
          and ${table.amountNanoUsd} = 0 and ${table.heldNanoUsd} = 0 and case ${table.kind}
            when 'hold' then ${table.planAmountNanoUsd} = 0 and ${table.planHeldNanoUsd} >= 0
            when 'release' then ${table.planAmountNanoUsd} = 0 and ${table.planHeldNanoUsd} <= 0
            when 'settle' then ${table.planAmountNanoUsd} <= 0 and ${table.planHeldNanoUsd} <= 0
            when 'write_off' then ${table.planAmountNanoUsd} >= 0 and ${table.planHeldNanoUsd} = 0
            else 0 end end`,
    ),
    check('ledger_entries_amount_safe', sql`${table.amountNanoUsd} between -${SAFE} and ${SAFE}`),
    check('ledger_entries_held_safe', sql`${table.heldNanoUsd} between -${SAFE} and ${SAFE}`),
    check('ledger_entries_previous', sql`${table.previousSeq} < ${table.seq}`),
    check('ledger_entries_balance_safe', sql`${table.balanceAfterNanoUsd} between -${SAFE} and ${SAFE}`),
  ],
)

/** One row per person: the sum of their entries, and how far below zero it may go. */
export const balances = sqliteTable(
  'balances',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'restrict' }),
    balanceNanoUsd: integer('balance_nano_usd').notNull(),
    creditLimitNanoUsd: integer('credit_limit_nano_usd').notNull(),
    /** The last settlement or balance change; where the person's part of the ledger is read from. */
    lastEntrySeq: integer('last_entry_seq'),
  },
  (table) => [
    check('balances_balance_safe', sql`${table.balanceNanoUsd} between -${SAFE} and ${SAFE}`),
    check('balances_credit_limit', sql`${table.creditLimitNanoUsd} between 0 and ${SAFE}`),
  ],
)

/** Holds that a crash left open, as they were released at the next start. */
export const possibleLosses = sqliteTable(
  'possible_losses',
  {
    requestId: text('request_id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    keyId: text('key_id').notNull(),
    model: text('model').notNull(),
    priceId: text('price_id')
      .notNull()
      .references(() => prices.id, { onDelete: 'restrict' }),
    amountNanoUsd: integer('amount_nano_usd').notNull(),
    /** Where a plan was to pay for it. */
    planSubscriptionId: text('plan_subscription_id').references(() => planSubscriptions.id, {
      onDelete: 'restrict',
    }),
    createdAt: integer('created_at').notNull(),
    foundAt: integer('found_at').notNull(),
  },
  (table) => [index('possible_losses_created').on(table.createdAt, table.requestId)],
)

/** What became of a possible loss: one row, or none while it is open. What was charged stands in the ledger. */
export const lossResolutions = sqliteTable(
  'loss_resolutions',
  {
    requestId: text('request_id')
      .primaryKey()
      .references(() => possibleLosses.requestId, { onDelete: 'restrict' }),
    kind: text('kind', { enum: ['charged', 'dismissed'] }).notNull(),
    createdAt: integer('created_at').notNull(),
    actorUserId: text('actor_user_id').references(() => users.id, { onDelete: 'restrict' }),
    note: text('note').notNull(),
  },
  (table) => [check('loss_resolutions_kind', sql`${table.kind} in ('charged', 'dismissed')`)],
)
