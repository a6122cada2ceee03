// Decides when a balance will have run out, should spending go on as in the last days. Pure.
export interface Forecast {
  /** What was spent on an average day; null where nothing was. */
  readonly dailyNanoUsd: number | null
  /** Unix milliseconds; null where it does not run out within the time that a forecast is worth anything. */
  readonly runsOutAt: number | null
}

export const FORECAST_DAYS = 7
const DAY_MS = 86_400_000
const HORIZON_DAYS = 365

/** `firstAt` is when spending began within these days: whoever began yesterday is not averaged over a week. */
export function decideForecast(given: {
  readonly spentNanoUsd: number
  readonly firstAt: number | null
  readonly leftNanoUsd: number
  readonly nowMs: number
}): Forecast {
  const { spentNanoUsd, firstAt, leftNanoUsd, nowMs } = given
  if (firstAt === null || spentNanoUsd <= 0) return { dailyNanoUsd: null, runsOutAt: null }
  const days = Math.min(FORECAST_DAYS, Math.max(1, (nowMs - firstAt) / DAY_MS))
  const dailyNanoUsd = Math.round(spentNanoUsd / days)
  if (dailyNanoUsd === 0) return { dailyNanoUsd, runsOutAt: null }
  const daysLeft = Math.max(0, leftNanoUsd) / dailyNanoUsd
  return { dailyNanoUsd, runsOutAt: daysLeft > HORIZON_DAYS ? null : Math.round(nowMs + daysLeft * DAY_MS) }
}
