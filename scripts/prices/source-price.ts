// What one public list says of one model, in our columns. Each reader turns its list into this, with its defects corrected.
import type { PriceRates } from '../../contract/price.ts'

export type SourcePrice = Partial<PriceRates>

export interface PriceSource {
  /** Name and version, as the price row's source names it. */
  readonly name: string
  readonly prices: ReadonlyMap<string, SourcePrice>
  /** What the list says that cannot be carried over, in words; shown to whoever runs the update. */
  readonly unread: readonly string[]
}

/** OpenAI: above 272,000 input tokens the whole request is long; exactly 272,000 is short. */
export const LONG_CONTEXT_ABOVE_TOKENS = 272_000
