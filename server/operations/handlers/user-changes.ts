// What an administrator changes about a person beside their status and their balance: email, role, credit limit. All that one
// call names is changed, or nothing is.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { AccountState } from '../../accounts/account.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import { appendAudit } from '../audit-trail.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { isLastAdministrator } from '../last-administrator.ts'
import { withdrawLinksBy } from '../withdrawn-links.ts'
import { writeEmail } from './links.ts'
import { toUserView } from './user-view.ts'

interface UserChanges {
  readonly email?: string | undefined
  readonly role?: UserRow['role'] | undefined
  readonly creditLimitNanoUsd?: number | undefined
}

export function userChangeHandlers(deps: OperationDeps): Pick<Handlers, 'users.update'> {
  const { repositories, accounts, keyDirectory } = deps
  return {
    'users.update'({ userId, ...changes }, caller) {
      const before = repositories.users.findById(userId)
      if (!before || before.status === 'deleted') return fail(refusal('user_not_found'))
      const refused = refusalFor(deps, before, changes)
      if (refused) return fail(refused)
      const account = accounts.state(userId)
      const limit = changes.creditLimitNanoUsd ?? account.creditLimitNanoUsd
      // In one turn: nothing can be held under the old limit between the decision and its row.
      const set = accounts.setCreditLimit(userId, limit, () =>
        write(deps, caller, { before, account }, changes),
      )
      if (!set.ok) return set
      if (changes.role !== undefined) keyDirectory.forgetUser(userId)
      const after = repositories.users.findById(userId)
      return after ? ok(toUserView(deps, after)) : fail(refusal('user_not_found'))
    },
  }
}

function refusalFor(deps: OperationDeps, before: UserRow, { email, role }: UserChanges): Refusal | undefined {
  if (role === 'user' && isLastAdministrator(deps, before)) return refusal('last_administrator')
  const holder = email === undefined ? undefined : deps.repositories.users.findByEmail(email)
  return holder && holder.id !== before.id ? refusal('email_taken') : undefined
}

function write(
  deps: OperationDeps,
  caller: SignedInCaller,
  { before, account }: { readonly before: UserRow; readonly account: AccountState },
  { email, role, creditLimitNanoUsd }: UserChanges,
): void {
  const { users, ledger } = deps.repositories
  const isEmailChanged = email !== undefined && email !== before.email
  deps.repositories.transaction(() => {
    if (isEmailChanged) {
      const written = writeEmail(deps, caller, { userId: before.id, newEmail: email, verifiedAt: null })
      if (!written.ok)
        throw new Error(`An email that was free a moment ago is refused: ${written.error.code}`)
    }
    const withdrawn = role === 'user' ? withdrawLinksBy(deps, before) : {}
    if (role !== undefined) users.setRole(before.id, role)
    if (creditLimitNanoUsd !== undefined) ledger.setCreditLimit(before.id, creditLimitNanoUsd)
    appendAudit(deps, caller, {
      operation: 'users.update',
      targetType: 'user',
      targetId: before.id,
      before: {
        ...(role === undefined ? {} : { role: before.role }),
        ...(creditLimitNanoUsd === undefined ? {} : { creditLimitNanoUsd: account.creditLimitNanoUsd }),
      },
      // The audit is never changed, and a person may ask to be forgotten: no address stands in it.
      after: {
        ...(isEmailChanged ? { isEmailChanged } : {}),
        ...(role === undefined ? {} : { role }),
        ...(creditLimitNanoUsd === undefined ? {} : { creditLimitNanoUsd }),
        ...withdrawn,
      },
    })
  })
}
