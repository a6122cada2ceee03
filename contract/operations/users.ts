// The people of a gateway, as an administrator sees and steers them.
import { z } from 'zod'
import { operation } from '../operation.ts'
import {
  email,
  id,
  listOf,
  locale,
  nanoUsd,
  nothing,
  password,
  role,
  sortedPage,
  unixMs,
  userStatus,
} from './fields.ts'

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
  locale: locale.nullable(),
  isEmailVerified: z.boolean(),
  hasPassword: z.boolean(),
  hasSecondFactor: z.boolean(),
  /** When the person asked to be deleted. */
  deletionRequestedAt: unixMs.nullable(),
  deletedAt: unixMs.nullable(),
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

const userSorts = ['createdAt', 'email', 'lastSeenAt', 'balance'] as const
export type UserSort = (typeof userSorts)[number]

export const usersList = operation({
  name: 'users.list',
  audience: 'admin',
  input: z.strictObject({
    /** Part of the email, in any case. */
    search: z.string().max(254).optional(),
    /** Without it: everybody who is not deleted. */
    status: userStatus.optional(),
    role: role.optional(),
    ...sortedPage(userSorts),
  }),
  output: listOf(userRow).extend({
    /** Of all people, whatever the list is narrowed to; those who are deleted are counted as such alone. */
    counts: z.strictObject({
      pending: z.int(),
      active: z.int(),
      suspended: z.int(),
      deleted: z.int(),
      administrators: z.int(),
      deletionRequested: z.int(),
    }),
  }),
})

export const usersGet = operation({
  name: 'users.get',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
  output: userRow,
})

const settableStatus = z.enum(['active', 'suspended'])

export const usersSetStatus = operation({
  name: 'users.setStatus',
  audience: 'admin',
  input: z.strictObject({ userId: id, status: settableStatus }),
  output: userRow,
})

/** One after the other, each for itself: what is refused for one person leaves the others as they are. */
export const usersSetStatusMany = operation({
  name: 'users.setStatusMany',
  audience: 'admin',
  input: z.strictObject({ userIds: z.array(id).min(1).max(100), status: settableStatus }),
  output: z.strictObject({
    /** In the order of the input. */
    rows: z.array(
      z.strictObject({
        userId: id,
        /** Null where it was refused. */
        user: userRow.nullable(),
        error: z
          .strictObject({
            code: z.string(),
            message: z.string(),
            details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
          })
          .nullable(),
      }),
    ),
  }),
})

export const usersSetRole = operation({
  name: 'users.setRole',
  audience: 'admin',
  input: z.strictObject({ userId: id, role }),
  output: userRow,
})

/** Lets somebody in who waits; they are told by mail. */
export const usersApprove = operation({
  name: 'users.approve',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
  output: userRow,
})

/** Turns away somebody who waits, and forgets who they are. */
export const usersReject = operation({
  name: 'users.reject',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
  output: nothing,
})

/** Ends everything a person has here and makes the account anonymous, for good; the ledger and usage keep their rows. */
export const usersDelete = operation({
  name: 'users.delete',
  audience: 'admin',
  /** The email as it stands in the list, typed by hand: there is no way back. */
  input: z.strictObject({ userId: id, confirmEmail: z.string().max(254) }),
  output: nothing,
})

/** A link for choosing a new password, to be handed over: for a gateway without mail, or a person whose mail is lost. */
export const usersResetLink = operation({
  name: 'users.resetLink',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
  /** The link is shown this once. */
  output: z.strictObject({ link: z.string(), expiresAt: unixMs }),
})

/** For somebody whose authenticator and recovery codes are gone; their next sign-in asks for the password alone. */
export const usersResetSecondFactor = operation({
  name: 'users.resetSecondFactor',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
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
