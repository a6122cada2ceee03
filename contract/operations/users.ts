// The people of a gateway, as an administrator sees and steers them.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { email, id, listOf, nanoUsd, page, password, role, unixMs, userStatus } from './fields.ts'

/** Amounts an administrator may type: up to a million dollars either way, so that a slip of the zero key stays small. */
const adjustment = z
  .int()
  .min(-1_000_000_000_000_000)
  .max(1_000_000_000_000_000)
  .refine((amount) => amount !== 0, 'must not be zero')

export const userRow = z.strictObject({
  id,
  email: z.string(),
  role,
  status: userStatus,
  createdAt: unixMs,
  lastSeenAt: unixMs.nullable(),
  balanceNanoUsd: nanoUsd,
  creditLimitNanoUsd: nanoUsd,
  openHoldsNanoUsd: nanoUsd,
  availableNanoUsd: nanoUsd,
})
export type UserView = z.infer<typeof userRow>

export const usersCreate = operation({
  name: 'users.create',
  audience: 'admin',
  /** With a password the person is active at once and has the default balance; without one they wait for approval. */
  input: z.strictObject({ email, password: password.optional(), role: role.default('user') }),
  output: userRow,
})

export const usersList = operation({
  name: 'users.list',
  audience: 'admin',
  input: z.strictObject({
    search: z.string().max(254).optional(),
    status: userStatus.optional(),
    role: role.optional(),
    ...page,
  }),
  output: listOf(userRow),
})

export const usersGet = operation({
  name: 'users.get',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
  output: userRow,
})

export const usersSetStatus = operation({
  name: 'users.setStatus',
  audience: 'admin',
  input: z.strictObject({ userId: id, status: z.enum(['active', 'suspended']) }),
  output: userRow,
})

export const usersAdjustBalance = operation({
  name: 'users.adjustBalance',
  audience: 'admin',
  input: z
    .strictObject({
      userId: id,
      amountNanoUsd: adjustment,
      note: z.string().trim().max(500).default(''),
      /** A positive amount is a `top_up` unless it says otherwise, a negative one a `correction`. */
      kind: z.enum(['top_up', 'gift', 'correction', 'refund']).optional(),
    })
    .refine((input) => input.amountNanoUsd > 0 || input.kind === undefined || input.kind === 'correction', {
      path: ['kind'],
      error: 'a negative amount can only be a correction',
    }),
  output: z.strictObject({
    balanceNanoUsd: nanoUsd,
    creditLimitNanoUsd: nanoUsd,
    openHoldsNanoUsd: nanoUsd,
    availableNanoUsd: nanoUsd,
  }),
})

export const usersUpdate = operation({
  name: 'users.update',
  audience: 'admin',
  /** Only what is named changes. A credit limit takes effect at once. */
  input: z
    .strictObject({
      userId: id,
      email: email.optional(),
      role: role.optional(),
      creditLimitNanoUsd: nanoUsd.min(0).max(1_000_000_000_000_000).optional(),
    })
    .refine(
      (input) =>
        input.email !== undefined || input.role !== undefined || input.creditLimitNanoUsd !== undefined,
      'needs at least one of email, role and creditLimitNanoUsd',
    ),
  output: userRow,
})
