// Checks that a lockfile installs everywhere and the same each time, and that nothing in it has a licence that binds us:
// binaries for every platform, no addresses, exact versions, permissive licences.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly overrides?: Readonly<Record<string, unknown>>
}

export interface LockEntry extends Manifest {
  readonly version?: string
  readonly resolved?: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockEntry>>
}

/** Free to use, change and pass on, with a notice at most. */
const PERMISSIVE = [
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
    'ISC',
    'MIT',
    'MIT-0',
  ],
  ...['Python-2.0', 'Unlicense', 'WTFPL'],
]

/** Tools that never leave this machine may be less free; each is named, with the licence that was read and found harmless. */
const TOOLS_WITH_OTHER_LICENCES: readonly { readonly name: RegExp; readonly license: string | undefined }[] =
  [
    // Vite's CSS compiler: its own files stay under their licence, what it writes does not come under it.
    { name: /^lightningcss(-.+)?$/, license: 'MPL-2.0' },
    // The accessibility checker of the journeys through the screens: runs in the tests' browser, unchanged.
    { name: /^axe-core$/, license: 'MPL-2.0' },
    // npm 10, with which the set-up is tested, and what it carries.
    { name: /^npm$/, license: 'Artistic-2.0' },
    { name: /^qrcode-terminal$/, license: undefined },
    { name: /^spdx-exceptions$/, license: 'CC-BY-3.0' },
    // A dependency of the upstream that nobody here wrote.
    { name: /^jsonify$/, license: 'Public Domain' },
  ]

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const
const MODULES = 'node_modules/'

/** The problems in the folder's package.json and package-lock.json, in words; `isShipped` where the product carries them. */
export function checkLockfile(root: string, folder: string, isShipped: boolean): readonly string[] {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(root, folder, name), 'utf8'))
  // Both are npm's own formats; what is read of them is optional, or checked where it is used.
  const manifest = read('package.json') as Manifest
  const lockfile = read('package-lock.json') as Lockfile
  return findLockfileProblems(manifest, lockfile, isShipped).map((problem) => `${folder}: ${problem}`)
}

export function findLockfileProblems(
  manifest: Manifest,
  lockfile: Lockfile,
  isShipped: boolean,
): readonly string[] {
  const entries = Object.entries(lockfile.packages).filter(([path]) => path !== '')
  return [
    ...(entries.length === 0 ? ['the lockfile names no package'] : []),
    ...findLoosePins(manifest),
    ...findDrift(manifest, lockfile.packages[''] ?? {}),
    ...Object.entries(lockfile.packages).flatMap(([path, entry]) =>
      findMissingBinaries(path, entry, lockfile),
    ),
    ...entries
      .filter(([, entry]) => entry.resolved !== undefined)
      .map(([path]) => `${path} names an address to load from`),
    ...entries.flatMap(([path, entry]) => findLicenceProblem(path, entry, isShipped)),
  ]
}

function findLoosePins(manifest: Manifest): readonly string[] {
  const pins = [...KINDS.map((kind) => manifest[kind]), manifest.overrides].flatMap((names) =>
    Object.entries(names ?? {}),
  )
  return pins
    .filter(
      ([, version]) =>
        typeof version !== 'string' || !/^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version),
    )
    .map(([name, version]) => `${name} is not pinned to one version (${String(version)})`)
}

/** `npm ci` refuses such a pair, so it must never be committed. */
function findDrift(manifest: Manifest, inLockfile: Manifest): readonly string[] {
  return KINDS.flatMap((kind) => {
    const wanted = manifest[kind] ?? {}
    const locked = inLockfile[kind] ?? {}
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(locked)])]
    return names
      .filter((name) => wanted[name] !== locked[name])
      .map(
        (name) =>
          `${name} is ${wanted[name] ?? 'absent'} in package.json and ${locked[name] ?? 'absent'} in the lockfile`,
      )
  })
}

/**
 * npm leaves out what its registry did not have when the lockfile was made, and `npm ci` then fails on the platform that
 * needs it.
 */
function findMissingBinaries(path: string, entry: LockEntry, lockfile: Lockfile): readonly string[] {
  return Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !candidatePaths(path, name).some((candidate) => candidate in lockfile.packages))
    .map(
      (name) =>
        `${path || 'package.json'} wants ${name} on some platform, and the lockfile has no entry for it`,
    )
}

/** Where Node looks for a package from within another: beside it, then outwards. */
function candidatePaths(path: string, name: string): readonly string[] {
  const own = `${path}/${MODULES}${name}`
  if (path === '') return [`${MODULES}${name}`]
  const outer = path.slice(0, Math.max(0, path.lastIndexOf(MODULES) - 1))
  return [own, ...candidatePaths(outer, name)]
}

function findLicenceProblem(path: string, entry: LockEntry, isShipped: boolean): readonly string[] {
  if (isPermissive(entry.license)) return []
  const name = path.slice(path.lastIndexOf(MODULES) + MODULES.length)
  const isTool = !isShipped || entry.dev === true || entry.devOptional === true
  const isKnown = TOOLS_WITH_OTHER_LICENCES.some(
    (tool) => tool.name.test(name) && tool.license === entry.license,
  )
  if (isTool && isKnown) return []
  return [`${name} has the licence ${entry.license ?? '(none named)'}, which nobody has allowed`]
}

/** Understands `A`, `A OR B` and `A AND B`; whatever is more involved than that is not taken for permissive. */
function isPermissive(license = ''): boolean {
  const choices = license.replace(/^\((.*)\)$/, '$1').split(' OR ')
  return choices.some((choice) => choice.split(' AND ').every((one) => PERMISSIVE.includes(one)))
}
