// Invitations: who may come in, as what, until when. Used once; rows stay, because they say who let whom in.
import { and, count, eq, gt, isNotNull, isNull, lte, not, type SQL, sql } from 'drizzle-orm'
import type { Role } from '../../../contract/operations/fields.ts'
import type { InvitationSort, InvitationStatus } from '../../../contract/operations/invitations.ts'
import type { Db } from '../open.ts'
import { invitations } from '../schema/account-links.ts'
import { type CountedPage, formatTimeCursor, toPage } from './paging.ts'
import { decideOrder, type SortKeys, type SortRequest } from './sorting.ts'

export interface InvitationRow {
  readonly id: string
  /** Whom it is for; null for whoever has the link. */
  readonly email: string | null
  readonly role: Role
  readonly note: string
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly usedAt: number | null
  readonly usedBy: string | null
  readonly revokedAt: number | null
  /** Whether whoever made it may still invite: one from before that was looked at may be open all the same. */
  readonly isMakerAdministrator: boolean
}

export interface NewInvitation
  extends Omit<InvitationRow, 'usedAt' | 'usedBy' | 'revokedAt' | 'isMakerAdministrator'> {
  /** SHA-256 of the link's secret, 32 bytes. */
  readonly secretHash: Buffer
}

export interface InvitationsRepository {
  /** By an administrator. */
  create(invitation: NewInvitation): InvitationRow
  /** Also one that cannot be used any more. */
  findBySecretHash(secretHash: Buffer): InvitationRow | undefined
  list(
    filter: SortRequest<InvitationSort> & {
      readonly status?: InvitationStatus | undefined
      readonly now: number
    },
  ): CountedPage<InvitationRow>
  /** Notes who came of it; false where it cannot be used any more, or somebody was faster. */
  use(id: string, by: { readonly userId: string; readonly at: number }): boolean
  /** Whether it was open until now. */
  revoke(id: string, at: number): boolean
  /** Revokes all open ones that this administrator has made; returns how many. */
  revokeAllBy(userId: string, at: number): number
}

// Written out, because drizzle leaves the table's name away from columns of a query on one table.
const isMakerAdministrator = sql<boolean>`exists (
  select 1 from users as maker
  where maker.id = invitations.created_by and maker.role = 'admin' and maker.status = 'active')`

const stored = {
  id: invitations.id,
  email: invitations.email,
  role: invitations.role,
  note: invitations.note,
  createdBy: invitations.createdBy,
  createdAt: invitations.createdAt,
  expiresAt: invitations.expiresAt,
  usedAt: invitations.usedAt,
  usedBy: invitations.usedBy,
  revokedAt: invitations.revokedAt,
}
const columns = { ...stored, isMakerAdministrator: isMakerAdministrator.mapWith(Boolean) }

const SORT_KEYS: SortKeys<InvitationSort> = {
  table: invitations,
  id: invitations.id,
  usual: 'createdAt',
  keys: {
    createdAt: sql`${invitations.createdAt}`,
    email: sql`coalesce(${invitations.email}, '')`,
    endsAt: sql`coalesce(${invitations.usedAt}, ${invitations.revokedAt}, ${invitations.expiresAt})`,
  },
}

const isUntouched = and(isNull(invitations.usedAt), isNull(invitations.revokedAt))

/** What the status of a row is; a screen asks for the rows that have it. */
export function invitationStatusOf(row: InvitationRow, now: number): InvitationStatus {
  if (row.usedAt !== null) return 'used'
  if (row.revokedAt !== null) return 'revoked'
  if (row.expiresAt <= now) return 'expired'
  return row.isMakerAdministrator ? 'open' : 'withdrawn'
}

function statusIs(status: InvitationStatus, now: number): SQL | undefined {
  switch (status) {
    case 'used':
      return isNotNull(invitations.usedAt)
    case 'revoked':
      return isNotNull(invitations.revokedAt)
    case 'open':
      return and(isUntouched, gt(invitations.expiresAt, now), isMakerAdministrator)
    case 'withdrawn':
      return and(isUntouched, gt(invitations.expiresAt, now), not(isMakerAdministrator))
    case 'expired':
      return and(isUntouched, lte(invitations.expiresAt, now))
  }
}

export function createInvitationsRepository({ orm }: Db): InvitationsRepository {
  return {
    create: (invitation) => ({
      ...orm.insert(invitations).values(invitation).returning(stored).get(),
      isMakerAdministrator: true,
    }),
    findBySecretHash: (secretHash) =>
      orm.select(columns).from(invitations).where(eq(invitations.secretHash, secretHash)).get(),
    list: (filter) => list(orm, filter),
    use: (id, { userId, at }) =>
      orm
        .update(invitations)
        .set({ usedAt: at, usedBy: userId })
        .where(and(eq(invitations.id, id), isUntouched, gt(invitations.expiresAt, at)))
        .run().changes > 0,
    revoke: (id, at) =>
      orm
        .update(invitations)
        .set({ revokedAt: at })
        .where(and(eq(invitations.id, id), isUntouched, gt(invitations.expiresAt, at)))
        .run().changes > 0,
    revokeAllBy: (userId, at) =>
      orm
        .update(invitations)
        .set({ revokedAt: at })
        .where(and(eq(invitations.createdBy, userId), isUntouched, gt(invitations.expiresAt, at)))
        .run().changes,
  }
}

function list(
  orm: Db['orm'],
  filter: Parameters<InvitationsRepository['list']>[0],
): CountedPage<InvitationRow> {
  const { status, now, limit } = filter
  const wanted = status && statusIs(status, now)
  const { after, order } = decideOrder(orm, SORT_KEYS, filter)
  const found = orm
    .select(columns)
    .from(invitations)
    .where(and(wanted, after))
    .orderBy(...order)
    .limit(limit + 1)
    .all()
  const total = orm.select({ count: count() }).from(invitations).where(wanted).get()?.count ?? 0
  return { ...toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id })), total }
}
