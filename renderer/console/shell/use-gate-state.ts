// Whether the gate is open: whether requests can pass, as far as this page knows.
import type { DesktopView } from '../../../contract/desktop.ts'
import { useDesktopView } from '../../client/desktop.ts'
import { useAsk, useRefreshOn } from '../../client/hooks.ts'
import { useIsAway } from '../../frame/reach.ts'
import { useAppearance } from '../../state/appearance.ts'
import { useGatewayNow } from '../gateway-now/use-gateway-now.ts'
import { addressShown } from './address-shown.ts'
import { type Mark, marksOf } from './place-marks.ts'
import { sinceText } from './since-text.ts'

export interface GateState {
  /** Lights the lamp. */
  readonly isOpen: boolean
  readonly word:
    | 'running'
    | 'noUpstream'
    | 'unreachable'
    | 'paused'
    | 'starting'
    | 'stopping'
    | 'stopped'
    | 'failed'
  readonly note:
    | 'runningDemo'
    | 'noUpstreamText'
    | 'unreachableText'
    | 'pausedText'
    | 'upstreamFails'
    | 'since'
    | undefined
  /** When it was started, as the note says it. */
  readonly since: string
  /** The base address that clients are given: on the card, and wherever it is copied. */
  readonly address: string | undefined
  readonly inFlight: number | undefined
  readonly requestsToday: number | undefined
  /** The places where something needs a person. */
  readonly marks: ReadonlyMap<string, Mark>
}

export function useGateState(): GateState {
  const { language } = useAppearance()
  const { data, isError } = useAsk('setup.status', {})
  const desktop = useDesktopView()
  const network = useAsk('system.network', {})
  useRefreshOn(['network.reached', 'network.changed', 'desktop.network_changed'], ['system.network'])
  const isAway = useIsAway()
  const now = useGatewayNow()
  const running = now?.running
  const facts = {
    since: running === undefined ? '' : sinceText(running.startedAt, Date.now(), language),
    address: addressShown(desktop, window.location.origin, network),
    inFlight: running?.inFlight,
    requestsToday: now?.today.requests,
    marks: marksOf(now?.attention ?? []),
  }
  const ofDesktop = desktop === undefined ? undefined : stateOf(desktop)
  if (ofDesktop !== undefined) return { ...facts, ...ofDesktop }
  if (isError || isAway) return { ...facts, isOpen: false, word: 'unreachable', note: 'unreachableText' }
  if (data !== undefined && !data.upstream.isConfigured)
    return { ...facts, isOpen: false, word: 'noUpstream', note: 'noUpstreamText' }
  // Whoever sees this page was let in by a running gateway.
  const open = { ...facts, isOpen: true, word: 'running' } as const
  if (now?.attention.some((one) => one.kind === 'upstream_unhealthy' && one.upstreams.length === one.inUse))
    return { ...open, note: 'upstreamFails' }
  if (data?.upstream.kind === 'demo') return { ...open, note: 'runningDemo' }
  return { ...open, note: running === undefined ? undefined : 'since' }
}

/** What the app knows better than the gateway can say; undefined where the gateway runs and lets requests in. */
function stateOf({
  gateway,
  isPaused,
}: DesktopView): Pick<GateState, 'isOpen' | 'word' | 'note'> | undefined {
  if (gateway.kind !== 'running') return { isOpen: false, word: gateway.kind, note: undefined }
  return isPaused ? { isOpen: false, word: 'paused', note: 'pausedText' } : undefined
}
