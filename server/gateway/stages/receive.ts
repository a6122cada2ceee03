// Gives a request its id and finds the endpoint that its raw path and method name. What is not in the table does not exist.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { ClientRequest, ClientResponse } from '../../wire/client-exchange.ts'
import type { GatewayDeps } from '../deps.ts'
import { type Endpoint, endpointAt, type FileEndpoint, filesAt, rawPathOf } from '../endpoints.ts'
import { printable } from '../printable.ts'
import { refusedAt } from '../refused-endpoints.ts'
import { type Arrival, type Received, RequestRecord } from '../request.ts'

/** A request's id and the moment at which it came. */
export const arrivalOf = (deps: Pick<GatewayDeps, 'ids' | 'clock'>, req?: ClientRequest): Arrival => ({
  requestId: deps.ids.nextRequestId(),
  address: req?.socket.remoteAddress ?? '',
  receivedAt: deps.clock.now(),
  startedMonoMs: deps.clock.monotonicMs(),
})

export const receive = (
  deps: Pick<GatewayDeps, 'ids' | 'clock'>,
  req: ClientRequest,
  res: ClientResponse,
): Received => new RequestRecord(arrivalOf(deps, req), req, res)

export function findEndpoint({ req }: Received): Result<Endpoint | FileEndpoint, Refusal> {
  const method = req.method ?? ''
  const path = rawPathOf(req.url ?? '')
  const endpoint = endpointAt(path)
  const files = endpoint ? undefined : filesAt(path, method)
  if (files?.endpoint) return ok(files.endpoint)
  if (files) return wrongMethod(method, path, files.methods)
  if (!endpoint)
    return fail(
      refusedAt(path) ?? refusal('unknown_url', { method: printable(method), path: printable(path) }),
    )
  return endpoint.methods.includes(method) ? ok(endpoint) : wrongMethod(method, path, endpoint.methods)
}

function wrongMethod(method: string, path: string, methods: readonly string[]): Result<never, Refusal> {
  const allowed = methods.join(', ')
  return fail(refusal('method_not_allowed', { method: printable(method), path: printable(path), allowed }))
}
