// Which headers cross the gateway, in either direction. Both directions are allow-lists: a header that nobody named here
// stays on its side, so that neither a client's credentials nor the operator's account can leak through a new one.
import type { IncomingHttpHeaders } from 'node:http'

const TO_UPSTREAM = new Set([
  'accept',
  'content-type',
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
  'openai-processing-ms',
  'openai-model',
  'openai-version',
])

const mayCross = (name: string, names: ReadonlySet<string>, prefixes: readonly string[]) =>
  names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))

/** The flat header list for the upstream: what may cross from the client, and the operator's own credentials. */
export function upstreamHeaders(client: IncomingHttpHeaders, apiKey: string): string[] {
  const flat: string[] = []
  for (const name in client) {
    const value = client[name]
    if (value === undefined || !mayCross(name, TO_UPSTREAM, TO_UPSTREAM_PREFIXES)) continue
    flat.push(name, Array.isArray(value) ? value.join(', ') : value)
  }
  if (client['content-type'] === undefined) flat.push('content-type', 'application/json')
  // The meter reads the answer's bytes as they are relayed, so they have to come uncompressed.
  flat.push('authorization', `Bearer ${apiKey}`, 'accept-encoding', 'identity')
  return flat
}

/** The header list for the client: what may cross from the upstream. An alias hides the model's upstream name. */
export function clientHeaders(
  upstream: IncomingHttpHeaders,
  alias: string | undefined,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const name in upstream) {
    const value = upstream[name]
    if (value === undefined || !TO_CLIENT.has(name)) continue
    headers[name] = name === 'openai-model' && alias !== undefined ? alias : value
  }
  return headers
}

const BEARER = /^bearer +(\S+) *$/i

/** Every credential a request carries, under whatever header name a client may use. */
export function credentialsOf(headers: IncomingHttpHeaders): string[] {
  const found: string[] = []
  const bearer = headers.authorization === undefined ? undefined : BEARER.exec(headers.authorization)?.[1]
  if (bearer !== undefined) found.push(bearer)
  for (const name of ['x-api-key', 'api-key']) {
    const value = headers[name]
    if (typeof value === 'string' && value !== '') found.push(value.trim())
  }
  return found
}

/** Whether a request carries an API key, known or not: the OpenAI side then answers it on any path. */
export const carriesApiKey = (headers: IncomingHttpHeaders): boolean =>
  credentialsOf(headers).some((credential) => credential.startsWith('sk-'))
