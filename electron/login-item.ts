// Whether the app starts when its person logs in: without a window, because nobody asked for one.
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { app } from 'electron'
import type { Logger } from '../server/ports.ts'

/** Given to the app by the system at login. */
export const HIDDEN_FLAG = '--hidden'

export function startAtLogin(isOn: boolean): void {
  if (process.platform === 'linux') writeAutostart(isOn)
  else app.setLoginItemSettings({ openAtLogin: isOn, args: [HIDDEN_FLAG], ...portableProgram() })
}

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

/** Whether this start was the system's, at login. */
export const isHiddenStart = (argv: readonly string[]): boolean =>
  argv.includes(HIDDEN_FLAG) || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)

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
