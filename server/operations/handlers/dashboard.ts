// The console's first screen: what runs and what needs attention is known at once, the past is read by a thread of its own.

import { type Attention, dashboardGet } from '../../../contract/operations/dashboard.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { ReportKinds } from '../../db/repositories/report-messages.ts'
import { ReportsBusyError } from '../../db/repositories/reports.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { tooBusy } from '../throttles.ts'
import { upstreamAttention } from '../upstream-attention.ts'
import { daysUntil } from '../usage-buckets.ts'
import { joinObjects, Written } from '../written.ts'

const UNPRICED_READ_MAX = 1_000
const UNPRICED_SHOWN_MAX = 5

type Report = ReportKinds['dashboard']['report']

/** The rest was written by the thread that has read it. */
const PRESENT = dashboardGet.output.pick({ running: true, attention: true, announcement: true })

function busyOrThrow(error: unknown): undefined {
  if (!(error instanceof ReportsBusyError)) throw error
}

export function dashboardHandlers(deps: OperationDeps): Pick<Handlers, 'dashboard.get'> {
  const { clock, reports, settings, system, timeZone: zone, upstream } = deps
  return {
    async 'dashboard.get'({ days, includeDemo }) {
      const timeZone = zone()
      const buckets = daysUntil(clock.now(), days, timeZone)
      const { announcement, lowBalanceNanoUsd } = settings.current()
      const request = { days: buckets, timeZone, includeDemo, lowBalanceNanoUsd }
      const [report, status] = await Promise.all([
        reports.read('dashboard', request).catch(busyOrThrow),
        system.status(),
      ])
      if (report === undefined) return fail(tooBusy())
      const present = PRESENT.parse({
        running: {
          version: status.version,
          startedAt: status.startedAt,
          addresses: status.addresses,
          inFlight: status.requests.inFlight,
          requestsPerSecond: status.requests.perSecond,
          upstream: upstream.state().kind,
        },
        attention: attentionOf(deps, report),
        announcement,
      })
      return ok(new Written(joinObjects(report.past, present)))
    },
  }
}

function attentionOf(deps: OperationDeps, { lowBalances, waiting }: Report): Attention[] {
  const { ledgerLight, unpriced: asked, upstream } = deps
  const { findingsTotal } = ledgerLight.status()
  const unpriced = asked.list(UNPRICED_READ_MAX)
  const { losses, pendingUsers: pending, failedMails: failed } = waiting
  const { count, people } = lowBalances
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
