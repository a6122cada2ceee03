// What was used and what it cost, of the caller or, for an administrator, of anyone.
import { ok } from '../../../contract/result.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { visibleUserId } from './ownership.ts'

export function usageHandlers({
  repositories,
}: OperationDeps): Pick<Handlers, 'usage.list' | 'usage.summary'> {
  return {
    'usage.list'(input, caller) {
      const userId = visibleUserId(input.userId, caller)
      return userId.ok ? ok(repositories.usage.list({ ...input, userId: userId.value })) : userId
    },
    'usage.summary'({ includeDemo, ...filter }, caller) {
      const userId = visibleUserId(filter.userId, caller)
      return userId.ok
        ? ok(repositories.usage.totals({ ...filter, userId: userId.value }, { includeDemo }))
        : userId
    },
  }
}
