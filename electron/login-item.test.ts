// What starts at login, where the program that runs is not where it was, or not where it seems to be.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  asksForNoWindow,
  autostartEntry,
  createLoginItem,
  isHiddenStart,
  keepLoginItem,
} from './login-item.ts'

const { settings, system } = vi.hoisted(() => ({
  settings: [] as unknown[],
  /** What the system answers, whatever it was told. */
  system: { openAtLogin: false } as Record<string, unknown>,
}))
vi.mock('electron', () => ({
  app: {
    setLoginItemSettings: (given: unknown) => settings.push(given),
    getLoginItemSettings: () => system,
  },
}))

const logger = { warn: vi.fn<() => void>() }

function onSystem(platform: NodeJS.Platform, env: Readonly<Record<string, string>>): void {
  vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }))
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  onTestFinished(() => {
    vi.unstubAllGlobals()
    vi.unstubAllEnvs()
  })
}

test('an AppImage that an update has renamed starts at login, as its person has left the entry', () => {
  const home = mkdtempSync(join(tmpdir(), 'codex-gateway-login-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const image = { XDG_CONFIG_HOME: home, APPIMAGE: '/apps/Codex Gateway-2.0.0.AppImage' }
  onSystem('linux', { ...image, APPDIR: dirname(process.execPath) })
  const file = join(home, 'autostart', 'codex-gateway.desktop')
  // Nothing starts where nothing did.
  keepLoginItem(logger)
  mkdirSync(join(home, 'autostart'))
  const own = autostartEntry('/apps/Codex Gateway-1.0.0.AppImage').replace('enabled=true', 'enabled=false')
  writeFileSync(file, own)
  keepLoginItem(logger)
  expect(readFileSync(file, 'utf8')).toBe(own.replace('1.0.0', '2.0.0'))
  // Started from a terminal that belongs to another AppImage, it is still itself that starts.
  onSystem('linux', { ...image, APPIMAGE: '/apps/Editor.AppImage', APPDIR: home })
  keepLoginItem(logger)
  expect(readFileSync(file, 'utf8')).toBe(own.replace('1.0.0', '2.0.0'))
  createLoginItem(logger).set(true)
  expect(readFileSync(file, 'utf8')).toContain(`Exec="${process.execPath}"`)
  expect(logger.warn).not.toHaveBeenCalled()
})

test('a portable program is started from where it lies, and not from where it was unpacked', () => {
  onSystem('win32', { PORTABLE_EXECUTABLE_FILE: 'D:\\Codex Gateway.exe' })
  createLoginItem(logger).set(true)
  expect(settings).toEqual([{ openAtLogin: true, args: ['--hidden'], path: 'D:\\Codex Gateway.exe' }])
})

test('whether it starts at login is what the system says, also where a person has changed it there', () => {
  const home = mkdtempSync(join(tmpdir(), 'codex-gateway-login-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  onSystem('linux', { XDG_CONFIG_HOME: home })
  const item = createLoginItem(logger)
  const changed = vi.fn<() => void>()
  item.onChange(changed)
  item.set(true)
  expect([item.isOn(), createLoginItem(logger).isOn(), changed.mock.calls.length]).toEqual([true, true, 1])
  const file = join(home, 'autostart', 'codex-gateway.desktop')
  const own = readFileSync(file, 'utf8')
  for (const switchedOff of [own.replace('enabled=true', 'enabled=false'), `${own}Hidden=true\n`]) {
    writeFileSync(file, switchedOff)
    item.look()
    expect(item.isOn()).toBe(false)
    item.set(true)
    expect(item.isOn()).toBe(true)
  }
  rmSync(file)
  item.look()
  expect(item.isOn()).toBe(false)
  expect(logger.warn).not.toHaveBeenCalled()
})

test('what Task Manager has switched off, or the system has not taken, is off', () => {
  onSystem('win32', {})
  const item = createLoginItem(logger)
  item.set(true)
  expect(item.isOn()).toBe(false)
  for (const enabled of [true, false]) {
    Object.assign(system, { openAtLogin: true, launchItems: [{ enabled }] })
    item.look()
    expect(item.isOn()).toBe(enabled)
  }
})

test('a start by hand is none of the login, also where the app itself was started there', () => {
  onSystem('darwin', {})
  Object.assign(system, { wasOpenedAtLogin: true })
  expect([isHiddenStart([]), asksForNoWindow([]), asksForNoWindow(['app', '--hidden'])]).toEqual([
    true,
    false,
    true,
  ])
})
