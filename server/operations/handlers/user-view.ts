// A person as administrators see them. What proves a person (hashes, secrets) is never part of it.
import type { UserView } from '../../../contract/operations/users.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import type { OperationDeps } from '../deps.ts'

export function toUserView(
  { accounts, secondFactors }: Pick<OperationDeps, 'accounts' | 'secondFactors'>,
  user: UserRow,
): UserView {
  const { id, email, role, status, createdAt, lastSeenAt, locale, deletionRequestedAt, deletedAt } = user
  return {
    id,
    email,
    role,
    status,
    createdAt,
    lastSeenAt,
    locale,
    isEmailVerified: user.emailVerifiedAt !== null,
    hasPassword: user.passwordHash !== null,
    hasSecondFactor: secondFactors.isOn(id),
    deletionRequestedAt,
    deletedAt,
    ...accounts.state(id),
  }
}
