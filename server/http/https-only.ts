// Where HTTPS alone is spoken: what becomes of a request that came in clear. A reader of pages is sent on; a client is told,
// because whatever follows a redirect by itself would send its key in clear again the next time.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Refusal, refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'
import type { GatewayDoor, HttpsSide } from './http-deps.ts'
import { hasCrossedNoNetwork, httpsAddressOf, isEncrypted } from './request-origin.ts'

/** What somebody needs who does not trust the certificate yet, and what says that the gateway was reached. No secret is among it. */
const IN_CLEAR: ReadonlySet<string> = new Set(['/ca', '/ca.crt', '/hello', '/copy.js', '/gate.svg'])

/** On this machine itself nobody listens in between, so that programs here go on without any certificate. */
export function mustComeEncrypted(
  https: Pick<HttpsSide, 'mode'>,
  req: Pick<IncomingMessage, 'method' | 'url' | 'socket'>,
): boolean {
  if (https.mode() !== 'only' || isEncrypted(req) || hasCrossedNoNetwork(req)) return false
  return !(isReading(req) && IN_CLEAR.has((req.url ?? '').replace(/\?.*$/, '')))
}

export function sendToHttps(gateway: GatewayDoor, req: IncomingMessage, res: ServerResponse): void {
  const refused = httpsRequired(req)
  if (!req.complete) res.setHeader('connection', 'close')
  if (gateway.claims(req)) {
    gateway.refuse(req, res, refused)
    return
  }
  if (!isReading(req) || !req.url?.startsWith('/') || req.url.startsWith('/api/')) {
    answerEnvelope(res, refuse(refused))
    return
  }
  res.writeHead(308, {
    location: `${httpsAddressOf(req)}${req.url}`,
    // Kept by nobody: the operator may let HTTP in again.
    'cache-control': 'no-store',
    'content-length': 0,
  })
  res.end()
}

export const httpsRequired = (req: IncomingMessage): Refusal =>
  refusal('https_required', { url: httpsAddressOf(req) })

const isReading = ({ method }: Pick<IncomingMessage, 'method'>): boolean =>
  method === 'GET' || method === 'HEAD'
