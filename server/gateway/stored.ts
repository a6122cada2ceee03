// Answers for what the upstream keeps: a stored response is read, deleted and cancelled by the person who made it. Nothing is
// generated, so nothing is held and nothing is charged; a stream that is played again was charged when it was made.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { PRIMARY_UPSTREAM } from '../../contract/operations/upstreams.ts'
import type { KnownKey } from '../accounts/key-directory.ts'
import type { StageDeps } from './deps.ts'
import { rawPathOf, type StoredEndpoint, storedAt } from './endpoints.ts'
import { clientHeaders } from './headers.ts'
import { isObject, parseObject } from './json-object.ts'
import { LiveRequest } from './live-requests.ts'
import type { Answered } from './outcome.ts'
import { makerOf, type Received, type UpstreamTarget } from './request.ts'
import { type Relaying, refuseAside, relayAside, type SideRequest } from './side-exchange.ts'
import { admit } from './stages/admit.ts'
import { refusedByNow } from './stages/identify.ts'
import { takePlace } from './stages/reserve.ts'
import { endUnlessSent } from './unread-body.ts'

interface Asked extends Received {
  readonly key: KnownKey
  readonly endpoint: StoredEndpoint
}
interface Admitted extends Asked {
  readonly upstream: UpstreamTarget
}

/** Answers whole, or not at all: a list of items is kept in memory until it is. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024
const METHODS = ['GET', 'DELETE', 'POST'] as const
const EVENT_STREAM = /^text\/event-stream\b/i

export async function answerStored(deps: StageDeps, asked: Asked): Promise<Answered> {
  const { req, res, key } = asked
  const refuse = (refused: Refusal): Answered => refuseAside(asked, refused)
  const admitted = admit(deps, asked)
  if (!admitted.ok) return refuse(admitted.error)
  const id = storedAt(rawPathOf(req.url ?? ''))?.id ?? ''
  const owned = deps.ownedIds.find('response', id)
  const upstream = admitted.value.upstreams.find((one) => one.id === (owned?.upstreamId ?? PRIMARY_UPSTREAM))
  if (owned?.userId !== key.userId || !upstream) {
    return refuse(refusal('response_not_found', { id: id.slice(0, 100) }))
  }
  const place = takePlace(deps, asked, 0)
  if (!place.ok) return refuse(place.error)
  const live = new LiveRequest({ ...key, lostAccess: () => refusedByNow(deps, asked) }, deps.drains)
  live.whenCut((refused) => void refuse(refused))
  live.watch(res)
  deps.live.add(live)
  try {
    const known = { ...asked, upstream }
    return await relayAside(deps, requestFor(known, id, live), relaying(deps, known))
  } finally {
    deps.live.remove(live)
    place.value.release()
    endUnlessSent(req)
  }
}

function requestFor({ upstream, ...asked }: Admitted, id: string, live: LiveRequest): SideRequest {
  const { req, endpoint } = asked
  const method = METHODS.find((known) => known === req.method) ?? 'GET'
  const path = endpoint.upstreamPath.replace('{response}', id)
  return {
    ...{ received: asked, upstream, live, method },
    path: path + queryOf(req.url ?? '', endpoint.query),
    ...(method === 'POST' ? { content: () => ({ body: Buffer.from('{}') }) } : {}),
    // Nothing is billed for what is still to come, so behind a client that has left nothing is read on.
    isKept: false,
    answerBytesMax: ANSWER_BYTES_MAX,
  }
}

/** A stream is relayed as it comes; all else is read whole. */
const relaying = (deps: StageDeps, asked: Admitted): Relaying => ({
  headersFor: ({ headers }) =>
    EVENT_STREAM.test(String(headers['content-type'] ?? ''))
      ? { ...clientHeaders(headers, undefined), 'x-accel-buffering': 'no' }
      : undefined,
  onWhole({ body }) {
    if (asked.endpoint.hasItems) ownItems(deps, asked, body)
  },
})

function queryOf(target: string, names: readonly string[]): string {
  const asked = new URLSearchParams(target.slice(rawPathOf(target).length))
  const kept = new URLSearchParams([...asked].filter(([name]) => names.includes(name)))
  return kept.size === 0 ? '' : `?${kept.toString()}`
}

/**
 * What a person sent as an item has an id upstream, which they may refer to from now on. They may have given it that id
 * themselves; then it may be of something that is somebody else's, known here or not.
 */
function ownItems({ ownedIds }: StageDeps, asked: Admitted, body: Buffer): void {
  const maker = makerOf(asked)
  const items = parseObject(body.toString('utf8'))?.data
  if (!Array.isArray(items)) return
  for (const item of items) {
    const id = isObject(item) && typeof item.id === 'string' ? item.id : undefined
    if (id !== undefined && !ownedIds.find('item', id) && !ownedIds.find('given', id))
      ownedIds.record('item', id, maker)
  }
}
