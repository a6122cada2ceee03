// Whether the app starts when its person logs in: without a window, because nobody asked for one.
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { app } from 'electron'
import type { Logger } from '../server/ports.ts'

/** Given to the app by the system at login. */
export const HIDDEN_FLAG = '--hidden'

export interface LoginItem {
  /** What the system said when it was looked at last. */
  isOn(): boolean
  /** Throws what the system says where it does not take it. */
  set(isOn: boolean): void
  /** Looks again: people change it in the settings of the system as well. */
  look(): void
  onChange(listener: () => void): void
}

export function createLoginItem(logger: Pick<Logger, 'warn'>): LoginItem {
  const listeners: (() => void)[] = []
  const ask = (): boolean => {
    try {
      return startsAtLogin()
    } catch (error) {
      logger.warn({ err: error }, 'whether the app starts at login could not be read')
      return false
    }
  }
  let isOn = ask()
  const look = (): void => {
    const now = ask()
    if (now === isOn) return
    isOn = now
    for (const listener of listeners) listener()
  }
  return {
    isOn: () => isOn,
    set(wanted) {
      startAtLogin(wanted)
      look()
    },
    look,
    onChange: (listener) => void listeners.push(listener),
  }
}

function startAtLogin(isOn: boolean): void {
  if (process.platform === 'linux') writeAutostart(isOn)
  else app.setLoginItemSettings({ openAtLogin: isOn, ...systemsItem() })
}

function startsAtLogin(): boolean {
  if (process.platform === 'linux') return isAutostarted()
  // Windows keeps what Task Manager has switched off beside the entry, which stays.
  const { openAtLogin, launchItems = [] } = app.getLoginItemSettings(systemsItem())
  return openAtLogin && launchItems.every(({ enabled }) => enabled)
}

/** Windows finds an entry by the program and what it is given. */
const systemsItem = () => ({ args: [HIDDEN_FLAG], ...portableProgram() })

/** A portable program runs out of a folder that is gone with it; it says where it was started from. */
function portableProgram(): { path?: string } {
  const path = process.env['PORTABLE_EXECUTABLE_FILE']
  return path ? { path } : {}
}

/**
 * An update gives an AppImage another name, and people move theirs: what starts at login is from now on the one that runs. What
 * somebody has removed or changed in the entry stays so.
 */
export function keepLoginItem(logger: Pick<Logger, 'warn'>): void {
  const file = autostartFile()
  if (process.platform !== 'linux' || !existsSync(file)) return
  try {
    const image = ownAppImage()
    if (image === undefined) return
    const exec = execLine(image)
    const entry = readFileSync(file, 'utf8')
    const now = entry.replace(/^Exec=.*$/m, () => exec)
    if (now !== entry) writeFileSync(file, now)
  } catch (error) {
    logger.warn({ err: error }, 'what starts at login could not be kept up to date')
  }
}

/** Whether that is a start of the system's, at login. Of one that finds the app running, its arguments are all that is known. */
export const asksForNoWindow = (argv: readonly string[]): boolean => argv.includes(HIDDEN_FLAG)

/** Whether this start was the system's, at login. */
export const isHiddenStart = (argv: readonly string[]): boolean =>
  asksForNoWindow(argv) || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)

/**
 * Electron does nothing on Linux: there, a desktop starts what it finds in a folder.
 * https://specifications.freedesktop.org/autostart-spec/latest/
 */
function writeAutostart(isOn: boolean): void {
  const file = autostartFile()
  if (!isOn) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, autostartEntry(ownAppImage() ?? process.execPath))
}

/** Desktops leave an entry that is switched off where it is, and write one of these into it. */
function isAutostarted(): boolean {
  const file = autostartFile()
  return (
    existsSync(file) &&
    !/^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(readFileSync(file, 'utf8'))
  )
}

/** The AppImage that this program lies in. Whatever is started from a terminal in another one is told of that one. */
function ownAppImage(): string | undefined {
  const { APPIMAGE: image, APPDIR: mounted } = process.env
  if (!image || !mounted || !existsSync(mounted)) return undefined
  return process.execPath.startsWith(realpathSync(mounted) + sep) ? image : undefined
}

const autostartFile = (): string =>
  join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'autostart', 'codex-gateway.desktop')

/** `program` is quoted as the desktop entry's `Exec` key wants it. */
const execLine = (program: string): string =>
  `Exec="${program.replaceAll(/["\\`$]/g, '\\\\$&').replaceAll('%', '%%')}" ${HIDDEN_FLAG}`

export const autostartEntry = (program: string): string =>
  `[Desktop Entry]
Type=Application
Name=Codex Gateway
${execLine(program)}
Terminal=false
X-GNOME-Autostart-enabled=true
`
