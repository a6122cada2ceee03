// Mail on its way out. What it says is sealed, because it may carry a link that lets somebody in, and goes when it is sent.
import { sql } from 'drizzle-orm'
import { blob, check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const mails = sqliteTable(
  'mails',
  {
    id: text('id').primaryKey(),
    createdAt: integer('created_at').notNull(),
    /** Null where it goes to somebody who has no account here. */
    userId: text('user_id').references(() => users.id, { onDelete: 'restrict' }),
    recipient: text('recipient').notNull(),
    template: text('template').notNull(),
    status: text('status', { enum: ['waiting', 'sent', 'failed'] }).notNull(),
    /** Null once it was sent. */
    sealedContent: blob('sealed_content', { mode: 'buffer' }),
    attempts: integer('attempts').notNull(),
    /** Of a waiting one; null otherwise. */
    nextAttemptAt: integer('next_attempt_at'),
    /** From then on it is of no use to anybody; null for never. */
    expiresAt: integer('expires_at'),
    /** Of the last attempt that failed. */
    failureKind: text('failure_kind'),
    failureReason: text('failure_reason'),
    sentAt: integer('sent_at'),
  },
  (table) => [
    index('mails_created').on(table.createdAt, table.id),
    index('mails_due').on(table.nextAttemptAt).where(sql`"next_attempt_at" is not null`),
    index('mails_user').on(table.userId),
    check('mails_status', sql`${table.status} in ('waiting', 'sent', 'failed')`),
    check('mails_due_when', sql`(${table.status} = 'waiting') = (${table.nextAttemptAt} is not null)`),
    check('mails_content', sql`(${table.status} = 'sent') = (${table.sealedContent} is null)`),
  ],
)
