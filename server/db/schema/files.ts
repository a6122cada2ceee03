// Files that people have put in at an upstream, and those that are still coming in parts. The bytes are upstream; here is whose
// they are, and where.
import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const files = sqliteTable(
  'files',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    /** Null for the primary one. */
    upstreamId: text('upstream_id'),
    filename: text('filename').notNull(),
    purpose: text('purpose').notNull(),
    bytes: integer('bytes').notNull(),
    createdAt: integer('created_at').notNull(),
    /** Null: kept until it is deleted. */
    expiresAt: integer('expires_at'),
  },
  (table) => [
    index('files_user_created').on(table.userId, table.createdAt, table.id),
    check('files_bytes', sql`${table.bytes} >= 0`),
  ],
)

/** A file that comes in parts; gone when it is completed or cancelled. */
export const fileUploads = sqliteTable(
  'file_uploads',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    upstreamId: text('upstream_id'),
    /** Of the whole file, as it was announced: what counts against the cap until then. */
    bytes: integer('bytes').notNull(),
    /** Of the parts that have come. */
    partBytes: integer('part_bytes').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    index('file_uploads_user').on(table.userId),
    check('file_uploads_bytes', sql`${table.bytes} >= 0 and ${table.partBytes} >= 0`),
  ],
)

export const filePartIds = sqliteTable('file_part_ids', {
  id: text('id').primaryKey(),
  uploadId: text('upload_id').notNull(),
})
