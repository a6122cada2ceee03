// What the window may ask for: files that lay in the folder, and nothing that a path or a link leads to.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listConsoleFiles } from './console-files.ts'

function consoleFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'codex-gateway-console-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const dir = join(root, 'console')
  mkdirSync(join(dir, 'assets'), { recursive: true })
  writeFileSync(join(root, 'secret.js'), 'secret')
  writeFileSync(join(dir, 'index.html'), '<title>console</title>')
  writeFileSync(join(dir, 'assets', 'main-1a2b.js'), 'run()')
  writeFileSync(join(dir, 'build-id'), 'abc')
  symlinkSync(join(root, 'secret.js'), join(dir, 'link.js'))
  return dir
}

test('pages are the index, files are themselves, everything else is nothing', async () => {
  const find = listConsoleFiles(consoleFolder())
  const read = async (path: string) => (await find(path)?.read())?.toString()
  expect(await Promise.all(['/admin', '/admin/users', '/admin/users/u1', '/setup'].map(read))).toEqual(
    Array(4).fill('<title>console</title>'),
  )
  expect(await read('/admin/assets/main-1a2b.js')).toBe('run()')
  for (const path of [
    '/admin/../secret.js',
    '/admin/%2e%2e/secret.js',
    '/admin/..\\secret.js',
    '/admin/%252e%252e/secret.js',
    '/admin/index.html%00.js',
    '/admin/C:/secret.js',
    '//evil/share/secret.js',
    '/admin/users/u1/more',
    '/admin/link.js',
    '/admin/build-id',
    '/admin/assets',
    '/secret.js',
    '/',
    '__proto__',
  ])
    expect([path, await read(path)]).toEqual([path, undefined])
})

test('a folder without a console says what to do', () => {
  const dir = consoleFolder()
  rmSync(join(dir, 'index.html'))
  expect(() => listConsoleFiles(dir)).toThrow('npm run build')
})
