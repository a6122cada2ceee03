// People. Soft-deleted only: the ledger keeps its rows, and each refers to one of these.
import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    email: text('email').notNull(),
    /** The email in the one form that it is compared in. */
    emailKey: text('email_key').notNull(),
    passwordHash: text('password_hash'),
    role: text('role', { enum: ['admin', 'user'] }).notNull(),
    status: text('status', { enum: ['pending', 'active', 'suspended', 'deleted'] }).notNull(),
    createdAt: integer('created_at').notNull(),
    lastSeenAt: integer('last_seen_at'),
    /** The language of mail and pages; null for the gateway's own. */
    locale: text('locale', { enum: ['en', 'zh-CN'] }),
    theme: text('theme', { enum: ['system', 'light', 'dark'] }),
    /** When a link that was sent to the address came back. */
    emailVerifiedAt: integer('email_verified_at'),
    /** Whether the default balance is owed: not yet; decided on and not yet in the ledger; or done with, for good. */
    defaultBalance: text('default_balance', { enum: ['waiting', 'due', 'settled'] })
      .notNull()
      .default('waiting'),
    /** When the person asked to be deleted. */
    deletionRequestedAt: integer('deletion_requested_at'),
    deletedAt: integer('deleted_at'),
  },
  (table) => [
    uniqueIndex('users_email_key').on(table.emailKey),
    index('users_created').on(table.createdAt, table.id),
    check('users_role', sql`${table.role} in ('admin', 'user')`),
    check('users_status', sql`${table.status} in ('pending', 'active', 'suspended', 'deleted')`),
  ],
)
