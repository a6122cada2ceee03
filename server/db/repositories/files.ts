// Whose files are kept at which upstream, and which are still coming in parts. The bytes are not here.
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { Db } from '../open.ts'
import { filePartIds, files, fileUploads } from '../schema/files.ts'
import { users } from '../schema/users.ts'

export interface FileRow {
  readonly id: string
  readonly userId: string
  /** Null for the primary one. */
  readonly upstreamId: string | null
  readonly filename: string
  readonly purpose: string
  readonly bytes: number
  readonly createdAt: number
  readonly expiresAt: number | null
}

export interface FileUploadRow {
  readonly id: string
  readonly userId: string
  readonly upstreamId: string | null
  readonly bytes: number
  readonly partBytes: number
  readonly createdAt: number
  readonly expiresAt: number
}

export interface FileListRequest {
  readonly userId: string
  readonly purpose: string | undefined
  /** The last file of the page before. */
  readonly after: FileRow | undefined
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly now: number
}

export interface FilesRepository {
  find(id: string, now: number): FileRow | undefined
  /** In the order of their making; one more than `limit` where there is another page. */
  list(request: FileListRequest): FileRow[]
  /** Also forgets what has expired of this person. */
  insert(row: FileRow): void
  remove(id: string): void
  /** Those of people who are deleted, the oldest first. */
  ofDeletedPeople(limit: number): FileRow[]
  /** What a person keeps, files that are announced included. */
  usedBy(userId: string, now: number): { readonly files: number; readonly bytes: number }
  findUpload(id: string, now: number): FileUploadRow | undefined
  insertUpload(row: FileUploadRow): void
  /** Counts the bytes, and remembers whose part it is. */
  addPart(uploadId: string, partId: string, bytes: number): void
  /** Whether all of them are parts of this upload. */
  areParts(uploadId: string, partIds: readonly string[]): boolean
  removeUpload(id: string): void
}

export function createFilesRepository({ raw, orm }: Db): FilesRepository {
  const isKept = (now: number) => or(isNull(files.expiresAt), gt(files.expiresAt, now))

  return {
    find: (id, now) =>
      orm
        .select()
        .from(files)
        .where(and(eq(files.id, id), isKept(now)))
        .get(),
    list({ userId, purpose, after, order, limit, now }) {
      const behind = after && pastOf(after, order)
      const direction = order === 'asc' ? asc : desc
      return orm
        .select()
        .from(files)
        .where(
          and(
            eq(files.userId, userId),
            isKept(now),
            purpose === undefined ? undefined : eq(files.purpose, purpose),
            behind,
          ),
        )
        .orderBy(direction(files.createdAt), direction(files.id))
        .limit(limit + 1)
        .all()
    },
    insert(row) {
      raw
        .transaction(() => {
          orm
            .delete(files)
            .where(and(eq(files.userId, row.userId), lte(files.expiresAt, row.createdAt)))
            .run()
          orm.insert(files).values(row).onConflictDoNothing().run()
        })
        .immediate()
    },
    remove: (id) => void orm.delete(files).where(eq(files.id, id)).run(),
    ofDeletedPeople: (limit) =>
      orm
        .select(getTableColumns(files))
        .from(files)
        .innerJoin(users, eq(users.id, files.userId))
        .where(isNotNull(users.deletedAt))
        .orderBy(asc(files.createdAt), asc(files.id))
        .limit(limit)
        .all(),
    usedBy(userId, now) {
      const kept = orm
        .select({ files: sql<number>`count(*)`, bytes: sql<number>`coalesce(sum(${files.bytes}), 0)` })
        .from(files)
        .where(and(eq(files.userId, userId), isKept(now)))
        .get()
      const coming = orm
        .select({
          files: sql<number>`count(*)`,
          bytes: sql<number>`coalesce(sum(max(${fileUploads.bytes}, ${fileUploads.partBytes})), 0)`,
        })
        .from(fileUploads)
        .where(and(eq(fileUploads.userId, userId), gt(fileUploads.expiresAt, now)))
        .get()
      return {
        files: (kept?.files ?? 0) + (coming?.files ?? 0),
        bytes: (kept?.bytes ?? 0) + (coming?.bytes ?? 0),
      }
    },
    findUpload: (id, now) =>
      orm
        .select()
        .from(fileUploads)
        .where(and(eq(fileUploads.id, id), gt(fileUploads.expiresAt, now)))
        .get(),
    insertUpload(row) {
      raw
        .transaction(() => {
          const expired = and(eq(fileUploads.userId, row.userId), lte(fileUploads.expiresAt, row.createdAt))
          const ids = orm.select({ id: fileUploads.id }).from(fileUploads).where(expired)
          orm.delete(filePartIds).where(inArray(filePartIds.uploadId, ids)).run()
          orm.delete(fileUploads).where(expired).run()
          orm.insert(fileUploads).values(row).onConflictDoNothing().run()
        })
        .immediate()
    },
    addPart(uploadId, partId, bytes) {
      raw
        .transaction(() => {
          orm.insert(filePartIds).values({ id: partId, uploadId }).onConflictDoNothing().run()
          orm
            .update(fileUploads)
            .set({ partBytes: sql`${fileUploads.partBytes} + ${bytes}` })
            .where(eq(fileUploads.id, uploadId))
            .run()
        })
        .immediate()
    },
    areParts: (uploadId, partIds) =>
      partIds.every(
        (id) =>
          orm
            .select({ uploadId: filePartIds.uploadId })
            .from(filePartIds)
            .where(and(eq(filePartIds.id, id), eq(filePartIds.uploadId, uploadId)))
            .get() !== undefined,
      ),
    removeUpload(id) {
      raw
        .transaction(() => {
          orm.delete(filePartIds).where(eq(filePartIds.uploadId, id)).run()
          orm.delete(fileUploads).where(eq(fileUploads.id, id)).run()
        })
        .immediate()
    },
  }
}

function pastOf({ createdAt, id }: FileRow, order: 'asc' | 'desc'): SQL {
  const key = sql`(${files.createdAt}, ${files.id})`
  return order === 'asc' ? sql`${key} > (${createdAt}, ${id})` : sql`${key} < (${createdAt}, ${id})`
}
