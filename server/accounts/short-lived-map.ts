// A map of what comes and goes with every request. A map of the engine's makes a table anew whenever its entries have changed as
// often as it has places, and each table leads to the one behind it: once one of them has grown old, all that come behind it,
// with whatever stood in them, wait for the next full collection. So the map itself is made anew, more often than memory
// grows old.

/** A request takes some thirty kilobytes, and memory is looked through every sixteen megabytes or more. */
const ADDED_MAX = 256

export class ShortLivedMap<Key, Value> {
  #map = new Map<Key, Value>()
  #added = 0

  get size(): number {
    return this.#map.size
  }

  has(key: Key): boolean {
    return this.#map.has(key)
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key)
  }

  set(key: Key, value: Value): void {
    this.#added += 1
    // Where more is in it than that, copying it is not to cost more than what was added.
    if (this.#added > ADDED_MAX && this.#added > this.#map.size) {
      this.#added = 0
      this.#map = new Map(this.#map)
    }
    this.#map.set(key, value)
  }

  delete(key: Key): void {
    this.#map.delete(key)
  }

  values(): IterableIterator<Value> {
    return this.#map.values()
  }
}
