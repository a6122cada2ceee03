// The signed-in person: who they are, and what they have left.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { activePlan } from '../plans.ts'
import {
  email,
  id,
  knownPassword,
  locale,
  nanoUsd,
  nanoUsdSum,
  nothing,
  password,
  role,
  theme,
  unixMs,
  userStatus,
} from './fields.ts'

export const me = z.strictObject({
  id,
  email: z.string(),
  role,
  status: userStatus,
  createdAt: unixMs,
  /** The language of mail and pages; null follows the browser, and in mail the gateway. */
  locale: locale.nullable(),
  theme: theme.nullable(),
  isEmailVerified: z.boolean(),
  /** The address that waits for its link, where a change of address is under way. */
  pendingEmail: z.string().nullable(),
  hasSecondFactor: z.boolean(),
  recoveryCodesLeft: z.int(),
  deletionRequestedAt: unixMs.nullable(),
})

export const meGet = operation({ name: 'me.get', audience: 'user', input: nothing, output: me })

export const meOverview = operation({
  name: 'me.overview',
  audience: 'user',
  input: nothing,
  output: z.strictObject({
    balanceNanoUsd: nanoUsd,
    creditLimitNanoUsd: nanoUsd,
    openHoldsNanoUsd: nanoUsd,
    /** balance + credit limit − open holds. */
    availableNanoUsd: nanoUsd,
    /** Since the operator's local midnight. */
    today: z.strictObject({ spendNanoUsd: nanoUsdSum, requests: z.int() }),
    /** The active plan and what is left of it; null for somebody without one. */
    plan: activePlan.nullable(),
    /** What the balance paid on an average of the last seven days, and when it will have run out at that pace. */
    forecast: z.strictObject({ dailyNanoUsd: nanoUsd.nullable(), runsOutAt: unixMs.nullable() }),
    keyCount: z.int(),
    announcement: z.string(),
  }),
})

export const meUpdate = operation({
  name: 'me.update',
  audience: 'user',
  /** Only what is named changes. */
  input: z.strictObject({ locale: locale.nullable().optional(), theme: theme.nullable().optional() }),
  output: me,
})

/**
 * With mail, the new address takes effect when the link that is sent to it comes back; without, at once. With mail, one's own
 * address that is not verified yet can be sent: the link then verifies it.
 */
export const meChangeEmail = operation({
  name: 'me.changeEmail',
  audience: 'user',
  input: z.strictObject({ email, password: knownPassword }),
  output: z.strictObject({ outcome: z.enum(['verification_sent', 'changed']) }),
})

/** The link that waits in a mail is good for nothing any more, and the address stays. Succeeds where nothing waits. */
export const meWithdrawEmailChange = operation({
  name: 'me.withdrawEmailChange',
  audience: 'user',
  input: nothing,
  output: me,
})

/** Every other session ends. */
export const meChangePassword = operation({
  name: 'me.changePassword',
  audience: 'user',
  input: z.strictObject({ currentPassword: knownPassword, newPassword: password }),
  output: nothing,
})

/** Asks an administrator to delete the account; nothing else happens until they do. */
export const meRequestDeletion = operation({
  name: 'me.requestDeletion',
  audience: 'user',
  input: z.strictObject({ password: knownPassword }),
  output: me,
})

export const meWithdrawDeletion = operation({
  name: 'me.withdrawDeletion',
  audience: 'user',
  input: nothing,
  output: me,
})
