// Finds the addresses of an upstream's name, and lets none through that is forbidden. Used at every connection, so that a
// name which is pointed elsewhere later reaches no further than one that was wrong from the start.
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isForbiddenAddress, isForbiddenHost } from './forbidden-address.ts'

/** The address is never to be called; see forbidden-address.ts. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError'
  readonly code = 'ERR_FORBIDDEN_ADDRESS'
}

const forbidden = (host: string): ForbiddenAddressError =>
  new ForbiddenAddressError(`${host} is a link-local or metadata address, which is never called.`)

/** Throws for a host that is forbidden by its name or is a forbidden address itself: such a host is never looked up. */
export function refuseForbiddenHost(host: string): void {
  if (isForbiddenHost(host)) throw forbidden(host)
}

/** `lookup` of `net.connect`. Where one of a name's addresses is forbidden, the name is. */
export function createGuardedLookup(lookup: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    if (isForbiddenHost(hostname)) return callback(forbidden(hostname), '', 0)
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      if (addresses.some(({ address }) => isForbiddenAddress(address))) {
        return callback(forbidden(hostname), '', 0)
      }
      const [first] = addresses
      if (options.all) callback(null, addresses)
      else if (first) callback(null, first.address, first.family)
      else callback(Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' }), '', 0)
    })
  }
}
