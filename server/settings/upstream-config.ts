// Which upstream is used. Its key is not here but in the secret store.
import { z } from 'zod'
import type { SettingsRepository } from '../db/repositories/settings.ts'
import type { Clock } from '../ports.ts'

const upstreamConfig = z.object({ kind: z.enum(['openai', 'demo']), baseUrl: z.string() })

export interface UpstreamConfig {
  readonly kind: 'openai' | 'demo'
  /** Such as `https://api.openai.com/v1`; for the demo, what it listens on is decided at every start. */
  readonly baseUrl: string
}

export interface UpstreamConfigStore {
  /** Undefined before the set-up. */
  current(): UpstreamConfig | undefined
  /** Part of the caller's transaction. Nothing is current before it is taken over. */
  store(config: UpstreamConfig, actorUserId?: string | null): void
  /** What was stored and committed becomes current. */
  takeOver(stored: UpstreamConfig): void
}

/** Its row among the settings; no live setting has this name. */
const NAME = 'upstream'

export function createUpstreamConfig({
  repository,
  clock,
}: {
  readonly repository: SettingsRepository
  readonly clock: Clock
}): UpstreamConfigStore {
  const stored = repository.read()[NAME]
  let config: UpstreamConfig | undefined = stored === undefined ? undefined : upstreamConfig.parse(stored)

  return {
    current: () => config,
    store: ({ kind, baseUrl }, actorUserId = null) =>
      repository.write({ [NAME]: { kind, baseUrl } }, actorUserId, clock.now()),
    takeOver({ kind, baseUrl }) {
      config = Object.freeze({ kind, baseUrl })
    },
  }
}
