// Notices as they are listed and dismissed, and the networks that keys are known from. Both are written by the writer.
import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import type { NoticeContent } from '../../../contract/operations/notices.ts'
import type { Db } from '../open.ts'
import { keyAddresses, notices } from '../schema/notices.ts'
import { users } from '../schema/users.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'

export interface NoticeRow {
  readonly id: string
  readonly createdAt: number
  readonly userId: string
  readonly userEmail: string
  readonly content: NoticeContent
  readonly dismissedAt: number | null
  readonly operatorDismissedAt: number | null
}

/** Whose dismissals count: a person's own, or the administrators'. */
export type NoticeReader = 'owner' | 'operator'

export interface NoticesRepository {
  wasGiven(userId: string, onceFor: string): boolean
  /** Newest first. */
  list(
    filter: PageRequest & {
      readonly userId?: string | undefined
      readonly reader: NoticeReader
      readonly includeDismissed: boolean
    },
  ): Page<NoticeRow>
  ownerOf(noticeId: string): string | undefined
  dismiss(noticeId: string, reader: NoticeReader, at: number): void
  deleteBefore(createdAt: number): void
  networksOf(familyId: string): string[]
}

export function createNoticesRepository({ orm }: Db): NoticesRepository {
  const given = orm
    .select({ id: notices.id })
    .from(notices)
    .where(
      and(eq(notices.userId, sql.placeholder('userId')), eq(notices.onceFor, sql.placeholder('onceFor'))),
    )
    .prepare()
  const networks = orm
    .select({ network: keyAddresses.network })
    .from(keyAddresses)
    .where(eq(keyAddresses.familyId, sql.placeholder('familyId')))
    .prepare()
  return {
    wasGiven: (userId, onceFor) => given.get({ userId, onceFor }) !== undefined,
    list: (filter) => list(orm, filter),
    ownerOf: (noticeId) =>
      orm.select({ userId: notices.userId }).from(notices).where(eq(notices.id, noticeId)).get()?.userId,
    dismiss: (noticeId, reader, at) =>
      void orm
        .update(notices)
        .set(reader === 'owner' ? { dismissedAt: at } : { operatorDismissedAt: at })
        .where(and(eq(notices.id, noticeId), isNull(dismissalOf(reader))))
        .run(),
    deleteBefore: (createdAt) => void orm.delete(notices).where(lt(notices.createdAt, createdAt)).run(),
    networksOf: (familyId) => networks.all({ familyId }).map(({ network }) => network),
  }
}

const dismissalOf = (reader: NoticeReader) =>
  reader === 'owner' ? notices.dismissedAt : notices.operatorDismissedAt

function list(
  orm: Db['orm'],
  { userId, reader, includeDismissed, cursor, limit }: Parameters<NoticesRepository['list']>[0],
): Page<NoticeRow> {
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const found = orm
    .select({
      id: notices.id,
      createdAt: notices.createdAt,
      userId: notices.userId,
      userEmail: users.email,
      content: notices.content,
      dismissedAt: notices.dismissedAt,
      operatorDismissedAt: notices.operatorDismissedAt,
    })
    .from(notices)
    .innerJoin(users, eq(users.id, notices.userId))
    .where(
      and(
        userId === undefined ? undefined : eq(notices.userId, userId),
        includeDismissed ? undefined : isNull(dismissalOf(reader)),
        after && sql`(${notices.createdAt}, ${notices.id}) < (${after.at}, ${after.id})`,
      ),
    )
    .orderBy(desc(notices.createdAt), desc(notices.id))
    .limit(limit + 1)
    .all()
    // Written by the notices alone, from a value of this type.
    .map((row) => ({ ...row, content: JSON.parse(row.content) as NoticeContent }))
  return toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
}
