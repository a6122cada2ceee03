// Which notices still hold: what was told of a window that has started over, of a plan that is gone, or of a balance that was
// filled up again would only worry somebody.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { NoticeContent } from '../../../../contract/operations/notices.ts'

type Overview = Pick<CallOutput<'me.overview'>, 'balanceNanoUsd' | 'creditLimitNanoUsd' | 'plan'>

/** Of the notices of one person, the newest first, those that hold; with what is left now, not what was left then. */
export function currentNotices<Notice extends { readonly content: NoticeContent }>(
  notices: readonly Notice[],
  overview: Overview,
): readonly Notice[] {
  const leftNanoUsd = overview.balanceNanoUsd + overview.creditLimitNanoUsd
  let isLowBalanceTold = false
  return notices.flatMap((notice) => {
    const { content } = notice
    if (content.kind === 'quota') return isQuotaReached(content, overview) ? [notice] : []
    if (content.kind === 'key_new_address') return [notice]
    if (isLowBalanceTold || leftNanoUsd >= content.thresholdNanoUsd) return []
    isLowBalanceTold = true
    return [{ ...notice, content: { ...content, leftNanoUsd } }]
  })
}

type QuotaNotice = Extract<NoticeContent, { readonly kind: 'quota' }>

/** Whether it is about a window that is open now, and no higher threshold of it has been reached since. */
function isQuotaReached(notice: QuotaNotice, { plan }: Overview): boolean {
  const state = plan?.windows.find(
    ({ window, metric, resetsAt }) =>
      window === notice.window && metric === notice.metric && resetsAt === notice.resetsAt,
  )
  if (state === undefined) return false
  const reached = THRESHOLDS.find((percent) => (state.used / state.quota) * 100 >= percent)
  return reached === notice.thresholdPercent
}

const THRESHOLDS = [100, 95, 80] as const
