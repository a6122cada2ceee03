// Which upstreams need somebody: those in use that do not answer, or, where all do, those that failed at single requests lately.
import type { Attention } from '../../contract/operations/dashboard.ts'
import { PRIMARY_UPSTREAM } from '../../contract/operations/upstreams.ts'
import type { OperationDeps } from './deps.ts'
import { upstreamRows } from './primary-use.ts'
import { toHealthView } from './upstream-view.ts'

const HOUR_MS = 3_600_000

type Asked = Pick<OperationDeps, 'upstream' | 'repositories' | 'clock'>

export function upstreamAttention({ upstream, repositories, clock }: Asked): Attention | undefined {
  const since = clock.now() - HOUR_MS
  const used = upstreamRows(repositories.upstreams)
    .filter(({ id }) => upstream.isInUse(id))
    .map(({ id: upstreamId, name }) => {
      const { isHealthy, lastFailureAt, errors } = toHealthView(upstream.laneOf(upstreamId).health)
      const [last] = errors
      const recent = errors.filter(({ lastAt }) => lastAt > since)
      return {
        isHealthy,
        recentErrors: recent.reduce((sum, error) => sum + error.count, 0),
        trouble: {
          upstreamId,
          isPrimary: upstreamId === PRIMARY_UPSTREAM,
          name,
          problem: last ? { code: last.code, message: last.message, details: last.details } : null,
          lastAt: lastFailureAt,
        },
      }
    })
  const inUse = used.length
  const unhealthy = used.filter(({ isHealthy }) => isHealthy === false).map(({ trouble }) => trouble)
  if (unhealthy.length > 0) return { kind: 'upstream_unhealthy', upstreams: unhealthy, inUse }
  const failing = used.filter(({ recentErrors }) => recentErrors > 0)
  if (failing.length === 0) return undefined
  const count = failing.reduce((sum, { recentErrors }) => sum + recentErrors, 0)
  return { kind: 'upstream_errors', count, upstreams: failing.map(({ trouble }) => trouble), inUse }
}
