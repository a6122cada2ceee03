// Links for people who exist, each good for one thing, once. Found by the hash of the secret that they carry.
import { and, desc, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { accountLinks } from '../schema/account-links.ts'

export type AccountLinkKind = 'reset_password' | 'change_email'

export interface AccountLinkRow {
  readonly id: string
  readonly kind: AccountLinkKind
  readonly userId: string
  /** SHA-256 of the secret, 32 bytes. */
  readonly secretHash: Buffer
  /** The address that it was mailed to, and that whoever uses it has proved; null where it was handed over. */
  readonly provesEmail: string | null
  readonly createdAt: number
  readonly expiresAt: number
}

export interface AccountLinksRepository {
  create(link: AccountLinkRow): void
  /** Also one that has expired; the caller decides with its own clock. */
  findBySecretHash(secretHash: Buffer): AccountLinkRow | undefined
  /** The newest of this kind that is still good. */
  newestOf(userId: string, kind: AccountLinkKind, now: number): AccountLinkRow | undefined
  /** Takes it away; false where somebody was faster. */
  take(id: string): boolean
  /** Takes away all of a person, or those of one kind. */
  deleteOf(userId: string, kind?: AccountLinkKind): void
  /** Takes away those that this administrator made for others to be handed over, as the audit knows them. */
  deleteHandedOverBy(userId: string): void
  deleteExpired(now: number): number
}

export function createAccountLinksRepository({ orm }: Db): AccountLinksRepository {
  const byHash = orm
    .select()
    .from(accountLinks)
    .where(eq(accountLinks.secretHash, sql.placeholder('secretHash')))
    .prepare()
  const newest = orm
    .select()
    .from(accountLinks)
    .where(
      and(
        eq(accountLinks.userId, sql.placeholder('userId')),
        eq(accountLinks.kind, sql.placeholder('kind')),
        gt(accountLinks.expiresAt, sql.placeholder('now')),
      ),
    )
    .orderBy(desc(accountLinks.createdAt), desc(accountLinks.id))
    .limit(1)
    .prepare()

  return {
    create: (link) => void orm.insert(accountLinks).values(link).run(),
    findBySecretHash: (secretHash) => byHash.get({ secretHash }),
    newestOf: (userId, kind, now) => newest.get({ userId, kind, now }),
    take: (id) => orm.delete(accountLinks).where(eq(accountLinks.id, id)).run().changes > 0,
    deleteOf: (userId, kind) =>
      void orm
        .delete(accountLinks)
        .where(and(eq(accountLinks.userId, userId), kind && eq(accountLinks.kind, kind)))
        .run(),
    deleteHandedOverBy: (userId) =>
      void orm
        .delete(accountLinks)
        .where(
          and(
            eq(accountLinks.kind, 'reset_password'),
            isNull(accountLinks.provesEmail),
            sql`EXISTS (SELECT 1 FROM audit WHERE operation = 'users.resetLink' AND actor_user_id = ${userId}
              AND target_id = ${accountLinks.userId} AND audit.created_at >= ${accountLinks.createdAt})`,
          ),
        )
        .run(),
    deleteExpired: (now) => orm.delete(accountLinks).where(lte(accountLinks.expiresAt, now)).run().changes,
  }
}
