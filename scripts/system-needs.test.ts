// How the browser and the keyring of a system are found.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandFor, findNeed, findPageBrowser } from './system-needs.ts'

let dir: string
let path: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'system-needs-'))
  for (const name of ['first', 'second']) mkdirSync(join(dir, name))
  path = ['', join(dir, 'missing'), join(dir, 'first'), join(dir, 'second')].join(delimiter)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const install = (place: string, mode = 0o755) => writeFileSync(join(dir, place), '', { mode })

test('a program is found anywhere on PATH', () => {
  install('second/dbus-run-session')
  expect(findNeed('dbus', path)).toBe(join(dir, 'second/dbus-run-session'))
})

test('a browser is found under each of its names', () => {
  install('second/google-chrome')
  expect(findNeed('chromium', path)).toBe(join(dir, 'second/google-chrome'))
  install('second/chromium')
  expect(findNeed('chromium', path)).toBe(join(dir, 'second/chromium'))
})

test('a browser without windows is taken for pages where there is one', () => {
  install('second/chromium')
  expect(findPageBrowser(path)).toBe(join(dir, 'second/chromium'))
  install('first/chromium-headless-shell')
  expect(findPageBrowser(path)).toBe(join(dir, 'first/chromium-headless-shell'))
  expect(findNeed('chromium', path)).toBe(join(dir, 'second/chromium'))
})

test.runIf(process.getuid)('a file that cannot be run is not a program', () => {
  install('first/gnome-keyring-daemon', 0o644)
  expect(findNeed('keyring', path)).toBeUndefined()
})

test('what is missing is named as the one command that provides it', () => {
  expect(commandFor(['keyring', 'chromium'])).toBe('apt-get install -y chromium gnome-keyring')
})
