// What was used and what it cost, of the caller or, for an administrator, of anyone. Rows are read at once, page by page;
// whatever adds up more than that is read by a thread of its own.
import type { Refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { SERIES_POINTS_MAX } from '../../../contract/operations/usage.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { UsageRow } from '../../../contract/usage.ts'
import type { ReportKind, ReportKinds } from '../../db/repositories/report-messages.ts'
import { type Reports, ReportsBusyError } from '../../db/repositories/reports.ts'
import { mediaIn } from '../../ledger/media-charge.ts'
import { isAdministering } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { letTrafficPass } from '../let-traffic-pass.ts'
import { tooBusy } from '../throttles.ts'
import { bucketsOf } from '../usage-buckets.ts'
import { visibleUserId } from './ownership.ts'

type Noun = 'usage.list' | 'usage.summary' | 'usage.series' | 'usage.top'

export function usageHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories, reports } = deps
  return {
    async 'usage.list'(input, caller) {
      const userId = visibleUserId(input.userId, caller)
      if (!userId.ok) return userId
      const page = repositories.usage.list({ ...input, userId: userId.value })
      await letTrafficPass()
      const listed = isAdministering(caller) ? page.rows : page.rows.map(withoutUpstream)
      const rows = withMedia(listed, repositories)
      return ok({ ...page, rows, names: namesIn(rows, repositories) })
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

function namesIn(rows: readonly UsageRow[], { users, keys }: OperationDeps['repositories']) {
  const named = (ids: readonly string[], nameOf: (id: string) => string | undefined) =>
    Object.fromEntries(
      [...new Set(ids)].flatMap((id) => {
        const name = nameOf(id)
        return name === undefined ? [] : [[id, name]]
      }),
    )
  return {
    users: named(
      rows.map(({ userId }) => userId),
      (id) => users.emailOf(id),
    ),
    keys: named(
      rows.map(({ keyId }) => keyId),
      (id) => keys.nameOf(id),
    ),
  }
}

/** What few requests use is kept with their charges, and looked up for those that may have used it. */
function withMedia(rows: UsageRow[], { charges }: OperationDeps['repositories']): UsageRow[] {
  const asked = rows.filter(({ endpoint }) => /^\/v1\/(?:images|audio)\//.test(endpoint))
  if (asked.length === 0) return rows
  const further = charges.furtherUsageOf(asked.map(({ requestId }) => requestId))
  return rows.map((row) => {
    const media = mediaIn(further.get(row.requestId) ?? {})
    return media ? { ...row, media } : row
  })
}

/** Which upstream answered is for administrators to know. */
const withoutUpstream = (row: UsageRow): UsageRow => ({ ...row, upstream: null })

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
    const request = { filter: { ...filter, userId: userId.value }, buckets, groupBy, top, withTimings }
    const report = await readReport(reports, 'series', request)
    return report.ok ? ok({ timeZone, buckets: [...buckets], ...report.value }) : report
  }

export async function readReport<Kind extends ReportKind>(
  reports: Reports,
  kind: Kind,
  request: ReportKinds[Kind]['request'],
): Promise<Result<ReportKinds[Kind]['report'], Refusal>> {
  try {
    return ok(await reports.read(kind, request))
  } catch (error) {
    if (error instanceof ReportsBusyError) return fail(tooBusy())
    throw error
  }
}
