// Whether an invitation lets somebody in: it is open, it is for them, and whoever made it may still invite.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { type InvitationRow, invitationStatusOf } from '../db/repositories/invitations.ts'
import type { OperationDeps } from './deps.ts'
import { hashOfSecret } from './link-secrets.ts'

/** The invitation with this secret, where this email may use it now. */
export function usableInvitation(
  deps: Pick<OperationDeps, 'repositories' | 'clock'>,
  secret: string,
  email: string,
): Result<InvitationRow, Refusal> {
  const found = openInvitation(deps, hashOfSecret(secret), 'invitation')
  if (!found.ok) return found
  const invitation = found.value
  if (invitation.email !== null && invitation.email !== email)
    return fail(refusal('invitation_for_another', { email: invitation.email }, { param: 'email' }))
  return ok(invitation)
}

/** The invitation with this secret, where it can be used, and whoever made it may still invite. */
export function openInvitation(
  deps: Pick<OperationDeps, 'repositories' | 'clock'>,
  secretHash: Buffer,
  /** The member of the input that holds the secret. */
  param: 'invitation' | 'token',
): Result<InvitationRow, Refusal> {
  const invitation = deps.repositories.invitations.findBySecretHash(secretHash)
  const status = invitation && invitationStatusOf(invitation, deps.clock.now())
  const isUnused = status === 'withdrawn' || status === 'revoked'
  // Also one that was made before such invitations were revoked, or that a restore has brought back.
  if (invitation && isUnused && !invitation.isMakerAdministrator)
    return fail(refusal('invitation_withdrawn', undefined, { param }))
  return invitation && status === 'open'
    ? ok(invitation)
    : fail(refusal('link_invalid', undefined, { param }))
}
