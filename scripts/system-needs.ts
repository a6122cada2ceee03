// What some tests need from the system beyond Node: a browser, a keyring, a private message bus. Found where it is there;
// installed on a Debian that runs tests unattended as root; otherwise those tests are skipped, and the command that
// would provide it is named.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { say, withProgress } from './progress.mjs'
import { runChild } from './run-child.mjs'

export type Need = 'chromium' | 'keyring' | 'dbus'

interface Provision {
  readonly need: Need
  readonly programs: readonly string[]
  readonly debianPackage: string
}

const PROVISIONS: readonly Provision[] = [
  {
    need: 'chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    debianPackage: 'chromium',
  },
  { need: 'keyring', programs: ['gnome-keyring-daemon'], debianPackage: 'gnome-keyring' },
  { need: 'dbus', programs: ['dbus-run-session'], debianPackage: 'dbus-daemon' },
]

/** The program's absolute path, or undefined where the system does not have it. */
export const findNeed = (need: Need, path = process.env.PATH ?? ''): string | undefined =>
  findProgram(PROVISIONS.find((provision) => provision.need === need)?.programs ?? [], path)

/** A browser for pages alone. Without windows around them they open in a third of the time; any browser does without it. */
export const findPageBrowser = (path = process.env.PATH ?? ''): string | undefined =>
  findProgram(['chromium-headless-shell'], path) ?? findNeed('chromium', path)

function findProgram(programs: readonly string[], path: string): string | undefined {
  const dirs = path.split(delimiter).filter((dir) => dir !== '')
  return programs.flatMap((program) => dirs.map((dir) => join(dir, program))).find(isExecutable)
}

/** The one command that provides what is missing, for a test that is skipped to name. */
export function commandFor(needs: readonly Need[]): string {
  return `apt-get install -y ${packagesFor(needs).join(' ')}`
}

/** Installs what is missing where that is allowed, else says what is missing. Never fails: tests are skipped instead. */
export async function provideNeeds(cwd: string): Promise<void> {
  const missing = missingNeeds()
  if (missing.length > 0 && mayInstall()) {
    await withProgress(`Installing ${packagesFor(missing).join(', ')} with apt-get`, async () => {
      const env = { DEBIAN_FRONTEND: 'noninteractive' }
      await runChild('apt-get', ['update', '-qq'], { cwd, env })
      const install = ['install', '-y', '-qq', '--no-install-recommends', ...packagesFor(missing)]
      await runChild('apt-get', install, { cwd, env })
    })
  }
  const left = missingNeeds()
  if (left.length === 0) return
  say(`Tests that need ${left.join(', ')} are skipped. On Debian, this provides it: ${commandFor(left)}`)
}

function missingNeeds(): readonly Need[] {
  return PROVISIONS.map(({ need }) => need).filter((need) => findNeed(need) === undefined)
}

function packagesFor(needs: readonly Need[]): readonly string[] {
  return PROVISIONS.filter(({ need }) => needs.includes(need)).map(({ debianPackage }) => debianPackage)
}

function mayInstall(): boolean {
  return Boolean(process.env.CI) && existsSync('/etc/debian_version') && process.getuid?.() === 0
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
