// What was charged lately, by model: enough to say what another price would have meant. Reads a bounded number of charges, the
// newest first, because the console's question must not hold up anybody's answer.
import type { FurtherUsage } from '../../ledger/token-usage.ts'
import type { Db } from '../open.ts'

/** Usage of one charge. */
export interface RecentCharge {
  readonly model: string
  readonly serviceTier: string | null
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly webSearchCalls: number
  /** The counts that few answers have. */
  readonly furtherUsage: FurtherUsage | null
}

export interface RecentChargesRepository {
  /** Those of these models since a moment, of the newest `chargesMax` of all. Demo requests are left out. */
  of(models: readonly string[], since: number, chargesMax: number): RecentCharge[]
}

export function createRecentChargesRepository({ raw }: Db): RecentChargesRepository {
  type Stored = Omit<RecentCharge, 'furtherUsage'> & { readonly furtherUsage: string | null }
  const select = raw.prepare<[number, number, string], Stored>(
    `SELECT model, service_tier AS serviceTier, input_tokens AS inputTokens,
            cached_input_tokens AS cachedInputTokens, cache_write_tokens AS cacheWriteTokens,
            output_tokens AS outputTokens, reasoning_tokens AS reasoningTokens, web_search_calls AS webSearchCalls,
            further_usage AS furtherUsage
     FROM (SELECT * FROM charges ORDER BY entry_seq DESC LIMIT ?)
     WHERE created_at >= ? AND is_demo = 0 AND model IN (SELECT value FROM json_each(?))`,
  )
  return {
    of: (models, since, chargesMax) =>
      select.all(chargesMax, since, JSON.stringify(models)).map((charge) => ({
        ...charge,
        // Written by the journal from counts of this very type.
        furtherUsage: charge.furtherUsage === null ? null : (JSON.parse(charge.furtherUsage) as FurtherUsage),
      })),
  }
}
