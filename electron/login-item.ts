// Whether the app starts when its person logs in: without a window, because nobody asked for one.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'

/** Given to the app by the system at login. */
export const HIDDEN_FLAG = '--hidden'

export function startAtLogin(isOn: boolean): void {
  if (process.platform === 'linux') writeAutostart(isOn)
  else app.setLoginItemSettings({ openAtLogin: isOn, args: [HIDDEN_FLAG] })
}

/** Whether this start was the system's, at login. */
export const isHiddenStart = (argv: readonly string[]): boolean =>
  argv.includes(HIDDEN_FLAG) || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)

/**
 * Electron does nothing on Linux: there, a desktop starts what it finds in a folder.
 * https://specifications.freedesktop.org/autostart-spec/latest/
 */
function writeAutostart(isOn: boolean): void {
  const dir = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'autostart')
  const file = join(dir, 'codex-gateway.desktop')
  if (!isOn) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(dir, { recursive: true })
  writeFileSync(file, autostartEntry(process.env['APPIMAGE'] ?? process.execPath))
}

/** `program` is quoted as the desktop entry's `Exec` key wants it. */
export const autostartEntry = (program: string): string =>
  `[Desktop Entry]
Type=Application
Name=Codex Gateway
Exec="${program.replaceAll(/["\\`$]/g, '\\\\$&').replaceAll('%', '%%')}" ${HIDDEN_FLAG}
Terminal=false
X-GNOME-Autostart-enabled=true
`
