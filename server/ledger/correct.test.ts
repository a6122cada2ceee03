// What can be put right after the fact, and by how much at most.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { availableNanoUsd } from './balance.ts'
import { decideLossCharge, decideRefund, refuseCreditLimit } from './correct.ts'

const account = (balanceNanoUsd: number, creditLimitNanoUsd = 0, openHoldsNanoUsd = 0) => ({
  balanceNanoUsd,
  creditLimitNanoUsd,
  openHoldsNanoUsd,
})

describe('a refund', () => {
  test('is all that was paid, or what is named of it', () => {
    expect(decideRefund(700, 0, undefined)).toEqual({ ok: true, value: 700 })
    expect(decideRefund(700, 0, 1)).toEqual({ ok: true, value: 1 })
    expect(decideRefund(700, 0, 700)).toEqual({ ok: true, value: 700 })
  })

  test('is never more than was paid', () => {
    expect(decideRefund(700, 0, 701)).toMatchObject({
      error: { code: 'refund_too_large', details: { maxNanoUsd: 700 } },
    })
  })

  test('happens once, however small it was', () => {
    expect(decideRefund(700, 1, 1)).toMatchObject({ error: { code: 'already_refunded' } })
  })

  test('is not made of nothing', () => {
    expect(decideRefund(0, 0, undefined)).toMatchObject({ error: { code: 'nothing_to_refund' } })
    expect(decideRefund(0, 0, 5)).toMatchObject({ error: { code: 'nothing_to_refund' } })
  })
})

describe('a later charge of a possible loss', () => {
  test('is all that was held, or what is named of it', () => {
    expect(decideLossCharge(900, account(5_000), undefined)).toMatchObject({
      value: { amountNanoUsd: 900, unchargedNanoUsd: 0 },
    })
    expect(decideLossCharge(900, account(5_000), 200)).toMatchObject({
      value: { amountNanoUsd: 200, unchargedNanoUsd: 0 },
    })
  })

  test('takes what there is, where nothing was named and the account cannot bear all of it', () => {
    expect(decideLossCharge(900, account(-100, 400, 50), undefined)).toEqual({
      ok: true,
      value: { amountNanoUsd: 250, unchargedNanoUsd: 650 },
    })
  })

  test('is refused where there is nothing to take, or less than was named', () => {
    expect(decideLossCharge(900, account(0), undefined)).toMatchObject({
      error: { code: 'balance_below_limit', details: { maxNanoUsd: 0 } },
    })
    expect(decideLossCharge(900, account(250), 251)).toMatchObject({
      error: { code: 'balance_below_limit', details: { maxNanoUsd: 250 } },
    })
  })

  test('is never more than was held', () => {
    expect(decideLossCharge(900, account(5_000), 901)).toMatchObject({
      error: { code: 'loss_charge_too_large', details: { maxNanoUsd: 900 } },
    })
  })

  test('of a hold of nothing is nothing, also on an empty account', () => {
    expect(decideLossCharge(0, account(0), undefined)).toMatchObject({ value: { amountNanoUsd: 0 } })
  })

  test('leaves what is available at zero or above, whatever the account', () => {
    const amount = fc.integer({ min: -5_000, max: 5_000 })
    const positive = fc.nat(5_000)
    const named = fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined })
    fc.assert(
      fc.property(positive, amount, positive, positive, named, (held, balance, limit, holds, asked) => {
        const before = account(balance, limit, holds)
        const decided = decideLossCharge(held, before, asked)
        if (!decided.ok) return
        const { amountNanoUsd, unchargedNanoUsd } = decided.value
        expect(amountNanoUsd + unchargedNanoUsd).toBe(asked ?? held)
        if (amountNanoUsd > 0) expect(availableNanoUsd(before)).toBeGreaterThanOrEqual(amountNanoUsd)
        if (asked !== undefined) expect(amountNanoUsd).toBe(asked)
      }),
    )
  })
})

describe('a credit limit', () => {
  test('can always be raised, and be set to what it is', () => {
    expect(refuseCreditLimit(account(-900, 100), 100)).toBeUndefined()
    expect(refuseCreditLimit(account(-900, 100), 101)).toBeUndefined()
  })

  test('can be lowered as far as what is owed and held leaves room, to the nano-dollar', () => {
    expect(refuseCreditLimit(account(-300, 1_000, 50), 350)).toBeUndefined()
    expect(refuseCreditLimit(account(-300, 1_000, 50), 349)).toEqual({
      code: 'credit_limit_in_use',
      details: { minUsd: '$0.000000350', minNanoUsd: 350 },
    })
    expect(refuseCreditLimit(account(300, 1_000, 50), 0)).toBeUndefined()
  })
})
