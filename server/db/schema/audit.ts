// What administrators did; rows are only ever added.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const audit = sqliteTable(
  'audit',
  {
    id: text('id').primaryKey(),
    createdAt: integer('created_at').notNull(),
    actorUserId: text('actor_user_id'),
    operation: text('operation').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id'),
    /** JSON. */
    before: text('before').notNull(),
    after: text('after').notNull(),
    address: text('address').notNull(),
  },
  (table) => [
    index('audit_created').on(table.createdAt, table.id),
    index('audit_operation').on(table.operation, table.id),
  ],
)
