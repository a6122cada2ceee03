// Builds the server, the desktop app and the web apps where what stands in dist/ was made from other sources than those that stand here now.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash } from './content-hash.mjs'
import { nodePath } from './packages.mjs'
import { withProgress } from './progress.mjs'
import { runChild } from './run-child.mjs'
import { SetUpError } from './set-up-error.mjs'

/**
 * @typedef {object} Build
 * @property {string} name for the progress lines
 * @property {readonly string[]} inputs everything that can change what is written
 * @property {string} stamp the hash of the inputs that the last whole build was made from
 * @property {readonly string[]} outputs what has to be there for the build to count as whole
 * @property {readonly string[]} configs one run of the build tool for each
 */

const EVERY_BUILD = ['contract', 'package.json', 'package-lock.json']
const SERVER_BUILD = ['scripts/server-build.ts', 'scripts/workers.vite.config.ts']

/** @satisfies {Record<string, Build>} */
const BUILDS = {
  server: {
    name: 'the server',
    inputs: [...EVERY_BUILD, 'server', 'drizzle', 'vite.config.ts', ...SERVER_BUILD],
    stamp: 'dist/server/.build-stamp',
    outputs: ['dist/server/headless.mjs', 'dist/server/writer-worker.mjs'],
    configs: ['vite.config.ts', 'scripts/workers.vite.config.ts'],
  },
  desktop: {
    name: 'the desktop app',
    inputs: [...EVERY_BUILD, 'electron', 'server', ...SERVER_BUILD],
    stamp: 'dist/electron/.build-stamp',
    outputs: ['dist/electron/main.mjs', 'dist/electron/preload.cjs'],
    configs: ['electron/vite.config.ts', 'electron/preload/vite.config.ts'],
  },
  pages: {
    name: 'the pages',
    inputs: [...EVERY_BUILD, 'renderer'],
    stamp: 'dist/renderer/.build-stamp',
    outputs: ['dist/renderer/portal/index.html', 'dist/renderer/console/index.html'],
    configs: ['renderer/portal/vite.config.ts', 'renderer/console/vite.config.ts'],
  },
}

/** Every part of the kit on one page, which only tests and people who work on it look at. @satisfies {Build} */
const SPECIMEN = {
  name: 'the specimen',
  inputs: BUILDS.pages.inputs,
  stamp: 'dist/renderer/specimen/.build-stamp',
  outputs: ['dist/renderer/specimen/index.html'],
  configs: ['renderer/specimen/vite.config.ts'],
}

/** @param {string} root */
export function bundlePath(root) {
  return join(root, 'dist', 'server', 'headless.mjs')
}

/**
 * The hash of all that the pages are made from; its beginning is their build id.
 *
 * @param {string} root
 */
export const pagesHash = (root) => inputHash(root, BUILDS.pages)

/**
 * @param {string} root
 * @param {{ isForced?: boolean }} [options]
 */
export async function ensureBundle(root, { isForced = false } = {}) {
  // All at once: each is one process that is busy for a few seconds. All to their end, too: none outlives us.
  const results = await Promise.allSettled(
    Object.values(BUILDS).map((build) => ensureBuild(root, build, isForced)),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/** @param {string} root */
export const ensureServer = (root) => ensureBuild(root, BUILDS.server, false)

/** @param {string} root */
export const ensurePages = (root) => ensureBuild(root, BUILDS.pages, false)

/** @param {string} root */
export const ensureSpecimen = (root) => ensureBuild(root, SPECIMEN, false)

/**
 * @param {string} root
 * @param {Build} build
 * @param {boolean} isForced
 */
async function ensureBuild(root, build, isForced) {
  const wanted = inputHash(root, build)
  if (!isForced && !isStale(root, build, wanted)) return
  // Without its stamp, a build that is interrupted from here on is stale.
  rmSync(join(root, build.stamp), { force: true })
  await withProgress(`Building ${build.name}`, async () => {
    for (const config of build.configs) {
      const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
      const args = [vite, 'build', '--config', config, '--logLevel', 'warn']
      // Whoever runs tests has another value here, with which React would be built for development.
      const env = { NODE_ENV: 'production' }
      const { code } = await runChild(nodePath(root), args, { cwd: root, env })
      if (code !== 0)
        throw new SetUpError(`${upperFirst(build.name)} could not be built (the reason stands above).`)
    }
  })
  writeFileSync(join(root, build.stamp), wanted)
}

/**
 * @param {string} root
 * @param {Build} build
 */
const inputHash = (root, build) =>
  contentHash(root, build.inputs, { isIgnored: (path) => /\.test\.tsx?$|\.md$/.test(path) })

/**
 * @param {string} root
 * @param {Build} build
 * @param {string} wanted
 */
function isStale(root, { stamp, outputs }, wanted) {
  const path = join(root, stamp)
  const isWhole = [stamp, ...outputs].every((output) => existsSync(join(root, output)))
  return !isWhole || readFileSync(path, 'utf8') !== wanted
}

/** @param {string} text */
const upperFirst = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
