// What an administrator has given out ends with their being one: whoever may let nobody in any more, or help nobody back in, has
// no link out there that does so for them.
import type { UserRow } from '../db/repositories/users.ts'
import type { OperationDeps } from './deps.ts'

/**
 * Part of the transaction that takes the role or the access away. Returns what the audit says of it: the invitations that were
 * revoked, where there were any.
 */
export function withdrawLinksBy(
  { repositories, clock }: Pick<OperationDeps, 'repositories' | 'clock'>,
  { id, role }: Pick<UserRow, 'id' | 'role'>,
): { readonly revokedInvitations?: number } {
  if (role !== 'admin') return {}
  repositories.accountLinks.deleteHandedOverBy(id)
  const revokedInvitations = repositories.invitations.revokeAllBy(id, clock.now())
  return revokedInvitations > 0 ? { revokedInvitations } : {}
}
