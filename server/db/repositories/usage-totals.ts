// Sums over requests, as SQL and as values: how they are read, added up, and called nothing.
import type { UsageTotals } from '../../../contract/operations/usage.ts'
import { endedInErrorSql } from '../daily-usage.ts'

export type { UsageTotals }

export const NOTHING_USED: UsageTotals = {
  requests: 0,
  errors: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  webSearchCalls: 0,
  costNanoUsd: 0,
}

const sum = (expression: string) => `coalesce(sum(${expression}), 0)`

const COMMON = {
  inputTokens: sum('input_tokens'),
  cachedInputTokens: sum('cached_input_tokens'),
  cacheWriteTokens: sum('cache_write_tokens'),
  outputTokens: sum('output_tokens'),
  reasoningTokens: sum('reasoning_tokens'),
  webSearchCalls: sum('web_search_calls'),
  costNanoUsd: sum('cost_nano_usd'),
}

const toColumns = (expressions: Readonly<Record<string, string>>): string =>
  Object.entries(expressions)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(', ')

/** The columns of a sum over usage rows. */
export const SUMS_OF_ROWS = toColumns({ requests: 'count(*)', errors: sum(endedInErrorSql()), ...COMMON })

/** The same over rows that are sums themselves. */
export const SUMS_OF_SUMS = toColumns({
  requests: sum('requests'),
  errors: sum(`CASE WHEN ${endedInErrorSql()} THEN requests ELSE 0 END`),
  ...COMMON,
})

/** The same over sums of days, which have counted their errors. */
export const SUMS_OF_DAYS = toColumns({ requests: sum('requests'), errors: sum('errors'), ...COMMON })

export function addTotals(one: UsageTotals, other: UsageTotals): UsageTotals {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    webSearchCalls: one.webSearchCalls + other.webSearchCalls,
    costNanoUsd: one.costNanoUsd + other.costNanoUsd,
  }
}

export const sumTotals = (totals: Iterable<UsageTotals>): UsageTotals => {
  let whole = NOTHING_USED
  for (const part of totals) whole = addTotals(whole, part)
  return whole
}
