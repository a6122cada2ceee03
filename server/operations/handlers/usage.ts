// What was used and what it cost, of the caller or, for an administrator, of anyone. Rows are read by the thread of lists,
// page by page; whatever adds up more than that is read by a thread of its own.
import type { OutputOf } from '../../../contract/catalogue.ts'
import type { Refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { SERIES_POINTS_MAX } from '../../../contract/operations/usage.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { ReportKinds } from '../../db/repositories/report-messages.ts'
import { type Reports, ReportsBusyError } from '../../db/repositories/reports.ts'
import { isAdministering } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { answerList } from '../lists/answer-list.ts'
import { tooBusy } from '../throttles.ts'
import { bucketsOf } from '../usage-buckets.ts'
import { Written } from '../written.ts'
import { visibleUserId } from './ownership.ts'

type Noun = 'usage.list' | 'usage.summary' | 'usage.series' | 'usage.top'

export function usageHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { lists, reports } = deps
  return {
    async 'usage.list'(input, caller) {
      const userId = visibleUserId(input.userId, caller)
      if (!userId.ok) return userId
      const isForAdministrator = isAdministering(caller)
      return answerList(lists, 'usage', { ...input, userId: userId.value, isForAdministrator })
    },
    async 'usage.summary'(filter, caller) {
      const userId = visibleUserId(filter.userId, caller)
      return userId.ok ? readReport(reports, 'summary', { ...filter, userId: userId.value }) : userId
    },
    'usage.series': series(deps),
    async 'usage.top'({ by, sort, limit, ...filter }, caller) {
      const userId = visibleUserId(filter.userId, caller)
      if (!userId.ok) return userId
      return readReport(reports, 'top', { filter: { ...filter, userId: userId.value }, by, sort, limit })
    },
  }
}

const series =
  ({ reports, timeZone: zone }: OperationDeps): Handler<'usage.series'> =>
  async ({ from, to, bucket, groupBy, top, withTimings, ...filter }, caller) => {
    const userId = visibleUserId(filter.userId, caller)
    if (!userId.ok) return userId
    if (to <= from) return fail(inputRefusal('before_from', 'to'))
    const timeZone = zone()
    const buckets = bucketsOf({ from, to }, bucket, timeZone)
    if (!buckets) {
      return fail(inputRefusal('bucket_too_short', 'bucket', { max: SERIES_POINTS_MAX }))
    }
    const asked = { filter: { ...filter, userId: userId.value }, buckets, groupBy, top, withTimings }
    return readReport(reports, 'series', { ...asked, timeZone })
  }

/** Which operation answers what a report says, as it is. */
interface AnsweredBy {
  readonly summary: 'usage.summary'
  readonly series: 'usage.series'
  readonly top: 'usage.top'
}

async function readReport<Kind extends keyof AnsweredBy>(
  reports: Reports,
  kind: Kind,
  request: ReportKinds[Kind]['request'],
): Promise<Result<Written<OutputOf<AnsweredBy[Kind]>>, Refusal>> {
  try {
    return ok(new Written(await reports.read(kind, request)))
  } catch (error) {
    if (error instanceof ReportsBusyError) return fail(tooBusy())
    throw error
  }
}
