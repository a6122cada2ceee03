// Signing in and out. Nobody learns from an answer, or from how long it took, whether an email is known here.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import type { Caller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { createLoginChallenges, type LoginChallenges } from '../login-challenges.ts'
import { placeOf, takeAttempt, tooBusy } from '../throttles.ts'
import { toMe } from './me.ts'

/** Where people have signed in from since the start: these places are never kept out by guesses made elsewhere. */
const KNOWN_PLACES_MAX = 10_000

type Noun = 'auth.status' | 'auth.login' | 'auth.verifySecondFactor' | 'auth.logout'

export function authHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories, clock, settings, setup, mail } = deps
  const challenges = createLoginChallenges(clock, deps.ids)
  return {
    'auth.status': () =>
      ok({
        isSetUpDone: setup.isDone(),
        productName: settings.current().productName,
        registration: settings.current().registration,
        isMailAvailable: mail.isAvailable(),
        locale: deps.defaultLocale,
      }),
    'auth.login': login(deps, challenges),
    'auth.verifySecondFactor': verifySecondFactor(deps, challenges),
    'auth.logout'(_input, caller) {
      if (caller.sessionId !== undefined) repositories.sessions.revoke(caller.sessionId, clock.now())
      caller.session?.clear()
      return ok({})
    },
  }
}

function login(deps: OperationDeps, challenges: LoginChallenges): Handler<'auth.login'> {
  const { throttles, secondFactors } = deps
  const knownPlaces = new Set<string>()
  return async ({ email, password }, caller) => {
    const place = `${email} ${placeOf(caller.address)}`
    const isTrusted = caller.isLocal || knownPlaces.has(place)
    const attempt = takeAttempt([
      [throttles.signInByAddress, placeOf(caller.address)],
      [throttles.signInByPlace, place],
      ...(isTrusted ? [] : [[throttles.signInByAccount, email] as const]),
    ])
    if (!attempt.ok) return attempt

    const user = await findByPassword(deps, email, password)
    if (user.ok || user.error.code !== 'invalid_credentials') attempt.value.giveBack()
    if (!user.ok) return user
    if (knownPlaces.size < KNOWN_PLACES_MAX) knownPlaces.add(place)
    const { id, status, passwordHash } = user.value
    if (status === 'suspended') return fail(refusal('account_suspended'))
    if (status === 'pending') return fail(refusal('account_pending'))
    if (secondFactors.isOn(id))
      return fail(refusal('second_factor_required', challenges.open(id, passwordHash ?? '')))
    const expiresAt = await startSession(deps, id, caller)
    return ok({ user: toMe(deps, user.value), expiresAt })
  }
}

/**
 * Whose email and password these are. Where they are nobody's, a registration that waits for its link is looked at too: it
 * stands there whether or not the email has an account, so that "verify your address first" gives nobody away. Two hashes are
 * compared then, whoever it is.
 */
async function findByPassword(
  { repositories, passwords, clock }: OperationDeps,
  email: string,
  password: string,
): Promise<Result<UserRow, Refusal>> {
  const user = repositories.users.findByEmail(email)
  const isRight = await passwords.fits(user?.passwordHash, password)
  if (isRight === undefined) return fail(tooBusy())
  // Read again: the hash took its time, and a password that was changed in it opens no session any more.
  const now = user && isRight ? repositories.users.findById(user.id) : undefined
  if (now && now.passwordHash === user?.passwordHash && now.status !== 'deleted') return ok(now)
  const registration = repositories.registrations.newestOf(email, clock.now())
  const isRegistered = await passwords.fits(registration?.passwordHash, password)
  if (isRegistered === undefined) return fail(tooBusy())
  return fail(refusal(isRegistered ? 'email_not_verified' : 'invalid_credentials'))
}

function verifySecondFactor(
  deps: OperationDeps,
  challenges: LoginChallenges,
): Handler<'auth.verifySecondFactor'> {
  const { repositories, throttles, secondFactors } = deps
  return async ({ challenge, code }, caller) => {
    const byAddress = takeAttempt([[throttles.codeByAddress, placeOf(caller.address)]])
    if (!byAddress.ok) return byAddress
    const open = challenges.attempt(challenge)
    const user = open && repositories.users.findById(open.userId)
    if (!open || user?.status !== 'active' || user.passwordHash !== open.passwordHash)
      return fail(refusal('challenge_expired'))
    const attempt = takeAttempt([[throttles.codeByAccount, user.id]])
    if (!attempt.ok) return attempt

    // Switched off by an administrator in the meantime: the password alone is enough again, so it is asked for again.
    const checked = secondFactors.isOn(user.id) ? secondFactors.check(user.id, code) : undefined
    if (checked === undefined) return fail(refusal('challenge_expired'))
    if (checked === 'wrong') {
      if (open.attemptsLeft === 0) challenges.close(challenge)
      return fail(refusal('second_factor_invalid', { attemptsLeft: open.attemptsLeft }, { param: 'code' }))
    }
    attempt.value.giveBack()
    byAddress.value.giveBack()
    if (checked === 'unreadable') return fail(refusal('second_factor_unreadable'))
    challenges.close(challenge)
    if (checked === 'recovery') tellOfRecoveryCode(deps, user.id, caller)
    const expiresAt = await startSession(deps, user.id, caller)
    const recoveryCodesLeft = checked === 'recovery' ? secondFactors.recoveryCodesLeft(user.id) : null
    return ok({ user: toMe(deps, user), expiresAt, recoveryCodesLeft })
  }
}

function tellOfRecoveryCode({ mail, clock }: OperationDeps, userId: string, caller: Caller): void {
  const data = { change: 'recovery_code_used', at: clock.now(), address: caller.address } as const
  mail.enqueue('second_factor_changed', userId, data)
}

/**
 * Issues a session and hands it to the door; a door without cookies keeps none. Always a new one, whatever the browser sent
 * along, and the one that it had before ends: nobody can plant a session that somebody else then signs in to.
 */
export async function startSession(deps: OperationDeps, userId: string, caller: Caller): Promise<number> {
  const days = deps.settings.current().sessionDays
  if (caller.session && caller.sessionId !== undefined) {
    deps.repositories.sessions.revoke(caller.sessionId, deps.clock.now())
  }
  const issued = await deps.sessions.issue(userId, days, caller)
  caller.session?.set(issued.token, issued.maxAgeSeconds)
  return issued.expiresAt
}
