// What starts at login, where the program that runs is not where it was, or not where it seems to be.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { autostartEntry, keepLoginItem, startAtLogin } from './login-item.ts'

const { settings } = vi.hoisted(() => ({ settings: [] as unknown[] }))
vi.mock('electron', () => ({ app: { setLoginItemSettings: (given: unknown) => settings.push(given) } }))

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
  startAtLogin(true)
  expect(readFileSync(file, 'utf8')).toContain(`Exec="${process.execPath}"`)
  expect(logger.warn).not.toHaveBeenCalled()
})

test('a portable program is started from where it lies, and not from where it was unpacked', () => {
  onSystem('win32', { PORTABLE_EXECUTABLE_FILE: 'D:\\Codex Gateway.exe' })
  startAtLogin(true)
  expect(settings).toEqual([{ openAtLogin: true, args: ['--hidden'], path: 'D:\\Codex Gateway.exe' }])
})
