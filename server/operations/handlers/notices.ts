// Notices, as their owner and as administrators see them; each dismisses them on their own.
import { refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import { isAdministering } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { visibleUserId } from './ownership.ts'

export function noticeHandlers({
  repositories,
  clock,
}: OperationDeps): Pick<Handlers, 'notices.list' | 'notices.dismiss'> {
  return {
    'notices.list'({ userId, ...filter }, caller) {
      const visible = visibleUserId(userId, caller)
      if (!visible.ok) return visible
      const reader = visible.value === caller.user.id ? 'owner' : 'operator'
      const found = repositories.notices.list({ ...filter, userId: visible.value, reader })
      const rows = found.rows.map(({ dismissedAt, operatorDismissedAt, ...row }) => ({
        ...row,
        isDismissed: (reader === 'owner' ? dismissedAt : operatorDismissedAt) !== null,
      }))
      return ok({ ...found, rows })
    },
    'notices.dismiss'({ noticeId }, caller) {
      const owner = repositories.notices.ownerOf(noticeId)
      const isOwn = owner === caller.user.id
      if (owner === undefined || !(isOwn || isAdministering(caller))) return fail(refusal('notice_not_found'))
      // An administrator's own notice stands in both lists, and is gone from both.
      if (isOwn) repositories.notices.dismiss(noticeId, 'owner', clock.now())
      if (isAdministering(caller)) repositories.notices.dismiss(noticeId, 'operator', clock.now())
      return ok({})
    },
  }
}
