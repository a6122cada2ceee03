// Helping somebody back in who has lost a password or a second factor, without any mail.
import { refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { newLinkSecret } from '../link-secrets.ts'
import { linkFor } from '../links.ts'
import { noteFactorChange } from './totp.ts'
import { toUserView } from './user-view.ts'

/** Longer than a mailed one: it is handed over by people. */
const HANDED_OVER_LINK_MS = 24 * 60 * 60 * 1000

export function userAccessHandlers(
  deps: OperationDeps,
): Pick<Handlers, 'users.resetLink' | 'users.resetSecondFactor'> {
  const { repositories, clock, ids, secondFactors } = deps
  return {
    'users.resetLink'({ userId }, caller) {
      const user = repositories.users.findById(userId)
      if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
      const { secret, secretHash } = newLinkSecret(ids.randomBytes)
      const createdAt = clock.now()
      const expiresAt = createdAt + HANDED_OVER_LINK_MS
      repositories.transaction(() => {
        // The one before may be in the wrong hands; nobody needs two.
        repositories.accountLinks.deleteOf(userId, 'reset_password')
        const kind = 'reset_password'
        const link = {
          id: ids.next(),
          kind,
          userId,
          secretHash,
          provesEmail: null,
          createdAt,
          expiresAt,
        } as const
        repositories.accountLinks.create(link)
        appendAudit(deps, caller, {
          operation: 'users.resetLink',
          targetType: 'user',
          targetId: userId,
          before: null,
          after: { expiresAt },
        })
      })
      return ok({ link: linkFor(deps, caller, 'reset_password', secret), expiresAt })
    },
    'users.resetSecondFactor'({ userId }, caller) {
      const user = repositories.users.findById(userId)
      if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
      if (!secondFactors.isOn(userId)) return fail(refusal('second_factor_off'))
      repositories.transaction(() => {
        secondFactors.remove(userId)
        noteFactorChange(deps, caller, { operation: 'users.resetSecondFactor', userId, change: 'reset' })
      })
      return ok(toUserView(deps, user))
    },
  }
}
