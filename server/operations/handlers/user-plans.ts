// One person's plan: looked at by themselves and by administrators, granted and ended by the latter.
import { refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import { toAuditRow } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { activePlanOf, findPlan } from './plan-facts.ts'

type Noun = 'me.plan' | 'users.plan' | 'users.grantPlan' | 'users.endPlan'

export function userPlanHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  return {
    'me.plan': (_input, caller) => ok({ plan: activePlanOf(deps, caller.user.id) }),
    'users.plan': ({ userId }) =>
      deps.repositories.users.findById(userId)
        ? ok({ plan: activePlanOf(deps, userId) })
        : fail(refusal('user_not_found')),
    'users.grantPlan': grantPlan(deps),
    'users.endPlan': endPlan(deps),
  }
}

function grantPlan(deps: OperationDeps): Handler<'users.grantPlan'> {
  return async ({ userId, planId, days }, caller) => {
    const user = deps.repositories.users.findById(userId)
    if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
    const plan = findPlan(deps, planId)
    if (!plan.ok) return plan
    const granted = await deps.planActivation.activate({
      userId,
      plan: plan.value,
      origin: 'granted',
      days: days ?? plan.value.days,
      priceNanoUsd: 0,
      replacesActive: true,
      codeId: null,
      actorUserId: caller.user.id,
      audit({ id, endsAt }) {
        const before = activePlanOf(deps, userId)
        return toAuditRow(deps, caller, {
          operation: 'users.grantPlan',
          targetType: 'user',
          targetId: userId,
          before: before && { planId: before.planId, endsAt: before.endsAt },
          after: { planId, subscriptionId: id, endsAt },
        })
      },
    })
    if (!granted.ok) return granted
    const active = activePlanOf(deps, userId)
    return active ? ok(active) : fail(refusal('no_active_plan'))
  }
}

function endPlan(deps: OperationDeps): Handler<'users.endPlan'> {
  return async ({ userId }, caller) => {
    if (!deps.repositories.users.findById(userId)) return fail(refusal('user_not_found'))
    const ended = await deps.planActivation.end(userId, ({ planId, id, endsAt, endedAt }) =>
      toAuditRow(deps, caller, {
        operation: 'users.endPlan',
        targetType: 'user',
        targetId: userId,
        before: { planId, subscriptionId: id, endsAt },
        after: { endedAt },
      }),
    )
    return ended.ok ? ok({}) : ended
  }
}
