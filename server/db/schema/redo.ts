// The redo log's place in the database: see server/db/redo-log.ts.
import { sql } from 'drizzle-orm'
import { check, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** One row at most. */
export const redoPosition = sqliteTable(
  'redo_position',
  {
    id: integer('id').primaryKey(),
    /** The log that belongs to this database; null in a copy, which has none. */
    logId: text('log_id'),
    /** Everything of it stands in the tables, and nothing of it counts any more. */
    isClosed: integer('is_closed', { mode: 'boolean' }).notNull(),
    /** The last of its records that stands in the tables. */
    foldedSeq: integer('folded_seq').notNull(),
  },
  (table) => [check('redo_position_single', sql`${table.id} = 0`)],
)

/** What was answered for and no table took. There is nothing in it unless we are wrong somewhere. */
export const refusedCommands = sqliteTable('refused_commands', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  redoSeq: integer('redo_seq').notNull(),
  /** JSON, as it stood in the log. */
  command: text('command').notNull(),
  error: text('error').notNull(),
})
