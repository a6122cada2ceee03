// Decides whether an upgrade to WebSocket is made, and for whom. Everything about a request is decided again for every frame;
// here it is about the connection.
import type { IncomingMessage } from 'node:http'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { KnownKey } from '../../accounts/key-directory.ts'
import { refusesOrigin } from '../cors.ts'
import type { StageDeps } from '../deps.ts'
import { endpointAt, type MeteredEndpoint, rawPathOf } from '../endpoints.ts'
import { refuseRepeated } from '../headers.ts'
import { printable } from '../printable.ts'
import { refusedAt } from '../refused-endpoints.ts'
import { identify } from '../stages/identify.ts'

export interface Upgrade {
  readonly path: string
  readonly endpoint: MeteredEndpoint
  readonly key: KnownKey
}

export function decideUpgrade(
  deps: Pick<StageDeps, 'keys' | 'clock' | 'settings'>,
  req: IncomingMessage,
): Result<Upgrade, Refusal> {
  const path = rawPathOf(req.url ?? '')
  const endpoint = endpointAt(path)
  const isMetered = endpoint?.kind === 'metered'
  if (!isMetered)
    return fail(refusedAt(path) ?? refusal('unknown_url', { method: 'GET', path: printable(path) }))
  const asksForSocket = req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket'
  if (!endpoint.isOverSocket || !asksForSocket) return fail(refusal('upgrade_required'))
  if (deps.settings.current().webSockets === 'off') return fail(refusal('websocket_not_offered'))
  const refused = refuseRepeated(req) ?? refuseBody(req) ?? refusesOrigin(deps.settings.current(), req)
  if (refused) return fail(refused)
  const identified = identify(deps, { req })
  return identified.ok ? ok({ path, endpoint, key: identified.value.key }) : identified
}

/** What would be the body of one reader would be the first frames of another. */
function refuseBody({ headers }: IncomingMessage): Refusal | undefined {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
  return hasBody ? refusal('malformed_request') : undefined
}

const OF_THE_UPGRADE = /^(?:connection|upgrade|sec-websocket-.*|host|te|expect|origin|content-.*|accept-.*)$/
/** What a client says about the socket that it asks for; the upstream is asked over HTTP. */
const SOCKET_BETA = /^responses_websockets=/

/** The headers of an upgrade that are about every turn on the socket. */
export function headersOfTurns({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || OF_THE_UPGRADE.test(name)) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    const betas = name === 'openai-beta' ? text.split(',').map((beta) => beta.trim()) : undefined
    const left = betas ? betas.filter((beta) => !SOCKET_BETA.test(beta)).join(', ') : text
    if (left !== '') kept[name] = left
  }
  return kept
}
