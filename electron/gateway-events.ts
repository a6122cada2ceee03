// The gateway's events, for whoever in the app follows them, across its starts and stops.
import type { PushedEvent } from '../contract/events.ts'
import type { Clock } from '../server/ports.ts'
import { type Activity, afterEvent, IDLE } from './activity.ts'
import type { GatewayControl } from './gateway-control.ts'

/** Of the operator, whose account may not exist yet: an administrator hears everything in any case. */
const OPERATOR = { userId: '', isAdministrator: true } as const

export interface GatewayEvents {
  activity(): Activity
  /** Told when the activity has changed. */
  onActivity(listener: (activity: Activity) => void): void
  onEvents(listener: (events: readonly PushedEvent[]) => void): void
}

export function followGateway(gateway: GatewayControl, clock: Pick<Clock, 'now'>): GatewayEvents {
  const eventListeners: ((events: readonly PushedEvent[]) => void)[] = []
  const activityListeners: ((activity: Activity) => void)[] = []
  let activity = IDLE

  const become = (next: Activity): void => {
    if (next === activity) return
    activity = next
    for (const listener of activityListeners) listener(next)
  }
  const tell = (events: readonly PushedEvent[]): void => {
    for (const listener of eventListeners) listener(events)
    become(events.reduce(afterEvent, activity))
  }

  gateway.onChange(({ kind }) => {
    // A feed belongs to its server and ends with it; what it told about is over, too.
    if (kind === 'running') gateway.server()?.watch(OPERATOR, tell)
    if (kind === 'stopped') become(IDLE)
    if (kind === 'running' || kind === 'stopped') tell([{ type: 'resync', at: clock.now() }])
  })
  return {
    activity: () => activity,
    onActivity: (listener) => void activityListeners.push(listener),
    onEvents: (listener) => void eventListeners.push(listener),
  }
}
