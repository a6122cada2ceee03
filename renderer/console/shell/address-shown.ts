// The address that people are given, on the card and wherever it is copied: the one that reaches the gateway from elsewhere,
// where there is one.
import type { DesktopView } from '../../../contract/desktop.ts'

interface NetworkAnswer {
  readonly data?: { readonly addressForOthers: string } | undefined
  readonly isError: boolean
}

/**
 * Undefined until it is known, so that no address of this computer stands there for a moment, and in the desktop window while
 * the gateway stands still: nothing listens there. `origin` is where this page came from, which works at least for its reader.
 */
export function addressShown(
  desktop: Pick<DesktopView, 'gateway'> | undefined,
  origin: string,
  { data, isError }: NetworkAnswer,
): string | undefined {
  if (desktop !== undefined && desktop.gateway.kind !== 'running') return undefined
  if (data !== undefined) return data.addressForOthers
  if (!isError) return undefined
  return desktop?.gateway.kind === 'running' ? desktop.gateway.address : origin
}
