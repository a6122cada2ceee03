// Which headers cross the gateway, in either direction. Both directions are allow-lists: a header that nobody named here
// stays on its side, so that neither a client's credentials nor the operator's account can leak through a new one.
import type { IncomingHttpHeaders } from 'node:http'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { Admission } from '../limits/limiter.ts'
import type { ClientRequest } from '../wire/client-exchange.ts'
import { RequestFields } from '../wire/request-head.ts'

const TO_UPSTREAM = new Set([
  'accept',
  'user-agent',
  'openai-beta',
  'x-client-request-id',
  'session-id',
  'session_id',
  'thread-id',
  'conversation_id',
  'originator',
  'version',
  'x-openai-internal-codex-responses-lite',
  'traceparent',
  'tracestate',
])
const TO_UPSTREAM_PREFIXES = ['x-stainless-', 'x-codex-']

const TO_CLIENT = new Set([
  'content-type',
  'cache-control',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'x-reasoning-included',
  // Codex CLI sends it back with the requests of the same turn, so that they come to where the turn is kept warm.
  'x-codex-turn-state',
  'openai-processing-ms',
  'openai-model',
  'openai-version',
])

/** A client's own key stays here, whichever header it was put in. */
const KEY_START = 'sk-cg-'

const mayCross = (name: string, names: ReadonlySet<string>, prefixes: readonly string[]) =>
  names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))

/** What a value may consist of (RFC 9110, "Field Values"); a control character is somebody's attempt at a second header. */
const isClean = (value: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

/** What was read as JSON in UTF-8 is sent as that, in whatever words the client put it. */
const JSON_CONTENT: readonly string[] = ['content-type', 'application/json']

/** The flat header list for the upstream: what may cross from the client, and the operator's own credentials. */
export function upstreamHeaders(
  client: IncomingHttpHeaders,
  apiKey: string | undefined,
  content: readonly string[] = JSON_CONTENT,
): string[] {
  const flat: string[] = []
  for (const name in client) {
    const value = client[name]
    if (value === undefined || !mayCross(name, TO_UPSTREAM, TO_UPSTREAM_PREFIXES)) continue
    const one = Array.isArray(value) ? value.join(', ') : value
    if (isClean(one) && !one.includes(KEY_START)) flat.push(name, one)
  }
  flat.push(...content)
  // The meter reads the answer's bytes as they are relayed, so they have to come uncompressed.
  flat.push('accept-encoding', 'identity')
  if (apiKey !== undefined) flat.push('authorization', `Bearer ${apiKey}`)
  return flat
}

interface SentFields {
  readonly apiKey: string | undefined
  readonly fields: RequestFields
}

/** By what requests are known to be alike, as they were sent last. */
const sentLast = new WeakMap<object, SentFields>()

/** The same for a body of JSON; checked and written out once for all requests that are alike. */
export function upstreamFields(
  { headers, alike }: Pick<ClientRequest, 'headers' | 'alike'>,
  apiKey: string | undefined,
): RequestFields | readonly string[] {
  if (!alike) return upstreamHeaders(headers, apiKey)
  const before = sentLast.get(alike)
  if (before && before.apiKey === apiKey) return before.fields
  const list = upstreamHeaders(headers, apiKey)
  const fields = fieldsOf(list)
  if (!fields) return list
  sentLast.set(alike, { apiKey, fields })
  return fields
}

/** Undefined where they cannot be sent: what is wrong with them is told by the attempt. */
function fieldsOf(list: readonly string[]): RequestFields | undefined {
  try {
    return new RequestFields(list)
  } catch {
    return undefined
  }
}

/** The header list for the client: what may cross from the upstream. An alias hides the model's upstream name. */
export function clientHeaders(
  upstream: IncomingHttpHeaders,
  alias: string | undefined,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const name in upstream) {
    const value = shownValue(name, upstream[name], alias)
    if (value !== undefined && mayReach(name, value)) headers[name] = value
  }
  return headers
}

/**
 * The flat header list of an answer that is passed on: what may cross, the id of the request, and what is left of the rate
 * limits. A list costs the answer a third of what an object does.
 */
export function answerHeaders(
  { requestId, alias, admission }: AnsweredRequest,
  upstream: IncomingHttpHeaders,
): string[] {
  const flat = ['x-request-id', requestId]
  for (const name in upstream) {
    const value = shownValue(name, upstream[name], alias)
    if (value !== undefined && mayReach(name, value)) flat.push(name, String(value))
  }
  const ahead = admission?.headers
  for (const name in ahead) flat.push(name, ahead[name] ?? '')
  return flat
}

interface AnsweredRequest {
  readonly requestId: string
  readonly alias: string | undefined
  readonly admission?: Pick<Admission, 'headers'>
}

/** An alias may be written in letters that no header can carry: it is left out then, as a whole. */
const shownValue = (
  name: string,
  value: string | string[] | undefined,
  alias: string | undefined,
): string | string[] | undefined =>
  name === 'openai-model' && alias !== undefined && value !== undefined ? alias : value

const mayReach = (name: string, value: string | string[]): boolean =>
  TO_CLIENT.has(name) && isClean(typeof value === 'string' ? value : String(value))

/** Headers that decide who is served, where and how: of two, somebody else may have looked at the other one. */
const SINGLE = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'host',
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'expect',
  'origin',
])

/** Refuses a request in which such a header stands more than once, with different values. */
export function refuseRepeated({ headers, rawHeaders }: ClientRequest): Refusal | undefined {
  // Node joins what stands more than once, or keeps the first: most requests have nothing to join.
  if (rawHeaders.length === 0 || Object.keys(headers).length * 2 === rawHeaders.length) return undefined
  const seen = new Map<string, string>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    const value = rawHeaders[at + 1] ?? ''
    if (!SINGLE.has(name)) continue
    if ((seen.get(name) ?? value) !== value) return refusal('repeated_header', { header: name })
    seen.set(name, value)
  }
  return undefined
}

const BEARER = /^bearer[ \t]+(\S+)[ \t]*$/i
/** A key alone, as whoever takes the header for the place of the key writes it. It begins like one: nothing else is taken for one. */
const KEY_ALONE = /^(sk-\S+)[ \t]*$/

/** Every credential a request carries, under whatever header name a client may use. */
export function credentialsOf(headers: IncomingHttpHeaders): string[] {
  const { authorization } = headers
  const shown = authorization && (BEARER.exec(authorization) ?? KEY_ALONE.exec(authorization))?.[1]
  const found = shown ? [shown] : []
  addKeys(headers['x-api-key'], found)
  addKeys(headers['api-key'], found)
  return found
}

/** The names of the headers that carry one, as they are told to whoever sent several. */
export const headersWithCredentials = (headers: IncomingHttpHeaders): string =>
  ['authorization', 'x-api-key', 'api-key']
    .filter((name) => credentialsOf({ [name]: headers[name] }).length > 0)
    .join(', ')

/** One that was sent twice arrives joined; no key has a comma in it. */
function addKeys(value: string | string[] | undefined, found: string[]): void {
  if (typeof value !== 'string' || value === '') return
  for (const one of value.split(',')) found.push(one.trim())
}

/** Whether a request carries an API key, known or not: the OpenAI side then answers it on any path. */
export const carriesApiKey = (headers: IncomingHttpHeaders): boolean =>
  credentialsOf(headers).some((credential) => credential.startsWith('sk-'))
