// Which backups are old, and the end of those that nobody asked for.
import type { BackupManifest } from '../../contract/operations/backups.ts'
import type { Logger } from '../ports.ts'
import type { BackupFolder } from './backup-folder.ts'

/** Of the copies that restores make, the last are worth keeping. */
const SAFETY_COPIES_KEPT = 5

interface ForgetDeps {
  readonly folder: BackupFolder
  readonly settings: () => { readonly kept: number }
  readonly clock: { now(): number }
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/**
 * Of a list that begins with the newest. One whose moment has not come yet was made while the clock was ahead, and goes behind
 * all others: it would else count as the newest, and push out what is made now.
 */
export const byAge = (listed: readonly BackupManifest[], nowMs: number): readonly BackupManifest[] => [
  ...listed.filter(({ createdAt }) => createdAt <= nowMs),
  ...listed.filter(({ createdAt }) => createdAt > nowMs),
]

/**
 * Beyond their number the oldest go, of those that nobody asked for; never `spared`. One that cannot be deleted stays until the
 * next time: the backup that has just been made is one all the same.
 */
export async function forgetOld(
  { folder, settings, clock, logger }: ForgetDeps,
  spared: string | undefined,
): Promise<void> {
  const kept = { schedule: settings().kept, before_restore: SAFETY_COPIES_KEPT }
  const all = byAge(await folder.list(), clock.now())
  for (const [reason, count] of Object.entries(kept)) {
    for (const { id } of all.filter((backup) => backup.reason === reason).slice(count)) {
      if (id === spared) continue
      await folder.delete(id).then(
        () => logger.info({ backupId: id }, 'an old backup was deleted'),
        (err: unknown) => logger.warn({ err, backupId: id }, 'an old backup cannot be deleted'),
      )
    }
  }
}
