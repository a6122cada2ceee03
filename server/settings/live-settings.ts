// The settings that change while the server runs: read from memory, stored in the database, one default for each.
import { type Settings, type SettingsPatch, settingsSchema } from '../../contract/settings.ts'
import type { SettingsRepository } from '../db/repositories/settings.ts'
import type { Clock, Logger } from '../ports.ts'

export interface LiveSettings {
  current(): Settings
  /**
   * Stores a change, as part of the caller's transaction, and says what the settings are with it; members that are undefined
   * stay as they are. A patch that is not valid throws. Nothing is current before it is taken over.
   */
  store(patch: SettingsPatch, actorUserId: string | null): Settings
  /** What was stored and committed becomes current. */
  takeOver(stored: Settings): void
  /** Called after every change; returns the function that ends the subscription. */
  onChange(listener: (settings: Settings) => void): () => void
}

export function createLiveSettings({
  repository,
  clock,
  logger,
}: {
  readonly repository: SettingsRepository
  readonly clock: Clock
  readonly logger: Logger
}): LiveSettings {
  const listeners = new Set<(settings: Settings) => void>()
  let settings = readSettings(repository, logger)

  return {
    current: () => settings,
    store(patch, actorUserId) {
      const changes = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
      const next = Object.freeze(settingsSchema.parse({ ...settings, ...changes }))
      const names = Object.keys(changes) as (keyof Settings)[] // a strict schema let no other names through
      repository.write(Object.fromEntries(names.map((name) => [name, next[name]])), actorUserId, clock.now())
      return next
    },
    takeOver(stored) {
      settings = stored
      for (const listener of listeners) listener(settings)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A stored value that is no longer valid falls back to its default: a start must not fail on one setting. */
function readSettings(repository: SettingsRepository, logger: Logger): Settings {
  const stored = repository.read()
  const valid: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(settingsSchema.shape)) {
    if (!(name in stored)) continue
    const parsed = schema.safeParse(stored[name])
    if (parsed.success) valid[name] = parsed.data
    else
      logger.warn(
        { setting: name, problem: parsed.error.message },
        'a stored setting is not valid; its default is used',
      )
  }
  return Object.freeze(settingsSchema.parse(valid))
}
