// When set-up takes a folder for changed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contentHash } from './content-hash.mjs'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'content-hash-'))
  write('server/a.ts', 'one')
  write('server/deep/b.ts', 'two')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const hash = () =>
  contentHash(root, ['server', 'package.json'], { isIgnored: (path) => path.endsWith('.test.ts') })

test('the same contents have the same hash', () => {
  expect(hash()).toBe(hash())
})

test.each([
  ['a changed file', () => write('server/deep/b.ts', 'three')],
  ['a new file', () => write('server/deep/c.ts', '')],
  ['a file that did not exist before', () => write('package.json', '{}')],
  ['a renamed file', () => rename('server/a.ts', 'server/z.ts', 'one')],
  [
    'text that moved from one file to the next',
    () => {
      write('server/a.ts', 'onetwo')
      write('server/deep/b.ts', '')
    },
  ],
])('%s changes the hash', (_what, change) => {
  const before = hash()
  change()
  expect(hash()).not.toBe(before)
})

test('an ignored file does not change the hash', () => {
  const before = hash()
  write('server/a.test.ts', 'anything')
  expect(hash()).toBe(before)
})

function rename(from: string, to: string, text: string): void {
  rmSync(join(root, from))
  write(to, text)
}
