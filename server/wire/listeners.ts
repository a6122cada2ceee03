// Who listens to what becomes of a request or its answer. Node's own emitter makes a table for each object before anybody
// listens, and the engine, which sees two of them in every running request, takes them for long-lived: what such a table leads
// to then waits for the next full collection.

interface Listener<Event> {
  readonly event: Event
  readonly hear: (what: never) => void
  readonly isOnce: boolean
  /** It is told of nothing more. */
  isOver: boolean
}

export class Listeners<Event extends string> {
  /** In the order in which they came; replaced, not changed, where one leaves. */
  #listeners: Listener<Event>[] | undefined

  on(event: Event, hear: (what: never) => void): this {
    return this.#add(event, hear, false)
  }

  once(event: Event, hear: (what: never) => void): this {
    return this.#add(event, hear, true)
  }

  /** Whether anybody listens to it. */
  protected isHeard(event: Event): boolean {
    return this.#listeners?.some((listener) => listener.event === event) === true
  }

  /** Whoever begins to listen meanwhile is told of the next one. */
  protected tell(event: Event, bytes?: Buffer): void {
    const listeners = this.#listeners
    if (listeners === undefined) return
    const { length } = listeners
    for (let at = 0; at < length; at += 1) {
      const listener = listeners[at]
      if (listener?.event !== event || listener.isOver) continue
      if (listener.isOnce) this.#remove(listener)
      listener.hear(bytes as never) // each event has one kind of listener, and bytes are told to those that take them
    }
  }

  #add(event: Event, hear: (what: never) => void, isOnce: boolean): this {
    const listener = { event, hear, isOnce, isOver: false }
    if (this.#listeners === undefined) this.#listeners = [listener]
    else this.#listeners.push(listener)
    return this
  }

  #remove(gone: Listener<Event>): void {
    gone.isOver = true
    this.#listeners = this.#listeners?.filter((listener) => listener !== gone)
  }
}
