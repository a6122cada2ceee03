// Turns the floating-point dollars of public price lists into whole nano-dollars, by their decimal digits and never by
// multiplication: 0.1 × 10⁹ is exact, 0.000209999… is found out.

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/

/** `value` × 10^`shift` as a whole number. Throws where digits would be lost, or for what is no amount. */
export function toWhole(value: number, shift: number): number {
  const [, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(String(value)) ?? []
  if (whole === '') throw new Error(`${value} is no amount of dollars`)
  const digits = whole + fraction
  const zeros = shift + Number(exponent) - fraction.length
  const dropped = zeros < 0 ? digits.slice(zeros) : ''
  if (/[1-9]/.test(dropped)) throw new Error(`${value} × 10^${shift} is no whole number`)
  const kept = zeros < 0 ? digits.slice(0, zeros) : digits + '0'.repeat(zeros)
  const result = Number(kept === '' ? 0 : kept)
  if (!Number.isSafeInteger(result)) throw new Error(`${value} × 10^${shift} is too large`)
  return result
}

/** Dollars per million tokens to nano-dollars per million tokens. */
export const fromUsdPerMTok = (usd: number): number => toWhole(usd, 9)
/** Dollars per token to nano-dollars per million tokens. */
export const fromUsdPerToken = (usd: number): number => toWhole(usd, 15)
/** Dollars per thousand calls to nano-dollars per call. */
export const fromUsdPerThousandCalls = (usd: number): number => toWhole(usd, 6)
