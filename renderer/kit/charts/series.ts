// What a chart is given, and which colour stands for what: six series, then everything else in grey, always last.

export interface Series {
  /** The member of a point that holds its value. */
  readonly name: string
  readonly label: string
  /** Model ids are literals. */
  readonly isLiteral?: boolean
  readonly isOther?: boolean
  /** Which of the six colours it has; without it, the one of its place. */
  readonly colour?: number
  /** Hangs below the axis, in the colour of what went wrong, so that position says it too. */
  readonly isBelow?: boolean
}

/** One place on the axis: its label, and a value for each series; a value that is missing is a gap. */
export interface Point {
  readonly label: string
  readonly values: Readonly<Record<string, number | undefined>>
}

/** How values are written: on the axis, to the last digit in the tooltip and in the table, and as the sum of a series. */
export interface Unit {
  readonly tick: (value: number) => string
  readonly exact: (value: number) => string
  readonly sum: (value: number) => string
  /** The least that two ticks may be apart: there are no half requests. */
  readonly stepMin: number
  /** What the axis reaches to where everything is zero. */
  readonly idleMax: number
}

export const COLOURS = 6

export function colourOf(series: readonly Series[], index: number): string {
  const { isBelow = false, isOther = false, colour = index + 1 } = series[index] ?? {}
  if (isBelow) return 'var(--bad)'
  return isOther || colour > COLOURS ? 'var(--chart-other)' : `var(--chart-${colour})`
}

export const totalOf = (points: readonly Point[], name: string): number =>
  points.reduce((sum, point) => sum + (point.values[name] ?? 0), 0)

/** Whether some value of a series stands between gaps: no line leads to it. */
export const hasLonePoint = (points: readonly Point[], name: string): boolean => {
  const isThere = (index: number): boolean => points[index]?.values[name] !== undefined
  return points.some((_, index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1))
}

/** Rows as the chart library wants them: flat, and what hangs below the axis negative. */
export function flat(
  series: readonly Series[],
  points: readonly Point[],
): Record<string, number | string | undefined>[] {
  return points.map(({ label, values }) => {
    const row: Record<string, number | string | undefined> = { label }
    for (const { name, isBelow } of series) {
      const value = values[name]
      row[name] = value !== undefined && isBelow ? -value : value
    }
    return row
  })
}

/** The highest place that is drawn: of stacked bars the sum, of lines the value; what hangs below is no part of it. */
export function highest(series: readonly Series[], points: readonly Point[], isStacked: boolean): number {
  const above = series.filter(({ isBelow }) => !isBelow)
  const heights = points.map(({ values }) => {
    const drawn = above.map(({ name }) => values[name] ?? 0)
    return isStacked ? drawn.reduce((sum, value) => sum + value, 0) : Math.max(0, ...drawn)
  })
  return Math.max(0, ...heights)
}

/** The same for what hangs below the axis, as a positive number. */
export const deepest = (series: readonly Series[], points: readonly Point[]): number =>
  highest(
    series.filter(({ isBelow }) => isBelow).map((one) => ({ ...one, isBelow: false })),
    points,
    true,
  )

const STEPS_MAX = 4

interface TickBounds {
  readonly stepMin: number
  readonly idleMax: number
}

/**
 * Ticks from zero to `max` or above, 2 to 5 of them, whose steps are 1, 2 or 5 times a power of ten. What hangs `depth` below
 * the axis shares its height, and so its steps.
 */
export function niceTicks(
  max: number,
  { stepMin, idleMax }: TickBounds = { stepMin: 0, idleMax: 1 },
  depth = 0,
): readonly number[] {
  const height = max + depth
  if (height <= 0) return [0, idleMax]
  const power = 10 ** Math.floor(Math.log10(height / STEPS_MAX))
  const step =
    [1, 2, 5, 10].map((factor) => factor * power).find((each) => height / each <= STEPS_MAX) ?? height
  const wide = Math.max(step, stepMin)
  const count = Math.max(1, Math.ceil(max / wide))
  return Array.from({ length: count + 1 }, (_, index) => index * wide)
}

/** Ticks down to `-depth` or below, in the steps of those above. */
export function ticksBelow(depth: number, above: readonly number[]): readonly number[] {
  const step = above[1] ?? 1
  const count = Math.ceil(depth / step)
  return Array.from({ length: count }, (_, index) => (index - count) * step)
}
