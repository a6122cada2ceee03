// Deleting a person: everything that lets them in ends at once, and nothing that is left says who they were. Ledger, charges,
// usage and audit keep their rows, which name them by id alone.
import { refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import { appendAudit } from '../audit-trail.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { isLastAdministrator } from '../last-administrator.ts'
import { withdrawLinksBy } from '../withdrawn-links.ts'

export function userDeletionHandlers(deps: OperationDeps): Pick<Handlers, 'users.delete'> {
  const { repositories } = deps
  return {
    'users.delete'({ userId, confirmEmail }, caller) {
      const user = repositories.users.findById(userId)
      if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
      if (confirmEmail.trim().toLowerCase() !== user.email.toLowerCase())
        return fail(refusal('confirmation_mismatch', undefined, { param: 'confirmEmail' }))
      if (isLastAdministrator(deps, user)) return fail(refusal('last_administrator'))
      deleteUser(deps, user, 'users.delete', caller)
      return ok({})
    },
  }
}

export function deleteUser(
  deps: OperationDeps,
  { id: userId, status, role }: UserRow,
  operation: 'users.delete' | 'users.reject',
  caller: SignedInCaller,
): void {
  const { repositories, clock, keyDirectory, accessChanges } = deps
  repositories.transaction(() => {
    const withdrawn = withdrawLinksBy(deps, { id: userId, role })
    repositories.users.forget(userId, clock.now())
    // The address stands in no row of this: the audit is never changed, and would keep it for ever.
    appendAudit(deps, caller, {
      operation,
      targetType: 'user',
      targetId: userId,
      before: { status, role },
      after: { status: 'deleted', ...withdrawn },
    })
  })
  keyDirectory.forgetUser(userId)
  accessChanges.publish({ kind: 'user', userId })
}
