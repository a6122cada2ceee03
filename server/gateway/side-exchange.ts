// One request beside inference, about what the upstream keeps: nothing is generated and nothing is charged. Its answer is read
// whole, or relayed as it comes.
import type { OutgoingHttpHeaders } from 'node:http'
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import type { AnswerSource } from './answer-source.ts'
import { ClientStream } from './client-stream.ts'
import type { StageDeps } from './deps.ts'
import { clientHeaders, upstreamHeaders } from './headers.ts'
import type { LiveRequest } from './live-requests.ts'
import type { UploadRequest } from './media/send-upload.ts'
import { answerRefusal } from './openai-error.ts'
import { type Answered, refusedAs } from './outcome.ts'
import { CLIENT_LEFT_STATUS, codeOf } from './relayed.ts'
import type { Received, UpstreamTarget } from './request.ts'
import { codingsOf, unpacked } from './unpacked-answer.ts'
import { judgeUpstreamError } from './upstream-errors.ts'
import { UpstreamExchange, type UpstreamFault, type UpstreamHead } from './upstream-exchange.ts'

export interface SideRequest {
  readonly received: Received
  readonly upstream: UpstreamTarget
  readonly live: LiveRequest
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Behind the base URL, with its query. */
  readonly path: string
  /** Made anew for each sending. */
  readonly content?: () => UploadRequest | { readonly headers?: readonly string[]; readonly body: Buffer }
  /** Whether it is brought to its end though the client leaves: it makes something that has to be known here. */
  readonly isKept: boolean
  /** Is told where nothing of it has reached the upstream. */
  readonly onUnreached?: (() => void) | undefined
  /** The most that is read of an answer that is read whole. */
  readonly answerBytesMax?: number
}

export interface WholeAnswer {
  readonly head: UpstreamHead
  readonly body: Buffer
}

const ANSWER_BYTES_MAX = 8 * 1024 * 1024

export interface Relaying {
  /** The headers of an answer that is relayed as it comes; undefined for one that is read whole. */
  readonly headersFor: (head: UpstreamHead) => OutgoingHttpHeaders | undefined
  /** Is told of an answer that was read whole and is no error, before it is sent. */
  readonly onWhole?: (answer: WholeAnswer) => void
}

/** The answer, or how the request ended without one. */
export async function askAside(deps: StageDeps, side: SideRequest): Promise<WholeAnswer | Answered> {
  const begun = await begin(deps, side)
  if ('status' in begun) return begun
  return readWhole(side, begun)
}

/** Sends an answer that was read whole, or what stands in the place of one that is not for this person. */
export function answerWhole(
  { received, live, upstream }: SideRequest,
  { head, body }: WholeAnswer,
): Answered {
  const { res, requestId } = received
  if (live.isGone) return left(live)
  const hidden = head.status < 400 ? null : hiddenError(upstream, head, body)
  if (hidden) return refuseAside(received, hidden)
  res.writeHead(head.status, {
    ...clientHeaders(head.headers, undefined),
    'content-length': body.length,
    'x-request-id': requestId,
  })
  res.end(body)
  return { status: head.status, code: null }
}

/** Relays the answer as it comes, however long it is, or reads it whole first. */
export async function relayAside(
  deps: StageDeps,
  side: SideRequest,
  { headersFor, onWhole }: Relaying,
): Promise<Answered> {
  const begun = await begin(deps, side)
  if ('status' in begun) return begun
  const headers = begun.head.status === 200 ? headersFor(begun.head) : undefined
  if (headers) return relayed(deps, side, begun.source, headers)
  const answer = await readWhole(side, begun)
  if (!('body' in answer)) return answer
  if (answer.head.status === 200) onWhole?.(answer)
  return answerWhole(side, answer)
}

function relayed(
  deps: StageDeps,
  side: SideRequest,
  source: AnswerSource,
  headers: OutgoingHttpHeaders,
): Promise<Answered> {
  const { received, live } = side
  const { req, res, requestId } = received
  if (req.method === 'HEAD') return headAlone(side, source, headers)
  const client = new ClientStream({
    res,
    live,
    source,
    clock: deps.clock,
    heartbeatMs: 0,
    heartbeat: () => undefined,
  })
  if (!live.isGone) res.writeHead(200, { ...headers, 'x-request-id': requestId })
  live.whenCut(() => client.break())
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

/** Of an answer that may be of any length nothing is fetched that nobody is to get. */
function headAlone(
  { received: { res, requestId }, live }: SideRequest,
  source: AnswerSource,
  headers: OutgoingHttpHeaders,
): Promise<Answered> {
  source.consume({ onData: () => {}, onEnd: () => {}, onFault: () => {} })
  source.abort()
  if (live.isGone) return Promise.resolve(left(live))
  res.writeHead(200, { ...headers, 'x-request-id': requestId })
  res.end()
  return Promise.resolve({ status: 200, code: null })
}

export function refuseAside({ res, requestId }: Received, why: Refusal): Answered {
  answerRefusal(res, requestId, why)
  return refusedAs(why.code)
}

type Begun = { readonly head: UpstreamHead; readonly source: AnswerSource }

async function begin(deps: StageDeps, side: SideRequest): Promise<Begun | Answered> {
  const { live, received } = side
  // Whoever left, or lost access, while the body came has nothing done in their name.
  if (live.isGone) {
    side.onUnreached?.()
    return left(live)
  }
  let exchange = dispatch(deps, side)
  let answer = await exchange.head
  // Nothing of it was read by an upstream that had closed the connection.
  if (!answer.ok && answer.fault.wasStaleSocket && !live.isGone) {
    exchange = dispatch(deps, side)
    answer = await exchange.head
  }
  if (!answer.ok) return broken(side, answer.fault)
  const source = unpacked(exchange, codingsOf(answer.head.headers['content-encoding']))
  if (!source) {
    exchange.consume({ onData: () => {}, onEnd: () => {}, onFault: () => {} })
    exchange.abort()
    return refuseAside(received, refusal('upstream_failed'))
  }
  attach(side, source)
  return { head: answer.head, source }
}

function dispatch(deps: StageDeps, side: SideRequest): UpstreamExchange {
  const { received, upstream, method, path, content } = side
  const { pool, basePath } = deps.pools.poolFor(upstream)
  const exchange = new UpstreamExchange()
  attach(side, exchange)
  const sent = content?.()
  pool.dispatch(
    {
      method,
      path: basePath + path,
      headers: upstreamHeaders(received.req.headers, upstream.apiKey, sent?.headers),
      body: sent?.body,
    },
    exchange,
  )
  return exchange
}

function attach({ live, isKept }: SideRequest, exchange: Pick<AnswerSource, 'abort' | 'resume'>): void {
  live.attach({
    endsWithClient: !isKept,
    resume: () => exchange.resume(),
    abort: () => exchange.abort(),
  })
}

async function readWhole(side: SideRequest, { source, head }: Begun): Promise<WholeAnswer | Answered> {
  const body = await collect(source, side.answerBytesMax ?? ANSWER_BYTES_MAX)
  return Buffer.isBuffer(body) ? { head, body } : broken(side, body)
}

function collect(source: AnswerSource, bytesMax: number): Promise<Buffer | UpstreamFault> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    source.consume({
      onData(chunk) {
        length += chunk.length
        if (length > bytesMax) source.abort()
        else chunks.push(chunk)
      },
      onEnd: () => resolve(Buffer.concat(chunks)),
      onFault: (fault) => resolve(length > bytesMax ? { ...fault, kind: 'broken' } : fault),
    })
  })
}

/** The refusal in the place of an error that is not for this person to see, or null where it is. */
function hiddenError(upstream: UpstreamTarget, head: UpstreamHead, body: Buffer): Refusal | null {
  const verdict = judgeUpstreamError(head, body, {
    upstream,
    alias: undefined,
    upstreamModel: '',
    facts: { model: '' },
  })
  return verdict.kind === 'replace' ? verdict.refusal : null
}

function broken({ received, live, onUnreached }: SideRequest, fault: UpstreamFault): Answered {
  if (fault.kind === 'unreachable') onUnreached?.()
  return live.isGone ? left(live) : refuseAside(received, refusal(codeOf(fault)))
}

/** Whoever was cut was told why. */
export const left = (live: LiveRequest): Answered => ({
  status: live.cutBy ? ERRORS[live.cutBy.code].status : CLIENT_LEFT_STATUS,
  code: live.cutBy?.code ?? null,
})
