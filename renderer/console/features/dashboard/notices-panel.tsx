// What people were told, for the operator as well: quotas that run out, balances that are low, keys that turn up somewhere new;
// until an administrator says that it was seen.
import { X } from 'lucide-react'
import { Link } from 'wouter'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { NoticeContent } from '../../../../contract/operations/notices.ts'
import { userPath } from '../../../../contract/page-paths.ts'
import { failureOf } from '../../../client/failures.ts'
import { useAsk, useChange, useRefreshOn } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { countText, moneyString } from '../../../kit/money.ts'
import { Section } from '../../../kit/page.tsx'
import { Shape, type Status } from '../../../kit/shape.tsx'
import { ErrorState } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { useFailureWords } from '../../../words/failure-words.ts'
import styles from './dashboard.module.css'
import { useWords } from './words.ts'

type Notice = CallOutput<'notices.list'>['rows'][number]

/** More than these would push away the rest; the next one moves up. */
const SHOWN_MAX = 4

export function NoticesPanel() {
  const t = useWords()
  const query = useAsk('notices.list', { limit: SHOWN_MAX })
  useRefreshOn('notice.given', ['notices.list'])
  if (query.isError) {
    return (
      <Section title={t('notices')}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      </Section>
    )
  }
  // Nothing to tell is nothing to draw: what needs somebody says so above.
  if (query.data === undefined || query.data.rows.length === 0) return null
  return (
    <Section title={t('notices')}>
      <ul>
        {query.data.rows.map((notice) => (
          <NoticeItem key={notice.id} notice={notice} />
        ))}
      </ul>
    </Section>
  )
}

function NoticeItem({ notice: { id, userId, userEmail, createdAt, content } }: { readonly notice: Notice }) {
  const t = useWords()
  const words = useFailureWords()
  const said = useSaid(content)
  const { mutate, isPending } = useChange('notices.dismiss', ['notices.list'])
  const dismiss = () =>
    mutate(
      { noticeId: id },
      {
        onError: (error) =>
          toast({ status: 'bad', text: t('noticeStays', { problem: words(failureOf(error)) }) }),
      },
    )
  return (
    <li className={styles['item']}>
      <span className={styles['shape']}>
        <Shape status={statusOf(content)} />
      </span>
      <span className="grow">
        <Link className={`link ${styles['title']}`} href={userPath(userId)}>
          {userEmail}
        </Link>
        <span className={`meta ${styles['title']}`}>
          {said} · <Time atMs={createdAt} />
        </span>
      </span>
      <IconButton label={t('dismiss')} isSmall disabled={isPending} onClick={dismiss}>
        <X size={14} />
      </IconButton>
    </li>
  )
}

function useSaid(content: NoticeContent): string {
  const t = useWords()
  const { language } = useAppearance()
  switch (content.kind) {
    case 'quota': {
      const { planName: plan, window, metric, thresholdPercent: percent, quota } = content
      const amount =
        metric === 'money'
          ? moneyString(quota, { kind: 'balance' })
          : t(`notice_${metric}`, { count: quota, text: countText(quota, language) })
      return t(`notice_${window}`, { plan, percent, amount })
    }
    case 'low_balance':
      return t('notice_balance', {
        left: moneyString(content.leftNanoUsd, { kind: 'left' }),
        threshold: moneyString(content.thresholdNanoUsd, { kind: 'balance' }),
      })
    case 'key_new_address':
      return t('notice_key', { name: content.keyName, address: content.address })
  }
}

function statusOf(content: NoticeContent): Status {
  if (content.kind === 'key_new_address') return 'info'
  return content.kind === 'quota' && content.thresholdPercent === 100 ? 'bad' : 'warn'
}
