// The packages that are shipped, with their licences: out of the lockfile, which names both for every package.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export interface Licence {
  readonly name: string
  readonly version: string
  readonly licence: string
}

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
})
type Packages = z.infer<typeof lockfile>['packages']

const licences = z.array(z.strictObject({ name: z.string(), version: z.string(), licence: z.string() }))

/** Development packages whose code is built into the pages and the desktop app, and so is shipped with what it needs. */
const BUILT_IN = [
  '@base-ui/react',
  '@tanstack/react-query',
  'electron-store',
  'electron-updater',
  'lucide-react',
  'qrcode',
  'react',
  'react-dom',
  'react-is',
  'recharts',
  'wouter',
  'zustand',
]

/** What the build writes; where there is no build, as in the source, the lockfile itself is read. */
export const LICENCES_FILE = 'licences.json'

export function readLicences(paths: {
  readonly builtFile: string
  readonly root: string
}): readonly Licence[] {
  if (existsSync(paths.builtFile)) return licences.parse(JSON.parse(readFileSync(paths.builtFile, 'utf8')))
  return collectLicences(paths.root)
}

/** Every shipped package once per version, in the order of names. Throws where a licence is not named. */
export function collectLicences(root: string): readonly Licence[] {
  const { packages } = lockfile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  const shipped = new Map<string, Licence>()
  for (const path of [...runtimePaths(packages), ...builtInPaths(packages)]) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const { version = '', license } = packages[path] ?? {}
    if (license === undefined) throw new Error(`The lockfile names no licence of ${name} ${version}.`)
    shipped.set(`${name} ${version}`, { name, version, licence: license })
  }
  return [...shipped].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, licence]) => licence)
}

const runtimePaths = (packages: Packages): string[] =>
  Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path]) => path)

/** The packages that are built in, and those that they need, wherever npm has put them. */
function builtInPaths(packages: Packages): string[] {
  const found = new Set<string>()
  const waiting = BUILT_IN.map((name) => `node_modules/${name}`).filter((path) => path in packages)
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    found.add(path)
    for (const name of Object.keys(packages[path]?.dependencies ?? {})) {
      const needed = placeOf(name, path, packages)
      if (needed !== undefined) waiting.push(needed)
    }
  }
  return [...found]
}

/** Where a package finds another one: in its own folder first, then upwards. */
function placeOf(name: string, from: string, packages: Packages): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (path in packages) return path
    if (folder === '') return undefined
    if (!folder.includes('/node_modules/')) folder = ''
  }
}
