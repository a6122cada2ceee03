// Figures of a machine in few characters. Units are international, and the same in both languages.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Decimal units, three digits at most: `1.24 GB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let step = 0
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1000
    step += 1
  }
  const decimals = step === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(value < 10 && step > 0 ? 2 : decimals)} ${UNITS[step]}`
}

/** `3 d 4 h`, `4 h 12 min`, `12 min`. */
export function uptimeText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return `${days} d ${hours % 24} h`
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`
}

/** Of a part in a whole: `0.4%`, `12%`. */
export function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`
}
