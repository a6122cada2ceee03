// Refuses base URLs that no upstream has, before they are stored.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { isForbiddenHost } from '../upstreams/forbidden-address.ts'

/** What can be told without asking a name server; the connection itself is guarded again. */
export function refuseBaseUrl(baseUrl: string | undefined): Result<void, Refusal> {
  if (baseUrl === undefined) return ok(undefined)
  const host = new URL(baseUrl).hostname
  return isForbiddenHost(host) ? fail(refusal('upstream_address_forbidden', { host })) : ok(undefined)
}
