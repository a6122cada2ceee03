// One stream of pushed events for all listeners of a page, and only while somebody looks at the page. What was missed in
// between is never guessed: the listeners of `resync` are told, and ask for everything anew.
import type { StreamEvent, Transport } from './transport.ts'

export type EventType = StreamEvent['type']
export type EventOf<Type extends EventType> = Extract<StreamEvent, { readonly type: Type }>

/** Told at every event of this type; the returned function ends that. */
export type OnEvent = <Type extends EventType>(
  type: Type,
  listener: (event: EventOf<Type>) => void,
) => () => void

type Listener = (event: StreamEvent) => void

/** Opened with the first listener, closed after the last, and paused while the page is hidden. */
export function createEventHub(transport: Transport): OnEvent {
  const listeners = new Map<EventType, Set<Listener>>()
  let stopStream: (() => void) | undefined
  /** Whether a stream stood before: then the next one begins after a gap. */
  let hasStood = false

  const deliver: Listener = (event) => {
    for (const listener of [...(listeners.get(event.type) ?? [])]) listener(event)
  }
  const onPushed: Listener = (event) => {
    deliver(event)
    if (event.type !== 'hello') return
    if (hasStood) deliver({ type: 'resync', at: event.at })
    hasStood = true
  }
  const close = () => {
    stopStream?.()
    stopStream = undefined
  }
  const follow = () => {
    if (document.visibilityState === 'hidden') close()
    else stopStream ??= transport.listen(onPushed)
  }
  const begin = () => {
    hasStood = false
    document.addEventListener('visibilitychange', follow)
    follow()
  }
  const end = () => {
    document.removeEventListener('visibilitychange', follow)
    close()
  }

  return (type, listener) => {
    const ofType = listeners.get(type) ?? new Set()
    // It is kept under the type whose events it takes.
    const kept = listener as Listener
    const isFirst = listeners.size === 0
    listeners.set(type, ofType.add(kept))
    if (isFirst) begin()
    return () => {
      ofType.delete(kept)
      if (ofType.size === 0 && listeners.get(type) === ofType) listeners.delete(type)
      if (listeners.size === 0) end()
    }
  }
}
