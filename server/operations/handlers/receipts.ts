// Requests explained to whoever made them, and refunded by an administrator.
import { refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import { decideRefund } from '../../ledger/correct.ts'
import { toAuditRow } from '../audit-trail.ts'
import { isAdministering } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { paymentsOf, requestFactsOf, toReceipt } from '../receipt.ts'

export function receiptHandlers(deps: OperationDeps): Pick<Handlers, 'usage.receipt' | 'usage.refund'> {
  return {
    'usage.receipt'({ requestId }, caller) {
      const facts = requestFactsOf(deps.repositories, requestId)
      const isAdmin = isAdministering(caller)
      // Somebody else's request does not exist for them.
      if (!facts || (facts.userId !== caller.user.id && !isAdmin)) return fail(refusal('request_not_found'))
      return ok(toReceipt(facts, { showsActors: isAdmin }))
    },
    'usage.refund': refund(deps),
  }
}

function refund(deps: OperationDeps): Handler<'usage.refund'> {
  const { repositories, accounts } = deps
  return async ({ requestId, amountNanoUsd, note }, caller) => {
    const facts = requestFactsOf(repositories, requestId)
    if (!facts) return fail(refusal('request_not_found'))
    const { userId } = facts
    const user = repositories.users.findById(userId)
    if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
    const { paidNanoUsd, refundedNanoUsd } = paymentsOf(facts)
    const decided = decideRefund(paidNanoUsd, refundedNanoUsd, amountNanoUsd)
    if (!decided.ok) return decided

    const amount = decided.value
    const { balanceNanoUsd } = accounts.state(userId)
    const changed = await accounts.changeBalance({
      userId,
      kind: 'refund',
      amountNanoUsd: amount,
      note,
      requestId,
      actorUserId: caller.user.id,
      audit: toAuditRow(deps, caller, {
        operation: 'usage.refund',
        targetType: 'request',
        targetId: requestId,
        before: { balanceNanoUsd },
        after: { balanceNanoUsd: balanceNanoUsd + amount, userId, refundedNanoUsd: amount, note },
      }),
    })
    return changed.ok ? ok({ requestId, userId, refundedNanoUsd: amount, ...changed.value }) : changed
  }
}
