// Carries events from where something happens to whoever shows it: server-sent events, the desktop app's window, and parts
// of the server that count. In this process, in this moment: nobody waits, and nothing is kept.
import { type GatewayEvent, isForEveryone, userIdOf } from '../../contract/events.ts'

/** Who listens: an administrator hears everything, a person what is theirs and what is for everyone. */
export interface Viewer {
  readonly userId: string
  readonly isAdministrator: boolean
}

type Listener = (event: GatewayEvent) => void

/** Without the moment, which the bus adds. */
export type Publication = GatewayEvent extends infer Event
  ? Event extends GatewayEvent
    ? Omit<Event, 'at'>
    : never
  : never

export interface EventBus {
  publish(event: Publication): void
  /**
   * Returns the function that ends the subscription. A listener must not throw, and must not wait. One that names a type is told of
   * nothing else.
   */
  subscribe(viewer: Viewer, listener: Listener, only?: GatewayEvent['type']): () => void
}

const NOBODY: readonly Listener[] = []

function addTo<Key>(listenersOf: Map<Key, Set<Listener>>, key: Key, listener: Listener): () => void {
  const listeners = listenersOf.get(key) ?? new Set()
  listeners.add(listener)
  listenersOf.set(key, listeners)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && listenersOf.get(key) === listeners) listenersOf.delete(key)
  }
}

export function createEventBus(clock: { now(): number }): EventBus {
  const administrators = new Set<Listener>()
  const people = new Map<string, Set<Listener>>()
  /** Administrators who asked for one type alone. */
  const ofOneType = new Map<GatewayEvent['type'], Set<Listener>>()

  function tell(event: GatewayEvent): void {
    for (const listener of administrators) listener(event)
    for (const listener of ofOneType.get(event.type) ?? NOBODY) listener(event)
    if (isForEveryone(event.type)) {
      for (const listeners of people.values()) for (const listener of listeners) listener(event)
      return
    }
    const userId = userIdOf(event)
    if (userId !== null) for (const listener of people.get(userId) ?? []) listener(event)
  }

  return {
    publish(event) {
      // Called with every request: where nobody listens, it costs nothing.
      if (administrators.size === 0 && people.size === 0 && !ofOneType.has(event.type)) return
      // Each member of the union is itself again once it has its moment.
      tell({ ...event, at: clock.now() } as GatewayEvent)
    },
    subscribe({ userId, isAdministrator }, listener, only) {
      // A function of its own, so that one listener can subscribe twice and end each on its own.
      const own: Listener = (event) => listener(event)
      if (isAdministrator && only !== undefined) return addTo(ofOneType, only, own)
      if (isAdministrator) {
        administrators.add(own)
        return () => void administrators.delete(own)
      }
      return addTo(people, userId, only === undefined ? own : (event) => event.type === only && own(event))
    },
  }
}
