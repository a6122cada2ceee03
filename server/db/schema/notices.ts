// Notices to people and to the operator, and the addresses that keys were used from.
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { keyFamilies } from './keys.ts'
import { users } from './users.ts'

export const notices = sqliteTable(
  'notices',
  {
    id: text('id').primaryKey(),
    createdAt: integer('created_at').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    /** What the notice is given once for: a quota's window and threshold, an address of a key. */
    onceFor: text('once_for').notNull(),
    /** JSON. */
    content: text('content').notNull(),
    /** By the person. */
    dismissedAt: integer('dismissed_at'),
    /** By an administrator, for all of them. */
    operatorDismissedAt: integer('operator_dismissed_at'),
  },
  (table) => [
    uniqueIndex('notices_once').on(table.userId, table.onceFor),
    index('notices_created').on(table.createdAt, table.id),
    index('notices_user_created').on(table.userId, table.createdAt, table.id),
    check('notices_content', sql`json_valid(${table.content})`),
  ],
)

export const keyAddresses = sqliteTable(
  'key_addresses',
  {
    familyId: text('family_id')
      .notNull()
      .references(() => keyFamilies.id, { onDelete: 'restrict' }),
    /** An IPv4 address, or the first half of an IPv6 one: the other half changes by itself. */
    network: text('network').notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.familyId, table.network] })],
)
