// Brings node_modules into the state that the lockfile describes, with npm 10, 11 or 12 and without a compiler, and brings
// Node 24 with it. No package may run an install script, except `node`, whose script fetches the Node of this platform.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { contentHash } from './content-hash.mjs'
import { say, withProgress } from './progress.mjs'
import { runChild } from './run-child.mjs'
import { SetUpError } from './set-up-error.mjs'

const STAMP = 'node_modules/.set-up-stamp'
/** A folder that two systems share holds the binaries of one of them only. */
const SYSTEM = `${process.platform} ${process.arch}`

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} Lockfile
 */

/**
 * Installs what is missing or differs; does nothing, quickly, where nothing does.
 *
 * @param {string} dir a folder with package.json and package-lock.json
 * @param {string} what for the progress lines, such as `packages`
 */
export async function ensurePackages(dir, what) {
  const stamp = wantedStamp(dir)
  if (readIfThere(join(dir, STAMP)) === stamp && isNodeThere(dir)) return
  const difference = differenceFromLockfile(dir)
  if (difference !== undefined) {
    await withProgress(`Installing ${what} (${difference})`, () =>
      npm(dir, ['ci', '--include=dev', '--include=optional', '--no-progress', '--loglevel=error']),
    )
    const left = differenceFromLockfile(dir)
    if (left !== undefined)
      throw new SetUpError(`npm reported success, yet ${left}. Delete node_modules and try again.`)
  }
  await ensureNode(dir)
  // Last of all: a run that was interrupted leaves no stamp, and the next one looks at everything again.
  writeFileSync(join(dir, STAMP), stamp)
}

/**
 * The Node that runs everything of ours: never the one on PATH, under which the database driver may crash.
 *
 * @param {string} dir
 * @returns {string} an absolute path
 */
export function nodePath(dir) {
  return !existsSync(fetchedNode(dir)) && isOwnNodeGoodEnough(dir) ? process.execPath : fetchedNode(dir)
}

/** @param {string} dir */
function fetchedNode(dir) {
  return join(dir, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** @param {string} dir */
function pinnedNodeVersion(dir) {
  return readLockfile(dir).packages?.['node_modules/node']?.version
}

/** @param {string} dir */
function isNodeThere(dir) {
  return pinnedNodeVersion(dir) === undefined || existsSync(nodePath(dir))
}

/** @param {string} dir */
function isOwnNodeGoodEnough(dir) {
  return process.versions.node.split('.')[0] === pinnedNodeVersion(dir)?.split('.')[0]
}

/** @param {string} dir */
async function ensureNode(dir) {
  const version = pinnedNodeVersion(dir)
  if (version === undefined || (await isNodeWhole(dir, version))) return
  try {
    await withProgress(`Fetching Node ${version}`, async () => {
      // A half-written program from an interrupted run would pass for the whole one.
      for (const part of ['bin', 'node_modules']) {
        rmSync(join(dir, 'node_modules', 'node', part), { recursive: true, force: true })
      }
      await npm(dir, ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'])
      if (!(await isNodeWhole(dir, version)))
        throw new SetUpError(`Node ${version} does not run on this machine.`)
    })
  } catch (error) {
    if (!(error instanceof SetUpError) || !isOwnNodeGoodEnough(dir)) throw error
    say(`${error.message} Going on with the Node ${process.versions.node} of this machine.`)
  }
}

/**
 * @param {string} dir
 * @param {string} version
 */
async function isNodeWhole(dir, version) {
  const node = fetchedNode(dir)
  // npm scripts find it by this link.
  if (!existsSync(node) || !existsSync(join(dir, 'node_modules', '.bin', 'node'))) return false
  const { code, output } = await runChild(node, ['--version'], { cwd: dir, output: 'collect' })
  return code === 0 && output.trim() === `v${version}`
}

/**
 * @param {string} dir
 * @param {readonly string[]} args
 */
async function npm(dir, args) {
  // The npm that was called to run us, so that one installation never mixes two. Other package managers cannot read the lockfile.
  const caller = process.env.npm_execpath
  const isNpm = caller !== undefined && basename(caller) === 'npm-cli.js' && existsSync(caller)
  const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' }
  const { code } = isNpm
    ? await runChild(process.execPath, [caller, ...args], { cwd: dir, env: quiet })
    : await runChild('npm', args, { cwd: dir, env: quiet, shell: process.platform === 'win32' })
  if (code === 127)
    throw new SetUpError(
      'npm was not found. It comes with Node: install Node again, then run the command again.',
    )
  if (code !== 0) {
    throw new SetUpError(
      `\`npm ${args.join(' ')}\` failed in ${dir} (the reason stands above). ` +
        'Check that the package registry can be reached (`npm ping`) and run the command again.',
    )
  }
}

/**
 * What npm noted down when it finished, held against the lockfile.
 *
 * @param {string} dir
 * @returns {string | undefined} the first difference, in words
 */
function differenceFromLockfile(dir) {
  const noted = readIfThere(join(dir, 'node_modules', '.package-lock.json'))
  if (noted === undefined) return 'nothing is installed yet'
  const stampedSystem = readIfThere(join(dir, STAMP))?.split('\n')[1]
  if (stampedSystem !== undefined && stampedSystem !== SYSTEM) return `it was installed for ${stampedSystem}`
  if (!isLockfileOf(dir)) return 'package.json has changed'
  return findDifference(readLockfile(dir), parseLockfile(noted))
}

/**
 * @param {Lockfile} wanted
 * @param {Lockfile} installed
 * @returns {string | undefined}
 */
export function findDifference(wanted, installed) {
  for (const [path, want] of Object.entries(wanted.packages ?? {})) {
    if (path === '') continue
    const have = installed.packages?.[path]
    if (have === undefined) {
      // Binaries of other platforms stay away, and so may peers that nobody needs.
      if (want.optional || want.devOptional) continue
      return `${path} is missing`
    }
    if (have.version !== want.version || have.integrity !== want.integrity) {
      return `${path} is ${have.version} instead of ${want.version}`
    }
  }
  return undefined
}

/** @param {string} dir */
function isLockfileOf(dir) {
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  const inLockfile = JSON.parse(readFileSync(join(dir, 'package-lock.json'), 'utf8')).packages['']
  return ['dependencies', 'devDependencies', 'optionalDependencies'].every(
    (kind) => JSON.stringify(sorted(manifest[kind])) === JSON.stringify(sorted(inLockfile[kind])),
  )
}

/** @param {Record<string, string>} [entries] */
function sorted(entries = {}) {
  return Object.entries(entries).sort()
}

/** @param {string} dir */
function wantedStamp(dir) {
  return `${contentHash(dir, ['package.json', 'package-lock.json'])}\n${SYSTEM}\n`
}

/** @param {string} path */
function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/**
 * @param {string} dir
 * @returns {Lockfile}
 */
function readLockfile(dir) {
  return JSON.parse(readFileSync(join(dir, 'package-lock.json'), 'utf8'))
}

/**
 * @param {string} text
 * @returns {Lockfile} empty where the text was cut off in the middle
 */
function parseLockfile(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
