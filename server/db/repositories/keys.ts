// API keys. Only the hash of a secret is here; a deleted key keeps its row, because usage refers to it.
import { and, count, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Role, UserStatus } from '../../../contract/operations/fields.ts'
import type { Db } from '../open.ts'
import { apiKeys } from '../schema/keys.ts'
import { users } from '../schema/users.ts'
import { type CountedPage, formatTimeCursor, type PageRequest, parseTimeCursor, toPage } from './paging.ts'

export type KeyStatus = 'active' | 'disabled'

export interface KeyRow {
  readonly id: string
  readonly userId: string
  readonly publicId: string
  readonly name: string
  readonly status: KeyStatus
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  readonly lastUsedAddress: string | null
  readonly lastUsedClient: string | null
}

export interface NewKey {
  readonly id: string
  readonly userId: string
  readonly publicId: string
  readonly name: string
  /** SHA-256 of the secret part, 32 bytes. */
  readonly secretHash: Buffer
  readonly createdAt: number
  readonly expiresAt: number | null
}

/** What the request path needs to know of a key. */
export interface KeyWithOwner {
  readonly keyId: string
  readonly userId: string
  readonly name: string
  readonly secretHash: Buffer
  readonly keyStatus: KeyStatus
  readonly expiresAt: number | null
  readonly userStatus: UserStatus
  readonly userRole: Role
}

export interface KeyChanges {
  readonly name?: string | undefined
  readonly status?: KeyStatus | undefined
  readonly expiresAt?: number | null | undefined
}

/** Deleted keys are found nowhere here. */
export interface KeysRepository {
  create(key: NewKey): KeyRow
  findById(id: string): KeyRow | undefined
  findByPublicId(publicId: string): KeyWithOwner | undefined
  /** Newest first; of one person, or of everyone where `userId` is left out. */
  list(filter: PageRequest & { readonly userId?: string | undefined }): CountedPage<KeyRow>
  countOfUser(userId: string): number
  /** The row after the change, or undefined where there is no such key. */
  update(id: string, changes: KeyChanges): KeyRow | undefined
  /** False where there was no such key. */
  softDelete(id: string, at: number): boolean
}

const columns = {
  id: apiKeys.id,
  userId: apiKeys.userId,
  publicId: apiKeys.publicId,
  name: apiKeys.name,
  status: apiKeys.status,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  lastUsedAt: apiKeys.lastUsedAt,
  lastUsedAddress: apiKeys.lastUsedAddress,
  lastUsedClient: apiKeys.lastUsedClient,
}

const isThere = isNull(apiKeys.deletedAt)

export function createKeysRepository({ orm }: Db): KeysRepository {
  const byId = orm
    .select(columns)
    .from(apiKeys)
    .where(and(eq(apiKeys.id, sql.placeholder('id')), isThere))
    .prepare()
  const byPublicId = orm
    .select({
      keyId: apiKeys.id,
      userId: apiKeys.userId,
      name: apiKeys.name,
      secretHash: apiKeys.secretHash,
      keyStatus: apiKeys.status,
      expiresAt: apiKeys.expiresAt,
      userStatus: users.status,
      userRole: users.role,
    })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(and(eq(apiKeys.publicId, sql.placeholder('publicId')), isThere))
    .prepare()
  const countOfUser = orm
    .select({ count: count() })
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, sql.placeholder('userId')), isThere))
    .prepare()

  return {
    create: (key) =>
      orm
        .insert(apiKeys)
        .values({ ...key, status: 'active' })
        .returning(columns)
        .get(),
    findById: (id) => byId.get({ id }),
    findByPublicId: (publicId) => byPublicId.get({ publicId }),
    list: (filter) => list(orm, filter),
    countOfUser: (userId) => countOfUser.get({ userId })?.count ?? 0,
    update: (id, changes) => update(orm, id, changes) ?? byId.get({ id }),
    softDelete: (id, at) =>
      orm
        .update(apiKeys)
        .set({ deletedAt: at })
        .where(and(eq(apiKeys.id, id), isThere))
        .run().changes > 0,
  }
}

/** Undefined where there is nothing to change, or no such key. */
function update(orm: Db['orm'], id: string, { name, status, expiresAt }: KeyChanges): KeyRow | undefined {
  // The query builder leaves undefined members out, and cannot build an update without any.
  if (name === undefined && status === undefined && expiresAt === undefined) return undefined
  return orm
    .update(apiKeys)
    .set({ name, status, expiresAt })
    .where(and(eq(apiKeys.id, id), isThere))
    .returning(columns)
    .get()
}

function list(
  orm: Db['orm'],
  { userId, cursor, limit }: PageRequest & { readonly userId?: string | undefined },
): CountedPage<KeyRow> {
  const wanted = and(isThere, userId === undefined ? undefined : eq(apiKeys.userId, userId))
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const found = orm
    .select(columns)
    .from(apiKeys)
    .where(and(wanted, after && sql`(${apiKeys.createdAt}, ${apiKeys.id}) < (${after.at}, ${after.id})`))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(limit + 1)
    .all()
  const total = orm.select({ count: count() }).from(apiKeys).where(wanted).get()?.count ?? 0
  return { ...toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id })), total }
}
