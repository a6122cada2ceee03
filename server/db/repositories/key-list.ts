// Keys as they are listed: searched, filtered, sorted, and in pages.
import { and, count, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { SpendingCaps } from '../../../contract/limits.ts'
import type { KeySort } from '../../../contract/operations/keys.ts'
import type { Db } from '../open.ts'
import { apiKeys, keyFamilies } from '../schema/keys.ts'
import { users } from '../schema/users.ts'
import type { KeyRow } from './keys.ts'
import { formatTimeCursor, type Page, toPage } from './paging.ts'
import { decideOrder, type SortKeys, type SortRequest } from './sorting.ts'

export interface KeyFilter {
  /** Left out: of everyone. */
  readonly userId?: string | undefined
  readonly familyId?: string | undefined
  /** Part of a name, of the public part of a key, or of its owner's email; in any case. */
  readonly search?: string | undefined
  /** At a moment, because an active key whose date has passed is expired. */
  readonly status?: { readonly is: 'active' | 'disabled' | 'expired'; readonly at: number } | undefined
}

export const keyColumns = {
  id: apiKeys.id,
  userId: apiKeys.userId,
  userEmail: users.email,
  familyId: apiKeys.familyId,
  publicId: apiKeys.publicId,
  name: apiKeys.name,
  status: apiKeys.status,
  disabledBy: apiKeys.disabledBy,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  replacedByKeyId: apiKeys.replacedByKeyId,
  allowedModels: keyFamilies.allowedModels,
  dayNanoUsd: keyFamilies.dayCapNanoUsd,
  monthNanoUsd: keyFamilies.monthCapNanoUsd,
  totalNanoUsd: keyFamilies.totalCapNanoUsd,
  lastUsedAt: apiKeys.lastUsedAt,
  lastUsedAddress: apiKeys.lastUsedAddress,
  lastUsedClient: apiKeys.lastUsedClient,
}

type Narrowed<Row> = Omit<Row, 'allowedModels' | keyof SpendingCaps> & {
  readonly allowedModels: readonly string[] | null
  readonly caps: SpendingCaps
}

/** The columns of the family as its narrowing. */
export function toNarrowed<Row extends SpendingCaps & { readonly allowedModels: string | null }>(
  row: Row,
): Narrowed<Row> {
  const { allowedModels, dayNanoUsd, monthNanoUsd, totalNanoUsd, ...rest } = row
  return {
    ...rest,
    // Written by `narrow` or `create` alone, and checked to be an array.
    allowedModels: allowedModels === null ? null : (JSON.parse(allowedModels) as string[]),
    caps: { dayNanoUsd, monthNanoUsd, totalNanoUsd },
  }
}

/** A key that never ends comes after all that do. */
const SORT_KEYS: SortKeys<KeySort> = {
  table: apiKeys,
  id: apiKeys.id,
  usual: 'createdAt',
  keys: {
    createdAt: sql`${apiKeys.createdAt}`,
    name: sql`lower(${apiKeys.name})`,
    owner: sql`(select owner.email_key from users as owner where owner.id = ${apiKeys.userId})`,
    lastUsedAt: sql`coalesce(${apiKeys.lastUsedAt}, 0)`,
    expiresAt: sql`coalesce(${apiKeys.expiresAt}, ${Number.MAX_SAFE_INTEGER})`,
  },
}

export function listKeys(orm: Db['orm'], filter: KeyFilter & SortRequest<KeySort>): Page<KeyRow> {
  const { limit } = filter
  const { after, order } = decideOrder(orm, SORT_KEYS, filter)
  const found = orm
    .select(keyColumns)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .innerJoin(keyFamilies, eq(keyFamilies.id, apiKeys.familyId))
    .where(and(whereOf(filter), after))
    .orderBy(...order)
    .limit(limit + 1)
    .all()
    .map(toNarrowed)
  return toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
}

export function countKeys(orm: Db['orm'], filter: KeyFilter): number {
  const counted = orm.select({ count: count() }).from(apiKeys)
  // Every key has an owner: they need not be looked up where nothing of theirs is asked for.
  const withOwner = filter.search ? counted.innerJoin(users, eq(users.id, apiKeys.userId)) : counted
  return withOwner.where(whereOf(filter)).get()?.count ?? 0
}

function whereOf({ userId, familyId, search, status }: KeyFilter): SQL | undefined {
  return and(
    isNull(apiKeys.deletedAt),
    userId === undefined ? undefined : eq(apiKeys.userId, userId),
    familyId === undefined ? undefined : eq(apiKeys.familyId, familyId),
    search ? containing(search) : undefined,
    status && hasStatus(status),
  )
}

/** instr, not LIKE: a search for "_" or "%" means these characters. */
function containing(search: string): SQL {
  const wanted = search.trim().toLowerCase()
  const prefixed = sql`'sk-cg-' || lower(${apiKeys.publicId})`
  return sql`(instr(lower(${apiKeys.name}), ${wanted}) > 0 or instr(${prefixed}, ${wanted}) > 0
    or instr(${users.emailKey}, ${wanted}) > 0)`
}

function hasStatus({ is, at }: NonNullable<KeyFilter['status']>): SQL {
  const hasExpired = sql`coalesce(${apiKeys.expiresAt} <= ${at}, 0)`
  switch (is) {
    case 'active':
      return sql`${apiKeys.status} = 'active' and not ${hasExpired}`
    case 'disabled':
      return sql`${apiKeys.status} = 'disabled'`
    case 'expired':
      return sql`${apiKeys.status} = 'active' and ${hasExpired}`
  }
}
