// Builds the server where what stands in dist/ was made from other sources than those that stand here now.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash } from './content-hash.mjs'
import { nodePath } from './packages.mjs'
import { withProgress } from './progress.mjs'
import { runChild } from './run-child.mjs'
import { SetUpError } from './set-up-error.mjs'

/** Everything that can change what the build writes. */
const INPUTS = ['contract', 'server', 'drizzle', 'vite.config.ts', 'package.json', 'package-lock.json']
const STAMP = 'dist/server/.build-stamp'

/** @param {string} root */
export function bundlePath(root) {
  return join(root, 'dist', 'server', 'headless.mjs')
}

/**
 * @param {string} root
 * @param {{ isForced?: boolean }} [options]
 */
export async function ensureBundle(root, { isForced = false } = {}) {
  const wanted = contentHash(root, INPUTS, { isIgnored: (path) => path.endsWith('.test.ts') })
  if (!isForced && !isStale(root, wanted)) return
  // Without its stamp, a build that is interrupted from here on is stale.
  rmSync(join(root, STAMP), { force: true })
  await withProgress('Building the server', async () => {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
    const { code } = await runChild(nodePath(root), [vite, 'build', '--logLevel', 'warn'], { cwd: root })
    if (code !== 0) throw new SetUpError('The server could not be built (the reason stands above).')
  })
  writeFileSync(join(root, STAMP), wanted)
}

/**
 * @param {string} root
 * @param {string} wanted
 */
function isStale(root, wanted) {
  const stamp = join(root, STAMP)
  return !existsSync(bundlePath(root)) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted
}
