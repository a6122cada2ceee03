// Who may use the gateway, and as what: letting in, turning away, suspending, making an administrator.
import { messageOf, type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import type { UserView } from '../../../contract/operations/users.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import { appendAudit } from '../audit-trail.ts'
import type { SignedInCaller } from '../caller.ts'
import { decideDefaultBalance, giveDefaultBalance } from '../default-balance.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { isLastAdministrator } from '../last-administrator.ts'
import { baseUrlFor } from '../links.ts'
import { withdrawLinksBy } from '../withdrawn-links.ts'
import { deleteUser } from './user-deletion.ts'
import { toUserView } from './user-view.ts'

type Noun = 'users.setStatus' | 'users.setStatusMany' | 'users.setRole' | 'users.approve' | 'users.reject'

type SettableStatus = 'active' | 'suspended'

export function userStatusHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories } = deps
  return {
    'users.setStatus': ({ userId, status }, caller) =>
      setStatus(deps, { userId, status, operation: 'users.setStatus' }, caller),
    async 'users.setStatusMany'({ userIds, status }, caller) {
      const rows = []
      for (const userId of userIds) {
        const set = await setStatus(deps, { userId, status, operation: 'users.setStatusMany' }, caller)
        rows.push(
          set.ok ? { userId, user: set.value, error: null } : { userId, user: null, error: shown(set.error) },
        )
      }
      return ok({ rows })
    },
    'users.setRole'({ userId, role }, caller) {
      const before = repositories.users.findById(userId)
      if (!before || before.status === 'deleted') return fail(refusal('user_not_found'))
      if (before.role === role) return ok(toUserView(deps, before))
      if (isLastAdministrator(deps, before)) return fail(refusal('last_administrator'))
      const after = repositories.transaction(() => {
        const withdrawn = withdrawLinksBy(deps, before)
        appendAudit(deps, caller, {
          operation: 'users.setRole',
          targetType: 'user',
          targetId: userId,
          before: { role: before.role },
          after: { role, ...withdrawn },
        })
        return repositories.users.setRole(userId, role)
      })
      deps.keyDirectory.forgetUser(userId)
      return ok(toUserView(deps, after ?? before))
    },
    async 'users.approve'({ userId }, caller) {
      const waiting = pendingUser(deps, userId)
      if (!waiting.ok) return waiting
      return await setStatus(deps, { userId, status: 'active', operation: 'users.approve' }, caller)
    },
    'users.reject'({ userId }, caller) {
      const waiting = pendingUser(deps, userId)
      if (!waiting.ok) return waiting
      deleteUser(deps, waiting.value, 'users.reject', caller)
      return ok({})
    },
  }
}

const shown = (refused: Refusal) => ({
  code: refused.code,
  message: messageOf(refused),
  details: { ...refused.details },
})

function pendingUser({ repositories }: OperationDeps, userId: string): Result<UserRow, Refusal> {
  const user = repositories.users.findById(userId)
  if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
  return user.status === 'pending' ? ok(user) : fail(refusal('user_not_pending'))
}

interface StatusChange {
  readonly userId: string
  readonly status: SettableStatus
  readonly operation: 'users.setStatus' | 'users.setStatusMany' | 'users.approve'
}

async function setStatus(
  deps: OperationDeps,
  change: StatusChange,
  caller: SignedInCaller,
): Promise<Result<UserView, Refusal>> {
  const { repositories } = deps
  const { userId, status } = change
  const before = repositories.users.findById(userId)
  if (!before || before.status === 'deleted') return fail(refusal('user_not_found'))
  if (before.status === status) return ok(toUserView(deps, before))
  const refused = refusalOf(deps, before, status)
  if (refused) return fail(refused)

  const after = writeStatus(deps, before, change, caller)
  deps.keyDirectory.forgetUser(userId)
  if (status === 'suspended') deps.accessChanges.publish({ kind: 'user', userId })
  if (before.status === 'pending') await giveDefaultBalance(deps, userId, caller.user.id)
  return ok(toUserView(deps, after))
}

function refusalOf(deps: OperationDeps, before: UserRow, status: SettableStatus): Refusal | undefined {
  if (status === 'active') return undefined
  if (before.status === 'pending') {
    return inputRefusal('only_approve_or_reject', 'status')
  }
  return isLastAdministrator(deps, before) ? refusal('last_administrator') : undefined
}

function writeStatus(
  deps: OperationDeps,
  before: UserRow,
  { userId, status, operation }: StatusChange,
  caller: SignedInCaller,
): UserRow {
  const { repositories, clock, mail } = deps
  return repositories.transaction(() => {
    const changed = repositories.users.setStatus(userId, status)
    if (!changed) throw new Error(`The user ${userId} vanished between two statements of one turn`)
    const withdrawn = status === 'suspended' ? withdrawLinksBy(deps, before) : {}
    if (status === 'suspended') {
      repositories.sessions.revokeAllOf(userId, clock.now())
      repositories.accountLinks.deleteOf(userId)
    }
    if (before.status === 'pending') {
      decideDefaultBalance(deps, userId)
      // Somebody without a password cannot sign in yet; they need a link first.
      if (before.passwordHash !== null) mail.enqueue('approved', userId, { link: baseUrlFor(deps, caller) })
    }
    appendAudit(deps, caller, {
      operation,
      targetType: 'user',
      targetId: userId,
      before: { status: before.status },
      after: { status, ...withdrawn },
    })
    return changed
  })
}
