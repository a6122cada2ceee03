// What a day will have cost at its end, should it go on as it began.

/** Before this share of the day is over, a single request would decide it. */
const SHARE_MIN = 0.1

interface Day {
  readonly from: number
  readonly to: number
  readonly spentNanoUsd: number
}

/** In nano-dollars; undefined where the day has just begun, is over, or cost nothing. */
export function paceOf({ from, to, spentNanoUsd }: Day, nowMs: number): number | undefined {
  const share = (nowMs - from) / (to - from)
  if (share < SHARE_MIN || share >= 1 || spentNanoUsd <= 0) return undefined
  return Math.round(spentNanoUsd / share)
}
