// The connections to the upstream: one pool per base URL. Those of an upstream that is no longer used close when idle.
import type { Socket } from 'node:net'
import type { buildConnector as Connectors } from 'undici'
// Part by part: the whole of it, with a browser's fetch, caches and mocks, is loaded by whoever needs it.
import buildConnector from 'undici/lib/core/connect.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import { createGuardedLookup, refuseForbiddenHost } from '../upstreams/guarded-lookup.ts'
import type { UpstreamTarget } from './request.ts'

/** Shorter than any known upstream's idle time-out, so that a request rarely meets a socket that is being closed. */
const IDLE_SOCKET_MS = 4_000
export const CONNECT_TIMEOUT_MS = 10_000
/** Reasoning models are silent for twenty minutes and more before their first byte, and between two. */
const SILENCE_MS_MAX = 35 * 60_000
const CONNECTIONS_MAX = 1_024

export interface UpstreamPool {
  /** Without `request` and its like, which only the whole of undici gives it. */
  readonly pool: Pick<Pool, 'dispatch' | 'destroy'>
  /** The base URL's own path, such as `/v1`; endpoint paths are appended to it. */
  readonly basePath: string
  /** It refused to be asked for the usage of a chat stream, and answered without. */
  refusesUsageRequest: boolean
}

export interface UpstreamPools {
  poolFor(target: UpstreamTarget): UpstreamPool
  close(): Promise<void>
}

/**
 * Connects as undici does, over HTTP/1.1 (its HTTP/2 would share one connection between requests), and puts `socket` on the
 * errors of Node's that undici hands on as they are: a reset is otherwise no sign of whether the connection had served.
 */
function connectWithTraces(): Connectors.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
    lookup: createGuardedLookup(),
  })
  return (options, callback) => {
    try {
      // An address is never looked up, so it is asked for here.
      refuseForbiddenHost(options.hostname)
    } catch (error) {
      callback(error as Error, null)
      return
    }
    connect(options, (...result) => {
      const [, socket] = result
      socket?.on('error', (error: Error & { socket?: Pick<Socket, 'bytesRead'> }) => {
        error.socket ??= { bytesRead: socket.bytesRead }
      })
      callback(...result)
    })
  }
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
        allowH2: false,
        keepAliveTimeout: IDLE_SOCKET_MS,
        connect: connectWithTraces(),
        headersTimeout: SILENCE_MS_MAX,
        bodyTimeout: SILENCE_MS_MAX,
      })
      const basePath = url.pathname.replace(/\/+$/, '')
      const entry: UpstreamPool = { pool, basePath, refusesUsageRequest: false }
      pools.set(target.baseUrl, entry)
      return entry
    },
    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()))
      pools.clear()
    },
  }
}
