// Rate limits, listed and replaced by an administrator, and what of them is used right now; the next request meets new ones.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { LimitScope } from '../../../contract/limits.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { EffectiveLimits } from '../../limits/decide-limits.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { ownerFor } from './ownership.ts'

type Noun = 'limits.list' | 'limits.update' | 'limits.usage'

export function limitHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { limitBook, repositories, clock } = deps
  return {
    'limits.list'({ subjectId, ...filter }) {
      const page = limitBook.list({
        ...filter,
        subjectId: subjectId === undefined ? undefined : (familyOf(deps, subjectId) ?? subjectId),
      })
      const rows = page.rows.map((row) => ({
        ...row,
        rules: [...row.rules],
        subjectName: nameOf(deps, row.scope, row.subjectId),
      }))
      return ok({ ...page, rows })
    },
    'limits.update'({ scope, subjectId, rules }, caller) {
      const subject = findSubject(deps, scope, subjectId)
      if (!subject.ok) return subject
      const now = clock.now()
      const replaced = { scope, subjectId: subject.value, rules }
      const before = limitBook.get(scope, subject.value)
      const after = limitBook.viewWith(replaced, now)
      repositories.transaction(() => {
        repositories.limitRules.replace(scope, subject.value, rules, now)
        appendAudit(deps, caller, {
          operation: 'limits.update',
          targetType: scope,
          targetId: subject.value,
          before: { rules: before.rules },
          after: { rules: after.rules },
        })
      })
      limitBook.takeOver(replaced, now)
      return ok({ ...after, rules: [...after.rules] })
    },
    'limits.usage': usageOfLimits(deps),
  }
}

function usageOfLimits(deps: OperationDeps): Handler<'limits.usage'> {
  const { repositories, limiter, limitBook } = deps
  return ({ scope, subjectId }, caller) => {
    const familyId = scope === 'key' ? familyOf(deps, subjectId ?? '') : undefined
    const namedUserId = scope === 'key' ? ownerOfFamily(deps, familyId) : subjectId
    if (scope === 'key' && namedUserId === undefined) return fail(refusal('key_not_found'))
    const owner = ownerFor(namedUserId, caller)
    // Somebody else's key does not exist for whoever may not look at it.
    if (!owner.ok) return scope === 'key' ? fail(refusal('key_not_found')) : owner
    const user = repositories.users.findById(owner.value)
    if (!user) return fail(refusal('user_not_found'))
    const limits = limitBook.effectiveFor({
      userId: user.id,
      role: user.role,
      planId: deps.planFunds.activeOf(user.id)?.plan.id ?? null,
      keyFamilyId: familyId ?? '',
    })
    const counted = scope === 'key' ? (familyId ?? '') : user.id
    const { minute, hour, day, running } = limiter.use(scope, counted)
    return ok({
      scope,
      subjectId: counted,
      minute,
      hour,
      day,
      concurrent: running,
      limits: shown(limits, scope),
    })
  }
}

function shown(limits: EffectiveLimits, scope: 'user' | 'key') {
  const { windows, concurrent } = limits[scope]
  const ofWindows = windows.map(({ scope: whose, metric, window, value }) => ({
    scope: whose,
    metric,
    window,
    value,
  }))
  if (!concurrent) return ofWindows
  return [
    ...ofWindows,
    { scope: concurrent.scope, metric: 'concurrent' as const, window: null, value: concurrent.value },
  ]
}

/** Whose limits they are, as they are kept; a limit on somebody who is not there would be a limit on nobody. */
function findSubject(deps: OperationDeps, scope: LimitScope, subjectId: string): Result<string, Refusal> {
  switch (scope) {
    case 'role':
      return ok(subjectId)
    case 'user':
      return deps.repositories.users.findById(subjectId) ? ok(subjectId) : fail(refusal('user_not_found'))
    case 'key': {
      const familyId = familyOf(deps, subjectId)
      return familyId === undefined ? fail(refusal('key_not_found')) : ok(familyId)
    }
    case 'plan':
      return deps.planBook.find(subjectId) ? ok(subjectId) : fail(refusal('plan_not_found'))
  }
}

function nameOf({ repositories, planBook }: OperationDeps, scope: LimitScope, subjectId: string) {
  switch (scope) {
    case 'role':
      return null
    case 'user':
      return repositories.users.findById(subjectId)?.email ?? null
    case 'key':
      return repositories.keys.nameOfFamily(subjectId) ?? null
    case 'plan':
      return planBook.find(subjectId)?.name ?? null
  }
}

/** The family that an id names, be it that of one of its keys or its own. */
function familyOf({ repositories }: OperationDeps, subjectId: string): string | undefined {
  const key = repositories.keys.findById(subjectId)
  if (key) return key.familyId
  return repositories.keys.ownerOfFamily(subjectId) === undefined ? undefined : subjectId
}

const ownerOfFamily = ({ repositories }: OperationDeps, familyId: string | undefined): string | undefined =>
  familyId === undefined ? undefined : repositories.keys.ownerOfFamily(familyId)
