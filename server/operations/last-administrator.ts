// A gateway always has an administrator who can get in: the last one cannot be suspended, deleted, or made a plain user. Whoever
// has no password cannot sign in, and so nobody could let them in.
import type { UserRow } from '../db/repositories/users.ts'
import type { OperationDeps } from './deps.ts'

export const isLastAdministrator = (
  { repositories }: Pick<OperationDeps, 'repositories'>,
  user: UserRow,
): boolean =>
  user.role === 'admin' &&
  user.status === 'active' &&
  !repositories.users
    .activeAdministrators()
    .some((other) => other.id !== user.id && other.passwordHash !== null)
