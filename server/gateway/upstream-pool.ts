// The connections to the upstreams: one pool per origin. Those of an upstream that is no longer used close when idle.
import { createGuardedLookup, refuseForbiddenHost } from '../upstreams/guarded-lookup.ts'
import { OriginPool, type OriginPoolOptions } from '../wire/origin-pool.ts'
import type { UpstreamTarget } from './request.ts'

export const CONNECT_TIMEOUT_MS = 10_000

const OPTIONS: Omit<OriginPoolOptions, 'lookup'> = {
  refuseHost: refuseForbiddenHost,
  connectionsMax: 1_024,
  connectMsMax: CONNECT_TIMEOUT_MS,
  /** Reasoning models are silent for twenty minutes and more before their first byte, and between two. */
  silenceMsMax: 35 * 60_000,
  /** Shorter than any known upstream's idle time-out, so that a request rarely meets a socket that is being closed. */
  idleMsMax: 4_000,
}

export interface UpstreamPool {
  /** Shared by all upstreams of one origin. */
  readonly pool: OriginPool
  /** The base URL's own path, such as `/v1`; endpoint paths are appended to it. */
  readonly basePath: string
  /** It refused to be asked for the usage of a chat stream, and answered without. */
  refusesUsageRequest: boolean
}

export interface UpstreamPools {
  poolFor(target: UpstreamTarget): UpstreamPool
  close(): Promise<void>
}

export function createUpstreamPools(): UpstreamPools {
  const byOrigin = new Map<string, OriginPool>()
  const byBaseUrl = new Map<string, UpstreamPool>()
  const lookup = createGuardedLookup()
  const originPool = (url: URL): OriginPool => {
    const known = byOrigin.get(url.origin)
    if (known) return known
    const pool = new OriginPool(url, { ...OPTIONS, lookup })
    byOrigin.set(url.origin, pool)
    return pool
  }
  return {
    poolFor(target) {
      const known = byBaseUrl.get(target.baseUrl)
      if (known) return known
      const url = new URL(target.baseUrl)
      const basePath = url.pathname.replace(/\/+$/, '')
      const entry: UpstreamPool = { pool: originPool(url), basePath, refusesUsageRequest: false }
      byBaseUrl.set(target.baseUrl, entry)
      return entry
    },
    async close() {
      await Promise.all([...byOrigin.values()].map((pool) => pool.destroy()))
      byOrigin.clear()
      byBaseUrl.clear()
    },
  }
}
