// A person as administrators see them: as they are stored, and what memory says of their money.
import type { UserView } from '../../../contract/operations/users.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import type { OperationDeps } from '../deps.ts'
import { storedUserView } from '../lists/stored-views.ts'

export const toUserView = (
  { accounts, secondFactors }: Pick<OperationDeps, 'accounts' | 'secondFactors'>,
  user: UserRow,
): UserView => ({ ...storedUserView(user, secondFactors.isOn(user.id)), ...accounts.state(user.id) })
