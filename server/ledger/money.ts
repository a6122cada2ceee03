// Amounts of money. Every amount is an integer number of nano-dollars (10⁻⁹ USD) within the safe integers (±$9.0 million).

/** Integer nano-dollars, 10⁻⁹ USD. */
export type NanoUsd = number
/** Integer parts per million: 1_000_000 leaves a price as it is. */
export type PartsPerMillion = number

export const ONE_MILLION: PartsPerMillion = 1_000_000

/**
 * A whole amount on the way to money, such as tokens times rates: a number where it is a safe integer and so exact, else a bigint.
 * Nearly all are numbers, which cost a tenth of the time and no memory.
 */
export type ExactAmount = number | bigint

/** The exact product of whole numbers. */
export function timesExact(one: number, other: number): ExactAmount {
  const product = one * other
  // A product beyond the safe integers is never rounded into them.
  return Number.isSafeInteger(product) ? product : BigInt(one) * BigInt(other)
}

export function plusExact(one: ExactAmount, other: ExactAmount): ExactAmount {
  if (typeof one === 'number' && typeof other === 'number') {
    const sum = one + other
    if (Number.isSafeInteger(sum)) return sum
  }
  return BigInt(one) + BigInt(other)
}

const NANO_USD_MAX = BigInt(Number.MAX_SAFE_INTEGER)

/** The exact sum of amounts. A sum beyond ±$9.0 million stays at that bound, so that it can never wrap or lose digits. */
export function sumNanoUsd(...amounts: readonly NanoUsd[]): NanoUsd {
  let sum = 0
  for (const amount of amounts) {
    sum += amount
    // Whole numbers add up exactly until a sum leaves the safe integers, which nearly none ever does.
    if (!Number.isSafeInteger(sum)) return sumOfLarge(amounts)
  }
  return sum
}

function sumOfLarge(amounts: readonly NanoUsd[]): NanoUsd {
  let sum = 0n
  for (const amount of amounts) sum += BigInt(amount)
  return toNanoUsd(sum)
}

/** A BigInt amount as a number; beyond ±$9.0 million it stays at that bound. */
export function toNanoUsd(amount: bigint): NanoUsd {
  if (amount > NANO_USD_MAX) return Number(NANO_USD_MAX)
  if (amount < -NANO_USD_MAX) return -Number(NANO_USD_MAX)
  return Number(amount)
}

/** `up` and `down` move the size of the amount, so that what is needed never reads as less, nor what is left as more. */
type Rounding = 'nearest' | 'up' | 'down'

/**
 * An amount as a person reads it: `$12.50` from one dollar up, six digits below it, nine below a millionth of a dollar.
 * Never `$0.00` unless it is zero. The minus is U+2212. Exact nano-dollars are shown elsewhere, on the receipt.
 */
export function formatUsd(amountNanoUsd: NanoUsd, rounding: Rounding = 'nearest'): string {
  const size = BigInt(Math.abs(amountNanoUsd))
  const sign = amountNanoUsd < 0 ? '\u2212' : ''
  if (size === 0n) return '$0.00'
  if (size < 1_000n) return `${sign}$${toDecimal(size, 9)}`
  const sixDigits = roundTo(size, 1_000n, rounding)
  // Asked after rounding: $0.9999999 is $1.00, not $1.000000.
  if (sixDigits < 1_000_000n) return `${sign}$${toDecimal(sixDigits, 6)}`
  return `${sign}$${toDecimal(roundTo(size, 10_000_000n, rounding), 2)}`
}

function roundTo(size: bigint, step: bigint, rounding: Rounding): bigint {
  if (rounding === 'up') return (size + step - 1n) / step
  if (rounding === 'down') return size / step
  return (size + step / 2n) / step
}

/** `units` counted in 10⁻ᵈⁱᵍⁱᵗˢ, with thousands set apart. */
function toDecimal(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, '0')
  const whole = text.slice(0, -digits).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${whole}.${text.slice(-digits)}`
}
