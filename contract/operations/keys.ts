// API keys: what a client sends. A person manages their own; an administrator may name another person. What narrows a key is
// shared by all keys of its family, that is by those that it was rotated from and to.
import { z } from 'zod'
import { limitEntries, limitEntry, spendingCaps } from '../limits.ts'
import { operation } from '../operation.ts'
import { id, label, listOf, nanoUsdSum, nothing, sortedPage, unixMs } from './fields.ts'

const keyStatus = z.enum(['active', 'disabled'])
const expiresAt = unixMs.nullable()

/** Names of models, or of aliases; null for every model that the owner may use. */
const allowedModels = z
  .array(z.string().min(1).max(200))
  .min(1, 'has to name at least one model; to let nothing pass, disable the key')
  .max(200)
  .nullable()

/** The rate limits of the key's own; it only narrows, so each of them is a number. */
const limits = limitEntries.refine(
  (entries) => entries.every((entry) => entry.value !== null),
  'a key only narrows, so its limit has to be a number',
)

const periodSpending = z.strictObject({
  /** By requests that were admitted in the period and have ended. */
  spentNanoUsd: nanoUsdSum,
  /** By requests that were admitted in the period and are running. */
  heldNanoUsd: nanoUsdSum,
  /** Null for the total, which never begins anew. */
  resetsAt: unixMs.nullable(),
})

export const keyRow = z.strictObject({
  id,
  userId: id,
  userEmail: z.string(),
  /** The same for a key and those that it was rotated from and to. */
  familyId: id,
  name: z.string(),
  /** `sk-cg-<public id>`: enough to recognise the key, useless to whoever finds it. */
  prefix: z.string(),
  /** An active key whose `expiresAt` has passed is expired. */
  status: keyStatus,
  /** Who may enable it again: its owner, an administrator alone, or, after a rotation, nobody. Null while it is active. */
  disabledBy: z.enum(['owner', 'administrator', 'rotation']).nullable(),
  createdAt: unixMs,
  expiresAt,
  /** The key that took its place. */
  replacedByKeyId: id.nullable(),
  allowedModels,
  caps: spendingCaps,
  /** What the whole family has spent, whichever limits it has. */
  spending: z.strictObject({ day: periodSpending, month: periodSpending, total: periodSpending }),
  limits: z.array(limitEntry),
  lastUsedAt: unixMs.nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedClient: z.string().nullable(),
})
export type KeyView = z.infer<typeof keyRow>

/** What the owner, or an administrator, may set. Of the caps, those that are left out stay as they are. */
const narrowing = {
  expiresAt: expiresAt.optional(),
  allowedModels: allowedModels.optional(),
  caps: spendingCaps.partial().optional(),
  limits: limits.optional(),
}

/** The whole key is shown this once: only the hash of its secret part is kept. */
const withSecret = keyRow.extend({ secret: z.string() })

export const keysCreate = operation({
  name: 'keys.create',
  audience: 'user',
  input: z.strictObject({ name: label, userId: id.optional(), ...narrowing }),
  output: withSecret,
})

const keySorts = ['createdAt', 'name', 'owner', 'lastUsedAt', 'expiresAt'] as const
export type KeySort = (typeof keySorts)[number]

export const keysList = operation({
  name: 'keys.list',
  audience: 'user',
  /** Without `userId`: an administrator sees every key, everyone else their own. */
  input: z.strictObject({
    userId: id.optional(),
    familyId: id.optional(),
    /** Part of a name, of a prefix, or of the owner's email. */
    search: z.string().max(254).optional(),
    status: z.enum(['active', 'disabled', 'expired']).optional(),
    ...sortedPage(keySorts),
  }),
  output: listOf(keyRow),
})

export const keysUpdate = operation({
  name: 'keys.update',
  audience: 'user',
  input: z
    .strictObject({ keyId: id, name: label.optional(), status: keyStatus.optional(), ...narrowing })
    .refine(
      ({ keyId: _, ...changes }) => Object.values(changes).some((change) => change !== undefined),
      'needs at least one of name, status, expiresAt, allowedModels, caps and limits',
    ),
  output: keyRow,
})

/** The most that a key may still work after it was rotated, in hours. */
const OVERLAP_HOURS_MAX = 720

export const keysRotate = operation({
  name: 'keys.rotate',
  audience: 'user',
  /**
   * Makes a key that takes the place of another: in its family, with its name and, unless another is given, its date. The
   * old one works until the overlap ends. After a leak there is none: running answers are cut as by disabling it.
   */
  input: z
    .strictObject({
      keyId: id,
      overlapHours: z.number().min(0).max(OVERLAP_HOURS_MAX).optional(),
      reason: z.enum(['routine', 'leak']).default('routine'),
      expiresAt: expiresAt.optional(),
    })
    .refine(({ reason, overlapHours }) => reason === 'routine' || !overlapHours, {
      path: ['overlapHours'],
      error: 'has to be 0 or left out after a leak',
    }),
  output: withSecret,
})

export const keysDelete = operation({
  name: 'keys.delete',
  audience: 'user',
  input: z.strictObject({ keyId: id }),
  output: nothing,
})
