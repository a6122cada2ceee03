// Rate limits, listed and replaced by an administrator; the next request meets the new ones.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { LimitScope } from '../../../contract/limits.ts'
import { fail, ok } from '../../../contract/result.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

export function limitHandlers(deps: OperationDeps): Pick<Handlers, 'limits.list' | 'limits.update'> {
  const { limitBook } = deps
  return {
    'limits.list'(filter) {
      const page = limitBook.list(filter)
      return ok({ ...page, rows: page.rows.map((row) => ({ ...row, rules: [...row.rules] })) })
    },
    'limits.update'(input, caller) {
      const unknown = refuseUnknown(deps, input.scope, input.subjectId)
      if (unknown) return fail(unknown)
      const before = limitBook.get(input.scope, input.subjectId)
      const after = limitBook.replace(input)
      appendAudit(deps, caller, {
        operation: 'limits.update',
        targetType: input.scope,
        targetId: input.subjectId,
        before: { rules: before.rules },
        after: { rules: after.rules },
      })
      return ok({ ...after, rules: [...after.rules] })
    },
  }
}

/** A limit on somebody who is not there would be a limit on nobody. */
function refuseUnknown(
  { repositories }: OperationDeps,
  scope: LimitScope,
  subjectId: string,
): Refusal | undefined {
  switch (scope) {
    case 'role':
      return undefined
    case 'user':
      return repositories.users.findById(subjectId) ? undefined : refusal('user_not_found')
    case 'key':
      return repositories.keys.findById(subjectId) ? undefined : refusal('key_not_found')
    case 'plan':
      return refusal('invalid_input', {
        problem: 'scope: there are no plans yet; it has to be role, user or key',
      })
  }
}
