// Signed-in sessions. A cookie names one by id, so that it can be ended from here.
import { and, eq, isNull, lt, ne, sql } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { sessions } from '../schema/sessions.ts'

export interface SessionRow {
  readonly id: string
  readonly userId: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly revokedAt: number | null
  readonly address: string
  readonly client: string
}

export interface SessionsRepository {
  create(session: Omit<SessionRow, 'revokedAt'>): void
  /** Also one that is expired or revoked; the caller decides with its own clock. */
  find(id: string): SessionRow | undefined
  revoke(id: string, at: number): void
  /** Ends every session of a person, except perhaps the one they use; returns how many. */
  revokeAllOf(userId: string, at: number, exceptId?: string): number
  /** Forgets sessions that ended before `before`; returns how many. */
  deleteExpired(before: number): number
}

export function createSessionsRepository({ orm }: Db): SessionsRepository {
  const byId = orm
    .select()
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare()

  return {
    create: (session) => void orm.insert(sessions).values(session).run(),
    find: (id) => byId.get({ id }),
    revoke: (id, at) =>
      void orm
        .update(sessions)
        .set({ revokedAt: at })
        // The first time counts.
        .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)))
        .run(),
    revokeAllOf: (userId, at, exceptId) =>
      orm
        .update(sessions)
        .set({ revokedAt: at })
        .where(
          and(
            eq(sessions.userId, userId),
            isNull(sessions.revokedAt),
            exceptId === undefined ? undefined : ne(sessions.id, exceptId),
          ),
        )
        .run().changes,
    deleteExpired: (before) => orm.delete(sessions).where(lt(sessions.expiresAt, before)).run().changes,
  }
}
