// The addresses of links: where the gateway is reached, as configured, or as the caller has really reached it.
import { type LinkPurpose, linkAddress } from '../../contract/account-links.ts'
import type { Caller } from './caller.ts'
import type { OperationDeps } from './deps.ts'

type LinkDeps = Pick<OperationDeps, 'settings' | 'ownAddress'>

/** Without a slash at its end. */
export const baseUrlFor = ({ settings, ownAddress }: LinkDeps, caller: Caller): string =>
  settings.current().publicBaseUrl || caller.origin || ownAddress()

export const linkFor = (deps: LinkDeps, caller: Caller, purpose: LinkPurpose, secret: string): string =>
  linkAddress(baseUrlFor(deps, caller), purpose, secret)
