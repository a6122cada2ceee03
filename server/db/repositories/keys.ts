// API keys and their families. Only the hash of a secret is here; a deleted key keeps its row, because usage refers to it.
import { and, count, eq, isNull, sql } from 'drizzle-orm'
import type { SpendingCaps } from '../../../contract/limits.ts'
import type { Role, UserStatus } from '../../../contract/operations/fields.ts'
import type { Db } from '../open.ts'
import { apiKeys, keyFamilies } from '../schema/keys.ts'
import { users } from '../schema/users.ts'
import { createKeyList, type KeyList, keyColumns, toNarrowed } from './key-list.ts'

export type KeyStatus = 'active' | 'disabled'
/** Who may enable a disabled key again: its owner, an administrator, or, after a rotation, nobody. */
export type KeyDisabledBy = 'owner' | 'administrator' | 'rotation'

/** What narrows every key of a family. */
export interface KeyNarrowing {
  /** Names of models or aliases; null for all that the owner may use. */
  readonly allowedModels: readonly string[] | null
  readonly caps: SpendingCaps
}

export interface KeyRow extends KeyNarrowing {
  readonly id: string
  readonly userId: string
  readonly userEmail: string
  readonly familyId: string
  readonly publicId: string
  readonly name: string
  readonly status: KeyStatus
  readonly disabledBy: KeyDisabledBy | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly replacedByKeyId: string | null
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
  /** That of the key whose place it takes; left out, the key is the first of a family of its own. */
  readonly familyId?: string
  /** Of a family of its own; left out, nothing narrows it. */
  readonly narrowing?: KeyNarrowing
}

/** What the request path needs to know of a key. */
export interface KeyWithOwner extends KeyNarrowing {
  readonly keyId: string
  readonly userId: string
  readonly familyId: string
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
  readonly disabledBy?: KeyDisabledBy | null | undefined
  readonly expiresAt?: number | null | undefined
  readonly replacedByKeyId?: string | undefined
}

/** Deleted keys are found nowhere here. */
export interface KeysRepository extends KeyList {
  create(key: NewKey): KeyRow
  findById(id: string): KeyRow | undefined
  /** Of a key that is not deleted. */
  nameOf(id: string): string | undefined
  findByPublicId(publicId: string): KeyWithOwner | undefined
  /** Those that were ended by a rotation do not count. */
  countOfUser(userId: string): number
  /** The row after the change, or undefined where there is no such key. */
  update(id: string, changes: KeyChanges): KeyRow | undefined
  /** Narrows every key of a family. */
  narrow(familyId: string, narrowing: KeyNarrowing): void
  /** The owner of a family, or undefined where there is no such family. */
  ownerOfFamily(familyId: string): string | undefined
  /** What the newest key of a family is called; undefined where none is left. */
  nameOfFamily(familyId: string): string | undefined
  /** False where there was no such key. */
  softDelete(id: string, at: number): boolean
}

const isThere = isNull(apiKeys.deletedAt)

export function createKeysRepository({ raw, orm }: Db): KeysRepository {
  const byId = orm
    .select(keyColumns)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .innerJoin(keyFamilies, eq(keyFamilies.id, apiKeys.familyId))
    .where(and(eq(apiKeys.id, sql.placeholder('id')), isThere))
    .prepare()
  const byPublicId = orm
    .select({
      keyId: apiKeys.id,
      userId: apiKeys.userId,
      familyId: apiKeys.familyId,
      name: apiKeys.name,
      secretHash: apiKeys.secretHash,
      keyStatus: apiKeys.status,
      expiresAt: apiKeys.expiresAt,
      allowedModels: keyFamilies.allowedModels,
      dayNanoUsd: keyFamilies.dayCapNanoUsd,
      monthNanoUsd: keyFamilies.monthCapNanoUsd,
      totalNanoUsd: keyFamilies.totalCapNanoUsd,
      userStatus: users.status,
      userRole: users.role,
    })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .innerJoin(keyFamilies, eq(keyFamilies.id, apiKeys.familyId))
    .where(and(eq(apiKeys.publicId, sql.placeholder('publicId')), isThere))
    .prepare()
  const countOfUser = orm
    .select({ count: count() })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.userId, sql.placeholder('userId')),
        isThere,
        sql`${apiKeys.disabledBy} is not 'rotation'`,
      ),
    )
    .prepare()
  // Asked for every row of a list, so by the driver alone.
  const nameOf = raw
    .prepare<[string], string>('SELECT name FROM api_keys WHERE id = ? AND deleted_at IS NULL')
    .pluck()
  const nameOfFamily = raw
    .prepare<[string], string>(
      'SELECT name FROM api_keys WHERE family_id = ? AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1',
    )
    .pluck()
  const findById = (id: string): KeyRow | undefined => {
    const found = byId.get({ id })
    return found && toNarrowed(found)
  }

  return {
    create({ familyId, narrowing, ...key }) {
      if (familyId === undefined) {
        orm
          .insert(keyFamilies)
          .values({ id: key.id, userId: key.userId, ...(narrowing && toFamilyColumns(narrowing)) })
          .run()
      }
      orm
        .insert(apiKeys)
        .values({ ...key, familyId: familyId ?? key.id, status: 'active' })
        .run()
      const created = findById(key.id)
      if (!created) throw new Error(`The key ${key.id} vanished between two statements`)
      return created
    },
    findById,
    nameOf: (id) => nameOf.get(id),
    nameOfFamily: (familyId) => nameOfFamily.get(familyId),
    findByPublicId(publicId) {
      const found = byPublicId.get({ publicId })
      return found && toNarrowed(found)
    },
    ...createKeyList(orm),
    countOfUser: (userId) => countOfUser.get({ userId })?.count ?? 0,
    update(id, changes) {
      update(orm, id, changes)
      return findById(id)
    },
    narrow: (familyId, narrowing) =>
      void orm.update(keyFamilies).set(toFamilyColumns(narrowing)).where(eq(keyFamilies.id, familyId)).run(),
    ownerOfFamily: (familyId) =>
      orm.select({ userId: keyFamilies.userId }).from(keyFamilies).where(eq(keyFamilies.id, familyId)).get()
        ?.userId,
    softDelete: (id, at) =>
      orm
        .update(apiKeys)
        .set({ deletedAt: at })
        .where(and(eq(apiKeys.id, id), isThere))
        .run().changes > 0,
  }
}

function update(orm: Db['orm'], id: string, changes: KeyChanges): void {
  // The query builder leaves undefined members out, and cannot build an update without any.
  if (Object.values(changes).every((value) => value === undefined)) return
  orm
    .update(apiKeys)
    .set(changes)
    .where(and(eq(apiKeys.id, id), isThere))
    .run()
}

const toFamilyColumns = ({ allowedModels, caps }: KeyNarrowing) => ({
  allowedModels: allowedModels === null ? null : JSON.stringify(allowedModels),
  dayCapNanoUsd: caps.dayNanoUsd,
  monthCapNanoUsd: caps.monthNanoUsd,
  totalCapNanoUsd: caps.totalNanoUsd,
})
