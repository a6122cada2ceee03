// The OpenAI-compatible side as one thing to start, hand requests to, drain and stop.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { ClientRequest, ClientResponse } from '../wire/client-exchange.ts'
import { createBodyMemory } from './body-memory.ts'
import { allowOrigin, announcesApiKey, answerOptions } from './cors.ts'
import type { GatewayDeps, StageDeps } from './deps.ts'
import { type DrainBound, Drains } from './drains.ts'
import { endpointAt, endpointNameAt, isGatewayPath, JSON_BODY_BYTES_MAX, rawPathOf } from './endpoints.ts'
import { startFileRemoval } from './files/deleted-people.ts'
import { createFileRoom } from './files/file-room.ts'
import { carriesApiKey } from './headers.ts'
import { createLiveRequests, type LiveRequest } from './live-requests.ts'
import { createUploadSpool } from './media/upload-spool.ts'
import { answerRefusal } from './openai-error.ts'
import { outcomeWithoutRow, refusedAs } from './outcome.ts'
import { runRequest } from './pipeline.ts'
import { RefusedRows, type UnlistedCount } from './refused-rows.ts'
import { createSessionAffinity } from './session-affinity.ts'
import { type SocketCounts, Sockets } from './sockets/sockets.ts'
import { arrivalOf } from './stages/receive.ts'
import { record } from './stages/record.ts'
import { createTokenCounter } from './token-counter.ts'
import { Traffic, type TrafficCounts } from './traffic.ts'
import { createUpstreamPools } from './upstream-pool.ts'

export type { GatewayDeps } from './deps.ts'
export type { UpstreamTarget } from './request.ts'
export { toServedModels } from './upstream-choice.ts'

export interface Gateway {
  /** Whether the OpenAI side answers this request, rather than the portal. */
  claims(req: ClientRequest): boolean
  /** Whether a POST to this target is one whose body is JSON and whose answer is metered. */
  meters(target: string): boolean
  handle(req: ClientRequest, res: ClientResponse): void
  /** Answers an upgrade: with a connection over WebSocket, or with a refusal and the end of the socket. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Refuses a request, as one of its own. */
  refuse(req: ClientRequest, res: ClientResponse, refused: Refusal): void
  /** Records a refusal that is written on a bare socket, and returns the id that it is to carry. */
  recordRefused(address: string, refused: Refusal): string
  /** Requests that are running, those included whose client has left. */
  inFlight(): number
  stats(): GatewayStats
  /** While paused, new requests are asked to come back later; those that run go on. */
  pause(isPaused: boolean): void
  /** Takes no new requests, and resolves when all have ended; after `timeoutMs` those that still run are cut off. */
  drain(timeoutMs: number): Promise<void>
  /** Ends the connections to the upstream. Called after `drain`. */
  stop(): Promise<void>
}

/** What runs now, and what has passed since the start. */
export interface GatewayStats extends TrafficCounts {
  readonly inFlight: number
  readonly drains: number
  readonly drainCuts: Readonly<Record<DrainBound, number>>
  readonly sockets: SocketCounts
  /** Refused requests that have no row. */
  readonly unlisted: readonly UnlistedCount[]
}

/** How often running requests are asked whether they would still be let in. */
const ACCESS_CHECK_MS = 1_000
/** How long requests have, once they are cut off, to have their charge written. */
const CUT_OFF_MS_MAX = 5_000
/** How long clients have to take the end of their connection over WebSocket. */
const SOCKETS_CLOSE_MS_MAX = 2_000

export function createGateway(gatewayDeps: GatewayDeps): Gateway {
  const deps: StageDeps = {
    ...gatewayDeps,
    pools: createUpstreamPools(),
    live: createLiveRequests(),
    drains: new Drains(() => gatewayDeps.settings.current()),
    traffic: new Traffic(),
    tokens: createTokenCounter(gatewayDeps.logger),
    bodies: createBodyMemory(),
    uploads: createUploadSpool(gatewayDeps.spoolDirectory, () => gatewayDeps.settings.current(), {
      onLeft: (error) =>
        gatewayDeps.logger.warn(
          { event: 'upload_left', err: error },
          'an upload could not be deleted; the next start does it',
        ),
    }),
    affinity: createSessionAffinity(gatewayDeps.clock),
    fileRoom: createFileRoom(gatewayDeps),
    refusedRows: new RefusedRows(gatewayDeps.logger),
  }
  let isStopping = false
  let isPaused = false
  const unsubscribe = deps.accessChanges.subscribe((change) => {
    const refused = refusal(change.kind === 'user' ? 'account_suspended' : 'api_key_disabled')
    const isMeant = (request: Pick<LiveRequest, 'userId' | 'keyId'>) =>
      change.kind === 'user' ? request.userId === change.userId : request.keyId === change.keyId
    deps.live.cut((request) => (isMeant(request) ? refused : undefined))
    sockets.cut((socket) => (isMeant(socket) ? refused : undefined))
  })
  const stopping = refusal('gateway_stopping', undefined, { retryAfterMs: 5_000 })
  const refusesNew = (): Refusal | undefined => {
    if (isStopping) return stopping
    return isPaused ? refusal('gateway_paused', undefined, { retryAfterMs: 30_000 }) : undefined
  }
  const answer = (req: ClientRequest, res: ClientResponse): void => {
    const refused = refusesNew()
    if (refused) refuse(deps, req, res, refused)
    else runRequest(deps, req, res)
  }
  const sockets = new Sockets(
    deps,
    { refusesNew, answer: ({ req, res }) => answer(req, res) },
    JSON_BODY_BYTES_MAX,
  )
  const unsubscribeSettings = deps.settings.onChange(({ webSockets }) => {
    if (webSockets === 'off') sockets.goAway(refusal('websocket_not_offered'))
  })
  const accessCheck = setInterval(() => cutWhoLostAccess(deps, sockets), ACCESS_CHECK_MS)
  accessCheck.unref()
  const fileRemoval = startFileRemoval(deps)

  return {
    claims: (req) =>
      isGatewayPath(rawPathOf(req.url ?? '')) || carriesApiKey(req.headers) || announcesApiKey(req),
    meters: (target) => endpointAt(target)?.kind === 'metered',
    handle(req, res) {
      allowOrigin(deps.settings.current(), req, res)
      if (req.method === 'OPTIONS') options(deps, req, res)
      else answer(req, res)
    },
    refuse: (req, res, refused) => refuse(deps, req, res, refused),
    recordRefused(address, refused) {
      const arrival = { ...arrivalOf(deps), address }
      record(deps, arrival, outcomeWithoutRow(deps, arrival, refusedAs(refused.code)))
      return arrival.requestId
    },
    handleUpgrade: (req, socket, head) => sockets.upgrade(req, socket, head),
    inFlight: () => deps.live.count,
    stats: () => ({
      ...deps.traffic.counts(),
      inFlight: deps.live.count,
      drains: deps.drains.count,
      drainCuts: deps.drains.cuts,
      sockets: sockets.counts(),
      unlisted: deps.refusedRows.unlisted(),
    }),
    pause(paused) {
      isPaused = paused
    },
    async drain(timeoutMs) {
      isStopping = true
      sockets.goAway(stopping)
      if (!(await within(deps.live.idle(), timeoutMs))) {
        deps.live.endAll(stopping)
        await within(deps.live.idle(), CUT_OFF_MS_MAX)
      }
      // The HTTP server waits for its connections, and knows nothing of those that were upgraded.
      await within(sockets.allClosed(), SOCKETS_CLOSE_MS_MAX)
      sockets.stop()
    },
    async stop() {
      unsubscribe()
      unsubscribeSettings()
      clearInterval(accessCheck)
      deps.refusedRows.stop()
      await fileRemoval.stop()
      await Promise.all([deps.pools.close(), deps.tokens.stop()])
    },
  }
}

function options(deps: StageDeps, req: ClientRequest, res: ClientResponse): void {
  const arrival = arrivalOf(deps, req)
  const refused = answerOptions(deps.settings.current(), req, res, arrival.requestId)
  const name = endpointNameAt(rawPathOf(req.url ?? ''))
  const answered = refused ? refusedAs(refused.code) : { status: res.statusCode, code: null }
  const asked = name === undefined ? arrival : { ...arrival, endpoint: { name } }
  record(deps, arrival, outcomeWithoutRow(deps, asked, answered))
}

function refuse(deps: StageDeps, req: ClientRequest, res: ClientResponse, refused: Refusal): void {
  const arrival = arrivalOf(deps, req)
  answerRefusal(res, arrival.requestId, refused)
  record(deps, arrival, outcomeWithoutRow(deps, arrival, refusedAs(refused.code)))
}

/** A key expires without anyone doing anything, and nobody tells of it. */
function cutWhoLostAccess(deps: StageDeps, sockets: Sockets): void {
  try {
    deps.live.cut((request) => request.lostAccess())
    sockets.cut((socket) => socket.lostAccess())
  } catch (error) {
    // The database cannot be asked now. The requests run on, and are asked for again.
    deps.logger.warn(
      { event: 'access_check_failed', err: error },
      'running requests could not be checked for their access',
    )
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
