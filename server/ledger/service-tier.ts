// Which tier of service a request asked for, which ones it may be answered in, and which one it is charged at. The names on
// the wire change faster than prices do, so a name that is not known never makes an answer cheaper.
import { type PriceRates, SERVICE_TIERS, type ServiceTier, tierColumn } from '../../contract/price.ts'

/** `default` has the columns without a tier's name. */
export type PricedTier = 'default' | ServiceTier

/** OpenAI answers in `fast` on GPT-6 and in `priority` before it; both are asked for by either name. */
const TIER_BY_NAME: ReadonlyMap<string, PricedTier> = new Map([
  ['auto', 'default'],
  ['default', 'default'],
  ['fast', 'priority'],
  ...SERVICE_TIERS.map((tier) => [tier, tier] as const),
])

/** The tier that a `service_tier` names; undefined for a name that is not known. */
export const serviceTierNamed = (name: string): PricedTier | undefined => TIER_BY_NAME.get(name)

/** An answer may write its tier as it likes; a request may not, for nobody knows what an upstream makes of that. */
const tierAnswered = (name: string): PricedTier | undefined => serviceTierNamed(name.toLowerCase())

/** Whether a row says what input and output cost in a tier. Empty is not zero: without both, it has no price there. */
export const isTierPriced = (rates: PriceRates, tier: PricedTier): boolean =>
  tier === 'default' ||
  (isGiven(rates[tierColumn(tier, '', 'Input')]) && isGiven(rates[tierColumn(tier, '', 'Output')]))

const isGiven = (rate: number | null | undefined): boolean => rate !== null && rate !== undefined

const DEFAULT_ALONE: readonly PricedTier[] = ['default']

/**
 * The tiers that a request may be answered in: the one it asked for, and those that an upstream falls back to when that one
 * is full. The hold covers the dearest of them.
 */
export function reachableTiers(rates: PriceRates, asked: PricedTier): readonly PricedTier[] {
  if (asked === 'default') return DEFAULT_ALONE
  const fallBacks: readonly PricedTier[] = asked === 'ultrafast' ? ['priority', 'default'] : ['default']
  return [...new Set([asked, ...fallBacks])].filter((tier) => isTierPriced(rates, tier))
}

/** Whether an answer names a tier that is charged at another one's price, for want of its own. The operator should know. */
export const isAnsweredUnpriced = (rates: PriceRates, answered: string | null): boolean => {
  const tier = answered === null ? 'default' : tierAnswered(answered)
  return tier === undefined || !isTierPriced(rates, tier)
}

/**
 * The tiers that an answer is charged at, at the dearest of them: the one that the answer names, or the one that was asked
 * for where it names none. A tier without a price, or with a name that is not known, counts as all that were reachable.
 */
export function chargedTiers(
  rates: PriceRates,
  asked: PricedTier,
  answered: string | null,
): readonly PricedTier[] {
  // `auto` is what was asked for, not what was given: an answer that broke off early may still say it.
  const tier = answered === null || answered.toLowerCase() === 'auto' ? asked : tierAnswered(answered)
  if (tier === undefined || !isTierPriced(rates, tier)) return reachableTiers(rates, asked)
  return tier === 'default' ? DEFAULT_ALONE : [tier]
}
