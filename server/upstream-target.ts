// Where requests go now: the stored configuration with the environment over it. It can change while the server runs.

import type { StartConfig } from './config.ts'
import type { DemoUpstream } from './demo-upstream/demo-upstream.ts'
import type { UpstreamTarget } from './gateway/gateway.ts'
import type { UpstreamSwitch } from './operations/deps.ts'
import { OPENAI_BASE_URL } from './operations/handlers/setup.ts'
import type { Logger, SecretStore } from './ports.ts'
import type { PriceBook } from './prices/price-book.ts'
import type { UpstreamConfig, UpstreamConfigStore } from './settings/upstream-config.ts'

export interface LiveUpstream extends UpstreamSwitch {
  current(): UpstreamTarget | undefined
  stop(): Promise<void>
}

export function createLiveUpstream(deps: {
  readonly environment: StartConfig['upstream']
  readonly store: UpstreamConfigStore
  readonly secrets: SecretStore
  readonly prices: Pick<PriceBook, 'setDemo'>
  readonly startDemo: () => Promise<DemoUpstream>
  readonly logger: Logger
}): LiveUpstream {
  const { environment, store, secrets, prices, startDemo, logger } = deps
  let target: UpstreamTarget | undefined
  let kind: UpstreamConfig['kind'] | null = null
  let baseUrl: string | null = null
  let demo: DemoUpstream | undefined
  let version = 0
  const by = 'environment' as const
  const overriddenBy = {
    ...(environment.kind === undefined ? {} : { kind: by }),
    ...(environment.baseUrl === undefined ? {} : { baseUrl: by }),
    ...(environment.apiKey === undefined ? {} : { apiKey: by }),
  }

  const nextTarget = async (
    chosen: UpstreamConfig | undefined,
  ): Promise<Omit<UpstreamTarget, 'version'> | undefined> => {
    if (chosen?.kind === 'demo') {
      demo ??= await startDemo()
      return { baseUrl: demo.baseUrl, apiKey: demo.apiKey, isDemo: true }
    }
    const apiKey = chosen && (await secrets.get('upstream-key'))
    return chosen && apiKey !== undefined ? { baseUrl: chosen.baseUrl, apiKey, isDemo: false } : undefined
  }

  return {
    current: () => target,
    state: () => ({ kind, isConfigured: target !== undefined }),
    facts: () => ({ kind, baseUrl, isConfigured: target !== undefined, overriddenBy }),
    async apply() {
      const chosen = chooseUpstream(environment, store.current())
      const next = await nextTarget(chosen)
      version += 1
      target = next && { ...next, version }
      kind = chosen?.kind ?? null
      baseUrl = chosen?.baseUrl ?? null
      prices.setDemo(kind === 'demo')
      logger.info(
        { upstream: kind, baseUrl: target?.baseUrl, isConfigured: target !== undefined },
        'upstream chosen',
      )
    },
    async stop() {
      await demo?.stop()
    },
  }
}

/** A key in the environment alone chooses OpenAI only where nothing was chosen at the set-up. */
export function chooseUpstream(
  environment: StartConfig['upstream'],
  stored: UpstreamConfig | undefined,
): UpstreamConfig | undefined {
  const kind = environment.kind ?? stored?.kind ?? (environment.apiKey === undefined ? undefined : 'openai')
  if (kind === undefined) return undefined
  const storedBaseUrl = stored?.kind === 'openai' ? stored.baseUrl : undefined
  return { kind, baseUrl: environment.baseUrl?.replace(/\/+$/, '') ?? storedBaseUrl ?? OPENAI_BASE_URL }
}
