// Mail on its way out, and what became of it. What a mail says is sealed; server/mail opens it.
import { and, asc, count, eq, gt, isNull, lt, lte, ne, or, sql } from 'drizzle-orm'
import type { MailFailureKind, MailTemplateName } from '../../../contract/mail.ts'
import type { MailSort, MailStatus } from '../../../contract/operations/mail.ts'
import type { Db } from '../open.ts'
import { mails } from '../schema/mails.ts'
import { type CountedPage, formatTimeCursor, parseTimeCursor, toPage } from './paging.ts'
import { decideOrder, orderBehind, type SortKeys, type SortRequest } from './sorting.ts'

export interface MailRow {
  readonly id: string
  readonly createdAt: number
  readonly userId: string | null
  readonly recipient: string
  readonly template: MailTemplateName
  readonly status: MailStatus
  readonly attempts: number
  /** Null where it is not waiting. */
  readonly nextAttemptAt: number | null
  /** From then on it is of no use; null for never. */
  readonly expiresAt: number | null
  readonly failureKind: MailFailureKind | 'expired' | null
  readonly failureReason: string | null
  readonly sentAt: number | null
}

export interface WaitingMail extends MailRow {
  readonly sealedContent: Buffer
}

export type NewMail = Pick<
  MailRow,
  'id' | 'createdAt' | 'userId' | 'recipient' | 'template' | 'expiresAt'
> & {
  readonly sealedContent: Buffer
}

export interface MailFailed {
  readonly kind: MailFailureKind | 'expired'
  readonly reason: string
  /** Null where there is no further attempt. */
  readonly nextAttemptAt: number | null
}

export interface MailFilter extends SortRequest<MailSort> {
  readonly status?: MailStatus | undefined
  /** Part of the recipient, in any case of ASCII letters. */
  readonly search?: string | undefined
}

export interface MailsRepository {
  create(mail: NewMail): void
  /**
   * The waiting one whose time has come first, if it has come. One that is to wait beyond `latest` was put off while the clock
   * was ahead, and its time has come as well.
   */
  nextDue(now: number, latest: number): WaitingMail | undefined
  /** When the next one is due; undefined where none waits. */
  nextDueAt(): number | undefined
  /** Notes an attempt before it is made, so that a crash in its middle counts as one. */
  noteAttempt(id: string, nextAttemptAt: number): void
  /** What it said is gone with this. */
  noteSent(id: string, at: number): void
  noteFailed(id: string, failed: MailFailed): void
  /** Makes one that waits or has failed due at once, with all its attempts; undefined where there is none such. */
  retry(id: string, at: number): MailRow | undefined
  list(filter: MailFilter): CountedPage<MailRow>
  counts(): { readonly waiting: number; readonly failed: number }
  /** Forgets what was sent or has failed before `before`. */
  deleteFinished(before: number): number
}

const columns = {
  id: mails.id,
  createdAt: mails.createdAt,
  userId: mails.userId,
  recipient: mails.recipient,
  template: sql<MailTemplateName>`${mails.template}`,
  status: mails.status,
  attempts: mails.attempts,
  nextAttemptAt: mails.nextAttemptAt,
  expiresAt: mails.expiresAt,
  failureKind: sql<MailRow['failureKind']>`${mails.failureKind}`,
  failureReason: mails.failureReason,
  sentAt: mails.sentAt,
}

export function createMailsRepository({ raw, orm }: Db): MailsRepository {
  const withStatus = raw.prepare<[MailStatus], number>('SELECT count(*) FROM mails WHERE status = ?').pluck()
  return {
    create: (mail) =>
      void orm
        .insert(mails)
        .values({ ...mail, status: 'waiting', attempts: 0, nextAttemptAt: mail.createdAt })
        .run(),
    nextDue(now, latest) {
      const found = orm
        .select({ ...columns, sealedContent: mails.sealedContent })
        .from(mails)
        .where(or(lte(mails.nextAttemptAt, now), gt(mails.nextAttemptAt, latest)))
        .orderBy(asc(mails.nextAttemptAt), asc(mails.id))
        .limit(1)
        .get()
      // A waiting row has its content: the table checks it.
      return found && { ...found, sealedContent: found.sealedContent ?? Buffer.alloc(0) }
    },
    nextDueAt: () =>
      orm
        .select({ at: sql<number | null>`min(${mails.nextAttemptAt})` })
        .from(mails)
        .get()?.at ?? undefined,
    noteAttempt: (id, nextAttemptAt) =>
      void orm
        .update(mails)
        .set({ attempts: sql`${mails.attempts} + 1`, nextAttemptAt })
        .where(and(eq(mails.id, id), eq(mails.status, 'waiting')))
        .run(),
    noteSent: (id, at) =>
      void orm
        .update(mails)
        .set({
          status: 'sent',
          sentAt: at,
          nextAttemptAt: null,
          sealedContent: null,
          failureKind: null,
          failureReason: null,
        })
        .where(eq(mails.id, id))
        .run(),
    noteFailed: (id, { kind, reason, nextAttemptAt }) =>
      void orm
        .update(mails)
        .set({
          status: nextAttemptAt === null ? 'failed' : 'waiting',
          nextAttemptAt,
          failureKind: kind,
          failureReason: reason,
        })
        .where(eq(mails.id, id))
        .run(),
    retry: (id, at) =>
      orm
        .update(mails)
        .set({ status: 'waiting', attempts: 0, nextAttemptAt: at })
        .where(
          and(
            eq(mails.id, id),
            ne(mails.status, 'sent'),
            or(isNull(mails.expiresAt), sql`${mails.expiresAt} > ${at}`),
          ),
        )
        .returning(columns)
        .get(),
    list: (filter) => list(orm, filter),
    counts() {
      const of = (status: MailStatus) => withStatus.get(status) ?? 0
      return { waiting: of('waiting'), failed: of('failed') }
    },
    deleteFinished: (before) =>
      orm
        .delete(mails)
        .where(and(ne(mails.status, 'waiting'), lt(mails.createdAt, before)))
        .run().changes,
  }
}

const SORT_KEYS: SortKeys<MailSort> = {
  table: mails,
  id: mails.id,
  usual: 'createdAt',
  keys: {
    createdAt: sql`${mails.createdAt}`,
    recipient: sql`lower(${mails.recipient})`,
    template: sql`${mails.template}`,
  },
}

function list(orm: Db['orm'], filter: MailFilter): CountedPage<MailRow> {
  const { status, search, limit } = filter
  const wanted = and(
    status && eq(mails.status, status),
    search ? sql`instr(lower(${mails.recipient}), lower(${search})) > 0` : undefined,
  )
  const { after, order } = orderOf(orm, filter)
  const found = orm
    .select(columns)
    .from(mails)
    .where(and(wanted, after))
    .orderBy(...order)
    .limit(limit + 1)
    .all()
  const total = orm.select({ count: count() }).from(mails).where(wanted).get()?.count ?? 0
  return { ...toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id })), total }
}

/** A mail is forgotten in time, but its cursor still says when it was written; by another key, its page is then the last. */
function orderOf(orm: Db['orm'], filter: MailFilter): ReturnType<typeof decideOrder> {
  const { sort = SORT_KEYS.usual, cursor } = filter
  if (sort === 'createdAt' && cursor !== undefined) {
    const { at, id } = parseTimeCursor(cursor)
    return orderBehind({ lastKey: at, lastId: id }, SORT_KEYS, filter)
  }
  return decideOrder(orm, SORT_KEYS, filter)
}
