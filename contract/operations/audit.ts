// The audit: what administrators changed. Rows are only ever added.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, listOf, sortedPage, unixMs } from './fields.ts'

export const auditRow = z.strictObject({
  id: z.string(),
  createdAt: unixMs,
  /** Null where nobody was signed in, as at the set-up from the environment. */
  actorUserId: id.nullable(),
  actorEmail: z.string().nullable(),
  /** Such as `users.adjustBalance`. */
  operation: z.string(),
  targetType: z.string(),
  targetId: z.string().nullable(),
  /** What people call it, as it is called now; null where it has no name, or is gone. */
  targetName: z.string().nullable(),
  /** What changed, without secrets; null where there was nothing, or is nothing any more. */
  before: z.unknown(),
  after: z.unknown(),
  address: z.string(),
})

const auditSorts = ['createdAt', 'actor', 'operation'] as const
export type AuditSort = (typeof auditSorts)[number]

export const auditList = operation({
  name: 'audit.list',
  audience: 'admin',
  /** `search` looks in any case for a text in who, what, target, before, after and address. */
  input: z.strictObject({
    actorUserId: id.optional(),
    operation: z.string().min(1).max(100).optional(),
    targetType: z.string().min(1).max(50).optional(),
    targetId: z.string().min(1).max(100).optional(),
    /** Unix milliseconds, inclusive. */
    from: unixMs.optional(),
    /** Unix milliseconds, exclusive. */
    to: unixMs.optional(),
    search: z.string().trim().max(200).optional(),
    ...sortedPage(auditSorts),
  }),
  output: listOf(auditRow),
})
