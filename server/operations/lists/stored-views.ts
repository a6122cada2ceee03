// People, keys and losses as they are shown, as far as the disk knows them. What proves somebody (hashes, secrets) is never
// part of it.
import type { KeyView } from '../../../contract/operations/keys.ts'
import type { LossView } from '../../../contract/operations/losses.ts'
import type { UserView } from '../../../contract/operations/users.ts'
import type { KeyRow } from '../../db/repositories/keys.ts'
import type { PossibleLossRow } from '../../db/repositories/possible-losses.ts'
import type { UserRow } from '../../db/repositories/users.ts'

/** What only memory knows of a person, and of a key. */
export const LIVE_OF_USER = {
  balanceNanoUsd: true,
  creditLimitNanoUsd: true,
  openHoldsNanoUsd: true,
  availableNanoUsd: true,
} as const
export const LIVE_OF_KEY = { spending: true, limits: true } as const

export type StoredUserView = Omit<UserView, keyof typeof LIVE_OF_USER>
export type StoredKeyView = Omit<KeyView, keyof typeof LIVE_OF_KEY>

export function storedUserView(user: UserRow, hasSecondFactor: boolean): StoredUserView {
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
    hasSecondFactor,
    deletionRequestedAt,
    deletedAt,
  }
}

export function storedKeyView({ publicId, allowedModels, ...shown }: KeyRow): StoredKeyView {
  return {
    ...shown,
    allowedModels: allowedModels === null ? null : [...allowedModels],
    prefix: `sk-cg-${publicId}`,
  }
}

export function toLossView({ priceId: _, amountNanoUsd, ...loss }: PossibleLossRow): LossView {
  return { ...loss, estimateNanoUsd: amountNanoUsd, unchargedNanoUsd: amountNanoUsd - loss.chargedNanoUsd }
}
