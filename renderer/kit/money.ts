// Money and numbers as a reader sees them: how many digits an amount shows, and which of them carry the decision.
// Amounts are nano-dollars in safe integers; nothing here computes with fractions.

const NANO = 1_000_000_000
const MINUS = '\u2212'

export interface MoneyText {
  readonly sign: '' | typeof MINUS | '+'
  /** Currency sign and leading zeros: they align, and say nothing. */
  readonly quiet: string
  /** The digits to decide by. */
  readonly strong: string
  /** Cents of a large figure. */
  readonly tail: string
}

/**
 * `left`: what somebody can still spend, in cents, and never more than there is. `balance`: an amount in cents, as it is paid
 * in or asked for. `total`: a sum, in cents from $1 on. `request`: one request, always with
 * 6 decimals. `price`: as published, with at least 2. `exact`: all 9, as on a receipt.
 */
export type MoneyKind = 'left' | 'balance' | 'total' | 'request' | 'price' | 'exact'

export interface MoneyFormat {
  readonly kind?: MoneyKind
  /** Additions carry a plus. */
  readonly isSigned?: boolean
  /** A figure of its own: from $100 up its cents are quiet. */
  readonly isFigure?: boolean
}

/** Whatever the kind: an amount that its decimals would show as zero gets as many as it needs. */
export function moneyText(nanoUsd: number, format: MoneyFormat = {}): MoneyText {
  const magnitude = Math.abs(nanoUsd)
  const decimals = decimalsFor(magnitude, format)
  const text = fixed(magnitude, decimals, roundingOf(nanoUsd, format))
  const [, zeros = '', rest = ''] = /^(0\.0*|)(.*)$/.exec(text) ?? []
  const isZero = rest === ''
  const sign = signOf(nanoUsd, format)
  if (isZero) return { sign: '', quiet: '$', strong: '0.00', tail: '' }
  if (format.isFigure && magnitude >= 100 * NANO) {
    const point = rest.indexOf('.')
    return { sign, quiet: '$', strong: grouped(rest.slice(0, point)), tail: rest.slice(point) }
  }
  return { sign, quiet: `$${zeros}`, strong: zeros === '' ? grouped(rest) : rest, tail: '' }
}

/** The same in one string, for names, tooltips and plain text. */
export function moneyString(nanoUsd: number, format?: MoneyFormat): string {
  const { sign, quiet, strong, tail } = moneyText(nanoUsd, format)
  return `${sign}${quiet}${strong}${tail}`
}

function signOf(nanoUsd: number, { isSigned = false }: MoneyFormat): MoneyText['sign'] {
  if (nanoUsd < 0) return MINUS
  return isSigned && nanoUsd > 0 ? '+' : ''
}

const CENT = NANO / 100
const MICRO = NANO / 1_000_000

function decimalsFor(magnitude: number, { kind = 'total' }: MoneyFormat): number {
  if (kind === 'exact') return 9
  if (kind === 'price') return Math.max(2, 9 - trailingZeros(magnitude))
  const wantsCents =
    kind === 'balance' || kind === 'left' ? magnitude >= CENT : kind === 'total' && magnitude >= NANO
  if (magnitude === 0 || wantsCents) return 2
  return magnitude >= MICRO ? 6 : 9
}

function trailingZeros(magnitude: number): number {
  if (magnitude === 0) return 9
  const zeros = /0*$/.exec(String(magnitude))?.[0].length ?? 0
  return Math.min(zeros, 9)
}

type Rounding = 'half' | 'down' | 'up'

/** What is left is not rounded to more than there is, and what is owed not to less. */
function roundingOf(nanoUsd: number, { kind }: MoneyFormat): Rounding {
  if (kind !== 'left') return 'half'
  return nanoUsd < 0 ? 'up' : 'down'
}

/** Rounded in integers, half up unless told otherwise: $0.995 is shown as $1.00 by nobody's floating point. */
function fixed(magnitude: number, decimals: number, rounding: Rounding = 'half'): string {
  const unit = 10n ** BigInt(9 - decimals)
  const added = { half: unit / 2n, down: 0n, up: unit - 1n }[rounding]
  const rounded = (BigInt(magnitude) + added) / unit
  const digits = rounded.toString().padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

const grouped = (text: string): string =>
  text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))

/** What a person typed as dollars, in nano-dollars; undefined where it is no amount, or has more than 9 decimals. */
export function parseMoney(text: string): number | undefined {
  const match = /^([-+\u2212]?)\$?(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d{0,9}))?$/.exec(
    text.trim().replaceAll(' ', ''),
  )
  if (match === null) return undefined
  const [, sign = '', whole = '', decimals = ''] = match
  if (whole === '' && decimals === '') return undefined
  const nano = BigInt(whole.replaceAll(',', '') || '0') * BigInt(NANO) + BigInt(decimals.padEnd(9, '0'))
  if (nano > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  return Number(sign === '-' || sign === MINUS ? -nano : nano)
}

/** An amount as a person would type it: no sign for dollars, no zeros that say nothing. */
export function moneyInputText(nanoUsd: number): string {
  const text = fixed(Math.abs(nanoUsd), 9).replace(/0{1,7}$/, '')
  return nanoUsd < 0 ? `-${text}` : text
}

/** Whole numbers, grouped: `12,345`. */
export const countText = (count: number, language: string): string =>
  new Intl.NumberFormat(language === 'zh-CN' ? 'en' : language).format(count)

const SHORT_FROM = 10_000
const SHORT_STEPS = [
  { from: 1_000_000_000, divisor: 1_000_000_000, unit: 'B' },
  { from: 1_000_000, divisor: 1_000_000, unit: 'M' },
  { from: SHORT_FROM, divisor: 1_000, unit: 'k' },
] as const

/** A large count that nobody reads to the digit, in three figures: `6.84 M`. */
export function shortCountText(count: number): string {
  // Rounded before the unit is chosen: 999,999 are 1.00 M, and no 1000 k.
  const rounded = Number(count.toPrecision(3))
  const step = SHORT_STEPS.find(({ from }) => Math.abs(rounded) >= from)
  if (step === undefined || Math.abs(count) < SHORT_FROM) return countText(count, 'en')
  const value = rounded / step.divisor
  const wholeDigits = Math.trunc(Math.abs(value)).toString().length
  return `${value.toFixed(Math.max(0, 3 - wholeDigits))} ${step.unit}`
}
