// The four figures of a gateway, each with what today has added.
import type { ReactNode } from 'react'
import { Count, Money } from '../../../kit/amounts.tsx'
import { moneyString } from '../../../kit/money.ts'
import { Stat, Stats } from '../../../kit/page.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import type { Dashboard } from '../../gateway-now/use-gateway-now.ts'
import { useWords } from './words.ts'

interface HeadlineStatsProps {
  readonly dashboard: Pick<Dashboard, 'users' | 'keys' | 'revenue' | 'spend'>
  /** What today will have cost, as far as it can be told. */
  readonly paceNanoUsd: number | undefined
}

export function HeadlineStats({ dashboard, paceNanoUsd }: HeadlineStatsProps) {
  const t = useWords()
  const { users, keys, revenue, spend } = dashboard
  const today = (added: string): ReactNode => (
    <Sentence text={t('addedToday')} parts={{ added: <b>{added}</b> }} />
  )
  return (
    <Stats>
      <Stat label={t('users')} change={today(`+${users.today}`)}>
        <Count value={users.total} />
      </Stat>
      <Stat label={t('revenue')} change={today(moneyString(revenue.todayNanoUsd, { isSigned: true }))}>
        <Money nanoUsd={revenue.totalNanoUsd} kind="balance" isFigure />
      </Stat>
      <Stat
        label={t('spend')}
        change={
          <>
            {today(moneyString(spend.todayNanoUsd, { isSigned: true }))}
            {paceNanoUsd === undefined
              ? undefined
              : ` · ${t('onPace', { amount: moneyString(paceNanoUsd, { kind: 'balance' }) })}`}
          </>
        }
      >
        <Money nanoUsd={spend.totalNanoUsd} isFigure />
      </Stat>
      <Stat label={t('keys')} change={today(`+${keys.today}`)}>
        <Count value={keys.total} />
      </Stat>
    </Stats>
  )
}
