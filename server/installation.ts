// Where the product's own files lie: found upwards, so that source and build need not lie equally deep.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { LICENCES_FILE } from './system/licences.ts'

export interface Installation {
  readonly migrationsDir: string
  /** How many migrations there are. */
  readonly schema: number
  /** Where the built web apps are, if they have been built. */
  readonly webAppsDir: string
  readonly version: string
  /** Where the manifest of the product lies. */
  readonly root: string
  /** Written by the build; the source has none. */
  readonly licencesFile: string
}

const journalFile = z.object({ entries: z.array(z.unknown()) })
const manifest = z.object({ name: z.literal('codex-gateway'), version: z.string() })

export function findInstallation(fromDir: string): Installation {
  const journal = findUpwards(fromDir, join('drizzle', 'meta', '_journal.json'))
  const packageFile = findUpwards(fromDir, 'package.json')
  const root = dirname(packageFile)
  const { version } = manifest.parse(JSON.parse(readFileSync(packageFile, 'utf8')))
  const { entries } = journalFile.parse(JSON.parse(readFileSync(journal, 'utf8')))
  const migrationsDir = dirname(dirname(journal))
  return {
    migrationsDir,
    schema: entries.length,
    webAppsDir: join(root, 'dist', 'renderer'),
    version,
    root,
    // Beside the migrations, as the build puts it.
    licencesFile: join(dirname(migrationsDir), LICENCES_FILE),
  }
}

function findUpwards(fromDir: string, path: string): string {
  const file = join(fromDir, path)
  if (existsSync(file)) return file
  const parent = dirname(fromDir)
  if (parent === fromDir)
    throw new Error(`The file ${path} is missing from the installation: install it again.`)
  return findUpwards(parent, path)
}
