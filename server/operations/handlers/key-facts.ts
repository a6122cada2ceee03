// What the handlers of API keys share: which key a caller may change, what is written down of it, and how it is shown.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import type { KeyView } from '../../../contract/operations/keys.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { KeyRow } from '../../db/repositories/keys.ts'
import type { SpendingRow } from '../../db/repositories/spending.ts'
import type { PeriodSpending } from '../../limits/decide-spending-cap.ts'
import { isAdministering, type SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import { storedKeyView } from '../lists/stored-views.ts'

export const KEYS_OF_ONE_PERSON_MAX = 200

/** A key that the caller may change. Somebody else's does not exist for them. */
export function keyOf(
  { repositories }: OperationDeps,
  keyId: string,
  caller: SignedInCaller,
): Result<KeyRow, Refusal> {
  const key = repositories.keys.findById(keyId)
  const isTheirs = key?.userId === caller.user.id || isAdministering(caller)
  return key && isTheirs ? ok(key) : fail(refusal('key_not_found'))
}

export const expiryRefusal = (expiresAt: number | null | undefined, now: number): Refusal | undefined =>
  typeof expiresAt === 'number' && expiresAt <= now ? inputRefusal('in_the_past', 'expiresAt') : undefined

export function refuseOneMore({ repositories }: OperationDeps, userId: string): Refusal | undefined {
  if (repositories.keys.countOfUser(userId) < KEYS_OF_ONE_PERSON_MAX) return undefined
  return inputRefusal('too_many_keys', '', { max: KEYS_OF_ONE_PERSON_MAX })
}

export const auditedPart = (key: KeyRow) => ({
  name: key.name,
  status: key.status,
  disabledBy: key.disabledBy,
  expiresAt: key.expiresAt,
  allowedModels: key.allowedModels,
  caps: key.caps,
})

export const toKeyView = (deps: OperationDeps, key: KeyRow): KeyView => ({
  ...storedKeyView(key),
  ...liveKeyView(deps, key.familyId),
})

/** What memory knows of a family of keys; `stored` is what the disk says that it has spent, for whoever has read it. */
export function liveKeyView(
  { accounts, limitBook }: Pick<OperationDeps, 'accounts' | 'limitBook'>,
  familyId: string,
  stored?: SpendingRow | null,
): Pick<KeyView, 'spending' | 'limits'> {
  const { day, month, total } = accounts.keySpending(familyId, stored)
  const { rules } = limitBook.get('key', familyId)
  return {
    spending: { day: shownSpending(day), month: shownSpending(month), total: shownSpending(total) },
    limits: rules.map(({ metric, window, value }) => ({ metric, window, value })),
  }
}

const shownSpending = ({ settledNanoUsd, openHoldsNanoUsd, endsAt }: PeriodSpending) => ({
  spentNanoUsd: settledNanoUsd,
  heldNanoUsd: openHoldsNanoUsd,
  resetsAt: endsAt,
})
