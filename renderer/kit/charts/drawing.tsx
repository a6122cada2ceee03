// The drawings themselves, by recharts: hairline grid, few ticks with their unit, no animation, no smoothing.
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { ChartProps } from './chart.tsx'
import { colourOf, flat, highest, niceTicks, type Series, type Unit } from './series.ts'

type DrawingProps = ChartProps & { readonly heightPx: number }

export function Drawing({ kind, series, points, unit, heightPx }: DrawingProps) {
  const data = flat(points)
  const ticks = niceTicks(highest(series, points, kind === 'stacked-bars'))
  const frame = [
    <CartesianGrid key="grid" vertical={false} stroke="var(--line)" />,
    <XAxis
      key="x"
      dataKey="label"
      tickLine={false}
      axisLine={{ stroke: 'var(--line-strong)' }}
      interval="preserveStartEnd"
      minTickGap={16}
      height={24}
    />,
    <YAxis
      key="y"
      tickFormatter={unit.tick}
      tickLine={false}
      axisLine={false}
      ticks={[...ticks]}
      domain={[0, ticks.at(-1) ?? 1]}
      interval={0}
      width="auto"
    />,
    <Tooltip
      key="tip"
      isAnimationActive={false}
      cursor={{ fill: 'var(--hover)', stroke: 'var(--line-strong)' }}
      content={(shown) => (
        <Tip label={String(shown.label ?? '')} series={series} unit={unit} values={valuesOf(shown.payload)} />
      )}
    />,
  ]
  const margin = { top: 8, right: 4, bottom: 0, left: 0 }
  return (
    <div className="chart" style={{ height: heightPx }}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: heightPx }}>
        {kind === 'lines' ? (
          <LineChart data={data} margin={margin} accessibilityLayer>
            {frame}
            {series.map(({ name }, index) => (
              <Line
                key={name}
                dataKey={name}
                type="linear"
                stroke={colourOf(series, index)}
                strokeWidth={1.5}
                // A single point makes no line.
                dot={points.length === 1}
                isAnimationActive={false}
              />
            ))}
          </LineChart>
        ) : (
          <BarChart data={data} margin={margin} barCategoryGap="28%" accessibilityLayer>
            {frame}
            {series.map(({ name }, index) => (
              <Bar
                key={name}
                dataKey={name}
                stackId="all"
                fill={colourOf(series, index)}
                // The gap between segments, in the colour of the ground.
                stroke="var(--surface)"
                strokeWidth={1}
                maxBarSize={32}
                isAnimationActive={false}
              />
            ))}
          </BarChart>
        )}
      </ResponsiveContainer>
    </div>
  )
}

/** What is pointed at, by series; the library passes on whatever stood in the data. */
function valuesOf(
  payload: readonly { readonly dataKey?: unknown; readonly value?: unknown }[] | undefined,
): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  for (const { dataKey, value } of payload ?? [])
    if (typeof value === 'number') values.set(String(dataKey), value)
  return values
}

interface TipProps {
  readonly label: string
  readonly series: readonly Series[]
  readonly unit: Unit
  readonly values: ReadonlyMap<string, number>
}

function Tip({ label, series, unit, values }: TipProps) {
  return (
    <div className="charttip">
      <div className="m">{label}</div>
      {series.map(({ name, label: seriesLabel, isLiteral }, index) => {
        const value = values.get(name)
        if (value === undefined) return null
        return (
          <div key={name} className="row sb g16">
            <span className="row g6">
              <span className="sw" style={{ background: colourOf(series, index) }} />
              <span className={isLiteral ? 'mono' : undefined}>{seriesLabel}</span>
            </span>
            <span className="num">{unit.exact(value)}</span>
          </div>
        )
      })}
    </div>
  )
}
