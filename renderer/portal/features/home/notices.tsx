// What a person should know without having looked for it, until they say that they do.

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { NoticeContent } from '../../../../contract/operations/notices.ts'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { failureOf } from '../../../client/failures.ts'
import { useAsk, useChange, useRefreshOn } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { Note } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { Sentence } from '../../../words/sentence.tsx'
import { PlanAmount } from '../../plan/plan-amount.tsx'
import { usePlanWords } from '../../plan/words.ts'
import { currentNotices } from './current-notices.ts'
import styles from './home.module.css'
import { useWords } from './words.ts'

type Notice = CallOutput<'notices.list'>['rows'][number]

/** More than these would push away what a person came for; the next one moves up. */
const SHOWN_MAX = 3
/** As many as may have to be passed over for those. */
const ASKED_MAX = 30

export function Notices({ overview }: { readonly overview: CallOutput<'me.overview'> }) {
  const t = useWords()
  const me = useMe()
  const { data } = useAsk('notices.list', { userId: me.id, limit: ASKED_MAX })
  useRefreshOn('notice.given', ['notices.list'])
  const shown = currentNotices(data?.rows ?? [], overview).slice(0, SHOWN_MAX)
  if (shown.length === 0) return null
  return (
    <section className={styles.notices} aria-label={t('notices')}>
      {shown.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </section>
  )
}

function NoticeLine({ notice: { id, content } }: { readonly notice: Notice }) {
  const t = useWords()
  const words = useFailureWords()
  const { mutate, isPending } = useChange('notices.dismiss', ['notices.list'])
  const dismiss = () =>
    mutate(
      { noticeId: id },
      {
        onError: (error) =>
          toast({ status: 'bad', text: t('dismissFailed', { problem: words(failureOf(error)) }) }),
      },
    )
  return (
    <Note
      status={statusOf(content)}
      actions={
        <IconButton label={t('dismiss')} isSmall disabled={isPending} onClick={dismiss}>
          <X size={14} />
        </IconButton>
      }
    >
      <NoticeText content={content} />
    </Note>
  )
}

function NoticeText({ content }: { readonly content: NoticeContent }): ReactNode {
  const t = useWords()
  const planWords = usePlanWords()
  const kit = useKitWords()
  switch (content.kind) {
    case 'quota': {
      const { planName: plan, thresholdPercent: percent, metric, used, quota, resetsAt } = content
      const window = planWords(`window_${content.window}`)
      const text =
        percent === 100 ? t('quotaUsedUp', { plan, window }) : t('quotaNotice', { plan, percent, window })
      return (
        <Sentence
          text={text}
          parts={{
            used: <PlanAmount metric={metric} value={used} isBare />,
            quota: <PlanAmount metric={metric} value={quota} />,
            time: <Time atMs={resetsAt} />,
          }}
        />
      )
    }
    case 'low_balance':
      return (
        <Sentence
          text={t('lowBalance')}
          parts={{
            left: <Money nanoUsd={content.leftNanoUsd} kind="left" />,
            threshold: <Money nanoUsd={content.thresholdNanoUsd} kind="balance" />,
          }}
        />
      )
    case 'key_new_address':
      return (
        <>
          {t('newAddress', { key: content.keyName, address: content.address })}
          {kit('sentenceGap')}
          <Link href={PORTAL_PATHS.keys} className="link">
            {t('toKeys')}
          </Link>
        </>
      )
  }
}

function statusOf(content: NoticeContent): 'bad' | 'warn' | 'info' {
  if (content.kind === 'key_new_address') return 'info'
  return content.kind === 'quota' && content.thresholdPercent === 100 ? 'bad' : 'warn'
}
