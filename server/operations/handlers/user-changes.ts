// What an administrator changes about a person beside their status and their balance: email, role, credit limit.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { isLastAdministrator } from '../last-administrator.ts'
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
      const creditLimitNanoUsd = changes.creditLimitNanoUsd ?? account.creditLimitNanoUsd
      const write = () =>
        repositories.transaction(() => {
          repositories.users.update(userId, changes)
          repositories.ledger.setCreditLimit(userId, creditLimitNanoUsd)
          appendAudit(deps, caller, {
            operation: 'users.update',
            targetType: 'user',
            targetId: userId,
            before: onlyChanged({ ...before, ...account }, changes),
            after: onlyChanged({ ...before, ...account, ...given(changes) }, changes),
          })
        })
      // In one turn: nothing can be held under the old limit between the decision and its row.
      const set: Result<unknown, Refusal> = accounts.setCreditLimit(userId, creditLimitNanoUsd, write)
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

const given = (changes: UserChanges): Record<string, unknown> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))

function onlyChanged(values: object, changes: UserChanges): Record<string, unknown> {
  const names = Object.keys(given(changes))
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))
}
