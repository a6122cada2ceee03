// Links that do one thing once: let somebody in, prove an address, choose a new password. Only the hash of the secret that
// a link carries is here.
import { sql } from 'drizzle-orm'
import { blob, check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

/** Of a person who exists. */
export const accountLinks = sqliteTable(
  'account_links',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: ['reset_password', 'change_email'] }).notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    secretHash: blob('secret_hash', { mode: 'buffer' }).notNull(),
    /** The address that it was sent to, where it was sent by mail: whoever has the link then reads that mail. */
    provesEmail: text('proves_email'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('account_links_secret').on(table.secretHash),
    index('account_links_user').on(table.userId, table.kind),
    index('account_links_expires').on(table.expiresAt),
    check('account_links_kind', sql`${table.kind} in ('reset_password', 'change_email')`),
    check('account_links_secret_hash', sql`length(${table.secretHash}) = 32`),
  ],
)

/** Who registered and has not proved the address yet. Nobody is in `users` before that, so no address can be squatted on. */
export const registrations = sqliteTable(
  'registrations',
  {
    id: text('id').primaryKey(),
    email: text('email').notNull(),
    /** The email in the one form that it is compared in. */
    emailKey: text('email_key').notNull(),
    passwordHash: text('password_hash').notNull(),
    locale: text('locale', { enum: ['en', 'zh-CN'] }),
    secretHash: blob('secret_hash', { mode: 'buffer' }).notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('registrations_secret').on(table.secretHash),
    index('registrations_email').on(table.emailKey, table.createdAt),
    index('registrations_expires').on(table.expiresAt),
    check('registrations_secret_hash', sql`length(${table.secretHash}) = 32`),
  ],
)

export const invitations = sqliteTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    secretHash: blob('secret_hash', { mode: 'buffer' }).notNull(),
    /** Whom it is for; null for whoever has the link. */
    email: text('email'),
    role: text('role', { enum: ['admin', 'user'] }).notNull(),
    note: text('note').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    usedAt: integer('used_at'),
    usedBy: text('used_by').references(() => users.id, { onDelete: 'restrict' }),
    revokedAt: integer('revoked_at'),
  },
  (table) => [
    uniqueIndex('invitations_secret').on(table.secretHash),
    index('invitations_created').on(table.createdAt, table.id),
    check('invitations_role', sql`${table.role} in ('admin', 'user')`),
    check('invitations_secret_hash', sql`length(${table.secretHash}) = 32`),
    check('invitations_use', sql`(${table.usedAt} is null) = (${table.usedBy} is null)`),
  ],
)
