// The OpenAI-compatible side as one thing to start, hand requests to, drain and stop.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { refusal } from '../../contract/errors.ts'
import { createBodyMemory } from './body-memory.ts'
import { allowOrigin, announcesApiKey, answerOptions } from './cors.ts'
import type { GatewayDeps, StageDeps } from './deps.ts'
import { isGatewayPath, rawPathOf } from './endpoints.ts'
import { carriesApiKey } from './headers.ts'
import { createLiveRequests } from './live-requests.ts'
import { answerRefusal } from './openai-error.ts'
import { runRequest } from './pipeline.ts'
import { nextRequestId } from './stages/receive.ts'
import { createTokenCounter } from './token-counter.ts'
import { createUpstreamPools } from './upstream-pool.ts'
import { refuseUpgrade } from './websocket.ts'

export type { GatewayDeps } from './deps.ts'
export type { UpstreamTarget } from './request.ts'

export interface Gateway {
  /** Whether the OpenAI side answers this request, rather than the portal. */
  claims(req: IncomingMessage): boolean
  handle(req: IncomingMessage, res: ServerResponse): void
  /** Answers an upgrade and ends the socket. */
  handleUpgrade(req: IncomingMessage, socket: Duplex): void
  /** Requests that are running, those included whose client has left. */
  inFlight(): number
  /** Takes no new requests, and resolves when all have ended; after `timeoutMs` those that still run are cut off. */
  drain(timeoutMs: number): Promise<void>
  /** Ends the connections to the upstream. Called after `drain`. */
  stop(): Promise<void>
}

/** How long requests have, once they are cut off, to have their charge written. */
const CUT_OFF_MS_MAX = 5_000

export function createGateway(gatewayDeps: GatewayDeps): Gateway {
  const deps: StageDeps = {
    ...gatewayDeps,
    pools: createUpstreamPools(),
    live: createLiveRequests(),
    tokens: createTokenCounter(gatewayDeps.logger),
    bodies: createBodyMemory(),
  }
  let isStopping = false
  const unsubscribe = deps.accessChanges.subscribe((change) => {
    if (change.kind === 'user') {
      deps.live.cut((request) => request.userId === change.userId, refusal('account_suspended'))
    } else {
      deps.live.cut((request) => request.keyId === change.keyId, refusal('api_key_disabled'))
    }
  })

  return {
    claims: (req) =>
      isGatewayPath(rawPathOf(req.url ?? '')) || carriesApiKey(req.headers) || announcesApiKey(req),
    handle(req, res) {
      const settings = deps.settings.current()
      allowOrigin(settings, req, res)
      if (req.method === 'OPTIONS') return answerOptions(settings, req, res, nextRequestId(deps.ids))
      if (isStopping) {
        const refused = refusal('gateway_stopping', undefined, { retryAfterMs: 5_000 })
        return answerRefusal(res, nextRequestId(deps.ids), refused)
      }
      void runRequest(deps, req, res)
    },
    handleUpgrade: (req, socket) => refuseUpgrade(req, socket, nextRequestId(deps.ids)),
    inFlight: () => deps.live.count,
    async drain(timeoutMs) {
      isStopping = true
      if (await within(deps.live.idle(), timeoutMs)) return
      deps.live.abortAll()
      await within(deps.live.idle(), CUT_OFF_MS_MAX)
    },
    async stop() {
      unsubscribe()
      await Promise.all([deps.pools.close(), deps.tokens.stop()])
    },
  }
}

/** Whether the promise resolved within the time. */
async function within(promise: Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs)
  })
  const result = await Promise.race([promise.then(() => true as const), timedOut])
  clearTimeout(timer)
  return result
}
