// Signed-in sessions: where somebody is signed in, and how to end it. A person sees their own; an administrator may name another.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, nothing, unixMs } from './fields.ts'

const sessionRow = z.strictObject({
  id,
  userId: id,
  createdAt: unixMs,
  lastSeenAt: unixMs,
  expiresAt: unixMs,
  /** Where it was last used from. */
  address: z.string(),
  /** What the browser called itself when it signed in. */
  client: z.string(),
  /** The one that asks. */
  isCurrent: z.boolean(),
})
export type SessionView = z.infer<typeof sessionRow>

/** All of one person, the one used last first; there are never many. */
export const sessionsList = operation({
  name: 'sessions.list',
  audience: 'user',
  input: z.strictObject({ userId: id.optional() }),
  output: z.strictObject({ rows: z.array(sessionRow) }),
})

export const sessionsRevoke = operation({
  name: 'sessions.revoke',
  audience: 'user',
  input: z.strictObject({ sessionId: id }),
  output: nothing,
})

/** Ends every session but the one that asks; of another person, every one. */
export const sessionsRevokeOthers = operation({
  name: 'sessions.revokeOthers',
  audience: 'user',
  input: z.strictObject({ userId: id.optional() }),
  output: z.strictObject({ revoked: z.int() }),
})
