// Where requests go now: the primary upstream, which is the stored configuration with the environment over it, and those beside
// it. All of it can change while the server runs; what is known of an upstream while it runs outlives that.

import { PRIMARY_UPSTREAM } from '../contract/operations/upstreams.ts'
import type { StartConfig } from './config.ts'
import type { UpstreamRow, UpstreamsRepository } from './db/repositories/upstreams.ts'
import type { DemoUpstream } from './demo-upstream/demo-upstream.ts'
import { toServedModels, type UpstreamTarget } from './gateway/gateway.ts'
import { isSameHost, trimmedBaseUrl } from './operations/base-url.ts'
import type { UpstreamSwitch } from './operations/deps.ts'
import { OPENAI_BASE_URL } from './operations/handlers/setup.ts'
import { PRIMARY_USE } from './operations/primary-use.ts'
import type { Logger } from './ports.ts'
import type { PriceBook } from './prices/price-book.ts'
import type { UpstreamConfig, UpstreamConfigStore } from './settings/upstream-config.ts'
import type { UpstreamKeys } from './settings/upstream-keys.ts'
import type { UpstreamLane } from './upstreams/upstream-lane.ts'

export interface LiveUpstream extends UpstreamSwitch {
  /** In the order in which they are asked. */
  targets(): readonly UpstreamTarget[]
  /** Whether there is a further upstream of this id, be it switched off. */
  isKnown(upstreamId: string): boolean
  stop(): Promise<void>
}

type Reached = Pick<UpstreamTarget, 'baseUrl' | 'apiKey' | 'isDemo'>

export function createLiveUpstream(deps: {
  readonly environment: StartConfig['upstream']
  readonly store: UpstreamConfigStore
  readonly repository: UpstreamsRepository
  readonly keys: UpstreamKeys
  readonly newLane: (upstreamId: string) => UpstreamLane
  readonly prices: Pick<PriceBook, 'setDemo'>
  readonly startDemo: () => Promise<DemoUpstream>
  readonly logger: Logger
}): LiveUpstream {
  const { environment, store, repository, keys, newLane, prices, startDemo, logger } = deps
  const lanes = new Map<string, UpstreamLane>([[PRIMARY_UPSTREAM, newLane(PRIMARY_UPSTREAM)]])
  let targets: readonly UpstreamTarget[] = []
  let known: ReadonlySet<string> = new Set()
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
  const givenBaseUrl = environment.baseUrl && trimmedBaseUrl(environment.baseUrl)
  /** A key in the environment is meant for whatever stands beside it there, a stored one for the host that it is kept with. */
  const keyAt = async (at: string) => environment.apiKey ?? (await keys.get(PRIMARY_UPSTREAM, at))
  const hasPrimary = () => targets.some(({ id }) => id === PRIMARY_UPSTREAM)

  const reachPrimary = async (chosen: UpstreamConfig | undefined): Promise<Reached | undefined> => {
    if (chosen?.kind === 'demo') {
      demo ??= await startDemo()
      return { baseUrl: demo.baseUrl, apiKey: demo.apiKey, isDemo: true }
    }
    if (chosen === undefined) return undefined
    const apiKey = await keyAt(chosen.baseUrl)
    if (apiKey !== undefined) return { baseUrl: chosen.baseUrl, apiKey, isDemo: false }
    // An address alone, wherever it comes from, must not make a key travel.
    const kept = await keys.kept(PRIMARY_UPSTREAM)
    if (kept) {
      logger.warn(
        { baseUrl: chosen.baseUrl, keyIsFor: kept.origin },
        'the stored key of the upstream is for another host; nothing is sent there: enter a key for this one, or set OPENAI_API_KEY beside OPENAI_BASE_URL',
      )
    }
    return undefined
  }

  /** A keychain that is locked keeps one upstream away, and not the gateway from starting. */
  const reachFurther = async (id: string, name: string, at: string): Promise<Reached | undefined> => {
    try {
      return { baseUrl: at, apiKey: await keys.get(id, at), isDemo: false }
    } catch (err) {
      logger.error({ err, upstream: name }, 'the key of an upstream cannot be read; nothing is sent there')
      return undefined
    }
  }

  const laneOf = (upstreamId: string): UpstreamLane => {
    const known = lanes.get(upstreamId)
    if (known) return known
    const made = newLane(upstreamId)
    lanes.set(upstreamId, made)
    return made
  }

  const toTarget = (row: UpstreamRow, reached: Reached): UpstreamTarget => ({
    ...reached,
    id: row.id,
    name: row.id === PRIMARY_UPSTREAM ? null : row.name,
    version,
    models: toServedModels(row.models),
    priority: row.priority,
    multiplierPpm: row.multiplierPpm,
    concurrencyMax: row.concurrencyMax,
    headSecondsMax: row.headSecondsMax,
    identifiesUsers: row.identifiesUsers ?? isOpenAi(reached.baseUrl),
    lane: laneOf(row.id),
  })

  return {
    targets: () => targets,
    isKnown: (upstreamId) => known.has(upstreamId),
    laneOf,
    forget: (upstreamId) => void lanes.delete(upstreamId),
    isInUse: (upstreamId) => targets.some(({ id }) => id === upstreamId),
    state: () => ({ kind, isConfigured: hasPrimary() }),
    facts: () => ({
      kind,
      baseUrl,
      isConfigured: hasPrimary(),
      overriddenBy,
      givenBaseUrl,
    }),
    key: () => keyAt(givenBaseUrl ?? store.current()?.baseUrl ?? OPENAI_BASE_URL),
    async keyFor(at) {
      const isElsewhere = environment.apiKey !== undefined && !isSameHost(at, baseUrl ?? OPENAI_BASE_URL)
      return isElsewhere ? undefined : await keyAt(at)
    },
    async apply() {
      const chosen = chooseUpstream(environment, store.current())
      const primary = await reachPrimary(chosen)
      const rows = repository.all()
      version += 1
      known = new Set(rows.map(({ id }) => id))
      const found: UpstreamTarget[] = []
      const primaryRow = rows.find(({ id }) => id === PRIMARY_UPSTREAM) ?? PRIMARY_USE
      if (primary) found.push(toTarget(primaryRow, primary))
      for (const row of rows) {
        if (row.baseUrl === null || !row.isEnabled) continue
        const reached = await reachFurther(row.id, row.name, row.baseUrl)
        if (reached) found.push(toTarget(row, reached))
      }
      // Stable: of one priority, the primary one stands first, and then the older.
      targets = found.sort((one, other) => one.priority - other.priority)
      kind = chosen?.kind ?? null
      baseUrl = chosen?.baseUrl ?? null
      prices.setDemo(kind === 'demo')
      logger.info(
        {
          upstream: kind,
          baseUrl: primary?.baseUrl,
          isConfigured: primary !== undefined,
          further: targets.length - (primary ? 1 : 0),
        },
        'upstream chosen',
      )
    },
    async stop() {
      await demo?.stop()
    },
  }
}

/** Those of OpenAI's regions among them. */
const isOpenAi = (baseUrl: string): boolean => /(?:^|\.)api\.openai\.com$/.test(new URL(baseUrl).hostname)

/** A key in the environment alone chooses OpenAI only where nothing was chosen at the set-up. */
export function chooseUpstream(
  environment: StartConfig['upstream'],
  stored: UpstreamConfig | undefined,
): UpstreamConfig | undefined {
  const kind = environment.kind ?? stored?.kind ?? (environment.apiKey === undefined ? undefined : 'openai')
  if (kind === undefined) return undefined
  const storedBaseUrl = stored?.kind === 'openai' ? stored.baseUrl : undefined
  return { kind, baseUrl: trimmedBaseUrl(environment.baseUrl ?? storedBaseUrl ?? OPENAI_BASE_URL) }
}
