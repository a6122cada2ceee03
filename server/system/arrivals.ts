// Which of this machine's addresses another device has really reached: noted when it arrives, and never guessed.
import type { NetworkPlace } from '../../contract/operations/system.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Clock } from '../ports.ts'

export interface Arrivals {
  /** A request that arrived at `own` of this machine, from `from`. Those of this machine itself count for nothing. */
  note(own: string, from: string): void
  at(own: string): NetworkPlace['reached']
}

/** Of a device only its address is known; beyond so many they are no longer told apart. */
const DEVICES_MAX = 500
const PLACES_MAX = 50

interface Reached {
  readonly devices: Set<string>
  lastAt: number
  lastFrom: string
}

export function createArrivals(
  clock: Pick<Clock, 'now'>,
  events: Pick<EventBus, 'publish'>,
  /** Whether an address is one of this machine's own. */
  isOwn: (address: string) => boolean,
): Arrivals {
  const places = new Map<string, Reached>()
  return {
    note(own, from) {
      const known = places.get(own)
      if (known?.devices.has(from)) {
        known.lastAt = clock.now()
        known.lastFrom = from
        return
      }
      if (isOwn(from) || (known === undefined && places.size >= PLACES_MAX)) return
      const place = known ?? { devices: new Set<string>(), lastAt: 0, lastFrom: from }
      if (place.devices.size < DEVICES_MAX) place.devices.add(from)
      place.lastAt = clock.now()
      place.lastFrom = from
      places.set(own, place)
      events.publish({ type: 'network.reached', address: own })
    },
    at(own) {
      const place = places.get(own)
      if (place === undefined) return null
      return { devices: place.devices.size, lastAt: place.lastAt, lastFrom: place.lastFrom }
    },
  }
}
