// The people of a gateway, steered by its administrators. Every change is written down.
import { refusal } from '../../../contract/errors.ts'
import type { UserView } from '../../../contract/operations/users.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import { formatUsd } from '../../ledger/money.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { grantDefaultBalance } from './setup.ts'

type Noun = 'users.create' | 'users.list' | 'users.get' | 'users.setStatus' | 'users.adjustBalance'

export function userHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { users } = deps.repositories
  return {
    'users.create': createUser(deps),
    'users.list'(input) {
      const page = users.list(input)
      return ok({ ...page, rows: page.rows.map((user) => toView(deps, user)) })
    },
    'users.get'({ userId }) {
      const user = users.findById(userId)
      return user ? ok(toView(deps, user)) : fail(refusal('user_not_found'))
    },
    'users.setStatus': setStatus(deps),
    'users.adjustBalance': adjustBalance(deps),
  }
}

function createUser(deps: OperationDeps): Handler<'users.create'> {
  const { repositories, passwords, ids, clock } = deps
  return async ({ email, password, role }, caller) => {
    const passwordHash = password === undefined ? null : await passwords.hash(password)
    if (passwordHash === undefined) {
      return fail(refusal('too_many_attempts', { retryAfterSeconds: 1 }, { retryAfterMs: 1000 }))
    }
    const created = repositories.transaction(() => {
      const user = repositories.users.create({
        id: ids.next(),
        email,
        passwordHash,
        role,
        status: passwordHash === null ? 'pending' : 'active',
        createdAt: clock.now(),
      })
      if (user.ok) {
        appendAudit(deps, caller, {
          operation: 'users.create',
          targetType: 'user',
          targetId: user.value.id,
          before: null,
          after: { email: user.value.email, role, status: user.value.status },
        })
      }
      return user
    })
    if (!created.ok) return created
    if (created.value.status === 'active') await grantDefaultBalance(deps, created.value.id, caller.user.id)
    return ok(toView(deps, created.value))
  }
}

function setStatus(deps: OperationDeps): Handler<'users.setStatus'> {
  const { repositories, clock } = deps
  return async ({ userId, status }, caller) => {
    const before = repositories.users.findById(userId)
    if (!before || before.status === 'deleted') return fail(refusal('user_not_found'))
    if (before.status === status) return ok(toView(deps, before))
    if (before.status === 'pending' && status === 'suspended') {
      // Otherwise a later activation could no longer tell whether the default balance was ever given.
      return fail(
        refusal('invalid_input', { problem: 'status: somebody who is not active yet can only be activated' }),
      )
    }
    if (status === 'suspended' && isLastAdministrator(deps, before))
      return fail(refusal('last_administrator'))

    const after = repositories.transaction(() => {
      const changed = repositories.users.setStatus(userId, status)
      if (status === 'suspended') repositories.sessions.revokeAllOf(userId, clock.now())
      appendAudit(deps, caller, {
        operation: 'users.setStatus',
        targetType: 'user',
        targetId: userId,
        before: { status: before.status },
        after: { status },
      })
      return changed
    })
    if (!after) throw new Error(`The user ${userId} vanished between two statements of one turn`)
    deps.keyDirectory.forgetUser(userId)
    if (status === 'suspended') deps.accessChanges.publish({ kind: 'user', userId })
    if (before.status === 'pending') await grantDefaultBalance(deps, userId, caller.user.id)
    return ok(toView(deps, after))
  }
}

const isLastAdministrator = ({ repositories }: OperationDeps, user: UserRow): boolean =>
  user.role === 'admin' && user.status === 'active' && repositories.users.countActiveAdministrators() <= 1

function adjustBalance(deps: OperationDeps): Handler<'users.adjustBalance'> {
  const { repositories, accounts } = deps
  return async ({ userId, amountNanoUsd, note, kind }, caller) => {
    const user = repositories.users.findById(userId)
    if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
    const changeKind = kind ?? (amountNanoUsd > 0 ? 'top_up' : 'correction')
    const minimumNanoUsd = deps.settings.current().minimumTopUpNanoUsd
    if (changeKind === 'top_up' && amountNanoUsd < minimumNanoUsd) {
      const details = { minimumUsd: formatUsd(minimumNanoUsd, 'up'), minimumNanoUsd }
      return fail(refusal('top_up_below_minimum', details, { param: 'amountNanoUsd' }))
    }
    const before = accounts.state(userId)
    const changed = await accounts.changeBalance({
      userId,
      kind: changeKind,
      amountNanoUsd,
      note,
      actorUserId: caller.user.id,
    })
    if (!changed.ok) return changed
    // The ledger's own row carries actor and note, so that nothing is lost where the machine stops between the two.
    appendAudit(deps, caller, {
      operation: 'users.adjustBalance',
      targetType: 'user',
      targetId: userId,
      before: { balanceNanoUsd: before.balanceNanoUsd },
      after: { balanceNanoUsd: changed.value.balanceNanoUsd, amountNanoUsd, note },
    })
    return ok(changed.value)
  }
}

function toView({ accounts }: OperationDeps, user: UserRow): UserView {
  const { id, email, role, status, createdAt, lastSeenAt } = user
  return { id, email, role, status, createdAt, lastSeenAt, ...accounts.state(id) }
}
