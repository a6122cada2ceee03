// Whether the desktop app can be opened here: somebody to see it, and Electron's runtime, which is fetched at the first start.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { withProgress } from './progress.mjs'
import { runChild } from './run-child.mjs'

/**
 * @typedef {object} Surroundings
 * @property {NodeJS.Platform} platform
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {(() => number) | undefined} [getuid]
 * @property {readonly string[]} argv
 */

/**
 * Why no window can be opened here, to be read after "because"; undefined where one can.
 *
 * @param {Surroundings} surroundings
 * @returns {string | undefined}
 */
export function desktopObstacle({ platform, env, getuid, argv }) {
  if (argv.length > 2) return 'flags are for a gateway without a window'
  if (platform !== 'linux') return undefined
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return 'there is no display'
  // The sandbox of the pages is not given up for it.
  if (getuid?.() === 0) return 'the sandbox of its window does not work for root'
  return undefined
}

/**
 * The runtime's program, or undefined where it has not been fetched. Never imports `electron`, which would fetch it.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function electronPath(root) {
  const dir = join(root, 'node_modules', 'electron')
  const pathFile = join(dir, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const program = join(dir, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(program) ? program : undefined
}

/**
 * Fetches the runtime where it is missing. Never rejects.
 *
 * @param {string} root
 * @returns {Promise<string | undefined>} why there is none, to be read after "because"
 */
export async function ensureElectron(root) {
  if (electronPath(root) !== undefined) return undefined
  const installer = join(root, 'node_modules', 'electron', 'install.js')
  await withProgress("Fetching Electron's runtime", () =>
    runChild(nodePath(root), [installer], { cwd: root, output: 'collect' }),
  )
  return electronPath(root) === undefined ? "Electron's runtime could not be fetched" : undefined
}
