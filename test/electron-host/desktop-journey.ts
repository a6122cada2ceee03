// A journey through the desktop app; what it needs of the system and does not find skips it by name.
import { test } from 'vitest'
import { commandFor, findNeed, type Need } from '../../scripts/system-needs.ts'

type Run = () => Promise<void>

const journeyWith =
  (needs: readonly Need[]) =>
  (name: string, run: Run): void => {
    const missing = needs.filter((need) => findNeed(need) === undefined)
    if (missing.length === 0) test(name, run)
    else test.skip(`${name} (needs ${missing.join(', ')}: ${commandFor(missing)})`)
  }

export const desktopJourney = journeyWith(['chromium'])
/** With a keychain of its own, in a private session of the message bus. */
export const keychainJourney = journeyWith(['chromium', 'keyring', 'dbus'])
