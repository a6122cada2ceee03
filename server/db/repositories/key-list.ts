// Keys as they are listed: searched, filtered, sorted, and in pages.
import { and, count, eq, isNull, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { SpendingCaps } from '../../../contract/limits.ts'
import type { KeySort } from '../../../contract/operations/keys.ts'
import type { Db } from '../open.ts'
import { apiKeys, keyFamilies } from '../schema/keys.ts'
import { users } from '../schema/users.ts'
import type { KeyRow } from './keys.ts'
import { formatTimeCursor, type Page, toPage } from './paging.ts'
import { namesIn, preparedByShape, type ValueFor } from './shapes.ts'
import { findLast, type LastRow, orderBehind, type SortKeys, type SortRequest } from './sorting.ts'

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

export type KeyPage = KeyFilter & SortRequest<KeySort>

export interface KeyList {
  list(page: KeyPage): Page<KeyRow>
  /** On all pages together. */
  count(filter: KeyFilter): number
}

export function createKeyList(orm: Db['orm']): KeyList {
  const pages = preparedByShape((page: KeyPage & Behind, valueFor) =>
    pageQuery(orm, page, valueFor).prepare(),
  )
  const counts = preparedByShape((filter: KeyFilter, valueFor) => countQuery(orm, filter, valueFor).prepare())
  return {
    list(page) {
      const last = findLast(orm, SORT_KEYS, page)
      if (last === null) return { rows: [], nextCursor: null }
      const query = pages(shapeOf(page), { ...page, last })
      const found = query.all({ ...valuesOf(page), ...last, rows: page.limit + 1 }).map(toNarrowed)
      return toPage(found, page.limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
    },
    count: (filter) => counts(shapeOf(filter), filter).get(valuesOf(filter))?.count ?? 0,
  }
}

interface Behind {
  readonly last: LastRow | undefined
}

const shapeOf = ({ status, search, ...page }: KeyFilter & Partial<SortRequest<KeySort>>): string =>
  `${namesIn({ ...page, search: search || undefined })} ${status?.is} ${page.sort} ${page.direction}`

const valuesOf = ({ userId, familyId, search = '', status }: KeyFilter) => ({
  userId,
  familyId,
  search: search.trim().toLowerCase(),
  now: status?.at,
})

function pageQuery(orm: Db['orm'], page: KeyPage & Behind, valueFor: ValueFor) {
  const { after, order } = orderBehind(page.last, SORT_KEYS, page, valueFor)
  return orm
    .select(keyColumns)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .innerJoin(keyFamilies, eq(keyFamilies.id, apiKeys.familyId))
    .where(and(whereOf(page, valueFor), after))
    .orderBy(...order)
    .limit(valueFor('rows', page.limit + 1))
}

function countQuery(orm: Db['orm'], filter: KeyFilter, valueFor: ValueFor) {
  const counted = orm.select({ count: count() }).from(apiKeys)
  // Every key has an owner: they need not be looked up where nothing of theirs is asked for.
  const withOwner = filter.search ? counted.innerJoin(users, eq(users.id, apiKeys.userId)) : counted
  return withOwner.where(whereOf(filter, valueFor))
}

function whereOf(filter: KeyFilter, valueFor: ValueFor): SQL | undefined {
  const { userId, familyId, status } = filter
  return and(
    isNull(apiKeys.deletedAt),
    userId === undefined ? undefined : eq(apiKeys.userId, valueFor('userId', userId)),
    familyId === undefined ? undefined : eq(apiKeys.familyId, valueFor('familyId', familyId)),
    filter.search ? containing(valueFor('search', valuesOf(filter).search)) : undefined,
    status && hasStatus(status.is, valueFor('now', status.at)),
  )
}

/** instr, not LIKE: a search for "_" or "%" means these characters. */
function containing(wanted: string | Placeholder): SQL {
  const prefixed = sql`'sk-cg-' || lower(${apiKeys.publicId})`
  return sql`(instr(lower(${apiKeys.name}), ${wanted}) > 0 or instr(${prefixed}, ${wanted}) > 0
    or instr(${users.emailKey}, ${wanted}) > 0)`
}

function hasStatus(is: NonNullable<KeyFilter['status']>['is'], at: number | Placeholder): SQL {
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
