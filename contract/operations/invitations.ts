// Invitations: links that let one person in. They work without any mail server, because an administrator can hand them over.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { email, id, listOf, nothing, role, sortedPage, unixMs } from './fields.ts'

/** `withdrawn`: nobody revoked it, and it lets nobody in, because whoever made it is no administrator any more. */
const invitationStatus = z.enum(['open', 'used', 'expired', 'revoked', 'withdrawn'])
export type InvitationStatus = z.infer<typeof invitationStatus>

const invitationRow = z.strictObject({
  id,
  /** Whom it is for; null for whoever has the link. */
  email: z.string().nullable(),
  role,
  /** The administrators' own; the invited person never sees it. */
  note: z.string(),
  status: invitationStatus,
  createdAt: unixMs,
  createdBy: id,
  expiresAt: unixMs,
  usedAt: unixMs.nullable(),
  /** The account that came of it. */
  usedBy: id.nullable(),
  revokedAt: unixMs.nullable(),
})
export type InvitationView = z.infer<typeof invitationRow>

export const usersInvite = operation({
  name: 'users.invite',
  audience: 'admin',
  input: z.strictObject({
    /** Whoever accepts has to use this address; it is mailed to it where mail is set up. */
    email: email.optional(),
    role: role.default('user'),
    note: z.string().trim().max(500).default(''),
    expiresInDays: z.int().min(1).max(90).default(7),
  }),
  output: invitationRow.extend({
    /** The link, shown this once: only the hash of its secret is kept. */
    link: z.string(),
    isMailed: z.boolean(),
  }),
})

/** `endsAt`: when it was used or revoked, else when it expires. */
const invitationSorts = ['createdAt', 'email', 'endsAt'] as const
export type InvitationSort = (typeof invitationSorts)[number]

export const invitationsList = operation({
  name: 'invitations.list',
  audience: 'admin',
  input: z.strictObject({ status: invitationStatus.optional(), ...sortedPage(invitationSorts) }),
  output: listOf(invitationRow),
})

export const invitationsRevoke = operation({
  name: 'invitations.revoke',
  audience: 'admin',
  input: z.strictObject({ invitationId: id }),
  output: nothing,
})
