// The drawings themselves, by recharts: hairline grid, few ticks with their unit, no animation, no smoothing.
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  usePlotArea,
  XAxis,
  YAxis,
} from 'recharts'
import { useKitWords } from '../kit-words.ts'
import type { ChartProps } from './chart.tsx'
import { hasLabel, labelStep } from './label-step.ts'
import {
  colourOf,
  deepest,
  flat,
  hasLonePoint,
  highest,
  niceTicks,
  type Series,
  ticksBelow,
  type Unit,
} from './series.ts'

type DrawingProps = ChartProps & { readonly heightPx: number }

/** The member of the last point that holds what is still expected there; no series has this name. */
const EXPECTED = '…'

export function Drawing({ kind, series, points, unit, heightPx, expectedRest = 0 }: DrawingProps) {
  const data = flat(series, points)
  const labels = points.map(({ label }) => label)
  const last = data.at(-1)
  if (last !== undefined && expectedRest > 0) last[EXPECTED] = expectedRest
  const [lastPoint] = points.slice(-1)
  const reach = lastPoint === undefined ? 0 : highest(series, [lastPoint], true) + expectedRest
  const depth = deepest(series, points)
  const above = niceTicks(Math.max(reach, highest(series, points, kind === 'stacked-bars')), unit, depth)
  const ticks: number[] = [...ticksBelow(depth, above), ...above]
  const frame = [
    <CartesianGrid key="grid" vertical={false} stroke="var(--line)" />,
    <XAxis
      key="x"
      dataKey="label"
      tickLine={false}
      axisLine={{ stroke: 'var(--line-strong)' }}
      interval={0}
      tick={(tick: PlacedLabel) => <Label {...tick} labels={labels} />}
      height={24}
    />,
    <YAxis
      key="y"
      tickFormatter={(value: number) => unit.tick(Math.abs(value))}
      tickLine={false}
      axisLine={false}
      ticks={ticks}
      domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
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
  const margin = { top: 8, right: 20, bottom: 0, left: 0 }
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
                dot={hasLonePoint(points, name)}
                isAnimationActive={false}
              />
            ))}
          </LineChart>
        ) : (
          <BarChart
            data={data}
            margin={margin}
            barCategoryGap={points.length > 20 ? '14%' : '28%'}
            stackOffset="sign"
            accessibilityLayer
          >
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
            {expectedRest > 0 ? (
              <Bar
                dataKey={EXPECTED}
                stackId="all"
                fill="none"
                stroke="var(--line-control)"
                strokeDasharray="2 2"
                maxBarSize={32}
                isAnimationActive={false}
              />
            ) : undefined}
          </BarChart>
        )}
      </ResponsiveContainer>
    </div>
  )
}

/** What the library tells of each place on the axis. */
interface PlacedLabel {
  readonly x: number | string
  readonly y: number | string
  readonly index: number
}

/** One label of the axis below, where it is its turn. The last one does not leave the drawing. */
function Label({ x, y, index, labels }: PlacedLabel & { readonly labels: readonly string[] }) {
  const widthPx = usePlotArea()?.width ?? 0
  if (!hasLabel(index, labels.length, labelStep(labels, widthPx))) return null
  return (
    <text x={x} y={Number(y) + 10} textAnchor="middle">
      {labels[index]}
    </text>
  )
}

/** What is pointed at, by series; the library passes on whatever stood in the data. */
function valuesOf(
  payload: readonly { readonly dataKey?: unknown; readonly value?: unknown }[] | undefined,
): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  for (const { dataKey, value } of payload ?? [])
    if (typeof value === 'number') values.set(String(dataKey), Math.abs(value))
  return values
}

interface TipProps {
  readonly label: string
  readonly series: readonly Series[]
  readonly unit: Unit
  readonly values: ReadonlyMap<string, number>
}

function Tip({ label, series, unit, values }: TipProps) {
  const t = useKitWords()
  const expected = values.get(EXPECTED)
  const stacked = series.filter(({ isBelow }) => !isBelow)
  return (
    <div className="charttip">
      <div className="m">{label}</div>
      {series.map(({ name, label: seriesLabel, isLiteral }, index) => {
        const value = values.get(name)
        if (value === undefined || (value === 0 && series.length > 2)) return null
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
      {stacked.length > 1 ? (
        <div className="row sb g16 m">
          <span>{t('total')}</span>
          <span className="num">
            {unit.exact(stacked.reduce((sum, { name }) => sum + (values.get(name) ?? 0), 0))}
          </span>
        </div>
      ) : undefined}
      {expected === undefined ? undefined : (
        <div className="row sb g16 quiet">
          <span>{t('expectedRest')}</span>
          <span className="num">{unit.exact(expected)}</span>
        </div>
      )}
    </div>
  )
}
