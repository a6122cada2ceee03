// Lengths of sounds in whole milliseconds; a begun one counts.

export const toMs = (units: number, unitsPerSecond: number): number =>
  Math.ceil((units * 1000) / unitsPerSecond)
