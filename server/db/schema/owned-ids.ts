// Who made a response, an output item or a file upstream.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const ownedIds = sqliteTable(
  'owned_ids',
  {
    kind: text('kind', { enum: ['response', 'item', 'file', 'given'] }).notNull(),
    id: text('id').notNull(),
    userId: text('user_id').notNull(),
    tokens: integer('tokens'),
    createdAt: integer('created_at').notNull(),
    /** Where it was made; null for the primary one. */
    upstreamId: text('upstream_id'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
)
