// The same requests over time: what they cost, how many they were, how many tokens they took.
import { useState } from 'react'
import { RadioGroup } from '../../../kit/choices.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { dayStart } from '../../../kit/times.ts'
import { SpendChart, useSpendSeries } from '../../spend/spend-chart.tsx'
import { type filterInput, METRICS, type Metric } from './usage-filter.ts'
import { useWords } from './words.ts'

/** Drawn where no days are chosen. */
const DAYS = 30
const HEIGHT_PX = 200

interface UsageChartProps {
  readonly input: ReturnType<typeof filterInput>
  readonly metric: Metric
  readonly onMetric: (metric: Metric) => void
}

export function UsageChart({ input, metric, onMetric }: UsageChartProps) {
  const t = useWords()
  const [today] = useState(() => dayStart(Date.now()))
  const { from, to } = input
  const asked = useSpendSeries({
    ...input,
    from: from ?? dayStart(Math.min(today, (to ?? today) - 1), 1 - DAYS),
    to: to ?? dayStart(today, 1),
  })
  return (
    <Section
      title={t('chart')}
      meta={from === undefined ? t('lastDays', { days: DAYS }) : undefined}
      actions={
        <RadioGroup
          look="segments"
          label={t('metric')}
          value={metric}
          options={METRICS.map((value) => ({ value, label: t(`metric_${value}`) }))}
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
