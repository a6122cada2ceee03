// Whether `npm start` opens a window, and what it says where it does not.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { desktopObstacle, electronPath, ensureElectron } from './desktop-runtime.mjs'
import { createSetUpFixture } from './set-up.fixture.ts'

const argv = ['node', 'start.mjs']
const person = (): number => 1000

test.each([
  ['macOS', { platform: 'darwin', env: {}, argv, getuid: person }, undefined],
  ['Windows', { platform: 'win32', env: {}, argv, getuid: undefined }, undefined],
  ['X11', { platform: 'linux', env: { DISPLAY: ':0' }, argv, getuid: person }, undefined],
  ['Wayland', { platform: 'linux', env: { WAYLAND_DISPLAY: 'w' }, argv, getuid: person }, undefined],
  ['a server', { platform: 'linux', env: {}, argv, getuid: person }, 'there is no display'],
  [
    'root',
    { platform: 'linux', env: { DISPLAY: ':0' }, argv, getuid: (): number => 0 },
    'the sandbox of its window does not work for root',
  ],
  [
    'flags',
    { platform: 'darwin', env: {}, argv: [...argv, '--port', '9'], getuid: person },
    'flags are for a gateway without a window',
  ],
] as const)('on %s', (_name, surroundings, obstacle) => {
  expect(desktopObstacle(surroundings)).toBe(obstacle)
})

test('the runtime is fetched once, and a network that refuses it is said', async () => {
  const fixture = createSetUpFixture()
  onTestFinished(() => fixture.remove())
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  fixture.write('package-lock.json', {
    packages: { 'node_modules/node': { version: process.versions.node } },
  })
  fixture.write('node_modules/electron/install.js', 'process.exit(1)')
  expect(await ensureElectron(fixture.root)).toBe("Electron's runtime could not be fetched")

  const dir = join(fixture.root, 'node_modules/electron')
  fixture.write(
    'node_modules/electron/install.js',
    `const fs = require('node:fs')
     fs.mkdirSync('${dir}/dist')
     fs.writeFileSync('${dir}/dist/electron', '')
     fs.writeFileSync('${dir}/path.txt', 'electron')`,
  )
  expect(await ensureElectron(fixture.root)).toBeUndefined()
  expect(electronPath(fixture.root)).toBe(join(dir, 'dist', 'electron'))
  writeFileSync(join(dir, 'install.js'), 'process.exit(1)')
  expect(await ensureElectron(fixture.root)).toBeUndefined()
})
