// API keys: what a client sends. A person manages their own; an administrator may name another person.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, label, listOf, nothing, page, unixMs } from './fields.ts'

const keyStatus = z.enum(['active', 'disabled'])
const expiresAt = unixMs.nullable()

export const keyRow = z.strictObject({
  id,
  userId: id,
  name: z.string(),
  /** `sk-cg-<public id>`: enough to recognise the key, useless to whoever finds it. */
  prefix: z.string(),
  status: keyStatus,
  createdAt: unixMs,
  expiresAt,
  lastUsedAt: unixMs.nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedClient: z.string().nullable(),
})
export type KeyView = z.infer<typeof keyRow>

export const keysCreate = operation({
  name: 'keys.create',
  audience: 'user',
  input: z.strictObject({ name: label, userId: id.optional(), expiresAt: expiresAt.optional() }),
  /** `secret` is the whole key, shown this once: only its hash is kept. */
  output: keyRow.extend({ secret: z.string() }),
})

export const keysList = operation({
  name: 'keys.list',
  audience: 'user',
  /** Without `userId`: an administrator sees every key, everyone else their own. */
  input: z.strictObject({ userId: id.optional(), ...page }),
  output: listOf(keyRow),
})

export const keysUpdate = operation({
  name: 'keys.update',
  audience: 'user',
  input: z
    .strictObject({
      keyId: id,
      name: label.optional(),
      status: keyStatus.optional(),
      expiresAt: expiresAt.optional(),
    })
    .refine(
      (input) => input.name !== undefined || input.status !== undefined || input.expiresAt !== undefined,
      'needs at least one of name, status and expiresAt',
    ),
  output: keyRow,
})

export const keysDelete = operation({
  name: 'keys.delete',
  audience: 'user',
  input: z.strictObject({ keyId: id }),
  output: nothing,
})
