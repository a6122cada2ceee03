// Where in packed commands stands what the journal looks at, and the hold that a settlement brings along.
import { HOLD_COLUMNS, holdPlace, settlementPlace, type Value } from './packed-commands.ts'

export type Row = readonly Value[]

export const HOLD = { requestId: holdPlace('request_id') }

export const SETTLEMENT = {
  requestId: settlementPlace('request_id'),
  userId: settlementPlace('user_id'),
  plan: settlementPlace('plan_subscription_id'),
  writeOff: settlementPlace('write_off_nano_usd'),
  settledAt: settlementPlace('settled_at'),
  createdAt: settlementPlace('created_at'),
}

const HOLD_PLACES_IN_SETTLEMENT = HOLD_COLUMNS.map((name) =>
  settlementPlace(name === 'held_nano_usd' ? 'hold_nano_usd' : name),
)

/** As a row of its own. */
export const holdIn = (settlement: Row): Row =>
  HOLD_PLACES_IN_SETTLEMENT.map((place) => settlement[place] ?? null)
