// Lengths of sounds in whole milliseconds; a begun one counts.

/** Sums of fractions are off by what no clock could tell, and that begins nothing. */
const EXACT = 1_000_000

export const toMs = (units: number, unitsPerSecond: number): number =>
  Math.ceil(Math.round((units * 1000 * EXACT) / unitsPerSecond) / EXACT)
