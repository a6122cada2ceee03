// Explains a charge: the lines it is the sum of, both multipliers, and the one rounding. The lines are those that were charged
// by; every amount is exact, as a decimal number of nano-dollars.
import type { PriceRates } from '../../contract/price.ts'
import {
  amountOfLine,
  type ChargeLine,
  type ChargeLineKind,
  chargeLines,
  isLongContext,
  scaleUp,
  sumOfLines,
} from './charge.ts'
import { type NanoUsd, ONE_MILLION, type PartsPerMillion } from './money.ts'
import type { PricedTier } from './service-tier.ts'
import type { TokenUsage } from './token-usage.ts'

export interface ExplainedLine {
  readonly kind: ChargeLineKind
  readonly count: number
  readonly rateNanoUsd: NanoUsd
  readonly ratePer: ChargeLine['ratePer']
  /** count × rate ÷ ratePer. */
  readonly exactNanoUsd: string
}

export interface ExplainedCharge {
  readonly serviceTier: PricedTier
  /** Whether the whole request is charged at the long rates. */
  readonly isLongContext: boolean
  readonly lines: ExplainedLine[]
  /** The sum of the lines. */
  readonly sumNanoUsd: string
  readonly multiplierPpm: PartsPerMillion
  /** The model's own, beside the one for all. */
  readonly modelMultiplierPpm: PartsPerMillion
  /** The sum times both multipliers. */
  readonly multipliedNanoUsd: string
  /** The same, where a begun nano-dollar is charged whole. */
  readonly roundedNanoUsd: NanoUsd
}

/** The charge of `chargeFor`, line by line. */
export function explainCharge(
  usage: TokenUsage,
  rates: PriceRates,
  multiplierPpm: PartsPerMillion,
  serviceTier: PricedTier = 'default',
  modelMultiplierPpm: PartsPerMillion = ONE_MILLION,
): ExplainedCharge {
  const lines = chargeLines(usage, rates, serviceTier)
  const sum = sumOfLines(lines)
  return {
    serviceTier,
    isLongContext: isLongContext(usage.inputTokens, rates),
    lines: lines.map((line) => ({ ...line, exactNanoUsd: toDecimal(amountOfLine(line), 6) })),
    sumNanoUsd: toDecimal(sum, 6),
    multiplierPpm,
    modelMultiplierPpm,
    multipliedNanoUsd: toDecimal(sum * BigInt(multiplierPpm) * BigInt(modelMultiplierPpm), 18),
    roundedNanoUsd: scaleUp(sum, multiplierPpm, modelMultiplierPpm),
  }
}

/** A whole number of 10⁻ⁿ as a decimal, without zeros at its end. */
function toDecimal(amount: bigint, digits: number): string {
  const text = amount.toString().padStart(digits + 1, '0')
  const whole = text.slice(0, -digits)
  const fraction = text.slice(-digits).replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}
