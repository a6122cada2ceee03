// Request policies: looked at and set by an administrator for a role, a plan, a user or a key, and by a person for their own
// keys, where they only narrow. The next request meets new ones.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { LimitScope } from '../../../contract/limits.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { type PolicyHeirs, withoutGaps } from '../../limits/policy-book.ts'
import { appendAudit } from '../audit-trail.ts'
import { isAdministering, type SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { ownerFor } from './ownership.ts'

type Noun = 'policies.get' | 'policies.update'

interface Subject {
  /** As it is kept: of a key the id of its family. */
  readonly id: string
  readonly above: PolicyHeirs
}

export function policyHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { policyBook, repositories, clock } = deps
  return {
    'policies.get'({ scope, subjectId }, caller) {
      const subject = findSubject(deps, scope, subjectId, caller)
      return subject.ok ? ok(policyBook.get(scope, subject.value.id, subject.value.above)) : subject
    },
    'policies.update'({ scope, subjectId, policy }, caller) {
      const subject = findSubject(deps, scope, subjectId, caller)
      if (!subject.ok) return subject
      const { id, above } = subject.value
      const before = policyBook.get(scope, id, above)
      const row = { scope, subjectId: id, policy: withoutGaps(policy), updatedAt: clock.now() }
      repositories.transaction(() => {
        repositories.requestPolicies.replace(row)
        appendAudit(deps, caller, {
          operation: 'policies.update',
          targetType: scope,
          targetId: id,
          before: before.policy,
          after: row.policy,
        })
      })
      policyBook.takeOver(row)
      return ok(policyBook.get(scope, id, above))
    },
  }
}

/** A policy on somebody who is not there would be a policy on nobody. */
function findSubject(
  deps: OperationDeps,
  scope: LimitScope,
  subjectId: string,
  caller: SignedInCaller,
): Result<Subject, Refusal> {
  if (scope === 'key') return findKey(deps, subjectId, caller)
  if (!isAdministering(caller)) {
    return fail(refusal(caller.user.role === 'admin' ? 'remote_admin_off' : 'forbidden'))
  }
  switch (scope) {
    case 'role':
      return ok({ id: subjectId, above: {} })
    case 'plan':
      return deps.planBook.find(subjectId)
        ? ok({ id: subjectId, above: { role: 'user' } })
        : fail(refusal('plan_not_found'))
    case 'user': {
      const heirs = heirsOf(deps, subjectId)
      if (!heirs) return fail(refusal('user_not_found'))
      const { userId: _, ...above } = heirs
      return ok({ id: subjectId, above })
    }
  }
}

/** Somebody else's key does not exist for whoever may not look at it. */
function findKey(deps: OperationDeps, subjectId: string, caller: SignedInCaller): Result<Subject, Refusal> {
  const { keys } = deps.repositories
  const key = keys.findById(subjectId)
  const id = key?.familyId ?? subjectId
  const userId = key?.userId ?? keys.ownerOfFamily(subjectId)
  const above = userId === undefined ? undefined : heirsOf(deps, userId)
  if (userId === undefined || !above || !ownerFor(userId, caller).ok) return fail(refusal('key_not_found'))
  return ok({ id, above })
}

function heirsOf(
  { repositories, planFunds }: OperationDeps,
  userId: string,
): Required<PolicyHeirs> | undefined {
  const user = repositories.users.findById(userId)
  return user && { userId, role: user.role, planId: planFunds.activeOf(userId)?.plan.id ?? null }
}
