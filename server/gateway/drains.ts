// The upstreams that are read on behind clients that have left: how many at once, for how long and for how many bytes, and
// which of them is cut where a bound is met. What a cut costs is not decided here.

/** Which bound cut a drain. */
export type DrainBound = 'seconds' | 'bytes' | 'user' | 'total'

export interface DrainBounds {
  readonly drainSecondsMax: number
  readonly drainBytesMax: number
  readonly drainsPerUserMax: number
  readonly drainsMax: number
}

/** A request whose client has left. */
export interface Drain {
  readonly userId: string
  /** Ends the reading: called once, at once where there is no room for it. */
  cutDrain(bound: DrainBound): void
}

interface Running {
  readonly timer: NodeJS.Timeout
  bytes: number
}

export class Drains {
  /** How many were cut since the start, by the bound that did. */
  readonly cuts: Record<DrainBound, number> = { seconds: 0, bytes: 0, user: 0, total: 0 }
  readonly #bounds: () => DrainBounds
  readonly #running = new Map<Drain, Running>()
  /** In the order of their leaving. */
  readonly #byUser = new Map<string, Set<Drain>>()

  /** The bounds are asked for each time one is held against them, so that a change of settings takes effect at once. */
  constructor(bounds: () => DrainBounds) {
    this.#bounds = bounds
  }

  get count(): number {
    return this.#running.size
  }

  begin(drain: Drain): void {
    const { drainSecondsMax, drainsPerUserMax, drainsMax } = this.#bounds()
    const timer = setTimeout(() => this.#cut(drain, 'seconds'), drainSecondsMax * 1000)
    timer.unref()
    this.#running.set(drain, { timer, bytes: 0 })
    const ofUser = this.#byUser.get(drain.userId) ?? new Set()
    this.#byUser.set(drain.userId, ofUser.add(drain))
    // The earlier ones are nearer to their end, and to a true usage; the latest is the one that is too many.
    if (ofUser.size > drainsPerUserMax) this.#cut(drain, 'user')
    else if (this.#running.size > drainsMax) this.#cutLatestOfWhoeverHasMost()
  }

  /** Counts what was read for a drain. */
  read(drain: Drain, bytes: number): void {
    const running = this.#running.get(drain)
    if (!running) return
    running.bytes += bytes
    if (running.bytes > this.#bounds().drainBytesMax) this.#cut(drain, 'bytes')
  }

  end(drain: Drain): void {
    const running = this.#running.get(drain)
    if (!running) return
    clearTimeout(running.timer)
    this.#running.delete(drain)
    const ofUser = this.#byUser.get(drain.userId)
    ofUser?.delete(drain)
    if (ofUser?.size === 0) this.#byUser.delete(drain.userId)
  }

  #cut(drain: Drain, bound: DrainBound): void {
    this.end(drain)
    this.cuts[bound] += 1
    drain.cutDrain(bound)
  }

  /** One person who leaves many answers behind must not cost another the only one that they did. */
  #cutLatestOfWhoeverHasMost(): void {
    let most: ReadonlySet<Drain> = new Set()
    for (const ofUser of this.#byUser.values()) if (ofUser.size >= most.size) most = ofUser
    const latest = [...most].at(-1)
    if (latest) this.#cut(latest, 'total')
  }
}
