// What a chart is given, and which colour stands for what: six series, then everything else in grey, always last.

export interface Series {
  /** The member of a point that holds its value. */
  readonly name: string
  readonly label: string
  /** Model ids are literals. */
  readonly isLiteral?: boolean
  readonly isOther?: boolean
}

/** One place on the axis: its label, and a value for each series; a value that is missing is a gap. */
export interface Point {
  readonly label: string
  readonly values: Readonly<Record<string, number | undefined>>
}

/** How values are written on the axis, in the tooltip and in the table. */
export interface Unit {
  readonly tick: (value: number) => string
  readonly exact: (value: number) => string
}

const COLOURS = 6

export function colourOf(series: readonly Series[], index: number): string {
  return series[index]?.isOther || index >= COLOURS ? 'var(--chart-other)' : `var(--chart-${index + 1})`
}

export const totalOf = (points: readonly Point[], name: string): number =>
  points.reduce((sum, point) => sum + (point.values[name] ?? 0), 0)

/** Rows as the chart library wants them: flat. */
export const flat = (points: readonly Point[]): Record<string, number | string | undefined>[] =>
  points.map((point) => ({ ...point.values, label: point.label }))

/** The highest place that is drawn: of stacked bars the sum, of lines the value. */
export function highest(series: readonly Series[], points: readonly Point[], isStacked: boolean): number {
  const heights = points.map(({ values }) => {
    const drawn = series.map(({ name }) => values[name] ?? 0)
    return isStacked ? drawn.reduce((sum, value) => sum + value, 0) : Math.max(0, ...drawn)
  })
  return Math.max(0, ...heights)
}

const STEPS_MAX = 4

/** Ticks from zero to `max` or above, 3 to 5 of them, whose steps are 1, 2 or 5 times a power of ten. */
export function niceTicks(max: number): readonly number[] {
  if (max <= 0) return [0, 1]
  const power = 10 ** Math.floor(Math.log10(max / STEPS_MAX))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => max / each <= STEPS_MAX) ?? max
  const count = Math.ceil(max / step)
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}
