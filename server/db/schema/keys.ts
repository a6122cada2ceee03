// API keys. The secret's hash only; soft-deleted only, because usage rows refer to them.
import { sql } from 'drizzle-orm'
import { blob, check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    publicId: text('public_id').notNull(),
    name: text('name').notNull(),
    secretHash: blob('secret_hash', { mode: 'buffer' }).notNull(),
    status: text('status', { enum: ['active', 'disabled'] }).notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at'),
    deletedAt: integer('deleted_at'),
    lastUsedAt: integer('last_used_at'),
    lastUsedAddress: text('last_used_address'),
    lastUsedClient: text('last_used_client'),
  },
  (table) => [
    uniqueIndex('api_keys_public_id').on(table.publicId),
    index('api_keys_created').on(table.createdAt, table.id),
    index('api_keys_user_created').on(table.userId, table.createdAt, table.id),
    check('api_keys_status', sql`${table.status} in ('active', 'disabled')`),
    check('api_keys_secret_hash', sql`length(${table.secretHash}) = 32`),
  ],
)
