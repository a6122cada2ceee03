// The signed-in person: who they are and what they have left.
import { ok } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

export function meHandlers(deps: OperationDeps): Pick<Handlers, 'me.get' | 'me.overview'> {
  const { repositories, accounts, settings, clock } = deps
  return {
    'me.get'(_input, caller) {
      const user = repositories.users.findById(caller.user.id)
      if (!user) throw new Error(`A session names the user ${caller.user.id}, who does not exist`)
      return ok(toMe(user))
    },
    'me.overview'(_input, caller) {
      const today = repositories.usage.today(caller.user.id, startOfDay(clock.now()))
      return ok({
        ...accounts.state(caller.user.id),
        today: { spendNanoUsd: today.costNanoUsd, requests: today.requests },
        keyCount: repositories.keys.countOfUser(caller.user.id),
        announcement: settings.current().announcement,
      })
    },
  }
}

export const toMe = ({ id, email, role, status, createdAt }: UserRow) => ({
  id,
  email,
  role,
  status,
  createdAt,
})

/** Midnight before `now` in the time zone of this machine. */
function startOfDay(now: number): number {
  const day = new Date(now)
  return day.setHours(0, 0, 0, 0)
}
