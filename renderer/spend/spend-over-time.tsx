// The requests of a filter over time: what they cost, how many they were, how many tokens they took.
import { useState } from 'react'
import { RadioGroup } from '../kit/choices.tsx'
import { PanelBody, Section } from '../kit/page.tsx'
import { dateText } from '../kit/times.ts'
import { useAppearance } from '../state/appearance.ts'
import { type SeriesFilter, SpendChart, useSpendSeries } from './spend-chart.tsx'
import { SPEND_METRICS, type SpendMetric } from './spend-points.ts'
import { spendSpan } from './spend-span.ts'
import { useSpendWords } from './words.ts'

const HEIGHT_PX = 160

interface SpendOverTimeProps {
  readonly filter: Omit<SeriesFilter, 'from' | 'to'> & {
    readonly from?: number | undefined
    readonly to?: number | undefined
  }
  readonly metric: SpendMetric
  readonly onMetric: (metric: SpendMetric) => void
}

export function SpendOverTime({ filter, metric, onMetric }: SpendOverTimeProps) {
  const t = useSpendWords()
  const { language } = useAppearance()
  const [nowMs] = useState(Date.now)
  const span = spendSpan({ from: filter.from, to: filter.to }, nowMs)
  const asked = useSpendSeries({ ...filter, ...span })
  const [first, last] = [span.from, span.to - 1].map((atMs) => dateText(atMs, nowMs, language))
  return (
    <Section
      title={t('overTime')}
      meta={first === last ? first : `${first} – ${last}`}
      actions={
        <RadioGroup
          look="segments"
          label={t('metric')}
          value={metric}
          options={SPEND_METRICS.map((value) => ({ value, label: t(`metric_${value}`) }))}
          onChange={onMetric}
        />
      }
    >
      <PanelBody>
        <SpendChart asked={asked} metric={metric} heightPx={HEIGHT_PX} />
      </PanelBody>
    </Section>
  )
}
