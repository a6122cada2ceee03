// Counts requests and tokens as they are admitted, and gives back what they did not use. It is the single writer of its
// counters, in memory; the decisions are pure and live in decide-limits.ts, and counters survive a restart in a store.
import type { Refusal } from '../../contract/errors.ts'
import type { LimitWindow } from '../../contract/limits.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Logger } from '../ports.ts'
import { decideLimits, type EffectiveLimits, type LimitSubject, type SubjectCounts } from './decide-limits.ts'
import type { Windows } from './decide-window.ts'
import type { CountedKind, Counter, LimitCounters } from './limit-counters.ts'
import type { LimitTime } from './limit-time.ts'
import { type RateLimitHeaders, rateLimitHeaders } from './rate-limit-headers.ts'

export interface Admission {
  /** The x-ratelimit-* headers as of now; only the limits that apply have any. */
  readonly headers: RateLimitHeaders
  /**
   * Replaces the reservation by what was used, in the windows that admitted the request: below the reservation gives back,
   * above it adds. A figure that cannot be true counts as the reservation. Only the first call counts, before or after
   * `release`.
   */
  trueUp(tokensUsed: number): void
  /** Frees the concurrency slot, and the reservation where it was not trued up. Only the first call counts. */
  release(): void
}

/** What is used in the windows that are open now. */
export interface LimitUse {
  readonly minute: WindowUse
  readonly hour: WindowUse
  readonly day: WindowUse
  readonly running: number
}

export interface WindowUse {
  readonly requests: number
  /** Those of running requests by their reservation. */
  readonly tokens: number
  /** Unix milliseconds, by the time of limits. */
  readonly endsAt: number
}

export interface Limiter {
  /**
   * Counts one request and reserves its tokens (an upper bound), for the person and for the key family, or refuses with
   * `rate_limit_exceeded`, `concurrency_limit_exceeded` or `request_exceeds_token_limit` and counts nothing.
   */
  admit(subject: LimitSubject, limits: EffectiveLimits, tokensReserved: number): Result<Admission, Refusal>
  /** Why `admit` would refuse the smallest request now, or undefined. Counts nothing: asked before a body is read. */
  check(subject: LimitSubject, limits: EffectiveLimits): Refusal | undefined
  /** The x-ratelimit-* headers for an answer that was not admitted. */
  headers(subject: LimitSubject, limits: EffectiveLimits): RateLimitHeaders
  /** What a person, or a key family, is using. */
  use(kind: CountedKind, subjectId: string): LimitUse
  /** Resolves when everything counted so far was handed to the store once. */
  flush(): Promise<void>
  /** Saves what is left and ends the saving. */
  stop(): Promise<void>
}

type LimiterLogger = Pick<Logger, 'info' | 'warn' | 'error'>

const SAVE_EVERY_MS = 1_000

/** Goes on from the counters as they are. */
export function createLimiter(deps: {
  readonly counters: LimitCounters
  readonly time: LimitTime
  readonly logger: LimiterLogger
}): Limiter {
  const { counters, time } = deps
  const saving = startSaving(counters, time, deps.logger)

  const decide = (
    subject: LimitSubject,
    limits: EffectiveLimits,
    windows: Windows,
    nowMs: number,
    tokens: number,
  ) =>
    decideLimits(
      limits,
      counters.read('user', subject.userId),
      counters.read('key', subject.keyFamilyId),
      windows,
      nowMs,
      tokens,
    )

  function headers(subject: LimitSubject, limits: EffectiveLimits): RateLimitHeaders {
    const nowMs = time.now()
    const user = counters.read('user', subject.userId)
    const key = counters.read('key', subject.keyFamilyId)
    return rateLimitHeaders(limits, user, key, time.windowsAt(nowMs), nowMs)
  }

  return {
    admit(subject, limits, tokensReserved) {
      // A bound that is no number would compare as admitted.
      if (!isCount(tokensReserved))
        throw new RangeError(`tokensReserved is ${tokensReserved}, not a count of tokens`)
      const nowMs = time.now()
      const windows = time.windowsAt(nowMs)
      const refused = decide(subject, limits, windows, nowMs, tokensReserved)
      if (refused) return fail(refused)
      const user = counters.open('user', subject.userId, windows)
      const key = counters.open('key', subject.keyFamilyId, windows)
      return ok(new CountedAdmission(counters, time, limits, user, key, windows, tokensReserved))
    },
    check(subject, limits) {
      const nowMs = time.now()
      return decide(subject, limits, time.windowsAt(nowMs), nowMs, 1)
    },
    headers,
    use(kind, subjectId) {
      return toUse(counters.read(kind, subjectId), time.windowsAt(time.now()))
    },
    flush: saving.flush,
    stop: saving.stop,
  }
}

class CountedAdmission implements Admission {
  readonly #counters: LimitCounters
  readonly #time: LimitTime
  readonly #limits: EffectiveLimits
  readonly #user: Counter
  readonly #key: Counter
  readonly #windows: Windows
  readonly #reserved: number
  #isReserved = true
  #isTruedUp = false
  #isReleased = false

  constructor(
    counters: LimitCounters,
    time: LimitTime,
    limits: EffectiveLimits,
    user: Counter,
    key: Counter,
    windows: Windows,
    reserved: number,
  ) {
    this.#counters = counters
    this.#time = time
    this.#limits = limits
    this.#user = user
    this.#key = key
    this.#windows = windows
    this.#reserved = reserved
    this.#user.running += 1
    this.#key.running += 1
    this.#count(1, reserved, 0)
  }

  get headers(): RateLimitHeaders {
    const nowMs = this.#time.now()
    return rateLimitHeaders(this.#limits, this.#user, this.#key, this.#time.windowsAt(nowMs), nowMs)
  }

  trueUp(tokensUsed: number): void {
    if (this.#isTruedUp) return
    this.#isTruedUp = true
    this.#count(0, this.#endReservation(), isCount(tokensUsed) ? tokensUsed : this.#reserved)
    this.#counters.changed(this.#user)
    this.#counters.changed(this.#key)
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#user.running -= 1
    this.#key.running -= 1
    if (this.#isReserved) this.#count(0, this.#endReservation(), 0)
  }

  /** What has to be added to the reserved tokens to end this reservation; nothing the second time. */
  #endReservation(): number {
    if (!this.#isReserved) return 0
    this.#isReserved = false
    return -this.#reserved
  }

  #count(requests: number, reserved: number, tokens: number): void {
    countIn(this.#user, this.#windows, requests, reserved, tokens)
    countIn(this.#key, this.#windows, requests, reserved, tokens)
  }
}

function countIn(
  counter: Counter,
  { minute, hour, day }: Windows,
  requests: number,
  reserved: number,
  tokens: number,
): void {
  addTo(counter.minute, minute.startMs, requests, reserved, tokens)
  addTo(counter.hour, hour.startMs, requests, reserved, tokens)
  addTo(counter.day, day.startMs, requests, reserved, tokens)
}

function addTo(
  count: Counter['minute'],
  startMs: number,
  requests: number,
  reserved: number,
  tokens: number,
): void {
  // Where the window that admitted the request has passed, everything that was counted there is gone with it.
  if (count.startMs !== startMs) return
  count.requests += requests
  count.reservedTokens += reserved
  count.tokens = Math.min(Number.MAX_SAFE_INTEGER, count.tokens + tokens)
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function toUse(counts: SubjectCounts, windows: Windows): LimitUse {
  const windowUse = (window: LimitWindow): WindowUse => {
    const { startMs, endMs } = windows[window]
    const count = counts[window]
    const isOpen = count.startMs >= startMs
    return {
      requests: isOpen ? count.requests : 0,
      tokens: isOpen ? count.tokens + count.reservedTokens : 0,
      endsAt: endMs,
    }
  }
  return {
    minute: windowUse('minute'),
    hour: windowUse('hour'),
    day: windowUse('day'),
    running: counts.running,
  }
}

/** Saves every second, one batch after the other, and once an hour forgets what nobody counts any more. */
function startSaving(
  counters: LimitCounters,
  time: LimitTime,
  logger: LimiterLogger,
): Pick<Limiter, 'flush' | 'stop'> {
  let sweptHourMs = 0

  async function saveAll(): Promise<void> {
    await counters.save()
    const windows = time.windowsAt(time.now())
    if (windows.hour.startMs === sweptHourMs) return
    sweptHourMs = windows.hour.startMs
    await counters.dropEnded(windows)
  }

  // Batches land in the order in which they were made: an older row never overwrites a newer one.
  let last: Promise<void> = Promise.resolve()
  const flush = (): Promise<void> => {
    last = last.then(saveAll).catch((error: unknown) => {
      logger.error({ event: 'defect', err: error }, 'rate limit counters were not saved')
    })
    return last
  }

  let isSaving = false
  const timer = setInterval(() => {
    if (isSaving) return
    isSaving = true
    void flush().finally(() => {
      isSaving = false
    })
  }, SAVE_EVERY_MS)
  timer.unref()

  return {
    flush,
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}
