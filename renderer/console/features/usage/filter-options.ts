// What requests are filtered by, beside what both apps have.
import { choiceParam, textParam } from '../../../routing/search-params.ts'
import { REASONS } from '../../../usage-rows/filter-selects.tsx'
import { USAGE_PARAMS, type UsageFilter } from '../../../usage-rows/usage-filter.ts'

/** Those that are metered, as usage rows name them; see docs/request-journey.md. */
export const ENDPOINTS = [
  '/v1/responses',
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/moderations',
  '/v1/responses/compact',
  '/v1/responses/input_tokens',
] as const

export const PARAMS = {
  ...USAGE_PARAMS,
  user: textParam,
  endpoint: choiceParam(ENDPOINTS),
  reason: choiceParam(REASONS),
}

export interface ConsoleFilter extends UsageFilter {
  readonly user: string
  readonly endpoint: (typeof ENDPOINTS)[number] | undefined
  readonly reason: (typeof REASONS)[number] | undefined
}

export const NO_FILTER: ConsoleFilter = {
  from: undefined,
  to: undefined,
  user: '',
  key: '',
  model: '',
  endpoint: undefined,
  status: undefined,
  reason: undefined,
}
