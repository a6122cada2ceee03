// When set-up installs, what it leaves alone, and that an interrupted run is repaired by the next one. The real npm is used
// in test/integration/set-up.test.ts.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ensurePackages, findDifference } from './packages.mjs'
import { createSetUpFixture, lockfileWith, type SetUpFixture } from './set-up.fixture.ts'

const CI = expect.stringMatching(/^ci /)
let fixture: SetUpFixture

beforeEach(() => {
  fixture = createSetUpFixture()
  vi.stubEnv('npm_execpath', fixture.npmPath)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => fixture.remove())

const install = () => ensurePackages(fixture.root, 'packages')

test('a fresh clone is installed once, and then left alone', async () => {
  await install()
  await install()
  expect(fixture.npmCalls()).toEqual([CI])
})

test('what somebody else has installed is not installed again', async () => {
  await install()
  rmSync(join(fixture.root, 'node_modules/.set-up-stamp'))
  await install()
  expect(fixture.npmCalls()).toEqual([CI])
})

test('development packages are installed although the environment says production', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  await install()
  expect(fixture.npmCalls()).toEqual([expect.stringContaining('--include=dev')])
})

test.each([
  ['a new lockfile', () => fixture.write('package-lock.json', lockfileWith('1.0.1'))],
  ['node_modules being gone', () => rmSync(join(fixture.root, 'node_modules'), { recursive: true })],
  [
    'an installation for another system',
    () => fixture.write('node_modules/.set-up-stamp', 'hash\nplan9 mips\n'),
  ],
  [
    'notes of npm that were cut off',
    () => {
      fixture.write('node_modules/.package-lock.json', '{"packages": {"node_mod')
      rmSync(join(fixture.root, 'node_modules/.set-up-stamp'))
    },
  ],
])('%s leads to a new installation', async (_what, change) => {
  await install()
  change()
  await install()
  await install()
  expect(fixture.npmCalls()).toEqual([CI, CI])
})

test('a manifest that the lockfile does not know of leads to npm, which says what is wrong', async () => {
  await install()
  fixture.write('package.json', { name: 'fixture', dependencies: { zod: '2.0.0' } })
  await expect(install()).rejects.toThrow('package.json has changed')
  expect(fixture.npmCalls()).toEqual([CI, CI])
})

test('a manifest that differs in nothing but its scripts installs nothing', async () => {
  await install()
  fixture.write('package.json', { name: 'fixture', scripts: { a: 'b' }, dependencies: { zod: '1.0.0' } })
  await install()
  expect(fixture.npmCalls()).toEqual([CI])
})

test('an installation that was interrupted is done again by the next run', async () => {
  fixture.write('npm-is-interrupted', '')
  await expect(install()).rejects.toThrow()
  rmSync(join(fixture.root, 'npm-is-interrupted'))
  await install()
  expect(fixture.npmCalls()).toEqual([CI, CI])
})

test('a failing npm ends the set-up with a sentence that says what to do', async () => {
  fixture.write('npm-fails', '')
  await expect(install()).rejects.toThrow(/npm ci.*failed.*npm ping/)
  expect(existsSync(join(fixture.root, 'node_modules/.set-up-stamp'))).toBe(false)
})

test('Node is fetched anew where the one that is there cannot run', async () => {
  const { packages } = JSON.parse(JSON.stringify(lockfileWith('1.0.0')))
  packages['node_modules/node'] = { version: '24.0.1' }
  fixture.write('package-lock.json', { packages })
  await install()
  expect(fixture.npmCalls()).toEqual([CI, expect.stringMatching(/^rebuild node --ignore-scripts=false/)])
})

describe('the difference between lockfile and installation', () => {
  const zod = { version: '1.0.0', integrity: 'sha512-a' }

  test('is none where all is there', () => {
    expect(findDifference({ packages: { '': {}, zod } }, { packages: { zod } })).toBeUndefined()
  })

  test('is a package that is missing', () => {
    expect(findDifference({ packages: { zod } }, { packages: {} })).toBe('zod is missing')
  })

  test('is another version, or the same version with other contents', () => {
    expect(findDifference({ packages: { zod } }, { packages: { zod: { ...zod, version: '0.9.0' } } })).toBe(
      'zod is 0.9.0 instead of 1.0.0',
    )
    expect(
      findDifference({ packages: { zod } }, { packages: { zod: { ...zod, integrity: 'sha512-b' } } }),
    ).toBeDefined()
  })

  test('is not the binary of another platform', () => {
    expect(
      findDifference({ packages: { 'zod-win32': { ...zod, optional: true } } }, { packages: {} }),
    ).toBeUndefined()
  })
})
