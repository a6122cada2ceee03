// Signed-in sessions: a person sees and ends their own, an administrator anyone's. Ending one works at the very next call.
import { refusal } from '../../../contract/errors.ts'
import type { SessionView } from '../../../contract/operations/sessions.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { SessionRow } from '../../db/repositories/sessions.ts'
import { appendAudit } from '../audit-trail.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { ownerFor } from './ownership.ts'

type Noun = 'sessions.list' | 'sessions.revoke' | 'sessions.revokeOthers'

export function sessionHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories, clock } = deps
  return {
    'sessions.list'({ userId }, caller) {
      const owner = ownerFor(userId, caller)
      if (!owner.ok) return owner
      const rows = repositories.sessions.listLive(owner.value, clock.now())
      return ok({ rows: rows.map((row) => toView(row, caller)) })
    },
    'sessions.revoke'({ sessionId }, caller) {
      const session = repositories.sessions.find(sessionId)
      // Somebody else's session is as good as none: its id says nothing about anybody.
      const owner = session && ownerFor(session.userId, caller)
      if (!session || !owner?.ok) return fail(refusal('session_not_found'))
      repositories.transaction(() => {
        repositories.sessions.revoke(sessionId, clock.now())
        auditForOther(deps, caller, 'sessions.revoke', session.userId, { sessions: 1 })
      })
      if (sessionId === caller.sessionId) caller.session?.clear()
      return ok({})
    },
    'sessions.revokeOthers'({ userId }, caller) {
      const owner = ownerFor(userId, caller)
      if (!owner.ok) return owner
      const revoked = repositories.transaction(() => {
        const ended = repositories.sessions.revokeAllOf(owner.value, clock.now(), caller.sessionId)
        auditForOther(deps, caller, 'sessions.revokeOthers', owner.value, { sessions: ended })
        return ended
      })
      return ok({ revoked })
    },
  }
}

function auditForOther(
  deps: OperationDeps,
  caller: SignedInCaller,
  operation: 'sessions.revoke' | 'sessions.revokeOthers',
  userId: string,
  ended: { readonly sessions: number },
): void {
  if (userId === caller.user.id) return
  appendAudit(deps, caller, {
    operation,
    targetType: 'user',
    targetId: userId,
    before: null,
    after: { endedSessions: ended.sessions },
  })
}

const toView = (
  { id, userId, createdAt, lastSeenAt, expiresAt, address, client }: SessionRow,
  caller: SignedInCaller,
): SessionView => ({
  id,
  userId,
  createdAt,
  lastSeenAt: lastSeenAt ?? createdAt,
  expiresAt,
  address,
  client,
  isCurrent: id === caller.sessionId,
})
