// Lets pages of the origins that the operator named call the OpenAI side from a browser (WHATWG Fetch, "CORS protocol"). By
// default there are none. The key in a request is its credential; cookies never are, so they are never allowed along.
import type { OutgoingHttpHeaders } from 'node:http'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { Settings } from '../../contract/settings.ts'
import type { ClientRequest, ClientResponse } from '../wire/client-exchange.ts'
import { methodsAt, rawPathOf } from './endpoints.ts'
import { answerRefusal } from './openai-error.ts'
import { printable } from './printable.ts'
import { refusedAt } from './refused-endpoints.ts'
import { endUnlessSent } from './unread-body.ts'

type Origins = Pick<Settings, 'corsOrigins'>

/** What scripts may read of an answer, beside the few headers that they always may. */
const EXPOSED = [
  'x-request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
  'openai-model',
  'openai-processing-ms',
  'openai-version',
].join(', ')

/** Chromium keeps an answer for two hours at most, Firefox for a day. */
const MAX_AGE_SECONDS = '7200'
const REQUEST_HEADERS_LENGTH_MAX = 4_096
/** A list of header names (RFC 9110, "Tokens"). */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~, -]*$/

const isAllowed = ({ corsOrigins }: Origins, origin: string | undefined): origin is string =>
  origin !== undefined && corsOrigins.includes(origin.toLowerCase())

/** Sets what makes an answer readable to the page that asked, where its origin is allowed. Set ahead, for any answer. */
export function allowOrigin(settings: Origins, req: ClientRequest, res: ClientResponse): void {
  if (settings.corsOrigins.length === 0) return
  res.setHeader('vary', 'Origin')
  const { origin } = req.headers
  if (!isAllowed(settings, origin)) return
  res.setHeader('access-control-allow-origin', origin)
  res.setHeader('access-control-expose-headers', EXPOSED)
}

/**
 * Answers an OPTIONS request, before anyone is identified: a browser asks without the key. To a page of another origin the
 * answer is no, and says where an administrator would allow it. Tells of the refusal, where it was one.
 */
export function answerOptions(
  settings: Origins,
  req: ClientRequest,
  res: ClientResponse,
  requestId: string,
): Refusal | undefined {
  const answered = methodsAt(rawPathOf(req.url ?? ''))
  const refused = refuseOptions(settings, req, answered)
  if (refused) {
    answerRefusal(res, requestId, refused)
    return refused
  }
  const methods = [...(answered ?? []), 'OPTIONS']
  const about = isPreflight(req) ? preflightHeaders(req) : { allow: methods.join(', ') }
  res.writeHead(204, { ...about, 'x-request-id': requestId })
  res.end()
  endUnlessSent(req)
  return undefined
}

/** Why the page that an upgrade comes from may not have it: a browser asks nobody before it opens a WebSocket. */
export function refusesOrigin(settings: Origins, { headers }: ClientRequest): Refusal | undefined {
  const { origin } = headers
  return origin === undefined || isAllowed(settings, origin)
    ? undefined
    : refusal('cors_origin_rejected', { origin: printable(origin) })
}

const isPreflight = ({ headers }: ClientRequest): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined

function refuseOptions(
  settings: Origins,
  req: ClientRequest,
  answered: readonly string[] | undefined,
): Refusal | undefined {
  const { origin } = req.headers
  if (isPreflight(req)) {
    // Granted on any path: without it the page would read of no refusal, and its person of a network error instead.
    return isAllowed(settings, origin)
      ? undefined
      : refusal('cors_origin_rejected', { origin: printable(origin ?? '') })
  }
  const path = rawPathOf(req.url ?? '')
  if (answered) return undefined
  return refusedAt(path) ?? refusal('unknown_url', { method: 'OPTIONS', path: printable(path) })
}

const preflightHeaders = ({ headers }: ClientRequest): OutgoingHttpHeaders => ({
  'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
  'access-control-allow-headers': wantedHeaders(headers['access-control-request-headers']),
  'access-control-max-age': MAX_AGE_SECONDS,
  // A page of a public site that calls into a local network: Chromium asks for this until it asks the person instead.
  ...(headers['access-control-request-private-network'] === 'true'
    ? { 'access-control-allow-private-network': 'true' }
    : {}),
  vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Private-Network',
})

/** `*` does not stand for `Authorization`, so what is asked for is repeated. */
function wantedHeaders(asked: string | undefined): string {
  const isList = asked !== undefined && asked.length <= REQUEST_HEADERS_LENGTH_MAX && HEADER_NAMES.test(asked)
  return isList ? asked : 'authorization, content-type'
}

/**
 * Whether an OPTIONS request asks on behalf of one that will carry an API key, to an endpoint without its usual prefix, or to
 * one that is refused with a reason.
 */
export function announcesApiKey(req: ClientRequest): boolean {
  if (req.method !== 'OPTIONS' || req.headers.origin === undefined) return false
  const announced = (req.headers['access-control-request-headers'] ?? '').toLowerCase()
  const namesKey = announced.split(',').some((name) => KEY_HEADERS.has(name.trim()))
  const path = rawPathOf(req.url ?? '')
  return namesKey && (methodsAt(path) ?? refusedAt(path)) !== undefined
}

const KEY_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'api-key'])
