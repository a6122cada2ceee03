// Sends a held request upstream, with the operator's key in place of the client's, and waits for the head of the answer.
import type { StageDeps } from '../deps.ts'
import { upstreamFields, upstreamHeaders } from '../headers.ts'
import type { LiveRequest } from '../live-requests.ts'
import { uploadRequest } from '../media/send-upload.ts'
import type { Sending } from '../request.ts'
import { type Sent, UpstreamExchange } from '../upstream-exchange.ts'
import { mayRefuseUsageRequest, refusesUsageRequest, withoutUsageRequest } from '../usage-request.ts'

/** A connection that was closed while it was idle says so within a round trip; later, the upstream was at work. */
const STALE_SOCKET_MS_MAX = 2_000

export function dispatch(
  deps: Pick<StageDeps, 'pools'>,
  held: Sending,
  isUsageRequested = held.isUsageInjected && !deps.pools.poolFor(held.upstream).refusesUsageRequest,
): UpstreamExchange {
  const { pool, basePath } = deps.pools.poolFor(held.upstream)
  const exchange = new UpstreamExchange(held.facts.isStream)
  const { upload, upstream, upstreamModel, identity } = held
  const form = upload && uploadRequest(upload, upstreamModel, upstream.identifiesUsers ? identity : [])
  pool.dispatch(
    {
      method: 'POST',
      path: basePath + held.endpoint.upstreamPath,
      headers: form
        ? upstreamHeaders(held.req.headers, upstream.apiKey, form.headers)
        : upstreamFields(held.req, upstream.apiKey),
      body: form?.body ?? jsonBody(held, isUsageRequested),
    },
    exchange,
  )
  return exchange
}

const jsonBody = (held: Sending, isUsageRequested: boolean): Buffer =>
  held.isUsageInjected && !isUsageRequested ? withoutUsageRequest(held) : held.upstreamBody

/** How the head of what was sent is waited for. */
export interface Waiting {
  readonly live: Pick<LiveRequest, 'attach' | 'isGone'>
  /** Monotonic milliseconds. */
  readonly sinceMonoMs: number
  /** Bounds the waiting, where there is another upstream to ask. */
  readonly headMsMax: number | undefined
}

type SendDeps = Pick<StageDeps, 'pools' | 'clock'>

/** Waits for the head, and does what `behindHead` does. */
export async function send(
  deps: SendDeps,
  held: Sending,
  first: UpstreamExchange,
  live: Waiting['live'],
  headMsMax?: number,
): Promise<Sent> {
  const waiting = { live, sinceMonoMs: deps.clock.monotonicMs(), headMsMax }
  return behindHead(deps, held, first, waiting, await headOf(first, headMsMax))
}

/**
 * What came of sending, once there is a head or none will come. A connection that the upstream closed while it was idle has read
 * nothing of the request, and one that refuses to be asked for the usage has answered nothing, so that the request is sent once
 * more; any other failure is final here, because the upstream may have begun to bill. For somebody who has left nothing is
 * sent again.
 */
export function behindHead(
  deps: SendDeps,
  held: Sending,
  first: UpstreamExchange,
  { live, sinceMonoMs, headMsMax }: Waiting,
  answer: Sent,
): Sent | Promise<Sent> {
  if (!answer.ok) {
    if (!answer.fault.wasStaleSocket || live.isGone) return answer
    const isWorthIt = deps.clock.monotonicMs() - sinceMonoMs <= STALE_SOCKET_MS_MAX
    return isWorthIt ? sendAgain(dispatch(deps, held), live, headMsMax) : answer
  }
  return mayRefuseUsageRequest(held, answer.head)
    ? orWithoutAsking(deps, held, first, live, headMsMax, answer)
    : answer
}

async function orWithoutAsking(
  deps: SendDeps,
  held: Sending,
  first: UpstreamExchange,
  live: Waiting['live'],
  headMsMax: number | undefined,
  answer: Sent,
): Promise<Sent> {
  const isRefused = await refusesUsageRequest(first)
  if (!isRefused || live.isGone) return answer
  first.abort()
  const sent = await sendAgain(dispatch(deps, held, false), live, headMsMax)
  if (sent.ok && sent.head.status === 200) deps.pools.poolFor(held.upstream).refusesUsageRequest = true
  return sent
}

function sendAgain(
  second: UpstreamExchange,
  live: Pick<LiveRequest, 'attach'>,
  headMsMax: number | undefined,
): Sent | Promise<Sent> {
  live.attach(second)
  return headOf(second, headMsMax)
}

/** The head, or that none came in time: at once, where it has come. */
export function headOf(exchange: UpstreamExchange, msMax: number | undefined): Sent | Promise<Sent> {
  const { head } = exchange
  if (msMax === undefined || !(head instanceof Promise)) return head
  const timer = setTimeout(() => exchange.expire(), msMax)
  return head.finally(() => clearTimeout(timer))
}
