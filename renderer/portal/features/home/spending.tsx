// What today cost, and each of the last days. Both come from the same sums, so that they never say two things.
import { useState } from 'react'
import { Link } from 'wouter'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useMe } from '../../../frame/session.ts'
import { Count, Money } from '../../../kit/amounts.tsx'
import { PanelBody, Section, Stat, Stats } from '../../../kit/page.tsx'
import { Skeleton } from '../../../kit/states.tsx'
import { dayStart } from '../../../kit/times.ts'
import { SpendChart, useSpendSeries } from '../../../spend/spend-chart.tsx'
import { todayOf } from '../../../spend/spend-points.ts'
import { Sentence } from '../../../words/sentence.tsx'
import { useWords } from './words.ts'

const DAYS = 14
const HEIGHT_PX = 180

export function Spending({ overview }: { readonly overview: CallOutput<'me.overview'> }) {
  const t = useWords()
  const me = useMe()
  const [today] = useState(() => dayStart(Date.now()))
  const asked = useSpendSeries({ userId: me.id, from: dayStart(today, 1 - DAYS), to: dayStart(today, 1) })
  const { data, isPending } = asked.query
  const now = data === undefined ? undefined : todayOf(data, Date.now())
  const spentNanoUsd = now?.costNanoUsd ?? overview.today.spendNanoUsd
  return (
    <>
      <Stats>
        <Stat label={t('spentToday')}>
          {isPending ? <Skeleton widthPx={80} /> : <Money nanoUsd={spentNanoUsd} isFigure />}
        </Stat>
        <Stat label={t('requestsToday')}>
          {isPending ? <Skeleton widthPx={40} /> : <Count value={now?.requests ?? overview.today.requests} />}
        </Stat>
        <Stat label={t('keysInUse')}>
          <Count value={overview.keyCount} />
        </Stat>
      </Stats>
      <Section
        title={t('spending')}
        meta={
          data === undefined ? undefined : (
            <Sentence
              text={t('spendingSum', { days: DAYS })}
              parts={{ amount: <Money nanoUsd={data.total.costNanoUsd} /> }}
            />
          )
        }
        actions={
          <Link href={PORTAL_PATHS.usage} className="m">
            {t('usage')}
          </Link>
        }
      >
        <PanelBody>
          <SpendChart asked={asked} heightPx={HEIGHT_PX} />
        </PanelBody>
      </Section>
    </>
  )
}
