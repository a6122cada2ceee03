// Which requests are looked at: what stands in the address, as the contract asks for it.
import type { ChargeReason } from '../../contract/usage.ts'
import { choiceParam, numberParam, sortParams, textParam } from '../routing/search-params.ts'
import { SPEND_METRICS } from '../spend/spend-points.ts'

/** Those that clients are given; see docs/errors.md. */
export const STATUSES = ['200', '400', '401', '403', '404', '429', '499', '500', '502', '503', '504'] as const

export const USAGE_SORTS = ['createdAt', 'cost'] as const

/** What both apps have in the address; the console adds more. */
export const USAGE_PARAMS = {
  ...sortParams(USAGE_SORTS),
  from: numberParam,
  to: numberParam,
  key: textParam,
  model: textParam,
  status: choiceParam(STATUSES),
  /** What the chart draws. */
  metric: choiceParam(SPEND_METRICS),
  /** Whose receipt is open. */
  request: textParam,
}

export interface UsageFilter {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly key: string
  readonly model: string
  readonly status: (typeof STATUSES)[number] | undefined
  readonly user?: string
  readonly endpoint?: string | undefined
  readonly reason?: ChargeReason | undefined
}

const ID_CHARS_MAX = 64
const MODEL_CHARS_MAX = 200

/** The members of the contract's filter, without those that say nothing. Anybody can type an address, so they are cut to length. */
export function filterInput(filter: UsageFilter) {
  const { from, to, key, model, status, user = '', endpoint, reason } = filter
  return {
    ...(user === '' ? {} : { userId: user.slice(0, ID_CHARS_MAX) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(key === '' ? {} : { keyId: key.slice(0, ID_CHARS_MAX) }),
    ...(model === '' ? {} : { model: model.slice(0, MODEL_CHARS_MAX) }),
    ...(status === undefined ? {} : { status: Number(status) }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(reason === undefined ? {} : { reason }),
  }
}

export type UsageFilterInput = ReturnType<typeof filterInput>

export const isFiltered = (filter: UsageFilter): boolean => Object.keys(filterInput(filter)).length > 0
