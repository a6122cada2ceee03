// Whether a caller may still do what they came for. A hash takes its time, longer where others wait for theirs, and in it a
// session may have ended, or its person may have been suspended, deleted, or made a plain user.

import { type Refusal, refusal } from '../../contract/errors.ts'
import type { Audience } from '../../contract/operation.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { SignedInCaller } from './caller.ts'
import type { OperationDeps } from './deps.ts'

/** Asked again within the transaction of the change, after whatever it had to wait for. A door without sessions names a person alone. */
export function stillAllowed(
  { repositories, sessions }: Pick<OperationDeps, 'repositories' | 'sessions'>,
  caller: SignedInCaller,
  audience: Exclude<Audience, 'public'>,
): Result<void, Refusal> {
  const isSignedIn = caller.sessionId === undefined || sessions.lookUp(caller.sessionId) !== undefined
  const user = repositories.users.findById(caller.user.id)
  if (!isSignedIn || user?.status !== 'active') return fail(refusal('unauthenticated'))
  return audience === 'admin' && user.role !== 'admin' ? fail(refusal('forbidden')) : ok(undefined)
}
