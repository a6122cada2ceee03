const UNITS = ['bytes', 'KiB', 'MiB', 'GiB'] as const

/**
 * As a person reads a limit that is counted in powers of two: 134,217,728 is 128 MiB. In the largest unit, or the one below it
 * where only that says it exactly: 1,100 MiB. Undefined for less than 1 KiB.
 */
export function memoryText(bytes: number): string | undefined {
  if (bytes < 1024) return undefined
  const largest = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  const power = !isExact(bytes, largest) && isExact(bytes, largest - 1) ? largest - 1 : largest
  const rounded = new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(bytes / 1024 ** power)
  return `${isExact(bytes, power) ? '' : '≈ '}${rounded} ${UNITS[power]}`
}

/** To one digit behind the point. */
const isExact = (bytes: number, power: number): boolean =>
  power > 0 && Number.isInteger((bytes / 1024 ** power) * 10)
