// Inviting people: a link that an administrator hands over, and that is mailed as well where mail is set up.
import { refusal } from '../../../contract/errors.ts'
import type { InvitationView } from '../../../contract/operations/invitations.ts'
import { fail, ok } from '../../../contract/result.ts'
import { type InvitationRow, invitationStatusOf } from '../../db/repositories/invitations.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { newLinkSecret } from '../link-secrets.ts'
import { linkFor } from '../links.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export function invitationHandlers(
  deps: OperationDeps,
): Pick<Handlers, 'users.invite' | 'invitations.list' | 'invitations.revoke'> {
  const { repositories, clock } = deps
  return {
    'users.invite': invite(deps),
    'invitations.list'(filter) {
      const now = clock.now()
      const page = repositories.invitations.list({ ...filter, now })
      return ok({ ...page, rows: page.rows.map((row) => toView(row, now)) })
    },
    'invitations.revoke'({ invitationId }, caller) {
      return repositories.transaction(() => {
        if (!repositories.invitations.revoke(invitationId, clock.now()))
          return fail(refusal('invitation_not_found'))
        appendAudit(deps, caller, {
          operation: 'invitations.revoke',
          targetType: 'invitation',
          targetId: invitationId,
          before: { status: 'open' },
          after: { status: 'revoked' },
        })
        return ok({})
      })
    },
  }
}

function invite(deps: OperationDeps): Handler<'users.invite'> {
  const { repositories, settings, clock, ids, mail, defaultLocale } = deps
  return ({ email = null, role, note, expiresInDays }, caller) => {
    if (settings.current().registration === 'closed') return fail(refusal('registration_closed'))
    if (email !== null && repositories.users.findByEmail(email)) return fail(refusal('email_taken'))
    const { secret, secretHash } = newLinkSecret(ids.randomBytes)
    const link = linkFor(deps, caller, 'invitation', secret)
    const createdAt = clock.now()
    const expiresAt = createdAt + expiresInDays * DAY_MS
    const createdBy = caller.user.id
    return repositories.transaction(() => {
      const given = { id: ids.next(), secretHash, email, role, note, createdBy, createdAt, expiresAt }
      const invitation = repositories.invitations.create(given)
      const data = { link, validDays: expiresInDays }
      const to = email === null ? undefined : { email, locale: defaultLocale }
      const isMailed = to !== undefined && mail.enqueue('invitation', to, data, { expiresAt })
      appendAudit(deps, caller, {
        operation: 'users.invite',
        targetType: 'invitation',
        targetId: invitation.id,
        before: null,
        after: { email, role, expiresAt, isMailed },
      })
      return ok({ ...toView(invitation, createdAt), link, isMailed })
    })
  }
}

function toView(row: InvitationRow, now: number): InvitationView {
  const { isMakerAdministrator: _, ...stored } = row
  return { ...stored, status: invitationStatusOf(row, now) }
}
