// Redeems a code: money or a plan, once, whoever else tries at the same time. Whoever guesses learns nothing and runs dry.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { FoundCode } from '../../db/repositories/codes.ts'
import { toAuditRow } from '../audit-trail.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler } from '../dispatch.ts'
import { hashOfCode } from '../new-code.ts'
import { placeOf, takeAttempt } from '../throttles.ts'
import { activePlanOf, findPlan } from './plan-facts.ts'

export function redeemCode(deps: OperationDeps): Handler<'codes.redeem'> {
  const { repositories, clock, throttles } = deps
  /** Codes that are being redeemed now. The writer would refuse a second claim as well, and say so in the log. */
  const claimed = new Set<string>()

  return async ({ code, replacesActive }, caller) => {
    const attempt = takeAttempt([
      [throttles.redemptionByAccount, caller.user.id],
      [throttles.redemptionByAddress, placeOf(caller.address)],
    ])
    if (!attempt.ok) return attempt
    const found = repositories.codes.findByHash(hashOfCode(code))
    if (!found || !isRedeemable(found, clock.now()) || claimed.has(found.codeId)) {
      return fail(refusal('code_not_valid'))
    }
    // Whatever comes of it, the code was right, and this no guess.
    attempt.value.giveBack()
    claimed.add(found.codeId)
    try {
      const given = await give(deps, found, replacesActive, caller)
      if (!given.ok) return given
    } finally {
      claimed.delete(found.codeId)
    }
    return ok({
      kind: found.kind,
      amountNanoUsd: found.amountNanoUsd,
      balanceNanoUsd: deps.accounts.state(caller.user.id).balanceNanoUsd,
      plan: found.kind === 'plan' ? activePlanOf(deps, caller.user.id) : null,
    })
  }
}

const isRedeemable = ({ isDisabled, isRedeemed, expiresAt }: FoundCode, now: number): boolean =>
  !isDisabled && !isRedeemed && (expiresAt === null || expiresAt > now)

async function give(
  deps: OperationDeps,
  found: FoundCode,
  replacesActive: boolean,
  caller: SignedInCaller,
): Promise<Result<unknown, Refusal>> {
  return found.planId === null
    ? await giveMoney(deps, found, caller)
    : await givePlan(deps, found, found.planId, replacesActive, caller)
}

function auditOf(
  deps: OperationDeps,
  { codeId, batchId, kind, amountNanoUsd, planId }: FoundCode,
  caller: SignedInCaller,
) {
  return toAuditRow(deps, caller, {
    operation: 'codes.redeem',
    targetType: 'codes',
    targetId: codeId,
    before: null,
    after: { batchId, kind, amountNanoUsd, planId },
  })
}

function giveMoney(deps: OperationDeps, found: FoundCode, caller: SignedInCaller) {
  const userId = caller.user.id
  return deps.accounts.grant({
    change: {
      userId,
      kind: 'code',
      amountNanoUsd: found.amountNanoUsd ?? 0,
      note: found.batchName,
      actorUserId: userId,
    },
    subscriptions: [],
    planSubscriptionId: null,
    code: { codeId: found.codeId, userId },
    audit: auditOf(deps, found, caller),
  })
}

async function givePlan(
  deps: OperationDeps,
  found: FoundCode,
  planId: string,
  replacesActive: boolean,
  caller: SignedInCaller,
): Promise<Result<unknown, Refusal>> {
  const plan = findPlan(deps, planId)
  if (!plan.ok) return plan
  return deps.planActivation.activate({
    userId: caller.user.id,
    plan: plan.value,
    origin: 'code',
    days: plan.value.days,
    priceNanoUsd: 0,
    replacesActive,
    codeId: found.codeId,
    actorUserId: caller.user.id,
    audit: () => auditOf(deps, found, caller),
  })
}
