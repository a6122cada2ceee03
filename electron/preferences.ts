// What the app remembers about itself on this machine. What the business is run by stands in the gateway's database.
import { ipcMain } from 'electron'
import Store from 'electron-store'
import { z } from 'zod'
import { language, portNumber, theme } from '../contract/desktop.ts'
import type { Logger } from '../server/ports.ts'

/** Of more pixels than any wall of screens has, the system would make no window at all. */
const PIXELS_MAX = 32_000
const place = z.int().min(-PIXELS_MAX).max(PIXELS_MAX)
const bounds = z.object({
  x: place.optional(),
  y: place.optional(),
  width: place.min(400),
  height: place.min(300),
  isMaximized: z.boolean(),
})

const shape = z.object({
  window: bounds.catch({ width: 1280, height: 820, isMaximized: false }),
  /** Undefined until somebody chose: the system's language holds. */
  language: language.optional().catch(undefined),
  theme: theme.catch('system'),
  /** Only where a feed was built in. */
  looksForUpdates: z.boolean().catch(true),
  port: portNumber.catch(8080),
  /** Whether other machines of the network are let in. Every request carries a key there as it does here. */
  isOpenToNetwork: z.boolean().catch(false),
  /** Chosen by a person where there is no keychain; never fallen back to. */
  secretPlace: z.enum(['keychain', 'encrypted file']).catch('keychain'),
})

export type Preferences = Readonly<z.output<typeof shape>>
export type WindowBounds = Preferences['window']

export interface PreferenceStore {
  get(): Preferences
  /** Where the disk does not take them, they hold until the app ends. */
  update(changes: Partial<Preferences>): void
  onChange(listener: (now: Preferences) => void): void
}

/** Kept in `dir/preferences.json`. A value that somebody damaged is the default again; the others stay. */
export function createPreferences(dir: string, logger: Pick<Logger, 'warn'>): PreferenceStore {
  const store = new Store({ cwd: dir, name: 'preferences', clearInvalidConfig: true })
  // For windows that open a store of their own. Ours do not, and would reach it without any check of who sends.
  ipcMain.removeAllListeners('electron-store-get-data')
  const listeners: ((now: Preferences) => void)[] = []
  let current: Preferences = shape.parse(store.store)
  return {
    get: () => current,
    update(changes) {
      current = { ...current, ...changes }
      try {
        store.store = JSON.parse(JSON.stringify(current))
      } catch (error) {
        // A window that was moved while the disk is full must not end the gateway. What was chosen holds until the app ends.
        logger.warn({ err: error }, 'the preferences could not be written')
      }
      for (const listener of listeners) listener(current)
    },
    onChange: (listener) => void listeners.push(listener),
  }
}
