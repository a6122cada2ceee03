// How the values of charts are written.
import { countText, moneyString, shortCountText } from '../money.ts'
import type { Unit } from './series.ts'

const NANO = 1_000_000_000

/** Nano-dollars: whole dollars on the axis, or as many decimals as its ticks have. */
export const DOLLARS: Unit = {
  tick: (value) =>
    value % NANO === 0 ? `$${countText(value / NANO, 'en')}` : moneyString(value, { kind: 'price' }),
  exact: (value) => moneyString(Math.round(value), { kind: 'price' }),
  sum: (value) => moneyString(Math.round(value)),
  stepMin: 1,
  idleMax: NANO,
}

/** Requests, tokens: `6.84 M` on the axis, whole in the table. */
export const COUNTS: Unit = {
  tick: shortCountText,
  exact: (value) => countText(value, 'en'),
  sum: (value) => countText(value, 'en'),
  stepMin: 1,
  idleMax: 1,
}
