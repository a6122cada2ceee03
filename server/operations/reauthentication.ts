// The password, asked for again before something that a borrowed or stolen session must not do.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { UserRow } from '../db/repositories/users.ts'
import type { SignedInCaller } from './caller.ts'
import type { OperationDeps } from './deps.ts'
import { stillAllowed } from './still-allowed.ts'
import { takeAttempt, tooBusy } from './throttles.ts'

type ReauthenticationDeps = Pick<
  OperationDeps,
  'repositories' | 'passwords' | 'throttles' | 'secondFactors' | 'sessions'
>

/** The caller as they stand in the database, once the password has proved right. */
export async function confirmPassword(
  deps: ReauthenticationDeps,
  caller: SignedInCaller,
  password: string,
  /** The member of the input that holds it. */
  param = 'password',
): Promise<Result<UserRow, Refusal>> {
  const { repositories, passwords, throttles } = deps
  const attempt = takeAttempt([[throttles.passwordByAccount, caller.user.id]])
  if (!attempt.ok) return attempt
  const before = repositories.users.findById(caller.user.id)
  const isRight = await passwords.fits(before?.passwordHash, password)
  if (isRight === undefined) return fail(tooBusy())
  // Read again: the hash took its time, and the password may have been changed in it, or the session ended.
  const user = repositories.users.findById(caller.user.id)
  if (!isRight || user?.passwordHash !== before?.passwordHash) return fail(wrongPassword(param))
  attempt.value.giveBack()
  const allowed = stillAllowed(deps, caller, 'user')
  if (!allowed.ok) return allowed
  return user ? ok(user) : fail(refusal('unauthenticated'))
}

/** `param` is the member of the input that holds it. */
export const wrongPassword = (param: string): Refusal => refusal('wrong_password', undefined, { param })

/** A code of the second factor, asked for again. Takes the code. */
export function confirmCode(
  { throttles, secondFactors }: ReauthenticationDeps,
  userId: string,
  code: string,
): Result<void, Refusal> {
  if (!secondFactors.isOn(userId)) return fail(refusal('second_factor_off'))
  const attempt = takeAttempt([[throttles.codeByAccount, userId]])
  if (!attempt.ok) return attempt
  const checked = secondFactors.check(userId, code)
  if (checked === 'wrong') return fail(refusal('wrong_code', undefined, { param: 'code' }))
  attempt.value.giveBack()
  return checked === 'unreadable' ? fail(refusal('second_factor_unreadable')) : ok(undefined)
}
