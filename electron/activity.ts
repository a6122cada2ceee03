// What the gateway is busy with, out of its events: how many requests run, and what needs the operator. Followed by the tray,
// by what keeps the machine awake, and by notifications.
import type { PushedEvent } from '../contract/events.ts'
import { PRIMARY_UPSTREAM } from '../contract/operations/upstreams.ts'

export interface Activity {
  readonly running: number
  /** What is wrong now; empty where nothing is. */
  readonly troubles: ReadonlySet<Trouble>
}

export type Trouble = 'upstream' | 'ledger'

export const IDLE: Activity = { running: 0, troubles: new Set() }

/** The activity after an event; the same object where the event changes nothing. */
export function afterEvent(activity: Activity, event: PushedEvent): Activity {
  switch (event.type) {
    case 'requests.running':
      return event.running === activity.running ? activity : { ...activity, running: event.running }
    case 'upstream.health':
      if (event.upstreamId !== PRIMARY_UPSTREAM) return activity
      return withTrouble(activity, 'upstream', !event.isHealthy)
    case 'ledger.checked':
      return withTrouble(activity, 'ledger', !event.isConsistent)
    default:
      return activity
  }
}

function withTrouble(activity: Activity, trouble: Trouble, isThere: boolean): Activity {
  if (activity.troubles.has(trouble) === isThere) return activity
  const troubles = new Set(activity.troubles)
  if (isThere) troubles.add(trouble)
  else troubles.delete(trouble)
  return { ...activity, troubles }
}
