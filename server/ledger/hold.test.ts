// Whether an account can carry a request, with how much output, and what it is told where it cannot.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../contract/errors.ts'
import { availableNanoUsd } from './balance.ts'
import { decideHold, type HoldAsk } from './hold.ts'
import { ONE_MILLION } from './money.ts'
import { type Quote, quotedAt } from './quote.ts'

const USD = 1_000_000_000
const account = (balance: number, openHolds = 0, creditLimit = 0) => ({
  balanceNanoUsd: balance,
  creditLimitNanoUsd: creditLimit,
  openHoldsNanoUsd: openHolds,
})

/** So many nano-dollars for the input, and so many for each token of output. */
const quote = (input: number, perToken: number, multiplierPpm: number = ONE_MILLION): Quote => ({
  fixedTokensTimesRates: BigInt(input) * 1_000_000n,
  perOutputTokenTimesRates: BigInt(perToken) * 1_000_000n,
  multiplierPpm,
})
/** A request that is held whole or not at all, whatever its output. */
const whole = (amount: number): HoldAsk => ({
  quote: quote(amount, 0),
  fixedTokens: 0,
  choices: 1,
  outputTokensMax: 100,
  outputTokensFloor: 10,
  shareParts: undefined,
})
/** 1,000 nano-dollars of input, and up to 1,000 tokens of output at 10 each: 11,000 in full. */
const shared = (ask: Partial<HoldAsk> = {}): HoldAsk => ({
  quote: quote(1_000, 10),
  fixedTokens: 100,
  choices: 1,
  outputTokensMax: 1_000,
  outputTokensFloor: 50,
  shareParts: 4,
  ...ask,
})

describe('an account that can carry the worst case', () => {
  test('holds it whole, to the last nano-dollar', () => {
    expect(decideHold(account(5 * USD), whole(5 * USD))).toEqual({
      ok: true,
      value: { amountNanoUsd: 5 * USD, tokens: 100, outputTokensGranted: 100 },
    })
    expect(decideHold(account(5 * USD), whole(5 * USD + 1)).ok).toBe(false)
  })

  test('may use its credit limit', () => {
    expect(decideHold(account(0, 0, USD), whole(USD)).ok).toBe(true)
    expect(decideHold(account(-USD, 0, USD), whole(1)).ok).toBe(false)
  })

  test('needs nothing for a request that costs nothing', () => {
    expect(decideHold(account(0), whole(0))).toEqual({
      ok: true,
      value: { amountNanoUsd: 0, tokens: 100, outputTokensGranted: 100 },
    })
  })
})

describe('an account that cannot', () => {
  test('is told what the request may cost and what there is', () => {
    const refused = decideHold(account(300_000), whole(412_500))
    expect(refused).toEqual({
      ok: false,
      error: {
        code: 'insufficient_quota',
        details: { neededUsd: '$0.000413', availableUsd: '$0.000300', shortByNanoUsd: 112_500 },
      },
    })
    expect(refused.ok === false && messageOf(refused.error)).toBe(
      'Your balance does not cover this request: it needs $0.000413, and $0.000300 is available.',
    )
  })

  test('is told to come back where only its own open holds are in the way', () => {
    const refused = decideHold(account(2 * USD, 1.5 * USD), whole(USD))
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
    expect(decideHold(account(USD, 1, USD), whole(2 * USD))).toMatchObject({
      error: { code: 'balance_on_hold' },
    })
  })

  test('is not told to come back where waiting would not help', () => {
    const refused = decideHold(account(2 * USD, 1.5 * USD), whole(2 * USD + 1))
    expect(refused).toMatchObject({ error: { code: 'insufficient_quota' } })
    expect(refused).not.toHaveProperty('error.retryAfterMs')
  })

  test('is never shown a negative amount as available', () => {
    const refused = decideHold(account(-3 * USD, 0, USD), whole(USD))
    expect(refused).toMatchObject({ error: { details: { availableUsd: '$0.00', shortByNanoUsd: 3 * USD } } })
  })

  test('never reads that it needs exactly what it has', () => {
    // Both round to $1.23.
    const refused = decideHold(account(1_233_000_000), whole(1_234_000_000))
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
        const decided = decideHold(state, whole(asked))
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
        if (decideHold(account(10_000, openHolds), whole(amount)).ok) openHolds += amount
      }
      expect(openHolds).toBeLessThanOrEqual(10_000)
    }),
  )
})

describe('an account that can carry the input and a part of the output', () => {
  test('holds the input in full, and as much output as a quarter of the rest pays for', () => {
    // 10,999 − 1,000 = 9,999; a quarter is 2,499; that is 249 tokens: 1,000 + 2,490.
    expect(decideHold(account(10_999), shared())).toEqual({
      ok: true,
      value: { amountNanoUsd: 3_490, tokens: 349, outputTokensGranted: 249 },
    })
  })

  test('holds the worst case whole where it can, and no share of it', () => {
    expect(decideHold(account(11_000), shared())).toEqual({
      ok: true,
      value: { amountNanoUsd: 11_000, tokens: 1_100, outputTokensGranted: 1_000 },
    })
  })

  test('gives as large a share as the setting says', () => {
    expect(decideHold(account(10_999), shared({ shareParts: 1 }))).toMatchObject({
      value: { amountNanoUsd: 10_990, outputTokensGranted: 999 },
    })
    expect(decideHold(account(10_999), shared({ shareParts: 10 }))).toMatchObject({
      value: { outputTokensGranted: 99 },
    })
  })

  test('lowers the limit of every choice alike', () => {
    // Five choices: 50 a token. A quarter of 9,999 pays for 49 tokens in each.
    const ask = shared({ quote: quote(1_000, 50), outputTokensFloor: 1 })
    expect(decideHold(account(10_999), ask)).toMatchObject({
      value: { amountNanoUsd: 3_450, outputTokensGranted: 49 },
    })
  })

  test('grants the floor exactly where a share pays for it, and refuses one nano-dollar below', () => {
    // 50 tokens are 500, four shares of which are 2,000, and 1,000 of input.
    expect(decideHold(account(3_000), shared())).toMatchObject({
      value: { amountNanoUsd: 1_500, outputTokensGranted: 50 },
    })
    expect(decideHold(account(2_999), shared())).toEqual({
      ok: false,
      error: {
        code: 'insufficient_quota',
        details: { neededUsd: '$0.000003', availableUsd: '$0.000002', shortByNanoUsd: 1 },
      },
    })
  })

  test('gives a request that asks for less than the floor all of it or nothing', () => {
    const tiny = shared({ outputTokensMax: 20 })
    expect(decideHold(account(1_200), tiny)).toMatchObject({ value: { outputTokensGranted: 20 } })
    expect(decideHold(account(1_199), tiny)).toMatchObject({
      error: { code: 'insufficient_quota', details: { shortByNanoUsd: 1 } },
    })
  })

  test('is told to come back where its own holds keep a share below the floor', () => {
    expect(decideHold(account(3_000, 1), shared())).toMatchObject({
      error: { code: 'balance_on_hold', retryAfterMs: 3_000, details: { shortByNanoUsd: 1 } },
    })
    expect(decideHold(account(2_999, 1), shared())).toMatchObject({ error: { code: 'insufficient_quota' } })
  })

  test('pays at the multiplier', () => {
    // Twice the price: (10,999 − 2,000) / 4 = 2,249, at 20 a token 112.
    expect(decideHold(account(10_999), shared({ quote: quote(1_000, 10, 2_000_000) }))).toMatchObject({
      value: { amountNanoUsd: 2_000 + 112 * 20, outputTokensGranted: 112 },
    })
  })
})

describe('for any account and any request', () => {
  const amount = fc.integer({ min: 0, max: 100_000 })
  const anyAsk: fc.Arbitrary<HoldAsk> = fc.record({
    quote: fc.record({
      fixedTokensTimesRates: fc.bigInt({ min: 0n, max: 50_000_000_000n }),
      perOutputTokenTimesRates: fc.bigInt({ min: 0n, max: 100_000_000n }),
      multiplierPpm: fc.integer({ min: 0, max: 3_000_000 }),
    }),
    fixedTokens: fc.integer({ min: 0, max: 50_000 }),
    choices: fc.integer({ min: 1, max: 8 }),
    outputTokensMax: fc.integer({ min: 1, max: 5_000 }),
    outputTokensFloor: fc.integer({ min: 1, max: 3_000 }),
    shareParts: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  })

  test('what is granted is available, is the price of its limit, and reaches the floor', () => {
    fc.assert(
      fc.property(anyAsk, amount, amount, (ask, balance, held) => {
        const decided = decideHold(account(balance, held), ask)
        if (!decided.ok) return
        const { amountNanoUsd, outputTokensGranted } = decided.value
        expect(amountNanoUsd).toBeLessThanOrEqual(balance - held)
        expect(amountNanoUsd).toBe(quotedAt(ask.quote, outputTokensGranted))
        expect(outputTokensGranted).toBeLessThanOrEqual(ask.outputTokensMax)
        expect(outputTokensGranted).toBeGreaterThanOrEqual(
          Math.min(ask.outputTokensFloor, ask.outputTokensMax),
        )
      }),
      { numRuns: 1_000 },
    )
  })

  test('what a refusal says is missing is exactly what gets a hold', () => {
    fc.assert(
      fc.property(anyAsk, amount, amount, (ask, balance, held) => {
        const refused = decideHold(account(balance, held), ask)
        if (refused.ok) return
        const short = Number(refused.error.details?.shortByNanoUsd)
        expect(decideHold(account(balance + short, held), ask).ok).toBe(true)
        expect(decideHold(account(balance + short - 1, held), ask).ok).toBe(false)
        const comesBack = refused.error.code === 'balance_on_hold'
        expect(comesBack).toBe(held > 0 && decideHold(account(balance), ask).ok)
      }),
      { numRuns: 1_000 },
    )
  })

  test('requests at once leave each other room: no share is more than its part of the rest', () => {
    fc.assert(
      fc.property(anyAsk, amount, (ask, balance) => {
        const parts = ask.shareParts
        const first = decideHold(account(balance), ask)
        if (parts === undefined || !first.ok) return
        const { amountNanoUsd, outputTokensGranted } = first.value
        if (outputTokensGranted === ask.outputTokensMax) return
        const input = quotedAt(ask.quote, 0)
        expect((amountNanoUsd - input) * parts).toBeLessThanOrEqual(balance - input)
      }),
    )
  })
})
