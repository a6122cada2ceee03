// What a lockfile must not contain, each with the trouble that it makes.
import { expect, test } from 'vitest'
import { findLockfileProblems, type LockEntry, type Manifest } from './check-lockfile.ts'

const MANIFEST: Manifest = { dependencies: { zod: '4.6.7' } }
const ZOD: LockEntry = { version: '4.6.7', license: 'MIT' }

function problems(
  entries: Record<string, LockEntry>,
  manifest = MANIFEST,
  isShipped = true,
): readonly string[] {
  const packages = { '': manifest, 'node_modules/zod': ZOD, ...entries }
  return findLockfileProblems(manifest, { packages }, isShipped)
}

test('a lockfile with exact versions, all binaries and permissive licences is in order', () => {
  const argon2 = {
    license: 'MIT',
    optionalDependencies: { 'argon2-linux': '1.0.0', 'argon2-win32': '1.0.0' },
  }
  const entries = {
    'node_modules/argon2': argon2,
    // Beside it and within it are both places where it is found.
    'node_modules/argon2-linux': ZOD,
    'node_modules/argon2/node_modules/argon2-win32': ZOD,
    'node_modules/node': { license: '(MIT OR CC0-1.0)' },
    'node_modules/both': { license: 'MIT AND ISC' },
  }
  expect(problems(entries)).toEqual([])
})

test('a binary that the registry did not have when the lockfile was made is missed', () => {
  const entry = { license: 'MIT', optionalDependencies: { 'oxide-win32': '4.3.5' } }
  expect(problems({ 'node_modules/vite/node_modules/oxide': entry })).toEqual([
    'node_modules/vite/node_modules/oxide wants oxide-win32 on some platform, and the lockfile has no entry for it',
  ])
  expect(problems({}, { ...MANIFEST, optionalDependencies: { 'oxide-win32': '4.3.5' } })).toHaveLength(1)
})

test('an address in the lockfile is found', () => {
  const entry = { ...ZOD, resolved: 'https://registry.example/zod.tgz' }
  expect(problems({ 'node_modules/zod': entry })).toEqual(['node_modules/zod names an address to load from'])
})

test.each(['^4.6.7', '~4.6.7', '4.6', 'latest', '*', 'npm:zod@^4.6.7', 'github:a/b'])(
  '%s is not a pin',
  (version) => {
    const [problem] = problems({}, { dependencies: { zod: version } })
    expect(problem).toBe(`zod is not pinned to one version (${version})`)
  },
)

test('a manifest that the lockfile does not agree with is found', () => {
  const lockfile = { packages: { '': MANIFEST, 'node_modules/zod': ZOD } }
  const newer = { dependencies: { zod: '4.6.8' }, devDependencies: { vite: '8.3.8' } }
  expect(findLockfileProblems(newer, lockfile, true)).toEqual([
    'zod is 4.6.8 in package.json and 4.6.7 in the lockfile',
    'vite is 8.3.8 in package.json and absent in the lockfile',
  ])
})

test.each(['GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN LICENSE', undefined])(
  'the licence %s is refused',
  (license) => {
    const entry = license === undefined ? {} : { license }
    expect(problems({ 'node_modules/other': entry })).toEqual([
      `other has the licence ${license ?? '(none named)'}, which nobody has allowed`,
    ])
  },
)

test('a named tool may have a less free licence, as long as it is a tool and the licence is the one that was read', () => {
  const tool: LockEntry = { license: 'MPL-2.0', dev: true }
  expect(problems({ 'node_modules/vite/node_modules/lightningcss': tool })).toEqual([])
  expect(problems({ 'node_modules/lightningcss': { license: 'MPL-2.0' } })).toHaveLength(1)
  expect(problems({ 'node_modules/lightningcss': { ...tool, license: 'GPL-3.0' } })).toHaveLength(1)
  expect(problems({ 'node_modules/npm': { license: 'Artistic-2.0' } }, MANIFEST, false)).toEqual([])
})

test('a lockfile without packages is not in order', () => {
  expect(findLockfileProblems({}, { packages: {} }, true)).toEqual(['the lockfile names no package'])
})
