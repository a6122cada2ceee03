// What is asked of a base URL: those that no upstream has are refused before they are stored, and a key stays with its host.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { isForbiddenHost } from '../upstreams/forbidden-address.ts'

/** What can be told without asking a name server; the connection itself is guarded again. */
export function refuseBaseUrl(baseUrl: string | undefined): Result<void, Refusal> {
  if (baseUrl === undefined) return ok(undefined)
  const host = new URL(baseUrl).hostname
  return isForbiddenHost(host) ? fail(refusal('upstream_address_forbidden', { host })) : ok(undefined)
}

/** As it is stored and compared: what stands behind it begins with a slash of its own. */
export const trimmedBaseUrl = (baseUrl: string): string => baseUrl.replace(/\/+$/, '')

/** Whether a key for one may be sent to the other: by scheme, name and port. */
export const isSameHost = (one: string, other: string): boolean =>
  new URL(one).origin === new URL(other).origin
