// Keys as they are listed: searched, filtered, and in pages.
import { and, count, desc, eq, isNull, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { SpendingCaps } from '../../../contract/limits.ts'
import type { Db } from '../open.ts'
import { apiKeys, keyFamilies } from '../schema/keys.ts'
import { users } from '../schema/users.ts'
import type { KeyRow } from './keys.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'
import { namesIn, preparedByShape, type ValueFor } from './shapes.ts'

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

type KeyPage = PageRequest & KeyFilter

export interface KeyList {
  list(filter: KeyPage): Page<KeyRow>
  /** On all pages together. */
  count(filter: KeyFilter): number
}

export function createKeyList(orm: Db['orm']): KeyList {
  const pages = preparedByShape((filter: KeyPage, valueFor) => pageQuery(orm, filter, valueFor).prepare())
  const counts = preparedByShape((filter: KeyFilter, valueFor) => countQuery(orm, filter, valueFor).prepare())
  return {
    list({ cursor, limit, ...filter }) {
      const after = cursor === undefined ? {} : parseTimeCursor(cursor)
      const query = pages(shapeOf({ cursor, ...filter }), { cursor, limit, ...filter })
      const found = query.all({ ...valuesOf(filter), ...after, rows: limit + 1 }).map(toNarrowed)
      return toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
    },
    count: (filter) => counts(shapeOf(filter), filter).get(valuesOf(filter))?.count ?? 0,
  }
}

const shapeOf = ({
  status,
  search,
  ...filter
}: KeyFilter & { readonly cursor?: string | undefined }): string =>
  `${namesIn({ ...filter, search: search || undefined })} ${status?.is ?? ''}`

const valuesOf = ({ userId, familyId, search = '', status }: KeyFilter) => ({
  userId,
  familyId,
  search: search.trim().toLowerCase(),
  now: status?.at,
})

function pageQuery(orm: Db['orm'], { cursor, limit, ...filter }: KeyPage, valueFor: ValueFor) {
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const isAfter =
    after &&
    sql`(${apiKeys.createdAt}, ${apiKeys.id}) < (${valueFor('at', after.at)}, ${valueFor('id', after.id)})`
  return orm
    .select(keyColumns)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .innerJoin(keyFamilies, eq(keyFamilies.id, apiKeys.familyId))
    .where(and(whereOf(filter, valueFor), isAfter))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(valueFor('rows', limit + 1))
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
