// Decides what an account holds for a request: its worst case; where that is too much, its input in full and as much output
// as a share of the rest pays for; and nothing where that would be too little to be of use.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { availableNanoUsd, type BalanceState } from './balance.ts'
import { formatUsd, type NanoUsd, sumNanoUsd, toNanoUsd } from './money.ts'
import { outputTokensWithin, type Quote, quotedAt } from './quote.ts'

/**
 * How long a client waits where only its own open holds are in the way. Codex CLI tries six times and the OpenAI SDKs
 * three, so this spans the seconds that a usual answer takes to settle.
 */
export const HOLD_RETRY_AFTER_MS = 3_000

export interface HoldAsk {
  readonly quote: Quote
  /** The output limit of each choice, as asked for. */
  readonly outputTokensMax: number
  /** Below this an answer is of no use. A request that asks for less itself is given that, or nothing. */
  readonly outputTokensFloor: number
  /** One request may have one of so many parts of what its input leaves over. Undefined: whole, or not at all. */
  readonly shareParts: number | undefined
}

export interface GrantedHold {
  readonly amountNanoUsd: NanoUsd
  /** The output limit of each choice that the amount pays for. Lower than asked for, it has to be sent upstream. */
  readonly outputTokensGranted: number
}

/**
 * The hold, or why there is none: `balance_on_hold` where the account could carry the request once its own open holds have
 * ended, else `insufficient_quota`. What is needed is the least that would have got it a hold, rounded up; what is
 * available is rounded down, so that the message never shows two equal amounts.
 */
export function decideHold(state: BalanceState, ask: HoldAsk): Result<GrantedHold, Refusal> {
  const available = availableNanoUsd(state)
  const granted = grantWithin(available, ask)
  if (granted) return ok(granted)

  const needed = leastAvailableFor(ask)
  const details = {
    neededUsd: formatUsd(needed, 'up'),
    // Below zero nothing is available; how far below is in shortByNanoUsd.
    availableUsd: formatUsd(Math.max(0, available), 'down'),
    shortByNanoUsd: sumNanoUsd(needed, -available),
  }
  const availableWithoutHolds = availableNanoUsd({ ...state, openHoldsNanoUsd: 0 })
  if (state.openHoldsNanoUsd > 0 && needed <= availableWithoutHolds) {
    const heldUsd = formatUsd(state.openHoldsNanoUsd)
    return fail(refusal('balance_on_hold', { ...details, heldUsd }, { retryAfterMs: HOLD_RETRY_AFTER_MS }))
  }
  return fail(refusal('insufficient_quota', details))
}

function grantWithin(available: NanoUsd, ask: HoldAsk): GrantedHold | undefined {
  const { quote, outputTokensMax, shareParts } = ask
  const whole = quotedAt(quote, outputTokensMax)
  if (whole <= available) return { amountNanoUsd: whole, outputTokensGranted: outputTokensMax }
  const input = quotedAt(quote, 0)
  if (shareParts === undefined || input > available) return undefined

  const share = Math.floor((available - input) / shareParts)
  const outputTokensGranted = outputTokensWithin(quote, input + share, outputTokensMax)
  if (outputTokensGranted < floorOf(ask)) return undefined
  return { amountNanoUsd: quotedAt(quote, outputTokensGranted), outputTokensGranted }
}

/** The least that has to be available for a hold: the worst case, or what makes the share reach the floor. */
function leastAvailableFor(ask: HoldAsk): NanoUsd {
  const whole = quotedAt(ask.quote, ask.outputTokensMax)
  if (ask.shareParts === undefined) return whole
  const input = quotedAt(ask.quote, 0)
  const share = quotedAt(ask.quote, floorOf(ask)) - input
  return Math.min(whole, toNanoUsd(BigInt(input) + BigInt(share) * BigInt(ask.shareParts)))
}

const floorOf = ({ outputTokensFloor, outputTokensMax }: HoldAsk): number =>
  Math.min(outputTokensFloor, outputTokensMax)
