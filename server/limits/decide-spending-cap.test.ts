// Whether a key's own spending caps carry a hold.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SpendingCaps } from '../../contract/limits.ts'
import { decideSpendingCap, type KeySpending, type PeriodSpending } from './decide-spending-cap.ts'

const USD = 1_000_000_000
const noCaps: SpendingCaps = { dayNanoUsd: null, monthNanoUsd: null, totalNanoUsd: null }
const period = (settledNanoUsd = 0, openHoldsNanoUsd = 0): PeriodSpending => ({
  settledNanoUsd,
  openHoldsNanoUsd,
})
const spending = (more: Partial<KeySpending> = {}): KeySpending => ({
  day: period(),
  month: period(),
  total: period(),
  ...more,
})

describe('a key', () => {
  test('without caps spends what its owner has', () => {
    expect(decideSpendingCap(noCaps, spending({ total: period(900 * USD) }), 50 * USD)).toBeUndefined()
  })

  test('spends up to its cap, to the last nano-dollar', () => {
    const caps = { ...noCaps, dayNanoUsd: 5 * USD }
    expect(decideSpendingCap(caps, spending({ day: period(3 * USD, USD) }), USD)).toBeUndefined()
    expect(decideSpendingCap(caps, spending({ day: period(3 * USD, USD) }), USD + 1)).toBeDefined()
  })

  test('whose cap is used up is told which, and not to try again', () => {
    const caps = { ...noCaps, monthNanoUsd: 5 * USD }
    expect(decideSpendingCap(caps, spending({ month: period(4.5 * USD) }), USD)).toEqual({
      code: 'insufficient_quota',
      details: {
        scope: 'key',
        cap: 'month',
        capUsd: '$5.00',
        neededUsd: '$1.00',
        availableUsd: '$0.500000',
        shortByNanoUsd: 0.5 * USD,
      },
    })
  })

  test('is told to come back where only its own open holds are in the way', () => {
    const caps = { ...noCaps, totalNanoUsd: 5 * USD }
    expect(decideSpendingCap(caps, spending({ total: period(3 * USD, 1.5 * USD) }), USD)).toMatchObject({
      code: 'balance_on_hold',
      retryAfterMs: 3_000,
      details: { cap: 'total', heldUsd: '$1.50' },
    })
  })

  test('with several caps is told of the one that waiting helps least', () => {
    const caps = { dayNanoUsd: USD, monthNanoUsd: USD, totalNanoUsd: USD }
    const usedUp = period(USD)
    const held = period(0, USD)
    const told = (spent: KeySpending) => decideSpendingCap(caps, spent, USD)
    expect(told({ day: usedUp, month: usedUp, total: usedUp })).toMatchObject({ details: { cap: 'total' } })
    expect(told({ day: usedUp, month: usedUp, total: period() })).toMatchObject({ details: { cap: 'month' } })
    expect(told({ day: usedUp, month: held, total: held })).toMatchObject({
      code: 'insufficient_quota',
      details: { cap: 'day' },
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
        const caps = { ...noCaps, dayNanoUsd: day, totalNanoUsd: total }
        let settled = 0
        let held = 0
        const holds: [number, number][] = []
        for (const [hold, share] of asked) {
          const spent = spending({ day: period(settled, held), total: period(settled, held) })
          if (decideSpendingCap(caps, spent, hold) === undefined) {
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
