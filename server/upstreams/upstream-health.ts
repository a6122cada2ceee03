// How the upstream has been doing, as the request path meets it: when it last answered, and what went wrong lately, in words
// for the operator. In memory, because it speaks of now.
import type { UpstreamProblem } from '../../contract/upstream-problem.ts'

export interface NotedProblem extends UpstreamProblem {
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  /** One request that met it, to be found in the log. */
  readonly requestId: string | null
}

export interface HealthState {
  readonly isHealthy: boolean | null
  readonly lastSuccessAt: number | null
  readonly lastFailureAt: number | null
  readonly errors: readonly NotedProblem[]
}

export interface UpstreamHealth {
  /** Called with every answer, so it does next to nothing. */
  noteSuccess(): void
  noteFailure(problem: UpstreamProblem, requestId: string | null): void
  state(): HealthState
  /** The upstream is another one now. */
  reset(): void
}

const ERRORS_KEPT_MAX = 20
/** One failure is an accident; so many in a row are a state. What the operator alone can mend is one at once. */
const FAILURES_IN_A_ROW = 3
const OPERATORS_TO_MEND: ReadonlySet<string> = new Set([
  'key_rejected',
  'access_denied',
  'quota_exhausted',
  'address_forbidden',
  'wrong_path',
  'answered_html',
])

export function createUpstreamHealth({
  clock,
  onChange,
}: {
  readonly clock: { now(): number }
  readonly onChange: (isHealthy: boolean, code: string | null) => void
}): UpstreamHealth {
  let isHealthy: boolean | null = null
  let lastSuccessAt: number | null = null
  let lastFailureAt: number | null = null
  let failuresInARow = 0
  /** By code and what fills its text, the last seen at the end. */
  const errors = new Map<string, NotedProblem>()

  function become(next: boolean, code: string | null): void {
    if (isHealthy === next) return
    isHealthy = next
    onChange(next, code)
  }

  return {
    noteSuccess() {
      lastSuccessAt = clock.now()
      failuresInARow = 0
      become(true, null)
    },
    noteFailure(problem, requestId) {
      const now = clock.now()
      lastFailureAt = now
      failuresInARow += 1
      const name = `${problem.code} ${JSON.stringify(problem.details)}`
      const known = errors.get(name)
      errors.delete(name)
      errors.set(name, {
        ...problem,
        count: (known?.count ?? 0) + 1,
        firstAt: known?.firstAt ?? now,
        lastAt: now,
        requestId,
      })
      const [oldest] = errors.keys()
      if (errors.size > ERRORS_KEPT_MAX && oldest !== undefined) errors.delete(oldest)
      if (failuresInARow >= FAILURES_IN_A_ROW || OPERATORS_TO_MEND.has(problem.code)) {
        become(false, problem.code)
      }
    },
    state: () => ({ isHealthy, lastSuccessAt, lastFailureAt, errors: [...errors.values()].reverse() }),
    reset() {
      isHealthy = null
      lastSuccessAt = null
      lastFailureAt = null
      failuresInARow = 0
      errors.clear()
    },
  }
}
