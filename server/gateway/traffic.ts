// Counts what passes through the gateway since its start: requests, errors, tokens, spend, times, and how the upstream is.
// Plain numbers on the request's path; whoever shows them asks for all of them at once.
import { ERRORS } from '../../contract/errors.ts'
import type { Outcome } from './outcome.ts'
import type { Relayed } from './relayed.ts'

/** Upper ends of the buckets, in milliseconds: from a cached answer to hours of reasoning. */
export const DURATION_BUCKETS_MS: readonly number[] = [
  10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  1_800_000, 3_600_000,
]

/** Times of one endpoint. `counts` has one more than there are buckets: what is above them all. */
export interface Times {
  readonly counts: readonly number[]
  readonly sumMs: number
}

const TROUBLES = [
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_failed',
  'upstream_rejected',
  'upstream_busy',
] as const
export type UpstreamTrouble = (typeof TROUBLES)[number]

export interface TrafficCounts {
  readonly requests: readonly { readonly endpoint: string; readonly status: number; readonly count: number }[]
  readonly errors: readonly { readonly code: string; readonly count: number }[]
  readonly tokens: {
    readonly input: number
    readonly cachedInput: number
    readonly cacheWrite: number
    readonly output: number
    readonly reasoning: number
  }
  readonly webSearches: number
  /** What was charged, the demo upstream's answers left out. */
  readonly spendNanoUsd: number
  readonly durations: ReadonlyMap<string, Times>
  readonly firstTokens: ReadonlyMap<string, Times>
  readonly upstream: UpstreamHealth
}

export interface UpstreamHealth {
  /** Unix milliseconds, or undefined before the first. */
  readonly lastSuccessAt: number | undefined
  readonly lastFailureAt: number | undefined
  readonly failures: Readonly<Record<UpstreamTrouble, number>>
}

/** What the endpoint is called of a request for a path that is none of ours. */
const NO_ENDPOINT = 'none'
/** An upstream's own error codes are anyone's choice, and a counter for each would be without end. */
const FOREIGN_CODE = 'other'

export class Traffic {
  readonly #requests = new Map<string, Map<number, number>>()
  readonly #errors = new Map<string, number>()
  readonly #durations = new Map<string, RunningTimes>()
  readonly #firstTokens = new Map<string, RunningTimes>()
  readonly #tokens = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  readonly #failures: Record<UpstreamTrouble, number> = {
    upstream_unreachable: 0,
    upstream_timeout: 0,
    upstream_failed: 0,
    upstream_rejected: 0,
    upstream_busy: 0,
  }
  #webSearches = 0
  #spendNanoUsd = 0
  #lastSuccessAt: number | undefined
  #lastFailureAt: number | undefined

  note(outcome: Outcome): void {
    const endpoint = outcome.endpoint ?? NO_ENDPOINT
    const byStatus = inMap(this.#requests, endpoint, () => new Map<number, number>())
    byStatus.set(outcome.status, (byStatus.get(outcome.status) ?? 0) + 1)
    if (outcome.errorCode !== null) {
      const code = Object.hasOwn(ERRORS, outcome.errorCode) ? outcome.errorCode : FOREIGN_CODE
      this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
    }
    inMap(this.#durations, endpoint, newTimes).add(outcome.durationMs)
    if (outcome.firstTokenMs !== null) inMap(this.#firstTokens, endpoint, newTimes).add(outcome.firstTokenMs)
    if (outcome.reason !== 'refused' && outcome.reason !== null) this.#noteUsage(outcome)
  }

  /** How the upstream did with a request that was sent to it; nothing is learnt where the sending was ended here. */
  noteUpstream(relayed: Answer, now: number): void {
    const trouble = failureOf(relayed)
    if (trouble) {
      this.#failures[trouble] += 1
      this.#lastFailureAt = now
    } else if (WELL.has(relayed.ending)) {
      this.#lastSuccessAt = now
    }
  }

  counts(): TrafficCounts {
    return {
      requests: [...this.#requests].flatMap(([endpoint, byStatus]) =>
        [...byStatus].map(([status, count]) => ({ endpoint, status, count })),
      ),
      errors: [...this.#errors].map(([code, count]) => ({ code, count })),
      tokens: { ...this.#tokens },
      webSearches: this.#webSearches,
      spendNanoUsd: this.#spendNanoUsd,
      durations: this.#durations,
      firstTokens: this.#firstTokens,
      upstream: {
        lastSuccessAt: this.#lastSuccessAt,
        lastFailureAt: this.#lastFailureAt,
        failures: { ...this.#failures },
      },
    }
  }

  #noteUsage(outcome: Outcome): void {
    this.#tokens.input += outcome.inputTokens
    this.#tokens.cachedInput += outcome.cachedInputTokens
    this.#tokens.cacheWrite += outcome.cacheWriteTokens
    this.#tokens.output += outcome.outputTokens
    this.#tokens.reasoning += outcome.reasoningTokens
    this.#webSearches += outcome.webSearchCalls
    if (!outcome.isDemo) this.#spendNanoUsd += outcome.costNanoUsd
  }
}

type Answer = Pick<Relayed, 'ending' | 'errorCode' | 'status' | 'measured'>

const WELL: ReadonlySet<Relayed['ending']> = new Set(['finished', 'client_left', 'upstream_refused'])

/** What was wrong with the upstream, as far as the answer tells. */
export function failureOf({ ending, errorCode, status, measured }: Answer): UpstreamTrouble | undefined {
  const trouble = TROUBLES.find((code) => code === errorCode)
  // Its own words are passed on where they are about the request; a failure they are all the same.
  const hasSaidSo = ending === 'upstream_refused' ? status >= 500 : measured.hasFailed
  return trouble ?? (hasSaidSo ? 'upstream_failed' : undefined)
}

class RunningTimes implements Times {
  readonly counts: number[] = new Array(DURATION_BUCKETS_MS.length + 1).fill(0)
  sumMs = 0

  add(ms: number): void {
    let bucket = 0
    while (bucket < DURATION_BUCKETS_MS.length && ms > (DURATION_BUCKETS_MS[bucket] ?? 0)) bucket += 1
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sumMs += ms
  }
}

const newTimes = () => new RunningTimes()

function inMap<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}
