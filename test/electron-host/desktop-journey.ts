// A journey through the desktop app; what it needs of the system and does not find skips it by name.
import { test } from 'vitest'
import { commandFor, findNeed, type Need } from '../../scripts/system-needs.ts'
import { chosenElectron } from './on-electron.ts'

type Run = () => Promise<void>

const journeyWith =
  (needs: readonly Need[]) =>
  (name: string, run: Run): void => {
    const missing = needs.filter((need) => findNeed(need) === undefined)
    if (missing.length === 0) test(name, run)
    else test.skip(`${name} (needs ${missing.join(', ')}: ${commandFor(missing)})`)
  }

const isOnElectron = chosenElectron() !== undefined
// Electron brings its browser along.
const BROWSER: readonly Need[] = isOnElectron ? [] : ['chromium']

export const desktopJourney = journeyWith(BROWSER)
/** With a keychain of its own, in a private session of the message bus. */
export const keychainJourney = journeyWith([...BROWSER, 'keyring', 'dbus'])
/** Without any: only Linux has systems like that. */
export const keychainlessJourney: typeof desktopJourney =
  process.platform === 'linux' ? desktopJourney : skipped('needs a system without a keychain: Linux')
/** With what only a package has: its resources, and an AppImage around it. */
export const packagedJourney: typeof desktopJourney = isOnElectron
  ? skipped('needs the stand-in: ON_ELECTRON is set')
  : desktopJourney

function skipped(why: string) {
  return (name: string): void => test.skip(`${name} (${why})`)
}
