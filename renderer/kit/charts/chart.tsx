// A chart with its legend, and the same figures as a table. The drawing library is loaded after the page has been painted.
import { BarChart3, Table2 } from 'lucide-react'
import { Suspense, useState } from 'react'
import { IconButton } from '../icon-button.tsx'
import { useKitWords } from '../kit-words.ts'
import { loadLater } from '../load-later.tsx'
import { colourOf, type Point, type Series, totalOf, type Unit } from './series.ts'

const Drawing = loadLater(() => import('./drawing.tsx').then(({ Drawing: drawing }) => drawing))

/** What both axis names take, beside the drawing. */
const AXIS_NAMES_PX = 28

export interface ChartProps {
  readonly kind: 'stacked-bars' | 'lines'
  /** Says what is drawn, such as *Spend by day and model*. */
  readonly label: string
  /** Names the upright axis by its unit: *US dollars*. */
  readonly valueLabel: string
  /** Names the other axis, and heads the first column of the table: *Day*. */
  readonly pointLabel: string
  readonly series: readonly Series[]
  readonly points: readonly Point[]
  readonly unit: Unit
  readonly heightPx?: number
  /** What is still expected at the last point, which is not over: a dashed outline above its bar. */
  readonly expectedRest?: number
  /** Without it the colours have to be told by a legend elsewhere. */
  readonly hasLegend?: boolean
}

export function Chart(props: ChartProps) {
  const { label, valueLabel, pointLabel, series, points, unit, heightPx = 220, hasLegend = true } = props
  const t = useKitWords()
  const [isTable, setIsTable] = useState(false)
  const hasData = points.some((point) => series.some(({ name }) => point.values[name] !== undefined))
  if (!hasData) {
    return (
      <div className="chartbox row" style={{ height: heightPx, justifyContent: 'center' }}>
        <span className="quiet">{t('noData')}</span>
      </div>
    )
  }
  return (
    <figure className="chartbox" aria-label={label}>
      {isTable ? (
        <ChartTable {...props} />
      ) : (
        <Suspense fallback={<div style={{ height: heightPx + AXIS_NAMES_PX }} />}>
          <div className="axisname">{valueLabel}</div>
          <Drawing {...props} heightPx={heightPx} />
          <div className="axisname end">{pointLabel}</div>
        </Suspense>
      )}
      <div className="chartfoot">
        {hasLegend && !isTable ? (
          <ul className="legend">
            {series.map((one, index) => (
              <li key={one.name}>
                <span className="sw" style={{ background: colourOf(series, index) }} />
                <span className={one.isLiteral ? 'mono' : undefined}>{one.label}</span>
                <span className="v m">{unit.sum(totalOf(points, one.name))}</span>
              </li>
            ))}
          </ul>
        ) : undefined}
        <IconButton
          label={isTable ? t('showChart') : t('showTable')}
          isSmall
          aria-pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {isTable ? <BarChart3 size={14} /> : <Table2 size={14} />}
        </IconButton>
      </div>
    </figure>
  )
}

function ChartTable({ label, valueLabel, pointLabel, series, points, unit }: ChartProps) {
  return (
    <div className="tablebox">
      <table className="table" aria-label={label}>
        <caption className="axisname">{valueLabel}</caption>
        <thead>
          <tr>
            <th>{pointLabel}</th>
            {series.map((one) => (
              <th key={one.name} className="r">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.label}>
              <td>{point.label}</td>
              {series.map(({ name }) => (
                <td key={name} className="r num">
                  {point.values[name] === undefined ? '—' : unit.exact(point.values[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
