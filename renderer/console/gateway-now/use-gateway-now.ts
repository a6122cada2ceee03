// What the gateway does now, for the frame around every page and for the dashboard: asked for when something has happened,
// and never by the clock.
import { useEffect, useState } from 'react'
import type { CallOutput } from '../../../contract/catalogue.ts'
import type { EventType } from '../../client/event-hub.ts'
import { useAsk, useClient, useRefreshAt, useRefreshOn } from '../../client/hooks.ts'
import { useIsAway } from '../../frame/reach.ts'

/** Whatever may change what runs, what needs attention, or today's figures. */
const CHANGES: readonly EventType[] = [
  'requests.finished',
  'balance.changed',
  'user.changed',
  'key.changed',
  'settings.changed',
  'price.changed',
  'price.missing',
  'upstream.health',
  'ledger.checked',
  'data.changed',
]

/** Under load there is something new all the time, and nobody reads faster than this. */
const REST_MS = 3_000

export type Dashboard = CallOutput<'dashboard.get'>

/** Requests of the demo upstream count for as long as there is no other; undefined until that is known. */
export function useCountsDemo(): boolean | undefined {
  const { data } = useAsk('setup.status', {})
  return data === undefined ? undefined : data.upstream.kind === 'demo'
}

/** The day of now, for the frame; it refreshes every other view of the dashboard, too. */
export function useGatewayNow(): Dashboard | undefined {
  const countsDemo = useCountsDemo()
  useRefreshOn(CHANGES, ['dashboard.get'], REST_MS)
  useRefreshOn('ledger.checked', ['ledger.status'])
  // Where the stream broke, its answer says whether the gateway can be reached at all.
  useRefreshOn(['settings.changed', 'data.changed', 'stream.broken'], ['setup.status'])
  const today = useAsk(
    'dashboard.get',
    { days: 1, includeDemo: countsDemo ?? false },
    { isEnabled: countsDemo !== undefined, keepsPrevious: true },
  )
  // Whether or not anything happens, tomorrow's figures begin anew.
  useRefreshAt(today.data?.series.buckets.at(-1)?.to, 'dashboard.get')
  return today.data
}

/**
 * How many requests run: pushed as it changes; what was pushed before a gap is forgotten. Undefined while it is not known, as where
 * the gateway cannot be reached.
 */
export function useInFlight(asked: number | undefined): number | undefined {
  const client = useClient()
  const isAway = useIsAway()
  const [pushed, setPushed] = useState<number>()
  useEffect(() => {
    const stops = [
      client.onEvent('requests.running', ({ running }) => setPushed(running)),
      client.onEvent('resync', () => setPushed(undefined)),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [client])
  return isAway ? undefined : (pushed ?? asked)
}
