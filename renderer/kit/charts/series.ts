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
