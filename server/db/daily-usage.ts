// How requests are added to the sums of days, as SQL: many at once while the sums follow behind the present, and one at a time
// for those that end late. Both are made from the same lists, so that they cannot differ.

/** Which sums there are, and what each tells apart beside the day. */
export const DAILY_SUMS = {
  daily_usage: ['model', 'endpoint', 'status', 'reason', 'is_demo'],
  daily_user_usage: ['user_id', 'is_demo'],
  daily_user_model_usage: ['user_id', 'model', 'is_demo'],
  daily_key_usage: ['user_id', 'key_id', 'is_demo'],
} as const
export type DailySums = keyof typeof DAILY_SUMS

/** Every table of days, the sums and how long requests took. */
export const DAILY_TABLES: readonly string[] = [...Object.keys(DAILY_SUMS), 'daily_timings']

/** What a row of usage counts, beside itself. */
export const COUNTS = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'web_search_calls',
  'cost_nano_usd',
]

/** As `endedInError` of the contract; `prefix` as in what is read. */
export const endedInErrorSql = (prefix = ''): string =>
  `(${prefix}status >= 400 OR ${prefix}reason = 'upstream_failed')`

const SMALLEST_STEP_BITS = 5
const LARGEST_STEP_BITS = 30
/** A power of two is cut into sixteen steps, so that the middle of one is at most a thirty-second off. */
const STEPS_BITS = 4

/**
 * The beginning of the step that a duration falls into: itself below 32 ms, and above that with all but its five leading bits
 * cleared. Whole numbers alone, so that every machine and version agrees.
 */
export function stepOf(column: string): string {
  const cases: string[] = []
  for (let bits = SMALLEST_STEP_BITS; bits <= LARGEST_STEP_BITS; bits += 1) {
    cases.push(`WHEN ${column} < ${2 ** bits} THEN ${column} & ${-widthOf(bits)}`)
  }
  return `CASE ${cases.join(' ')} ELSE ${column} & ${-widthOf(LARGEST_STEP_BITS)} END`
}

/** Of the step that holds durations of so many bits. */
const widthOf = (bits: number): number => 2 ** Math.max(0, bits - STEPS_BITS - 1)

/** The duration that stands for all of a step. */
export function middleOfStep(fromMs: number): number {
  const bits = Math.min(LARGEST_STEP_BITS, Math.floor(Math.log2(Math.max(1, fromMs))) + 1)
  return fromMs + Math.floor(widthOf(bits) / 2)
}

const TIMINGS = [
  { column: 'durations', source: 'duration_ms' },
  { column: 'first_tokens', source: 'first_token_ms' },
] as const

const plus = (names: readonly string[]): string =>
  names.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')

interface Reading {
  /** Where a column of usage is read from: nothing before it, or `@`. */
  readonly prefix: string
  /** The beginning of the day. */
  readonly start: string
  readonly count: string
  sum(expression: string): string
  /** What follows the columns, the condition included. */
  readonly from: string
  groupBy(columns: string): string
}

function statementsOf({ prefix, start, count, sum, from, groupBy }: Reading): readonly string[] {
  const sums = Object.entries(DAILY_SUMS).map(([table, names]) => {
    const dimensions = names.map((name) => prefix + name).join(', ')
    return `INSERT INTO ${table} (start_ms, ${names.join(', ')}, requests, errors, ${COUNTS.join(', ')})
      SELECT ${start}, ${dimensions}, ${count}, ${sum(endedInErrorSql(prefix))},
        ${COUNTS.map((name) => sum(prefix + name)).join(', ')}
      ${from} ${groupBy(dimensions)}
      ON CONFLICT DO UPDATE SET ${plus(['requests', 'errors', ...COUNTS])}`
  })
  const timings = TIMINGS.map(({ column, source }) => {
    const dimensions = `${stepOf(prefix + source)}, ${prefix}model, ${prefix}is_demo`
    const counts = TIMINGS.map((each) => (each.column === column ? count : '0')).join(', ')
    return `INSERT INTO daily_timings (start_ms, from_ms, model, is_demo, durations, first_tokens)
      SELECT ${start}, ${dimensions}, ${counts}
      ${from} AND ${prefix}status < 400 AND ${prefix}${source} IS NOT NULL ${groupBy(dimensions)}
      ON CONFLICT DO UPDATE SET ${plus([column])}`
  })
  return [...sums, ...timings]
}

/** Adds the requests that arrived from `@from` and before `@until` to the day that begins at `@start`. */
export const ADD_TO_DAY: readonly string[] = statementsOf({
  prefix: '',
  start: '@start',
  count: 'count(*)',
  sum: (expression) => `sum(${expression})`,
  from: 'FROM usage WHERE created_at >= @from AND created_at < @until',
  groupBy: (columns) => `GROUP BY ${columns}`,
})

/**
 * Adds one request, given by the names of its columns. On a day without sums it is a row alone, as everything else of that
 * day is.
 */
export const ADD_LATE_TO_ITS_DAY: readonly string[] = statementsOf({
  prefix: '@',
  start: 'usage_days.start_ms',
  count: '1',
  sum: (expression) => expression,
  from: 'FROM usage_days WHERE usage_days.start_ms <= @created_at AND usage_days.end_ms > @created_at',
  groupBy: () => '',
})
