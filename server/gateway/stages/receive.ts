// Gives a request its id and finds the endpoint that its raw path and method name. What is not in the table does not exist.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Ids } from '../../ports.ts'
import type { GatewayDeps } from '../deps.ts'
import { type Endpoint, endpointAt, rawPathOf } from '../endpoints.ts'
import { printable } from '../printable.ts'
import type { Received } from '../request.ts'

export const nextRequestId = (ids: Pick<Ids, 'next'>): string => `req_${ids.next().replaceAll('-', '')}`

export function receive(
  deps: Pick<GatewayDeps, 'ids' | 'clock'>,
  req: IncomingMessage,
  res: ServerResponse,
): Received {
  return {
    requestId: nextRequestId(deps.ids),
    req,
    res,
    address: req.socket.remoteAddress ?? '',
    receivedAt: deps.clock.now(),
    startedMonoMs: deps.clock.monotonicMs(),
  }
}

export function findEndpoint({ req }: Received): Result<Endpoint, Refusal> {
  const method = req.method ?? ''
  const path = rawPathOf(req.url ?? '')
  const endpoint = endpointAt(path)
  if (!endpoint) return fail(refusal('unknown_url', { method: printable(method), path: printable(path) }))
  if (endpoint.methods.includes(method)) return ok(endpoint)
  const allowed = endpoint.methods.join(', ')
  return fail(refusal('method_not_allowed', { method: printable(method), path: printable(path), allowed }))
}
