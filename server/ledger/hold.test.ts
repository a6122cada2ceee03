// Whether an account can carry a request, and what it is told where it cannot.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../contract/errors.ts'
import { availableNanoUsd } from './balance.ts'
import { decideHold } from './hold.ts'

const USD = 1_000_000_000
const account = (balance: number, openHolds = 0, creditLimit = 0) => ({
  balanceNanoUsd: balance,
  creditLimitNanoUsd: creditLimit,
  openHoldsNanoUsd: openHolds,
})

describe('an account that can carry the worst case', () => {
  test('holds it whole, to the last nano-dollar', () => {
    expect(decideHold(account(5 * USD), 5 * USD)).toEqual({ ok: true, value: { amountNanoUsd: 5 * USD } })
    expect(decideHold(account(5 * USD), 5 * USD + 1).ok).toBe(false)
  })

  test('may use its credit limit', () => {
    expect(decideHold(account(0, 0, USD), USD).ok).toBe(true)
    expect(decideHold(account(-USD, 0, USD), 1).ok).toBe(false)
  })

  test('needs nothing for a request that costs nothing', () => {
    expect(decideHold(account(0), 0)).toEqual({ ok: true, value: { amountNanoUsd: 0 } })
  })
})

describe('an account that cannot', () => {
  test('is told what the request may cost and what there is', () => {
    const refused = decideHold(account(300_000), 412_500)
    expect(refused).toEqual({
      ok: false,
      error: {
        code: 'insufficient_quota',
        details: { neededUsd: '$0.000413', availableUsd: '$0.000300', shortByNanoUsd: 112_500 },
      },
    })
    expect(refused.ok === false && messageOf(refused.error)).toBe(
      'Your balance does not cover this request: it may cost up to $0.000413, and $0.000300 is available.',
    )
  })

  test('is told to come back where only its own open holds are in the way', () => {
    const refused = decideHold(account(2 * USD, 1.5 * USD), USD)
    expect(refused).toEqual({
      ok: false,
      error: {
        code: 'balance_on_hold',
        retryAfterMs: 3_000,
        details: {
          neededUsd: '$1.00',
          availableUsd: '$0.500000',
          heldUsd: '$1.50',
          shortByNanoUsd: 0.5 * USD,
        },
      },
    })
    expect(refused.ok === false && messageOf(refused.error)).toBe(
      'Other requests of yours are holding $1.50 until they finish. Try again in a moment.',
    )
  })

  test('is told to come back even where it takes everything once its holds have ended', () => {
    expect(decideHold(account(USD, 1, USD), 2 * USD)).toMatchObject({ error: { code: 'balance_on_hold' } })
  })

  test('is not told to come back where waiting would not help', () => {
    const refused = decideHold(account(2 * USD, 1.5 * USD), 2 * USD + 1)
    expect(refused).toMatchObject({ error: { code: 'insufficient_quota' } })
    expect(refused).not.toHaveProperty('error.retryAfterMs')
  })

  test('is never shown a negative amount as available', () => {
    const refused = decideHold(account(-3 * USD, 0, USD), USD)
    expect(refused).toMatchObject({ error: { details: { availableUsd: '$0.00', shortByNanoUsd: 3 * USD } } })
  })

  test('never reads that it needs exactly what it has', () => {
    // Both round to $1.23.
    const refused = decideHold(account(1_233_000_000), 1_234_000_000)
    expect(refused).toMatchObject({ error: { details: { neededUsd: '$1.24', availableUsd: '$1.23' } } })
  })
})

test('a hold is granted exactly where the account stays at or above zero available', () => {
  const amount = fc.integer({ min: 0, max: 10_000 })
  fc.assert(
    fc.property(
      fc.integer({ min: -5_000, max: 10_000 }),
      amount,
      amount,
      amount,
      (balance, held, limit, asked) => {
        const state = account(balance, held, limit)
        const after = availableNanoUsd({ ...state, openHoldsNanoUsd: held + asked })
        const decided = decideHold(state, asked)
        expect(decided.ok).toBe(after >= 0)
        if (!decided.ok) expect(decided.error.details?.shortByNanoUsd).toBe(-after)
      },
    ),
  )
})

test('however many requests ask at once, the holds that are granted never exceed the account', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 }), (asked) => {
      let openHolds = 0
      for (const amount of asked) {
        if (decideHold(account(10_000, openHolds), amount).ok) openHolds += amount
      }
      expect(openHolds).toBeLessThanOrEqual(10_000)
    }),
  )
})
