// When the server is built anew.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bundlePath, ensureBundle } from './bundle.mjs'
import { createSetUpFixture, type SetUpFixture } from './set-up.fixture.ts'

/** Stands in for the build tool: writes what the build is for, and a mark for each time it ran. */
const RECORDING_VITE = `
const fs = require('node:fs')
const config = process.argv[process.argv.indexOf('--config') + 1]
const [, app] = /^renderer\\/(\\w+)\\//.exec(config) ?? []
const part = app ?? { electron: 'desktop', scripts: 'threads' }[config.split('/')[0]] ?? 'server-builds'
fs.appendFileSync(part, 'x')
if (fs.existsSync('build-fails')) process.exit(1)
const outputs = {
  desktop: ['dist/electron/main.mjs', 'dist/electron/preload.cjs'],
  'server-builds': ['dist/server/headless.mjs'],
  threads: ['dist/server/writer-worker.mjs'],
}
for (const output of outputs[part] ?? ['dist/renderer/' + app + '/index.html']) {
  fs.mkdirSync(require('node:path').dirname(output), { recursive: true })
  fs.writeFileSync(output, '')
}
`
let fixture: SetUpFixture

beforeEach(() => {
  fixture = createSetUpFixture()
  fixture.write('node_modules/vite/bin/vite.js', RECORDING_VITE)
  // The Node that runs this test, so that none has to be fetched.
  fixture.write('package-lock.json', {
    packages: { 'node_modules/node': { version: process.versions.node } },
  })
  fixture.write('server/headless.ts', 'one')
  fixture.write('drizzle/0000.sql', 'create')
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => fixture.remove())

const build = () => ensureBundle(fixture.root)
const buildCount = (what = 'server-builds') => readFileSync(join(fixture.root, what), 'utf8').length

test('what has not changed is not built again', async () => {
  await build()
  await build()
  expect(buildCount()).toBe(1)
})

test('the pages are built with the server, both apps of them', async () => {
  await build()
  expect([buildCount('portal'), buildCount('console')]).toEqual([1, 1])
})

test.each([
  ['renderer/kit/money.ts', 2, 1],
  ['server/headless.ts', 1, 2],
  ['contract/new.ts', 2, 2],
  ['renderer/kit/money.test.tsx', 1, 1],
  ['renderer/README.md', 1, 1],
])('after a change of %s the pages were built %i times, the server %i times', async (path, pages, server) => {
  await build()
  fixture.write(path, 'changed')
  await build()
  expect([buildCount('portal'), buildCount('console'), buildCount()]).toEqual([pages, pages, server])
})

test("the desktop app is built of its own sources and the server's, main process and bridge", async () => {
  await build()
  expect(buildCount('desktop')).toBe(2)
  fixture.write('electron/main.ts', 'changed')
  await build()
  expect([buildCount('desktop'), buildCount()]).toEqual([4, 1])
  fixture.write('server/headless.ts', 'changed')
  await build()
  expect([buildCount('desktop'), buildCount()]).toEqual([6, 2])
})

test('pages that are gone are built again', async () => {
  await build()
  rmSync(join(fixture.root, 'dist/renderer/console/index.html'))
  await build()
  expect([buildCount('console'), buildCount()]).toEqual([2, 1])
})

test.each([
  'server/headless.ts',
  'contract/new.ts',
  'drizzle/0000.sql',
  'vite.config.ts',
  'package-lock.json',
])('a change of %s leads to a new build', async (path) => {
  await build()
  fixture.write(
    path,
    `${existsSync(join(fixture.root, path)) ? readFileSync(join(fixture.root, path), 'utf8') : ''} `,
  )
  await build()
  expect(buildCount()).toBe(2)
})

test('a changed test leads to no new build', async () => {
  await build()
  fixture.write('server/headless.test.ts', 'two')
  await build()
  expect(buildCount()).toBe(1)
})

test('a bundle that is gone is built again', async () => {
  await build()
  rmSync(bundlePath(fixture.root))
  await build()
  expect(buildCount()).toBe(2)
})

test('a failed build is tried again, although an older bundle is there', async () => {
  await build()
  appendFileSync(join(fixture.root, 'server/headless.ts'), 'two')
  fixture.write('build-fails', '')
  await expect(build()).rejects.toThrow('could not be built')
  rmSync(join(fixture.root, 'build-fails'))
  await build()
  expect(buildCount()).toBe(3)
})

test('what a failed build left is not taken for the older bundle when the sources go back', async () => {
  await build()
  fixture.write('server/headless.ts', 'two')
  fixture.write('build-fails', '')
  await expect(build()).rejects.toThrow('could not be built')
  rmSync(join(fixture.root, 'build-fails'))
  fixture.write('server/headless.ts', 'one')
  await build()
  expect(buildCount()).toBe(3)
})
