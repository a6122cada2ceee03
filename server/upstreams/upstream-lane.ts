// The running side of one upstream: the requests that are there, what its breaker says, how it has been doing. It outlives
// changes of the upstream's settings, and is asked with every request, so it is plain numbers.
import type { Clock } from '../ports.ts'
import { type BreakerState, type BreakerTrouble, CircuitBreaker } from './circuit-breaker.ts'
import type { UpstreamHealth } from './upstream-health.ts'

export interface LaneCounts {
  readonly running: number
  /** Requests that were sent, however they went. */
  readonly sent: number
  readonly failed: Readonly<Record<BreakerTrouble['kind'], number>>
}

export class UpstreamLane {
  readonly health: UpstreamHealth
  #breaker: CircuitBreaker
  readonly #clock: Clock
  #running = 0
  #sent = 0
  readonly #failed = { fault: 0, busy: 0, rejected: 0 }

  constructor(clock: Clock, health: UpstreamHealth) {
    this.#clock = clock
    this.health = health
    this.#breaker = new CircuitBreaker(clock)
  }

  get running(): number {
    return this.#running
  }

  /** Whether the breaker lets a request through. */
  get isOpenToRequests(): boolean {
    return this.#breaker.admits()
  }

  breaker(): BreakerState {
    return this.#breaker.state()
  }

  counts(): LaneCounts {
    return { running: this.#running, sent: this.#sent, failed: { ...this.#failed } }
  }

  /** The place of one request, from its sending to the end of its answer. */
  take(): LanePlace {
    this.#running += 1
    this.#sent += 1
    const breaker = this.#breaker
    const isProbe = breaker.begin()
    let isOver = false
    return {
      answered: () => breaker.answered(),
      end: (trouble) => {
        if (isOver) return
        isOver = true
        this.#running -= 1
        if (trouble === 'well') breaker.succeeded()
        else if (trouble === 'unknown') {
          if (isProbe) breaker.probeEnded()
        } else {
          this.#failed[trouble.kind] += 1
          breaker.failed(trouble, isProbe)
        }
      },
    }
  }

  /** The upstream is another one now: what was known of it says nothing any more. */
  reset(): void {
    this.health.reset()
    this.#breaker = new CircuitBreaker(this.#clock)
  }
}

/** `well`: answered to its end. `unknown`: it was ended here, or the upstream spoke of the request alone. */
export type LaneEnding = 'well' | 'unknown' | BreakerTrouble

export interface LanePlace {
  /** The head of an answer has come. */
  answered(): void
  /** Gives the place back; what is said first counts. */
  end(ending: LaneEnding): void
}
