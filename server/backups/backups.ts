// Makes, checks, lists and forgets backups, one at a time; when one is made by itself, backup-schedule.ts says.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { BackupDifferences, BackupManifest } from '../../contract/operations/backups.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { discardCopy } from '../db/backup-file.ts'
import type { Clock, Ids, Logger } from '../ports.ts'
import type { BackupFolder } from './backup-folder.ts'
import { BackupJobError, runBackupJob } from './backup-job.ts'
import { createBackupSchedule } from './backup-schedule.ts'
import { byAge, forgetOld } from './forget-old.ts'

export interface Backups {
  list(): Promise<BackupManifest[]>
  /** Refuses with `backup_running`, and by hand with `too_many_backups`. Rejects where the disk does not take it. */
  create(reason: BackupManifest['reason']): Promise<Result<BackupManifest, Refusal>>
  /** Refuses with `backup_running`. Until its end no other backup is made, so that a restore does not meet one half-way. */
  takeTurn(restored: string): Result<RestoreTurn, Refusal>
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

/** The place of the one backup that is made at a time, held for the copy that a restore makes first. */
export interface RestoreTurn {
  /** Rejects where the disk does not take it. Whatever is forgotten for it, it is not the backup that is restored. */
  copyPresent(): Promise<BackupManifest>
  end(): void
}

export interface BackupSettings {
  /** 0: never by itself. */
  readonly everyHours: number
  readonly kept: number
}

/**
 * Made by hand, they stay until somebody deletes them: beyond this there is a misunderstanding. All others are forgotten, so that
 * this many never keep one from being made.
 */
const BY_HAND_MAX = 200

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
  let isRunning = false
  const schedule = createBackupSchedule({
    everyHours: () => deps.settings().everyHours,
    isRunning: () => isRunning,
    make: () => create('schedule'),
    clock,
    logger,
  })
  const newestFirst = async () => byAge(await folder.list(), clock.now())
  const known = newestFirst().then((found) => {
    last ??= found[0] ?? null
    schedule.begin(found.find(({ reason }) => reason === 'schedule'))
  })
  known.catch((error: unknown) => logger.warn({ err: error }, 'the backups could not be listed'))

  /** Whoever calls it has the turn. */
  async function make(reason: BackupManifest['reason'], spared?: string): Promise<BackupManifest> {
    try {
      const manifest = await write(deps, reason)
      last = manifest
      if (reason === 'schedule') schedule.note(manifest)
      logger.info({ backupId: manifest.id, bytes: manifest.bytes, reason }, 'backup made')
      deps.onFinished(manifest.id)
      await forgetOld(deps, spared)
      return manifest
    } catch (error) {
      deps.onFinished(null)
      throw error
    }
  }
  async function create(reason: BackupManifest['reason']): Promise<Result<BackupManifest, Refusal>> {
    if (isRunning) return fail(refusal('backup_running'))
    isRunning = true
    try {
      if (reason === 'manual' && (await isFullByHand(folder))) {
        return fail(refusal('too_many_backups', { max: BY_HAND_MAX }))
      }
      return ok(await make(reason))
    } finally {
      isRunning = false
    }
  }

  return {
    list: () => folder.list(),
    create,
    takeTurn(restored) {
      if (isRunning) return fail(refusal('backup_running'))
      isRunning = true
      return ok({
        copyPresent: () => make('before_restore', restored),
        end() {
          isRunning = false
        },
      })
    },
    async delete(id) {
      const deleted = await deleteOne(folder, id)
      if (last?.id === id) last = (await newestFirst())[0] ?? null
      return deleted
    },
    preview: (id) => preview(deps, id),
    check: (id) => check(deps, id),
    state: () => ({ last, nextAt: schedule.nextAt(), isRunning }),
    stop: schedule.stop,
  }
}

const isFullByHand = async (folder: BackupFolder): Promise<boolean> =>
  (await folder.list()).filter(({ reason }) => reason === 'manual').length >= BY_HAND_MAX

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
    // It may have its name already, and even its manifest, of which it is not sure that it is on disk: both go. Without the one
    // nobody would list the other, and nobody delete it.
    await folder.delete(id)
    throw error
  }
}

async function deleteOne(folder: BackupFolder, id: string): Promise<Result<BackupManifest, Refusal>> {
  const manifest = await folder.find(id)
  if (!manifest) return fail(refusal('backup_not_found'))
  await folder.delete(id)
  return ok(manifest)
}

async function preview(deps: BackupsDeps, id: string): ReturnType<Backups['preview']> {
  const checked = await check(deps, id)
  if (!checked.ok) return checked
  const differences = await runBackupJob<'compare'>({
    kind: 'compare',
    backup: deps.folder.databaseOf(id),
    present: join(deps.dataDir, 'gateway.db'),
  })
  return ok({ backup: checked.value, differences })
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
