// The backups of a data folder: pairs of a database file and its manifest. One without the other does not count.
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackupManifest, backupManifest } from '../../contract/operations/backups.ts'
import { syncFolder, syncToDisk } from '../db/backup-file.ts'

export interface BackupFolder {
  /** Newest first. */
  list(): Promise<BackupManifest[]>
  find(id: string): Promise<BackupManifest | undefined>
  databaseOf(id: string): string
  /** Written last: a backup is one from here on. */
  writeManifest(manifest: BackupManifest): Promise<void>
  delete(id: string): Promise<void>
}

/** The operator's own files may lie beside; only what bears such a name is ours. */
const MANIFEST = /^gateway-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-[0-9a-z]{6})\.json$/

export function createBackupFolder(dir: string): BackupFolder {
  const databaseOf = (id: string) => join(dir, `gateway-${id}.db`)
  const manifestOf = (id: string) => join(dir, `gateway-${id}.json`)

  async function find(id: string): Promise<BackupManifest | undefined> {
    const text = await readFile(manifestOf(id), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    try {
      const manifest = backupManifest.parse(JSON.parse(text))
      return manifest.id === id ? manifest : undefined
    } catch {
      // Edited by hand, or of another version: not a backup that can be relied on.
      return undefined
    }
  }

  async function writeManifest(manifest: BackupManifest): Promise<void> {
    const partial = `${manifestOf(manifest.id)}.partial`
    await writeFile(partial, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    syncToDisk(partial)
    await rename(partial, manifestOf(manifest.id))
    syncFolder(dir)
  }

  return {
    find,
    databaseOf,
    async list() {
      const names = await readdir(dir).catch(() => [])
      const ids = names.flatMap((name) => MANIFEST.exec(name)?.[1] ?? [])
      const found = await Promise.all(ids.map(find))
      return found
        .filter((manifest) => manifest !== undefined)
        .sort((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1))
    },
    writeManifest,
    async delete(id) {
      const manifest = await find(id)
      // The manifest first: half a deletion leaves a file that is no backup, and never a backup without its file.
      await rm(manifestOf(id), { force: true })
      try {
        await rm(databaseOf(id), { force: true })
      } catch (error) {
        // A file that nobody lists would take its place on the disk for ever.
        if (manifest) await writeManifest(manifest)
        throw error
      }
    },
  }
}
