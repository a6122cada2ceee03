// The console's first screen: what runs and what needs attention is known at once, the past is read by a thread of its own.

import type { Attention } from '../../../contract/operations/dashboard.ts'
import { ok } from '../../../contract/result.ts'
import type { DashboardReport } from '../../db/repositories/dashboard-report.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { letTrafficPass } from '../let-traffic-pass.ts'
import { upstreamAttention } from '../upstream-attention.ts'
import { daysUntil } from '../usage-buckets.ts'
import { readReport } from './usage.ts'

const UNPRICED_READ_MAX = 1_000
const UNPRICED_SHOWN_MAX = 5

export function dashboardHandlers(deps: OperationDeps): Pick<Handlers, 'dashboard.get'> {
  const { clock, reports, settings, system, timeZone: zone, upstream } = deps
  return {
    async 'dashboard.get'({ days, includeDemo }) {
      const timeZone = zone()
      const buckets = daysUntil(clock.now(), days, timeZone)
      const { announcement, lowBalanceNanoUsd } = settings.current()
      const [report, status] = await Promise.all([
        readReport(reports, 'dashboard', { days: buckets, includeDemo, lowBalanceNanoUsd }),
        system.status(),
      ])
      if (!report.ok) return report
      await letTrafficPass()
      const { lowBalances, series, ...past } = report.value
      return ok({
        ...past,
        running: {
          version: status.version,
          startedAt: status.startedAt,
          addresses: status.addresses,
          inFlight: status.requests.inFlight,
          requestsPerSecond: status.requests.perSecond,
          upstream: upstream.state().kind,
        },
        attention: attentionOf(deps, lowBalances),
        series: { timeZone, buckets: [...buckets], ...series },
        announcement,
      })
    },
  }
}

function attentionOf(deps: OperationDeps, { count, people }: DashboardReport['lowBalances']): Attention[] {
  const { ledgerLight, repositories, unpriced: asked, upstream } = deps
  const { findingsTotal } = ledgerLight.status()
  const losses = repositories.possibleLosses.open()
  const unpriced = asked.list(UNPRICED_READ_MAX)
  const { pending } = repositories.users.counts()
  const { failed } = repositories.mails.counts()
  const found: (Attention | false | undefined)[] = [
    findingsTotal > 0 && { kind: 'ledger_wrong', findingsTotal },
    !upstream.state().isConfigured && { kind: 'upstream_missing' },
    upstreamAttention(deps),
    losses.count > 0 && { kind: 'possible_losses', count: losses.count, amountNanoUsd: losses.sumNanoUsd },
    unpriced.length > 0 && {
      kind: 'unpriced_models',
      count: unpriced.length,
      models: unpriced
        .slice(0, UNPRICED_SHOWN_MAX)
        .map(({ model, count: asks, lastAskedAt }) => ({ model, asks, lastAskedAt })),
    },
    pending > 0 && { kind: 'pending_approvals', count: pending },
    failed > 0 && { kind: 'failed_mails', count: failed },
    count > 0 && { kind: 'low_balances', count, people: [...people] },
  ]
  return found.filter((one) => one !== false && one !== undefined)
}
