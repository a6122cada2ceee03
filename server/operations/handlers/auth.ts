// Signing in and out. Nobody learns from an answer, or from how long it took, whether an email is known here.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import { type AttemptThrottle, createAttemptThrottle } from '../attempt-throttle.ts'
import type { Caller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { toMe } from './me.ts'

/** An address may be a whole office behind one router; an account is one person. */
const PER_ADDRESS = { attemptsMax: 30, refillMs: 10_000 }
const PER_ACCOUNT = { attemptsMax: 10, refillMs: 30_000 }

export function authHandlers(deps: OperationDeps): Pick<Handlers, 'auth.login' | 'auth.logout'> {
  const { repositories, passwords, clock } = deps
  const byAddress = createAttemptThrottle(clock, PER_ADDRESS)
  const byAccount = createAttemptThrottle(clock, PER_ACCOUNT)

  return {
    async 'auth.login'({ email, password }, caller) {
      const attempt = takeAttempt(byAddress, caller.address, byAccount, email)
      if ('retryAfterMs' in attempt) return fail(tooManyAttempts(attempt.retryAfterMs))

      const user = repositories.users.findByEmail(email)
      const isRight = await passwords.fits(user?.passwordHash, password)
      if (isRight === undefined) return fail(tooManyAttempts(1000))
      if (!user || !isRight || user.status === 'deleted') return fail(refusal('invalid_credentials'))

      attempt.giveBack()
      if (user.status === 'suspended') return fail(refusal('account_suspended'))
      if (user.status === 'pending') return fail(refusal('account_pending'))
      const expiresAt = await startSession(deps, user.id, caller)
      return ok({ user: toMe(user), expiresAt })
    },
    'auth.logout'(_input, caller) {
      if (caller.sessionId !== undefined) repositories.sessions.revoke(caller.sessionId, clock.now())
      caller.session?.clear()
      return ok({})
    },
  }
}

/** Issues a session and hands it to the door; a door without cookies keeps none. */
export async function startSession(deps: OperationDeps, userId: string, caller: Caller): Promise<number> {
  const days = deps.settings.current().sessionDays
  const issued = await deps.sessions.issue(userId, days, caller)
  caller.session?.set(issued.token, issued.maxAgeSeconds)
  return issued.expiresAt
}

function takeAttempt(byAddress: AttemptThrottle, address: string, byAccount: AttemptThrottle, email: string) {
  const ofAddress = byAddress.take(address)
  if ('retryAfterMs' in ofAddress) return ofAddress
  const ofAccount = byAccount.take(email)
  if ('retryAfterMs' in ofAccount) return ofAccount
  return {
    giveBack() {
      ofAddress.giveBack()
      ofAccount.giveBack()
    },
  }
}

const tooManyAttempts = (retryAfterMs: number): Refusal =>
  refusal('too_many_attempts', { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }, { retryAfterMs })
