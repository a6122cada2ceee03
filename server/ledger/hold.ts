// Decides what is held for a request: its worst case; where a bound is too small for that, its input in full and as much
// output as a share of the rest pays for; and nothing where that would be too little to be of use.
import type { Refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { BalanceState } from './balance.ts'
import { type Bound, type BoundMetric, balanceBound, refuseShort, type ShortBound } from './bound.ts'
import { type NanoUsd, toNanoUsd } from './money.ts'
import { outputTokensWithin, type Quote, quotedAt } from './quote.ts'

export interface HoldAsk {
  readonly quote: Quote
  /** The most tokens that the request can use beside its output limit. */
  readonly fixedTokens: number
  /** How many answers are asked for; each may have the output limit. */
  readonly choices: number
  /** The output limit of each choice, as asked for. */
  readonly outputTokensMax: number
  /** Below this an answer is of no use. A request that asks for less itself is given that, or nothing. */
  readonly outputTokensFloor: number
  /** One request may have one of so many parts of what its input leaves over. Undefined: whole, or not at all. */
  readonly shareParts: number | undefined
}

export interface GrantedHold {
  readonly amountNanoUsd: NanoUsd
  /** The most tokens that the request can use with the output limit that it was granted. */
  readonly tokens: number
  /** The output limit of each choice that the amount pays for. Lower than asked for, it has to be sent upstream. */
  readonly outputTokensGranted: number
}

/** The hold that a balance alone carries, or why there is none. */
export const decideHold = (state: BalanceState, ask: HoldAsk): Result<GrantedHold, Refusal> =>
  decideHoldWithin([balanceBound(state)], ask)

/**
 * The hold that all bounds carry, or why there is none, as `refuseShort` tells it. What is needed is the least that would
 * have got it a hold.
 */
export function decideHoldWithin(bounds: readonly Bound[], ask: HoldAsk): Result<GrantedHold, Refusal> {
  const outputTokensGranted = outputWithin(bounds, ask)
  if (outputTokensGranted >= floorOf(ask)) {
    return ok({
      amountNanoUsd: quotedAt(ask.quote, outputTokensGranted),
      tokens: tokensAt(ask, outputTokensGranted),
      outputTokensGranted,
    })
  }
  const [first, ...others] = bounds
    .map((bound): ShortBound => ({ bound, needed: leastFor(bound.metric, ask) }))
    .filter(({ bound, needed }) => needed > bound.available)
  if (!first) throw new Error('a request that no bound is too small for is granted')
  return fail(refuseShort([first, ...others]))
}

/** The output limit that every bound carries, or -1 where one carries none. */
function outputWithin(bounds: readonly Bound[], ask: HoldAsk): number {
  if (availableIn(bounds, 'requests') < 1) return -1
  const byMoney = outputWithinMoney(availableIn(bounds, 'money'), ask)
  return Math.min(byMoney, outputWithinTokens(availableIn(bounds, 'tokens'), ask))
}

function availableIn(bounds: readonly Bound[], metric: BoundMetric): number {
  let least = Number.MAX_SAFE_INTEGER
  for (const bound of bounds) if (bound.metric === metric) least = Math.min(least, bound.available)
  return least
}

function outputWithinMoney(available: NanoUsd, { quote, outputTokensMax, shareParts }: HoldAsk): number {
  if (quotedAt(quote, outputTokensMax) <= available) return outputTokensMax
  const input = quotedAt(quote, 0)
  if (shareParts === undefined || input > available) return -1
  const share = Math.floor((available - input) / shareParts)
  return outputTokensWithin(quote, input + share, outputTokensMax)
}

function outputWithinTokens(available: number, ask: HoldAsk): number {
  const { fixedTokens, choices, outputTokensMax, shareParts } = ask
  if (tokensAt(ask, outputTokensMax) <= available) return outputTokensMax
  if (shareParts === undefined || fixedTokens > available) return -1
  return Math.floor((available - fixedTokens) / shareParts / choices)
}

const tokensAt = ({ fixedTokens, choices }: HoldAsk, outputTokens: number): number =>
  fixedTokens + outputTokens * choices

/** The least that has to be available for a hold: the worst case, or what makes the share reach the floor. */
function leastFor(metric: BoundMetric, ask: HoldAsk): number {
  switch (metric) {
    case 'money':
      return leastWith(ask, (outputTokens) => quotedAt(ask.quote, outputTokens))
    case 'tokens':
      return leastWith(ask, (outputTokens) => tokensAt(ask, outputTokens))
    case 'requests':
      return 1
  }
}

function leastWith(ask: HoldAsk, heldAt: (outputTokens: number) => number): number {
  const whole = heldAt(ask.outputTokensMax)
  if (ask.shareParts === undefined) return whole
  const input = heldAt(0)
  const share = heldAt(floorOf(ask)) - input
  return Math.min(whole, toNanoUsd(BigInt(input) + BigInt(share) * BigInt(ask.shareParts)))
}

const floorOf = ({ outputTokensFloor, outputTokensMax }: HoldAsk): number =>
  Math.min(outputTokensFloor, outputTokensMax)
