// The addresses of links: where the gateway is reached, as configured, or as the caller has really reached it.
import { type LinkPurpose, linkAddress } from '../../contract/account-links.ts'
import { isLoopbackHost } from '../system/network-address.ts'
import { placeForOthers } from '../system/network-places.ts'
import type { Caller } from './caller.ts'
import type { OperationDeps } from './deps.ts'

type LinkDeps = Pick<OperationDeps, 'settings' | 'system' | 'ownAddress'>

/**
 * Without a slash at its end. Links are handed to people at other machines, so that whoever sits at this one and came by
 * loopback gives out the gateway's address in the network, as far as it listens there.
 */
export function baseUrlFor(
  { settings, system, ownAddress }: LinkDeps,
  caller: Pick<Caller, 'origin'>,
): string {
  const { publicBaseUrl } = settings.current()
  if (publicBaseUrl !== '') return publicBaseUrl
  const { origin = ownAddress() } = caller
  if (!isLoopbackHost(new URL(origin).hostname.replace(/^\[|\]$/g, ''))) return origin
  return placeForOthers(system.network().places)?.url ?? origin
}

export const linkFor = (deps: LinkDeps, caller: Caller, purpose: LinkPurpose, secret: string): string =>
  linkAddress(baseUrlFor(deps, caller), purpose, secret)
