// Which requests are looked at: what stands in the address, as the contract asks for it.
import { choiceParam, numberParam, textParam } from '../../../routing/search-params.ts'

/** Those that clients are given; see docs/errors.md. */
export const STATUSES = ['200', '400', '401', '403', '404', '429', '499', '500', '502', '503', '504'] as const

export const METRICS = ['spend', 'requests', 'tokens'] as const
export type Metric = (typeof METRICS)[number]

export const USAGE_PARAMS = {
  from: numberParam,
  to: numberParam,
  key: textParam,
  model: textParam,
  status: choiceParam(STATUSES),
  /** What the chart draws. */
  metric: choiceParam(METRICS),
  /** Whose receipt is open. */
  request: textParam,
}

export interface UsageFilter {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly key: string
  readonly model: string
  readonly status: (typeof STATUSES)[number] | undefined
}

export const NO_FILTER: UsageFilter = {
  from: undefined,
  to: undefined,
  key: '',
  model: '',
  status: undefined,
}

/** The members of the contract's filter, without those that say nothing. */
export const filterInput = (userId: string, { from, to, key, model, status }: UsageFilter) => ({
  userId,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  ...(key === '' ? {} : { keyId: key }),
  ...(model === '' ? {} : { model }),
  ...(status === undefined ? {} : { status: Number(status) }),
})

export const isFiltered = (filter: UsageFilter): boolean =>
  Object.keys(filterInput('', filter)).some((name) => name !== 'userId')

/** Where the rows that are looked at can be had as a file. */
export function csvPath(input: ReturnType<typeof filterInput>): string {
  const params = Object.entries(input).map(([name, value]) => [name, String(value)])
  return `/api/export/usage.csv?${new URLSearchParams(params)}`
}
