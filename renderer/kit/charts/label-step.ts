// Which places of an axis have their label: every so many, counted back from the last one, which is today.

const CHAR_PX = 6.6
const GAP_PX = 16

/** So that the widest label has room, and the steps between labels are all the same. */
export function labelStep(labels: readonly string[], widthPx: number): number {
  const widestPx = Math.max(0, ...labels.map((label) => label.length)) * CHAR_PX + GAP_PX
  const placePx = widthPx / Math.max(1, labels.length)
  return placePx > 0 ? Math.max(1, Math.ceil(widestPx / placePx)) : labels.length
}

export const hasLabel = (index: number, count: number, step: number): boolean =>
  (count - 1 - index) % step === 0
