// Whose name stands behind what is done in the desktop app's window, where nobody signs in.
import type { UsersRepository } from '../db/repositories/users.ts'
import type { Caller } from './caller.ts'

/** The administrator who has been there longest, or undefined before the set-up. */
export function operatorOf(users: Pick<UsersRepository, 'activeAdministrators'>): Caller['user'] {
  // Ids are uuidv7, so their order is that of their making.
  const [oldest] = users.activeAdministrators().toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return oldest && { id: oldest.id, role: oldest.role }
}
