// The people of a gateway, steered by its administrators. Every change is written down.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import { formatUsd } from '../../ledger/money.ts'
import { appendAudit, toAuditRow } from '../audit-trail.ts'
import { decideDefaultBalance, giveDefaultBalance } from '../default-balance.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { closeList, readList } from '../lists/answer-list.ts'
import { stillAllowed } from '../still-allowed.ts'
import { tooBusy } from '../throttles.ts'
import { toUserView } from './user-view.ts'

type Noun = 'users.create' | 'users.list' | 'users.get' | 'users.adjustBalance'

export function userHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { accounts, repositories } = deps
  const { users } = repositories
  return {
    'users.create': createUser(deps),
    async 'users.list'(input) {
      const list = await readList(deps.lists, 'users', input)
      return list.ok
        ? ok(
            closeList<'users.list'>(
              list.value,
              list.value.ids.map((id) => accounts.state(id)),
            ),
          )
        : list
    },
    'users.get'({ userId }) {
      const user = users.findById(userId)
      return user ? ok(toUserView(deps, user)) : fail(refusal('user_not_found'))
    },
    'users.adjustBalance': adjustBalance(deps),
  }
}

function createUser(deps: OperationDeps): Handler<'users.create'> {
  const { repositories, passwords, ids, clock } = deps
  return async ({ email, password, role }, caller) => {
    const passwordHash = password === undefined ? null : await passwords.hash(password)
    if (passwordHash === undefined) return fail(tooBusy())
    const created = repositories.transaction((): Result<UserRow, Refusal> => {
      const allowed = stillAllowed(deps, caller, 'admin')
      if (!allowed.ok) return allowed
      const user = repositories.users.create({
        id: ids.next(),
        email,
        passwordHash,
        role,
        status: passwordHash === null ? 'pending' : 'active',
        createdAt: clock.now(),
      })
      if (user.ok) {
        if (user.value.status === 'active') decideDefaultBalance(deps, user.value.id)
        repositories.registrations.deleteOf(email)
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
    await giveDefaultBalance(deps, created.value.id, caller.user.id)
    return ok(toUserView(deps, created.value))
  }
}

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
    const { balanceNanoUsd } = accounts.state(userId)
    return await accounts.changeBalance({
      userId,
      kind: changeKind,
      amountNanoUsd,
      note,
      actorUserId: caller.user.id,
      audit: toAuditRow(deps, caller, {
        operation: 'users.adjustBalance',
        targetType: 'user',
        targetId: userId,
        before: { balanceNanoUsd },
        after: { balanceNanoUsd: balanceNanoUsd + amountNanoUsd, amountNanoUsd, note },
      }),
    })
  }
}
