// Sessions: a signed token in a cookie, whose id is looked up at every call, so that it can be ended from here.
import { jwtVerify, SignJWT } from 'jose'
import type { SessionRow, SessionsRepository } from '../db/repositories/sessions.ts'
import type { UserRow, UsersRepository } from '../db/repositories/users.ts'
import type { Clock, Ids, Logger } from '../ports.ts'
import { SealedValueError, type SealedValues } from '../settings/sealed-values.ts'
import type { Caller, Identity } from './caller.ts'

const ISSUER = 'codex-gateway'
const SECRET_NAME = 'session-signing-key'
const DAY_MS = 24 * 60 * 60 * 1000
/** A busy person is noted as seen once a minute, not at every call. */
const SEEN_AGAIN_AFTER_MS = 60_000

export interface Sessions {
  issue(
    userId: string,
    days: number,
    from: Pick<Caller, 'address' | 'client'>,
  ): Promise<{ readonly token: string; readonly expiresAt: number; readonly maxAgeSeconds: number }>
  /**
   * Whose session a token names; undefined where it is forged, expired, revoked, or its person is not active. Notes that the
   * session was used from this address.
   */
  identify(token: string, address: string): Promise<Identity | undefined>
  /** The same by the id alone, for a connection that stays open; it does not count as being there. */
  lookUp(sessionId: string): Identity | undefined
}

interface SessionDeps {
  readonly sessions: SessionsRepository
  readonly users: UsersRepository
  readonly sealedValues: SealedValues
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
}

export async function createSessions(deps: SessionDeps): Promise<Sessions> {
  const { sessions, users, clock, ids } = deps
  const signingKey = Buffer.from(await signingKeyOf(deps), 'base64')

  /** A disk that takes no writes keeps nobody from looking at what is on it. */
  function noteSeen(user: UserRow, session: SessionRow, address: string): void {
    const now = clock.now()
    try {
      if (now - (user.lastSeenAt ?? 0) > SEEN_AGAIN_AFTER_MS) users.touch(user.id, now)
      const isSeenBefore = now - (session.lastSeenAt ?? session.createdAt) <= SEEN_AGAIN_AFTER_MS
      if (!isSeenBefore || session.address !== address) sessions.touch(session.id, now, address)
    } catch (error) {
      deps.logger.warn({ err: error, userId: user.id }, 'that a session was used could not be noted')
    }
  }

  return {
    async issue(userId, days, { address, client }) {
      const createdAt = clock.now()
      const expiresAt = createdAt + days * DAY_MS
      const session = { id: ids.next(), userId, createdAt, expiresAt, address, client }
      sessions.deleteExpired(createdAt)
      sessions.create(session)
      users.touch(userId, createdAt)
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(ISSUER)
        .setSubject(userId)
        .setJti(session.id)
        .setIssuedAt(new Date(createdAt))
        .setExpirationTime(new Date(expiresAt))
        .sign(signingKey)
      return { token, expiresAt, maxAgeSeconds: (days * DAY_MS) / 1000 }
    },
    async identify(token, address) {
      const sessionId = await verifiedId(token, signingKey, clock.now())
      const session = sessionId === undefined ? undefined : sessions.find(sessionId)
      if (!session || !isLive(session, clock.now())) return undefined
      const user = users.findById(session.userId)
      if (user?.status !== 'active') return undefined
      noteSeen(user, session, address)
      return { user: { id: user.id, role: user.role }, sessionId: session.id }
    },
    lookUp(sessionId) {
      const session = sessions.find(sessionId)
      if (!session || !isLive(session, clock.now())) return undefined
      const user = users.findById(session.userId)
      return user?.status === 'active'
        ? { user: { id: user.id, role: user.role }, sessionId: session.id }
        : undefined
    },
  }
}

const isLive = (session: SessionRow, now: number): boolean =>
  session.revokedAt === null && session.expiresAt > now

async function verifiedId(token: string, signingKey: Buffer, now: number): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, signingKey, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      currentDate: new Date(now),
    })
    return payload.jti
  } catch {
    // A token that does not verify is the same as none; whoever sent it has to sign in.
    return undefined
  }
}

/** The key lives as long as the database. Where it cannot be opened any more, a new one ends every session. */
async function signingKeyOf({ sealedValues, ids, logger }: SessionDeps): Promise<string> {
  try {
    const stored = await sealedValues.get(SECRET_NAME)
    if (stored !== undefined) return stored
  } catch (error) {
    if (!(error instanceof SealedValueError)) throw error
    logger.warn({ err: error }, 'the session signing key cannot be opened; a new one ends every session')
  }
  const made = ids.randomBytes(32).toString('base64')
  await sealedValues.set(SECRET_NAME, made)
  return made
}
