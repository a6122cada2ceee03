// Signing in and out. Nobody learns from an answer, or from how long it took, whether an email is known here.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import { type AttemptThrottle, createAttemptThrottle } from '../attempt-throttle.ts'
import type { Caller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { toMe } from './me.ts'

/** An address may be a whole office behind one router. */
const PER_ADDRESS = { attemptsMax: 30, refillMs: 10_000 }
/** One person at one place; a stranger's wrong guesses elsewhere do not count here. */
const PER_ACCOUNT_AND_ADDRESS = { attemptsMax: 10, refillMs: 30_000 }
/** Guesses at one account from many places. Looser, because whoever fills it keeps others out of that account. */
const PER_ACCOUNT = { attemptsMax: 60, refillMs: 10_000 }
/** Where people have signed in from since the start: these places are never kept out by guesses made elsewhere. */
const KNOWN_PLACES_MAX = 10_000

export function authHandlers(deps: OperationDeps): Pick<Handlers, 'auth.login' | 'auth.logout'> {
  const { repositories, passwords, clock } = deps
  const byAddress = createAttemptThrottle(clock, PER_ADDRESS)
  const byPlace = createAttemptThrottle(clock, PER_ACCOUNT_AND_ADDRESS)
  const byAccount = createAttemptThrottle(clock, PER_ACCOUNT)
  const knownPlaces = new Set<string>()

  return {
    async 'auth.login'({ email, password }, caller) {
      const place = `${email} ${caller.address}`
      const isTrusted = caller.isLocal || knownPlaces.has(place)
      const attempt = takeAll([
        [byAddress, caller.address],
        [byPlace, place],
        ...(isTrusted ? [] : [[byAccount, email] as const]),
      ])
      if ('retryAfterMs' in attempt) return fail(tooManyAttempts(attempt.retryAfterMs))

      const user = repositories.users.findByEmail(email)
      const isRight = await passwords.fits(user?.passwordHash, password)
      if (isRight === undefined) return fail(tooManyAttempts(1000))
      if (!user || !isRight || user.status === 'deleted') return fail(refusal('invalid_credentials'))

      attempt.giveBack()
      if (knownPlaces.size < KNOWN_PLACES_MAX) knownPlaces.add(place)
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

/** Takes one attempt from each throttle in turn; the first that is empty says how long to wait. */
function takeAll(from: readonly (readonly [AttemptThrottle, string])[]) {
  const taken: { readonly giveBack: () => void }[] = []
  for (const [throttle, name] of from) {
    const attempt = throttle.take(name)
    if ('retryAfterMs' in attempt) return attempt
    taken.push(attempt)
  }
  return {
    giveBack() {
      for (const attempt of taken) attempt.giveBack()
    },
  }
}

const tooManyAttempts = (retryAfterMs: number): Refusal =>
  refusal('too_many_attempts', { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }, { retryAfterMs })
