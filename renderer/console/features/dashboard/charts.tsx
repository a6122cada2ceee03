// What the last days were like: spend by model, requests and errors.
import { Count, Money } from '../../../kit/amounts.tsx'
import { bucketLabels } from '../../../kit/charts/bucket-label.ts'
import { Chart } from '../../../kit/charts/chart.tsx'
import { COUNTS, DOLLARS } from '../../../kit/charts/units.ts'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { modelColours } from '../../../spend/model-colours.ts'
import { spendPoints } from '../../../spend/spend-points.ts'
import { useAppearance } from '../../../state/appearance.ts'
import { Sentence } from '../../../words/sentence.tsx'
import type { Dashboard } from '../../gateway-now/use-gateway-now.ts'
import { useWords } from './words.ts'

interface SeriesProps {
  readonly series: Dashboard['series']
}

function useLabels({ buckets, timeZone }: Dashboard['series']): readonly string[] {
  const { language } = useAppearance()
  const starts = buckets.map(({ from }) => from)
  return bucketLabels(starts, 'day', timeZone, language)
}

export function SpendPanel({ series, expectedRest }: SeriesProps & { readonly expectedRest: number }) {
  const t = useWords()
  const points = useLabels(series)
  return (
    <Section
      title={t('spendByModel')}
      meta={
        <Sentence
          text={t('inDays', { days: series.buckets.length })}
          parts={{ figure: <Money nanoUsd={series.total.costNanoUsd} /> }}
        />
      }
    >
      <PanelBody>
        <Chart
          kind="stacked-bars"
          label={t('spendByModel')}
          valueLabel={t('dollars')}
          pointLabel={t('day')}
          {...spendPoints(
            series,
            'spend',
            { points, other: t('other'), noModel: t('noModel') },
            modelColours,
          )}
          unit={DOLLARS}
          expectedRest={expectedRest}
          heightPx={228}
        />
      </PanelBody>
    </Section>
  )
}

export function RequestsPanel({ series }: SeriesProps) {
  const t = useWords()
  const labels = useLabels(series)
  const { requests, errors } = series.total
  return (
    <Section
      title={t('requestsAndErrors')}
      meta={
        <Sentence
          text={t('inDays', { days: series.buckets.length })}
          parts={{ figure: <Count value={requests} isShort /> }}
        />
      }
    >
      <PanelBody>
        <Chart
          kind="stacked-bars"
          label={t('requestsAndErrors')}
          valueLabel={t('requestsUnit')}
          pointLabel={t('day')}
          series={[
            { name: 'answered', label: t('answered') },
            { name: 'errors', label: t('errors'), isBelow: true },
          ]}
          points={
            requests === 0
              ? []
              : labels.map((label, index) => {
                  const sums = series.points[index]
                  const failed = sums?.errors ?? 0
                  return { label, values: { answered: (sums?.requests ?? 0) - failed, errors: failed } }
                })
          }
          unit={COUNTS}
          heightPx={146}
        />
        <span className="sr">{t('errorsInAll', { count: errors })}</span>
      </PanelBody>
    </Section>
  )
}
