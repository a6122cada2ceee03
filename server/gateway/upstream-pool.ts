// The connections to the upstream: one pool per origin, kept until the upstream is changed.
import { Pool } from 'undici'
import type { UpstreamTarget } from './request.ts'

/** Shorter than any known upstream's idle time-out, so that a request rarely meets a socket that is being closed. */
const IDLE_SOCKET_MS = 4_000
const CONNECT_TIMEOUT_MS = 10_000
/** Reasoning models are silent for twenty minutes and more before their first byte, and between two. */
const SILENCE_MS_MAX = 35 * 60_000
const CONNECTIONS_MAX = 1_024

export interface UpstreamPool {
  readonly pool: Pool
  /** The base URL's own path, such as `/v1`; endpoint paths are appended to it. */
  readonly basePath: string
}

export interface UpstreamPools {
  poolFor(target: UpstreamTarget): UpstreamPool
  close(): Promise<void>
}

export function createUpstreamPools(): UpstreamPools {
  const pools = new Map<string, UpstreamPool>()
  return {
    poolFor(target) {
      const known = pools.get(target.baseUrl)
      if (known) return known
      const url = new URL(target.baseUrl)
      const pool = new Pool(url.origin, {
        connections: CONNECTIONS_MAX,
        pipelining: 1,
        keepAliveTimeout: IDLE_SOCKET_MS,
        connect: { timeout: CONNECT_TIMEOUT_MS },
        headersTimeout: SILENCE_MS_MAX,
        bodyTimeout: SILENCE_MS_MAX,
      })
      const entry = { pool, basePath: url.pathname.replace(/\/+$/, '') }
      pools.set(target.baseUrl, entry)
      return entry
    },
    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()))
      pools.clear()
    },
  }
}
