// Backups: whole copies of the database on this machine. They are made, looked at and restored here, and never sent away.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, listOf, nanoUsd, nanoUsdSum, nothing, role, unixMs, userStatus } from './fields.ts'

/** A moment in a form that is a file's name on every system, and a few random characters. */
const backupId = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-[0-9a-z]{6}$/, 'has to be the id of a backup')

export const backupManifest = z.strictObject({
  id: backupId,
  createdAt: unixMs,
  /** `before_restore` is the copy that every restore makes first. */
  reason: z.enum(['schedule', 'manual', 'before_restore']),
  /** The product's version that made it. */
  version: z.string(),
  /** How many migrations its schema has. */
  schema: z.int(),
  /** The last entry of the ledger. */
  ledgerSeq: z.int(),
  bytes: z.int(),
  /** SHA-256 of the file, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type BackupManifest = z.infer<typeof backupManifest>

export const backupsList = operation({
  name: 'backups.list',
  audience: 'admin',
  /** Newest first. */
  input: nothing,
  output: listOf(backupManifest),
})

export const backupsCreate = operation({
  name: 'backups.create',
  audience: 'admin',
  /** Answers when the copy is whole, checked and on disk. Traffic goes on meanwhile. */
  input: nothing,
  output: backupManifest,
})

export const backupsDelete = operation({
  name: 'backups.delete',
  audience: 'admin',
  input: z.strictObject({ backupId }),
  output: nothing,
})

const person = z.strictObject({ userId: id, email: z.string() })

/** What a restore would take back, from now to then. Lists are cut; counts are whole. */
export const backupDifferences = z.strictObject({
  ledger: z.strictObject({
    thenSeq: z.int(),
    nowSeq: z.int(),
    /** Charges, top-ups and other entries since then, which are gone afterwards. */
    entriesLost: z.int(),
    thenBalanceNanoUsd: nanoUsdSum,
    nowBalanceNanoUsd: nanoUsdSum,
  }),
  /** The people whose balance changes most; at most fifty. */
  balances: z.array(person.extend({ thenNanoUsd: nanoUsd, nowNanoUsd: nanoUsd })),
  balancesChanged: z.int(),
  users: z.strictObject({
    /** Made since then: they are gone afterwards. At most fifty. */
    lost: z.array(person),
    lostCount: z.int(),
    /** Whose role or status is another now. What took something away since then stays taken away. */
    changed: z.array(
      person.extend({
        inBackup: z.strictObject({ role, status: userStatus }),
        now: z.strictObject({ role, status: userStatus }),
        after: z.strictObject({ role, status: userStatus }),
      }),
    ),
    changedCount: z.int(),
  }),
  keys: z.strictObject({
    /** Made since then: they stop working. */
    lostCount: z.int(),
    /** Disabled or deleted since then: they stay so. */
    keptOffCount: z.int(),
  }),
  /** Settings that go back; JSON values, null for the default. */
  settings: z.array(z.strictObject({ name: z.string(), inBackup: z.unknown(), now: z.unknown() })),
  prices: z.strictObject({ lostCount: z.int() }),
  usage: z.strictObject({ lostCount: z.int() }),
  sessions: z.strictObject({ endedCount: z.int() }),
  /** Redemption codes that were claimed since then: they stay claimed. */
  codes: z.strictObject({ keptClaimedCount: z.int() }),
})
export type BackupDifferences = z.infer<typeof backupDifferences>

export const backupsPreview = operation({
  name: 'backups.preview',
  audience: 'admin',
  input: z.strictObject({ backupId }),
  output: z.strictObject({ backup: backupManifest, differences: backupDifferences }),
})

export const backupsRestore = operation({
  name: 'backups.restore',
  audience: 'admin',
  /**
   * Puts a backup in the place of the database. `confirm` is the backup's id once more. The state of now is copied first;
   * running requests end, new ones are asked to wait, and every session is over afterwards, the caller's included.
   */
  input: z.strictObject({ backupId, confirm: z.string().max(100) }),
  output: z.strictObject({ restored: backupManifest, safetyCopy: backupManifest }),
})
