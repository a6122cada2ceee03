// Answers for what the upstream keeps: a stored response is read, deleted and cancelled by the person who made it. Nothing is
// generated, so nothing is held and nothing is charged; a stream that is played again was charged when it was made.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { PRIMARY_UPSTREAM } from '../../contract/operations/upstreams.ts'
import type { KnownKey } from '../accounts/key-directory.ts'
import type { AnswerSource } from './answer-source.ts'
import { ClientStream } from './client-stream.ts'
import type { StageDeps } from './deps.ts'
import { rawPathOf, type StoredEndpoint, storedAt } from './endpoints.ts'
import { hiddenError, left } from './files/side-exchange.ts'
import { clientHeaders, upstreamHeaders } from './headers.ts'
import { isObject, parseObject } from './json-object.ts'
import { LiveRequest } from './live-requests.ts'
import { answerRefusal } from './openai-error.ts'
import { type Answered, refusedAs } from './outcome.ts'
import { codeOf } from './relayed.ts'
import { makerOf, type Received, type UpstreamTarget } from './request.ts'
import { admit } from './stages/admit.ts'
import { refusedByNow } from './stages/identify.ts'
import { takePlace } from './stages/reserve.ts'
import { codingsOf, unpacked } from './unpacked-answer.ts'
import { endUnlessSent } from './unread-body.ts'
import { UpstreamExchange, type UpstreamFault, type UpstreamHead } from './upstream-exchange.ts'

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
  const { req, res, requestId, key } = asked
  const refuse = (refused: Refusal): Answered => {
    answerRefusal(res, requestId, refused)
    return refusedAs(refused.code)
  }
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
  deps.live.add(live)
  try {
    return await exchangeFor(deps, { ...asked, upstream }, id, live)
  } finally {
    deps.live.remove(live)
    place.value.release()
    endUnlessSent(req)
  }
}

async function exchangeFor(
  deps: StageDeps,
  asked: Admitted,
  id: string,
  live: LiveRequest,
): Promise<Answered> {
  live.onCut = (refused) => answerRefusal(asked.res, asked.requestId, refused)
  live.watch(asked.res)
  let exchange = dispatch(deps, asked, id, live)
  let answer = await exchange.head
  // Nothing of it was read by an upstream that had closed the connection, and a second time it would do the same.
  if (!answer.ok && answer.fault.wasStaleSocket && !live.isGone) {
    exchange = dispatch(deps, asked, id, live)
    answer = await exchange.head
  }
  if (!answer.ok) return broken(asked, live, answer.fault)
  const source = unpacked(exchange, codingsOf(answer.head.headers['content-encoding']))
  if (!source) {
    exchange.consume({ onData: () => {}, onEnd: () => {}, onFault: () => {} })
    exchange.abort()
    return refused(asked, refusal('upstream_failed'))
  }
  stopWithClient(live, source)
  const isStream =
    answer.head.status === 200 && EVENT_STREAM.test(String(answer.head.headers['content-type'] ?? ''))
  return isStream
    ? relayStream(deps, asked, live, source, answer.head)
    : relayWhole(deps, asked, live, source, answer.head)
}

function dispatch(deps: StageDeps, asked: Admitted, id: string, live: LiveRequest): UpstreamExchange {
  const { req, endpoint, upstream } = asked
  const { pool, basePath } = deps.pools.poolFor(upstream)
  const exchange = new UpstreamExchange()
  stopWithClient(live, exchange)
  const method = METHODS.find((known) => known === req.method) ?? 'GET'
  const path = endpoint.upstreamPath.replace('{response}', id)
  pool.dispatch(
    {
      method,
      path: basePath + path + queryOf(req.url ?? '', endpoint.query),
      headers: upstreamHeaders(req.headers, upstream.apiKey),
      body: method === 'POST' ? '{}' : null,
    },
    exchange,
  )
  return exchange
}

/** Nothing is billed for what is still to come, so behind a client that has left nothing is read on. */
const stopWithClient = (live: LiveRequest, exchange: Pick<AnswerSource, 'abort'>): void =>
  live.attach({ resume: () => exchange.abort(), abort: () => exchange.abort() })

function queryOf(target: string, names: readonly string[]): string {
  const asked = new URLSearchParams(target.slice(rawPathOf(target).length))
  const kept = new URLSearchParams([...asked].filter(([name]) => names.includes(name)))
  return kept.size === 0 ? '' : `?${kept.toString()}`
}

function relayStream(
  deps: StageDeps,
  { res, requestId }: Admitted,
  live: LiveRequest,
  source: AnswerSource,
  head: UpstreamHead,
): Promise<Answered> {
  const heartbeat = () => undefined
  const client = new ClientStream({ res, live, source, clock: deps.clock, heartbeatMs: 0, heartbeat })
  if (!live.isGone) {
    const headers = { ...clientHeaders(head.headers, undefined), 'x-request-id': requestId }
    res.writeHead(200, { ...headers, 'x-accel-buffering': 'no' })
  }
  live.onCut = () => client.break()
  return new Promise((resolve) => {
    source.consume({
      onData: (chunk) => client.write([chunk]),
      onEnd() {
        client.end()
        resolve({ status: 200, code: null })
      },
      // What has begun cannot be refused; a connection that breaks off is no end.
      onFault(fault) {
        client.break()
        resolve(live.isGone ? left(live) : { status: 200, code: codeOf(fault) })
      },
    })
  })
}

async function relayWhole(
  deps: StageDeps,
  asked: Admitted,
  live: LiveRequest,
  source: AnswerSource,
  head: UpstreamHead,
): Promise<Answered> {
  const body = await collect(source)
  if (!Buffer.isBuffer(body)) return broken(asked, live, body)
  if (live.isGone) return left(live)
  const hidden = head.status < 400 ? null : hiddenError(head, body)
  if (hidden) return refused(asked, hidden)
  if (head.status === 200 && asked.endpoint.hasItems) ownItems(deps, asked, body)
  const { res, requestId } = asked
  if (res.destroyed || res.headersSent) return left(live)
  res.writeHead(head.status, {
    ...clientHeaders(head.headers, undefined),
    'content-length': body.length,
    'x-request-id': requestId,
  })
  res.end(body)
  return { status: head.status, code: null }
}

function collect(source: AnswerSource): Promise<Buffer | UpstreamFault> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    source.consume({
      onData(chunk) {
        length += chunk.length
        if (length > ANSWER_BYTES_MAX) source.abort()
        else chunks.push(chunk)
      },
      onEnd: () => resolve(Buffer.concat(chunks)),
      onFault: (fault) => resolve(length > ANSWER_BYTES_MAX ? { ...fault, kind: 'broken' } : fault),
    })
  })
}

/**
 * What a person sent as an item has an id upstream, which they may refer to from now on. They may have given it that id
 * themselves, so what is somebody's already is asked for on disk too.
 */
function ownItems({ ownedIds }: StageDeps, asked: Admitted, body: Buffer): void {
  const maker = makerOf(asked)
  const items = parseObject(body.toString('utf8'))?.data
  if (!Array.isArray(items)) return
  for (const item of items) {
    const isNew = isObject(item) && typeof item.id === 'string' && !ownedIds.find('item', item.id)
    if (isNew) ownedIds.record('item', String(item.id), maker)
  }
}

function broken(asked: Admitted, live: LiveRequest, fault: UpstreamFault): Answered {
  return live.isGone ? left(live) : refused(asked, refusal(codeOf(fault)))
}

function refused({ res, requestId }: Admitted, why: Refusal): Answered {
  answerRefusal(res, requestId, why)
  return refusedAs(why.code)
}
