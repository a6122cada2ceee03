// Where the product's own files lie: found upwards, so that source and build need not lie equally deep.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

export interface Installation {
  readonly migrationsDir: string
  /** Where the built web apps are, if they have been built. */
  readonly webAppsDir: string
  readonly version: string
}

const manifest = z.object({ name: z.literal('codex-gateway'), version: z.string() })

export function findInstallation(fromDir: string): Installation {
  const journal = findUpwards(fromDir, join('drizzle', 'meta', '_journal.json'))
  const manifestPath = findUpwards(fromDir, 'package.json')
  const { version } = manifest.parse(JSON.parse(readFileSync(manifestPath, 'utf8')))
  return {
    migrationsDir: dirname(dirname(journal)),
    webAppsDir: join(dirname(manifestPath), 'dist', 'renderer'),
    version,
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
