// Specimens of charts: several series, one point, none, and percentiles.
import { Chart } from '../kit/charts/chart.tsx'
import { Percentiles } from '../kit/charts/percentiles.tsx'
import type { Point, Series } from '../kit/charts/series.ts'
import { COUNTS, DOLLARS } from '../kit/charts/units.ts'
import { PanelBody, Section } from '../kit/page.tsx'

const SERIES: readonly Series[] = [
  { name: 'codex', label: 'gpt-5.3-codex', isLiteral: true },
  { name: 'plain', label: 'gpt-5.4', isLiteral: true },
  { name: 'other', label: 'Other', isOther: true },
]

const NANO = 1_000_000_000
const DAYS = [5.9, 6.3, 5, 7.4, 1.2, 0.9, 8, 8.6, 7.1, 9.4, 8.2, 2, 0.9, 6]

const POINTS: readonly Point[] = DAYS.map((dollars, index) => ({
  label: `${index + 10} Nov`,
  values: { codex: dollars * NANO, plain: dollars * 0.5 * NANO, other: 0.1 * NANO },
}))

export function Charts() {
  return (
    <div className="two">
      <Section title="Spend by day and model" meta="14 days">
        <PanelBody>
          <Chart
            kind="stacked-bars"
            label="Spend by day and model"
            valueLabel="US dollars"
            pointLabel="Day"
            series={SERIES}
            points={POINTS}
            unit={DOLLARS}
          />
        </PanelBody>
      </Section>
      <Section title="The same as lines">
        <PanelBody>
          <Chart
            kind="lines"
            label="Spend by day, as lines"
            valueLabel="US dollars"
            pointLabel="Day"
            series={SERIES.slice(0, 2)}
            points={POINTS}
            unit={DOLLARS}
          />
        </PanelBody>
      </Section>
      <Section title="One point">
        <PanelBody>
          <Chart
            kind="lines"
            label="One point"
            valueLabel="US dollars"
            pointLabel="Day"
            series={SERIES.slice(0, 1)}
            points={POINTS.slice(0, 1)}
            unit={DOLLARS}
            heightPx={140}
          />
        </PanelBody>
      </Section>
      <Section title="None, and percentiles">
        <PanelBody>
          <Chart
            kind="stacked-bars"
            label="Nothing"
            valueLabel="US dollars"
            pointLabel="Day"
            series={SERIES}
            points={[]}
            unit={COUNTS}
            heightPx={80}
          />
          <Percentiles label="Time to first token" p50Ms={412} p95Ms={1900} p99Ms={4200} />
        </PanelBody>
      </Section>
    </div>
  )
}
