// Decides whether a known key may start a request now, before its body is read.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Admitted, Filling, Identified } from '../request.ts'

const CLIENT_NAME_LENGTH_MAX = 200

export function admit<R extends Omit<Identified, 'endpoint'>>(
  deps: Pick<GatewayDeps, 'keys' | 'notices' | 'upstreams'>,
  identified: R,
): Result<R & Pick<Admitted, 'upstreams'>, Refusal> {
  const upstreams = deps.upstreams()
  if (upstreams.length === 0) return fail(refusal('upstream_not_configured'))
  deps.keys.noteUse(identified.key.keyId, {
    at: identified.receivedAt,
    address: identified.address,
    client: (identified.req.headers['user-agent'] ?? '').slice(0, CLIENT_NAME_LENGTH_MAX),
  })
  deps.notices.lookAtKey(identified.key, identified.address)
  const admitted = identified as Filling<R, Pick<Admitted, 'upstreams'>>
  admitted.upstreams = upstreams
  return ok(admitted)
}
