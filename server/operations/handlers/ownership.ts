// Whose things a call is about: a person's own, or, for an administrator where administration is open, anyone's.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { isAdministering, type SignedInCaller } from '../caller.ts'

/** The person a change is made for: the caller, unless an administrator names another. */
export function ownerFor(namedUserId: string | undefined, caller: SignedInCaller): Result<string, Refusal> {
  if (namedUserId === undefined || namedUserId === caller.user.id) return ok(caller.user.id)
  if (caller.user.role !== 'admin') return fail(refusal('forbidden'))
  return caller.mayAdminister ? ok(namedUserId) : fail(refusal('remote_admin_off'))
}

/** The person a list is narrowed to; undefined for everyone, which only an administrator who names nobody sees. */
export function visibleUserId(
  namedUserId: string | undefined,
  caller: SignedInCaller,
): Result<string | undefined, Refusal> {
  return namedUserId === undefined && isAdministering(caller) ? ok(undefined) : ownerFor(namedUserId, caller)
}
