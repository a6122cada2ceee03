// Which holds are open, as far as commands have come to the log or the tables, and which have ended so lately that the tables
// may not have it yet. Asked and told twice for each request, so it is small, and holds on to nothing that is over.

/** A set of the engine's leaves a table behind for as many changes as it has places, so that it is made anew now and then. */
const ADDED_MAX = 256

export class HeldIds {
  #open = new Set<string>()
  #added = 0
  /** Since the last turn of the log, and since the one before. */
  #ended = new EndedIds()
  #endedBefore = new EndedIds()

  isOpen(id: string): boolean {
    return this.#open.has(id)
  }

  /** Whether it is neither open nor has ended lately. */
  isNew(id: string): boolean {
    return !this.#open.has(id) && !this.#ended.has(id) && !this.#endedBefore.has(id)
  }

  open(id: string): void {
    this.#added += 1
    // Where more are open than that, copying them is not to cost more than what was added.
    if (this.#added > ADDED_MAX && this.#added > this.#open.size) {
      this.#added = 0
      this.#open = new Set(this.#open)
    }
    this.#open.add(id)
  }

  end(id: string): void {
    this.#open.delete(id)
    this.#ended.add(id)
  }

  /** It is not known to be open any more, nor to have ended. */
  forget(id: string): void {
    this.#open.delete(id)
  }

  /** By the next turn the tables have what has ended until this one. */
  turn(): void {
    this.#endedBefore = this.#ended
    this.#ended = new EndedIds()
  }
}

/**
 * Ids of requests begin with the time. A hold that is asked about as it begins comes behind nearly all that have ended, and no
 * set is made for it; one that is asked about as it ends, with its settlement, mostly does not.
 */
class EndedIds {
  readonly #ids: string[] = []
  #last = ''
  /** Has the first so many of them. */
  readonly #set = new Set<string>()
  #inSet = 0

  add(id: string): void {
    this.#ids.push(id)
    if (id > this.#last) this.#last = id
  }

  has(id: string): boolean {
    if (id > this.#last) return false
    for (const each of this.#ids.slice(this.#inSet)) this.#set.add(each)
    this.#inSet = this.#ids.length
    return this.#set.has(id)
  }
}
