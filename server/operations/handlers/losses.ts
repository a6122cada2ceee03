// Money that is held by running requests, and money that a crash may have lost: listed, and decided by an administrator.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { LossView } from '../../../contract/operations/losses.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { LivingHold } from '../../accounts/account.ts'
import { formatTimeCursor, parseTimeCursor, toPage } from '../../db/repositories/paging.ts'
import type { PossibleLossRow } from '../../db/repositories/possible-losses.ts'
import { decideLossCharge } from '../../ledger/correct.ts'
import { sumNanoUsd } from '../../ledger/money.ts'
import { appendAudit, toAuditRow } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { answerList } from '../lists/answer-list.ts'
import { toLossView } from '../lists/stored-views.ts'

type Noun = 'losses.list' | 'losses.charge' | 'losses.dismiss' | 'holds.list'

export function lossHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  return {
    'losses.list': (filter) => answerList(deps.lists, 'losses', filter),
    'losses.charge': chargeLoss(deps),
    'losses.dismiss': dismissLoss(deps),
    'holds.list': listHolds(deps),
  }
}

function chargeLoss(deps: OperationDeps): Handler<'losses.charge'> {
  const { repositories, accounts } = deps
  return async ({ requestId, amountNanoUsd: named, note }, caller) => {
    const found = openLoss(deps, requestId)
    if (!found.ok) return found
    const { userId, amountNanoUsd: held, planSubscriptionId } = found.value
    if (planSubscriptionId !== null) return fail(refusal('loss_of_plan'))
    const user = repositories.users.findById(userId)
    if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
    const before = accounts.state(userId)
    const decided = decideLossCharge(held, before, named)
    if (!decided.ok) return decided

    // In the same turn as the decision, so nothing that is available can be spent in between.
    const amountNanoUsd = 0 - decided.value.amountNanoUsd
    const { balanceNanoUsd } = before
    const changed = await accounts.changeBalance({
      userId,
      kind: 'charge',
      amountNanoUsd,
      note,
      requestId,
      actorUserId: caller.user.id,
      audit: toAuditRow(deps, caller, {
        operation: 'losses.charge',
        targetType: 'request',
        targetId: requestId,
        before: { balanceNanoUsd },
        after: { balanceNanoUsd: balanceNanoUsd + amountNanoUsd, userId, ...decided.value, note },
      }),
    })
    return changed.ok ? viewOf(deps, requestId) : changed
  }
}

function dismissLoss(deps: OperationDeps): Handler<'losses.dismiss'> {
  const { repositories, clock } = deps
  return ({ requestId, note }, caller) => {
    const found = openLoss(deps, requestId)
    if (!found.ok) return found
    const { userId, amountNanoUsd: estimateNanoUsd } = found.value
    const row = { requestId, createdAt: clock.now(), actorUserId: caller.user.id, note }
    const isDismissed = repositories.transaction(() => {
      if (!repositories.possibleLosses.dismiss(row)) return false
      appendAudit(deps, caller, {
        operation: 'losses.dismiss',
        targetType: 'request',
        targetId: requestId,
        before: { state: 'open' },
        after: { state: 'dismissed', userId, estimateNanoUsd, note },
      })
      return true
    })
    return isDismissed ? viewOf(deps, requestId) : fail(refusal('loss_already_resolved'))
  }
}

function openLoss({ repositories }: OperationDeps, requestId: string): Result<PossibleLossRow, Refusal> {
  const loss = repositories.possibleLosses.find(requestId)
  if (!loss) return fail(refusal('loss_not_found'))
  return loss.state === 'open' ? ok(loss) : fail(refusal('loss_already_resolved'))
}

function viewOf({ repositories }: OperationDeps, requestId: string): Result<LossView, Refusal> {
  const loss = repositories.possibleLosses.find(requestId)
  return loss ? ok(toLossView(loss)) : fail(refusal('loss_not_found'))
}

function listHolds({ accounts, repositories, clock }: OperationDeps): Handler<'holds.list'> {
  return ({ userId, cursor, limit }) => {
    const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
    const isAfter = (hold: LivingHold) =>
      !after || hold.createdAt > after.at || (hold.createdAt === after.at && hold.requestId > after.id)
    const living = accounts.livingHolds().filter((hold) => userId === undefined || hold.userId === userId)
    const found = living
      .filter(isAfter)
      .sort(byArrival)
      .slice(0, limit + 1)
    const page = toPage(found, limit, (hold) => formatTimeCursor({ at: hold.createdAt, id: hold.requestId }))
    const now = clock.now()
    const toRow = ({ requestId, userId: owner, keyId, ...hold }: LivingHold) => ({
      requestId,
      userId: owner,
      userEmail: repositories.users.findById(owner)?.email ?? '',
      keyId,
      keyName: repositories.keys.findById(keyId)?.name ?? '',
      model: hold.model,
      amountNanoUsd: hold.amountNanoUsd,
      planSubscriptionId: hold.planSubscriptionId,
      createdAt: hold.createdAt,
      // The clock may have been set back meanwhile.
      ageMs: Math.max(0, now - hold.createdAt),
    })
    return ok({
      ...page,
      rows: page.rows.map(toRow),
      total: living.length,
      sumNanoUsd: sumNanoUsd(...living.map((hold) => hold.amountNanoUsd)),
    })
  }
}

function byArrival(a: LivingHold, b: LivingHold): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  return a.requestId < b.requestId ? -1 : 1
}
