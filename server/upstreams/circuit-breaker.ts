// Decides whether an upstream is worth asking: closed while it answers, open after failures, half-open when its time is up and
// one request may find out. Only durations count, so it reads a clock that never goes back.
import type { Clock } from '../ports.ts'

/**
 * What went wrong with a request: a fault (no answer, a broken one, a status of 500 and more), a rate limit, or a refusal of
 * the gateway itself, which only the operator can mend.
 */
export type BreakerTrouble =
  | { readonly kind: 'fault' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'rejected' }

export interface BreakerState {
  readonly state: 'closed' | 'open' | 'half_open'
  /** Unix milliseconds; null unless open. */
  readonly retryAt: number | null
  readonly reason: 'failures' | 'rate_limited' | 'rejected' | null
}

/** Faults in a row that open it. */
export const FAULTS_IN_A_ROW = 4
/** It opens too where so large a part of the last requests failed, of so many at least, within the window. */
export const FAULT_SHARE = 0.6
export const SHARE_REQUESTS_MIN = 10
export const WINDOW_MS = 60_000
/** How long it stays open: twice as long after every probe that failed. */
export const OPEN_MS = 15_000
export const OPEN_MS_MAX = 5 * 60_000
export const REJECTED_MS = 60_000
const BUSY_MS_MIN = 1_000
const BUSY_MS_MAX = 10 * 60_000

export class CircuitBreaker {
  readonly #clock: Clock
  /** Monotonic; while open, the moment from which it is half-open. */
  #openUntilMs: number | undefined
  #reason: BreakerState['reason'] = null
  #isProbing = false
  #openedInARow = 0
  #faultsInARow = 0
  /** Of the half of a window that runs, and of the one before. */
  #halfStartMs = 0
  #now = { requests: 0, faults: 0 }
  #before = { requests: 0, faults: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether a request may be sent; while half-open, only one that finds out for the others. */
  admits(): boolean {
    if (this.#openUntilMs === undefined) return true
    return !this.#isProbing && this.#clock.monotonicMs() >= this.#openUntilMs
  }

  /** A request is sent. True where it is the probe; whoever sent it says how it went, or that nobody will know. */
  begin(): boolean {
    if (this.#openUntilMs === undefined || !this.admits()) return false
    this.#isProbing = true
    return true
  }

  /** An answer has begun: what was open is closed at once, because answers take minutes. */
  answered(): void {
    if (this.#openUntilMs === undefined) return
    this.#openUntilMs = undefined
    this.#reason = null
    this.#isProbing = false
    this.#faultsInARow = 0
    this.#now = { requests: 0, faults: 0 }
    this.#before = { requests: 0, faults: 0 }
  }

  /** A request went well to its end. */
  succeeded(): void {
    this.#faultsInARow = 0
    this.#openedInARow = 0
    this.#count(false)
  }

  failed(trouble: BreakerTrouble, wasProbe: boolean): void {
    if (wasProbe) this.#isProbing = false
    if (trouble.kind === 'busy') {
      const ms = Math.min(Math.max(trouble.retryAfterMs, BUSY_MS_MIN), BUSY_MS_MAX)
      this.#open(ms, 'rate_limited')
      return
    }
    this.#count(true)
    if (trouble.kind === 'rejected') {
      this.#open(REJECTED_MS, 'rejected')
      return
    }
    this.#faultsInARow += 1
    // Requests that were under way when it opened say nothing new of it.
    if (this.#openUntilMs !== undefined && !wasProbe) return
    if (!wasProbe && this.#faultsInARow < FAULTS_IN_A_ROW && !this.#hasFailedMostly()) return
    this.#open(Math.min(OPEN_MS * 2 ** Math.min(this.#openedInARow, 10), OPEN_MS_MAX), 'failures')
    this.#openedInARow += 1
  }

  /** A probe ended without telling anything, because its client left: the next request probes. */
  probeEnded(): void {
    this.#isProbing = false
  }

  state(): BreakerState {
    const untilMs = this.#openUntilMs
    if (untilMs === undefined) return { state: 'closed', retryAt: null, reason: null }
    const leftMs = untilMs - this.#clock.monotonicMs()
    if (leftMs <= 0) return { state: 'half_open', retryAt: null, reason: this.#reason }
    return { state: 'open', retryAt: Math.round(this.#clock.now() + leftMs), reason: this.#reason }
  }

  /** Never earlier than what was said before: a second rate limit may name a shorter time. */
  #open(ms: number, reason: BreakerState['reason']): void {
    this.#openUntilMs = Math.max(this.#openUntilMs ?? 0, this.#clock.monotonicMs() + ms)
    this.#reason = reason
  }

  #count(isFault: boolean): void {
    const nowMs = this.#clock.monotonicMs()
    const passedMs = nowMs - this.#halfStartMs
    if (passedMs >= WINDOW_MS / 2) {
      this.#before = passedMs < WINDOW_MS ? this.#now : { requests: 0, faults: 0 }
      this.#now = { requests: 0, faults: 0 }
      this.#halfStartMs = nowMs
    }
    this.#now.requests += 1
    if (isFault) this.#now.faults += 1
  }

  #hasFailedMostly(): boolean {
    const requests = this.#now.requests + this.#before.requests
    const faults = this.#now.faults + this.#before.faults
    return requests >= SHARE_REQUESTS_MIN && faults >= requests * FAULT_SHARE
  }
}
