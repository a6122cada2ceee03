// Factors on a charge, as people write them: 1.25 for 1,250,000 parts per million.

const ONE_PPM = 1_000_000
const FACTOR_MAX = 1_000

/** Undefined where it is no factor from 0 to 1,000, or has more than 6 decimals. */
export function parseMultiplier(text: string): number | undefined {
  const match = /^(\d{1,4})(?:\.(\d{0,6}))?$/.exec(text.trim().replace(/^×\s*/, ''))
  if (match === null) return undefined
  const [, whole = '', decimals = ''] = match
  const ppm = Number(whole) * ONE_PPM + Number(decimals.padEnd(6, '0'))
  return ppm <= FACTOR_MAX * ONE_PPM ? ppm : undefined
}

/** At least two decimals, and as many as it has. */
export function multiplierText(ppm: number): string {
  const decimals = String(ppm % ONE_PPM)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '')
  return `${Math.floor(ppm / ONE_PPM)}.${decimals}`
}
