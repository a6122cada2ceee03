// Makes, checks, lists and forgets backups, one at a time; by hand, and on a schedule of its own.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { BackupDifferences, BackupManifest } from '../../contract/operations/backups.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { discardCopy } from '../db/backup-file.ts'
import type { Clock, Ids, Logger } from '../ports.ts'
import type { BackupFolder } from './backup-folder.ts'
import { BackupJobError, runBackupJob } from './backup-job.ts'

export interface Backups {
  list(): Promise<BackupManifest[]>
  /**
   * Refuses with `backup_running` or `too_many_backups`. Rejects where the disk does not take it. Old ones are forgotten
   * afterwards, `spared` never.
   */
  create(reason: BackupManifest['reason'], spared?: string): Promise<Result<BackupManifest, Refusal>>
  delete(id: string): Promise<Result<BackupManifest, Refusal>>
  preview(id: string): Promise<Result<{ backup: BackupManifest; differences: BackupDifferences }, Refusal>>
  /** Reads all of a backup; refuses with `backup_not_found`, `backup_damaged` or `backup_newer`. */
  check(id: string): Promise<Result<BackupManifest, Refusal>>
  state(): {
    readonly last: BackupManifest | null
    readonly nextAt: number | null
    readonly isRunning: boolean
  }
  stop(): void
}

export interface BackupSettings {
  /** 0: never by itself. */
  readonly everyHours: number
  readonly kept: number
}

/** By hand or before a restore, they stay until somebody deletes them: beyond this there is a misunderstanding. */
const BACKUPS_MAX = 200
/** Of the copies that restores make, the last are worth keeping. */
const SAFETY_COPIES_KEPT = 5
const LOOK_EVERY_MS = 60_000
/** Not in the first minutes of a start, when there is enough to do; and not at once after one that failed. */
const FIRST_AFTER_MS = 5 * 60_000
const AGAIN_AFTER_MS = 60 * 60_000
const HOUR_MS = 60 * 60_000

export interface BackupsDeps {
  readonly folder: BackupFolder
  readonly dataDir: string
  /** Copies the open database; see server/db/backup-file.ts. */
  readonly copy: (target: string) => Promise<void>
  readonly version: string
  /** How many migrations this version knows. */
  readonly schema: number
  readonly settings: () => BackupSettings
  readonly clock: Clock
  readonly ids: Pick<Ids, 'randomBytes'>
  readonly logger: Logger
  readonly onFinished: (backupId: string | null) => void
}

export function createBackups(deps: BackupsDeps): Backups {
  const { folder, clock, logger } = deps
  let last: BackupManifest | null = null
  let lastScheduledAt: number | undefined
  let isRunning = false
  let notBeforeMonoMs = clock.monotonicMs() + FIRST_AFTER_MS

  const known = folder.list().then((found) => {
    last ??= found[0] ?? null
    lastScheduledAt ??= found.find(({ reason }) => reason === 'schedule')?.createdAt ?? 0
  })
  known.catch((error: unknown) => logger.warn({ err: error }, 'the backups could not be listed'))

  async function create(
    reason: BackupManifest['reason'],
    spared?: string,
  ): Promise<Result<BackupManifest, Refusal>> {
    if (isRunning) return fail(refusal('backup_running'))
    isRunning = true
    try {
      if ((await folder.list()).length >= BACKUPS_MAX) {
        return fail(refusal('too_many_backups', { max: BACKUPS_MAX }))
      }
      const manifest = await write(deps, reason)
      last = manifest
      if (reason === 'schedule') lastScheduledAt = manifest.createdAt
      logger.info({ backupId: manifest.id, bytes: manifest.bytes, reason }, 'backup made')
      deps.onFinished(manifest.id)
      await forgetOld(deps, spared)
      return ok(manifest)
    } catch (error) {
      deps.onFinished(null)
      throw error
    } finally {
      isRunning = false
    }
  }

  const nextAt = (): number | null => {
    const { everyHours } = deps.settings()
    if (everyHours === 0 || lastScheduledAt === undefined) return null
    const earliest = clock.now() + Math.max(0, notBeforeMonoMs - clock.monotonicMs())
    return Math.round(Math.max(earliest, lastScheduledAt + everyHours * HOUR_MS))
  }
  const timer = setInterval(() => {
    const due = nextAt()
    if (due === null || due > clock.now() || isRunning) return
    create('schedule').catch((error: unknown) => {
      notBeforeMonoMs = clock.monotonicMs() + AGAIN_AFTER_MS
      logger.error({ err: error }, 'a scheduled backup failed; it is tried again in an hour')
    })
  }, LOOK_EVERY_MS)
  timer.unref()

  return {
    list: () => folder.list(),
    create,
    async delete(id) {
      const manifest = await folder.find(id)
      if (!manifest) return fail(refusal('backup_not_found'))
      await folder.delete(id)
      if (last?.id === id) last = (await folder.list())[0] ?? null
      return ok(manifest)
    },
    async preview(id) {
      const backup = await check(deps, id)
      if (!backup.ok) return backup
      const present = join(deps.dataDir, 'gateway.db')
      const differences = await runBackupJob<'compare'>({
        kind: 'compare',
        backup: folder.databaseOf(id),
        present,
      })
      return ok({ backup: backup.value, differences })
    },
    check: (id) => check(deps, id),
    state: () => ({ last, nextAt: nextAt(), isRunning }),
    stop: () => clearInterval(timer),
  }
}

async function write(deps: BackupsDeps, reason: BackupManifest['reason']): Promise<BackupManifest> {
  const { folder, clock, ids, dataDir, version } = deps
  const createdAt = clock.now()
  const moment = new Date(createdAt).toISOString().slice(0, 19).replaceAll(':', '-')
  const id = `${moment}-${ids.randomBytes(3).toString('hex')}`
  await mkdir(join(dataDir, 'backups'), { recursive: true, mode: 0o700 })
  const target = folder.databaseOf(id)
  try {
    await deps.copy(target)
    const facts = await runBackupJob<'finish'>({ kind: 'finish', target })
    const manifest: BackupManifest = { id, createdAt, reason, version, ...facts }
    await folder.writeManifest(manifest)
    return manifest
  } catch (error) {
    discardCopy(target)
    throw error
  }
}

/** Beyond their number the oldest go, of those that nobody asked for. */
async function forgetOld({ folder, settings, logger }: BackupsDeps, spared?: string): Promise<void> {
  const kept = { schedule: settings().kept, before_restore: SAFETY_COPIES_KEPT }
  const all = await folder.list()
  for (const [reason, count] of Object.entries(kept)) {
    for (const { id } of all.filter((backup) => backup.reason === reason).slice(count)) {
      if (id === spared) continue
      await folder.delete(id)
      logger.info({ backupId: id }, 'an old backup was deleted')
    }
  }
}

async function check({ folder, schema }: BackupsDeps, id: string): Promise<Result<BackupManifest, Refusal>> {
  const manifest = await folder.find(id)
  if (!manifest) return fail(refusal('backup_not_found'))
  if (manifest.schema > schema) return fail(refusal('backup_newer', { version: manifest.version }))
  try {
    const facts = await runBackupJob<'inspect'>({ kind: 'inspect', path: folder.databaseOf(id) })
    const isWhole = facts.sha256 === manifest.sha256 && facts.ledgerSeq === manifest.ledgerSeq
    return isWhole ? ok(manifest) : fail(refusal('backup_damaged'))
  } catch (error) {
    if (error instanceof BackupJobError && error.kind === 'DamagedBackupError')
      return fail(refusal('backup_damaged'))
    if (error instanceof BackupJobError && error.message.includes('ENOENT'))
      return fail(refusal('backup_damaged'))
    throw error
  }
}
