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
  },
  (table) => [
    uniqueIndex('users_email_key').on(table.emailKey),
    index('users_created').on(table.createdAt, table.id),
    check('users_role', sql`${table.role} in ('admin', 'user')`),
    check('users_status', sql`${table.status} in ('pending', 'active', 'suspended', 'deleted')`),
  ],
)
