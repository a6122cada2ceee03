// Whether a key's own spending caps carry a hold, and what is said of the one that does not.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../contract/errors.ts'
import type { SpendingCaps } from '../../contract/limits.ts'
import { balanceBound } from '../ledger/bound.ts'
import { decideHoldWithin, type HoldAsk } from '../ledger/hold.ts'
import { capBounds, type KeySpending, NO_CAPS, type PeriodSpending } from './decide-spending-cap.ts'

const USD = 1_000_000_000
const DAY_END = Date.parse('2026-11-24T00:00:00Z')
const MONTH_END = Date.parse('2026-12-01T00:00:00Z')
const ENDS = { day: DAY_END, month: MONTH_END, total: null }

type Spent = readonly [settled: number, held?: number]
function spending(more: Partial<Record<keyof KeySpending, Spent>> = {}): KeySpending {
  const period = (name: keyof KeySpending): PeriodSpending => {
    const [settledNanoUsd = 0, openHoldsNanoUsd = 0] = more[name] ?? []
    return { settledNanoUsd, openHoldsNanoUsd, endsAt: ENDS[name] }
  }
  return { day: period('day'), month: period('month'), total: period('total') }
}

/** A request that is held whole or not at all. */
const whole = (amount: number): HoldAsk => ({
  quote: {
    fixedTokensTimesRates: BigInt(amount) * 1_000_000n,
    perOutputTokenTimesRates: 0n,
    multiplierPpm: 1_000_000,
  },
  fixedTokens: 0,
  choices: 1,
  outputTokensMax: 1,
  outputTokensFloor: 1,
  shareParts: undefined,
})

/** What a key with these caps is told whose owner has a balance of a thousand dollars. */
function refusedWith(caps: SpendingCaps, spent: KeySpending, amount: number) {
  const balance = { balanceNanoUsd: 1_000 * USD, creditLimitNanoUsd: 0, openHoldsNanoUsd: 0 }
  const decided = decideHoldWithin([balanceBound(balance), ...capBounds(caps, spent)], whole(amount))
  return decided.ok ? undefined : decided.error
}

describe('a key', () => {
  test('without caps spends what its owner has', () => {
    expect(capBounds(NO_CAPS, spending({ total: [900 * USD] }))).toEqual([])
    expect(refusedWith(NO_CAPS, spending({ total: [900 * USD] }), 50 * USD)).toBeUndefined()
  })

  test('spends up to its cap, to the last nano-dollar', () => {
    const caps = { ...NO_CAPS, dayNanoUsd: 5 * USD }
    expect(refusedWith(caps, spending({ day: [3 * USD, USD] }), USD)).toBeUndefined()
    expect(refusedWith(caps, spending({ day: [3 * USD, USD] }), USD + 1)).toBeDefined()
  })

  test('is held to its cap where its owner has more, and to the balance where its owner has less', () => {
    const caps = { ...NO_CAPS, totalNanoUsd: 5_000 * USD }
    expect(refusedWith(caps, spending(), 1_000 * USD)).toBeUndefined()
    const refused = refusedWith(caps, spending(), 1_001 * USD)
    expect(refused).toMatchObject({ code: 'insufficient_quota' })
    expect(refused?.details).not.toHaveProperty('cap')
  })

  test('whose cap is used up is told which, when it frees, and not to try again', () => {
    const caps = { ...NO_CAPS, monthNanoUsd: 5 * USD }
    const refused = refusedWith(caps, spending({ month: [4.5 * USD] }), USD)
    expect(refused).toEqual({
      code: 'insufficient_quota',
      details: {
        cause: 'key_window_cap',
        scope: 'key',
        cap: 'month',
        capUsd: '$5.00',
        neededUsd: '$1.00',
        availableUsd: '$0.500000',
        shortByNanoUsd: 0.5 * USD,
        resetsAt: MONTH_END,
        resetsAtText: '2026-12-01T00:00:00.000Z',
      },
    })
    expect(refused && messageOf(refused)).toBe(
      'The month cap of this API key, $5.00, does not cover this request: it needs $1.00, and $0.500000 is left until 2026-12-01T00:00:00.000Z.',
    )
  })

  test('whose total cap is used up is told so without a time, because it never frees', () => {
    const refused = refusedWith({ ...NO_CAPS, totalNanoUsd: USD }, spending({ total: [USD] }), 1)
    expect(refused?.details).not.toHaveProperty('resetsAt')
    expect(refused && messageOf(refused)).toBe(
      'The total cap of this API key, $1.00, does not cover this request: it needs $0.000000001, and $0.00 is left.',
    )
  })

  test('is told to come back where only its own open holds are in the way', () => {
    const caps = { ...NO_CAPS, totalNanoUsd: 5 * USD }
    expect(refusedWith(caps, spending({ total: [3 * USD, 1.5 * USD] }), USD)).toMatchObject({
      code: 'balance_on_hold',
      retryAfterMs: 3_000,
      details: { cap: 'total', heldUsd: '$1.50' },
    })
  })

  test('with several caps is told of the one that waiting helps least', () => {
    const caps = { dayNanoUsd: USD, monthNanoUsd: USD, totalNanoUsd: USD }
    const told = (spent: Parameters<typeof spending>[0]) => refusedWith(caps, spending(spent), USD)
    expect(told({ day: [USD], month: [USD], total: [USD] })).toMatchObject({ details: { cap: 'total' } })
    expect(told({ day: [USD], month: [USD] })).toMatchObject({ details: { cap: 'month' } })
    expect(told({ day: [USD], month: [0, USD], total: [0, USD] })).toMatchObject({
      code: 'insufficient_quota',
      details: { cap: 'day' },
    })
  })

  test('gets a share of what its cap leaves over, as it would of a balance', () => {
    const bounds = capBounds({ ...NO_CAPS, dayNanoUsd: 10_999 }, spending())
    const ask = {
      ...whole(1_000),
      quote: { ...whole(1_000).quote, perOutputTokenTimesRates: 10_000_000n },
      outputTokensMax: 1_000,
      shareParts: 4,
    }
    // 10,999 − 1,000 = 9,999; a quarter is 2,499; that is 249 tokens at 10 each.
    expect(decideHoldWithin(bounds, ask)).toMatchObject({
      value: { amountNanoUsd: 3_490, outputTokensGranted: 249 },
    })
  })
})

test('however many requests ask at once, what a key settles and holds never exceeds a cap', () => {
  const amount = fc.integer({ min: 0, max: 3_000 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(amount, amount), { maxLength: 30 }),
      amount,
      amount,
      (asked, day, total) => {
        const caps = { ...NO_CAPS, dayNanoUsd: day, totalNanoUsd: total }
        let settled = 0
        let held = 0
        const holds: [number, number][] = []
        for (const [hold, share] of asked) {
          const spent = spending({ day: [settled, held], total: [settled, held] })
          if (refusedWith(caps, spent, hold) === undefined) {
            held += hold
            holds.push([hold, Math.min(share, hold)])
          }
          expect(settled + held).toBeLessThanOrEqual(Math.min(day, total))
          const ended = holds.length > 3 ? holds.shift() : undefined
          if (!ended) continue
          held -= ended[0]
          settled += ended[1]
        }
      },
    ),
  )
})
