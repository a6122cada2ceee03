const UNITS = ['bytes', 'KiB', 'MiB', 'GiB'] as const

/** As a person reads a limit that is counted in powers of two: 134,217,728 is 128 MiB. Undefined for less than 1 KiB. */
export function memoryText(bytes: number): string | undefined {
  if (bytes < 1024) return undefined
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  const amount = bytes / 1024 ** power
  const rounded = new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(amount)
  return `${Number.isInteger(amount * 10) ? '' : '≈ '}${rounded} ${UNITS[power]}`
}
