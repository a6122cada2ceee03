// How the quotas of a plan stand, and what a request is told that they do not carry.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../contract/errors.ts'
import type { PlanMetric, PlanQuota, PlanWindow } from '../../contract/plans.ts'
import { decideHoldWithin, type HoldAsk } from '../ledger/hold.ts'
import { isUsedUp, type PlanCounts, planBounds, quotaStates } from './decide-plan-quota.ts'

const USD = 1_000_000_000
const ENDS = {
  day: Date.parse('2026-11-24T00:00:00Z'),
  week: Date.parse('2026-11-27T10:00:00Z'),
  month: Date.parse('2026-12-20T10:00:00Z'),
}
const span = (window: PlanWindow) => ({ startMs: 0, endMs: ENDS[window] })
const WINDOWS = { day: span('day'), week: span('week'), month: span('month') }

const amounts = (nanoUsd = 0, tokens = 0, requests = 0) => ({ nanoUsd, tokens, requests })
type Counts = Partial<Record<PlanWindow, Partial<PlanCounts[PlanWindow]>>>
const counts = (more: Counts = {}): PlanCounts => {
  const of = (window: PlanWindow) => ({ used: amounts(), held: amounts(), ...more[window] })
  return { day: of('day'), week: of('week'), month: of('month') }
}
const quota = (window: PlanWindow, metric: PlanMetric, value: number): PlanQuota => ({
  window,
  metric,
  value,
})

/** A million nano-dollars and a thousand tokens of input, and as much again for up to a thousand tokens of output. */
const ask = (more: Partial<HoldAsk> = {}): HoldAsk => ({
  quote: {
    fixedTokensTimesRates: 1_000_000_000_000n,
    perOutputTokenTimesRates: 1_000_000_000n,
    multiplierPpm: 1_000_000,
  },
  fixedTokens: 1_000,
  choices: 1,
  outputTokensMax: 1_000,
  outputTokensFloor: 100,
  shareParts: 4,
  ...more,
})
const decide = (quotas: readonly PlanQuota[], counted: PlanCounts, asked = ask()) =>
  decideHoldWithin(planBounds('Pro', quotaStates(quotas, counted, WINDOWS)), asked)
const refusedBy = (...given: Parameters<typeof decide>) => {
  const decided = decide(...given)
  if (decided.ok) throw new Error('it was granted')
  return decided.error
}

test('a plan without quotas carries whatever comes', () => {
  expect(decide([], counts())).toMatchObject({ ok: true, value: { outputTokensGranted: 1_000 } })
})

test('what is left of a quota is what is neither used nor held', () => {
  const used = { day: { used: amounts(3 * USD, 700, 5), held: amounts(USD, 200, 2) } }
  const quotas = [quota('day', 'money', 5 * USD), quota('day', 'tokens', 1_000), quota('day', 'requests', 9)]
  expect(quotaStates(quotas, counts(used), WINDOWS)).toMatchObject([
    { used: 3 * USD, held: USD, left: USD, resetsAt: ENDS.day },
    { used: 700, held: 200, left: 100 },
    { used: 5, held: 2, left: 2 },
  ])
})

describe('a quota in money', () => {
  test('carries the hold to the last nano-dollar, and a share of it where it does not carry all', () => {
    const whole = { quotas: [quota('day', 'money', 2_000_000)] }
    expect(decide(whole.quotas, counts())).toMatchObject({ value: { outputTokensGranted: 1_000 } })
    const one = counts({ day: { used: amounts(1) } })
    // 999,999 are left for output, of which a quarter pays for 249 tokens at 1,000.
    expect(decide(whole.quotas, one)).toMatchObject({ value: { outputTokensGranted: 249 } })
  })

  test('that is used up is named with its window, what is left, and when it frees', () => {
    const refused = refusedBy(
      [quota('week', 'money', 5 * USD)],
      counts({ week: { used: amounts(5 * USD - 7) } }),
    )
    expect(refused).toEqual({
      code: 'insufficient_quota',
      details: {
        cause: 'plan_money',
        scope: 'plan',
        plan: 'Pro',
        window: 'week',
        metric: 'money',
        quota: '$5.00',
        neededUsd: '$0.001400',
        availableUsd: '$0.000000007',
        shortByNanoUsd: 1_400_000 - 7,
        resetsAt: ENDS.week,
        resetsAtText: '2026-11-27T10:00:00.000Z',
      },
    })
    expect(messageOf(refused)).toBe(
      'The week quota of your plan "Pro", $5.00, does not cover this request: it needs $0.001400, and $0.000000007 is left until 2026-11-27T10:00:00.000Z.',
    )
  })
})

describe('a quota in tokens', () => {
  test('lowers the output limit to a share of the rest, in each of the choices', () => {
    const quotas = [quota('day', 'tokens', 2_600)]
    expect(decide(quotas, counts())).toMatchObject({ value: { outputTokensGranted: 1_000, tokens: 2_000 } })
    const used = counts({ day: { used: amounts(0, 601) } })
    // 999 are left for output: 249 in one answer, or 124 in each of two.
    expect(decide(quotas, used)).toMatchObject({ value: { outputTokensGranted: 249, tokens: 1_249 } })
    expect(decide(quotas, used, ask({ choices: 2 }))).toMatchObject({ value: { outputTokensGranted: 124 } })
  })

  test('that does not carry the input and a useful part of the output is named', () => {
    const refused = refusedBy([quota('day', 'tokens', 2_000)], counts({ day: { used: amounts(0, 601) } }))
    expect(refused).toMatchObject({
      code: 'insufficient_quota',
      details: { cause: 'plan_tokens', needed: 1_400, available: 1_399, shortBy: 1 },
    })
    expect(messageOf(refused)).toBe(
      'The day quota of your plan "Pro", 2000 tokens, does not cover this request: it may use 1400, and 1399 are left until 2026-11-24T00:00:00.000Z.',
    )
  })
})

describe('a quota in requests', () => {
  test('carries as many as it says', () => {
    const quotas = [quota('month', 'requests', 3)]
    expect(decide(quotas, counts({ month: { used: amounts(0, 0, 2) } })).ok).toBe(true)
    const refused = refusedBy(quotas, counts({ month: { used: amounts(0, 0, 3) } }))
    expect(refused.code).toBe('insufficient_quota')
    expect(messageOf(refused)).toBe(
      'The month quota of your plan "Pro", 3 requests, is used up until 2026-12-20T10:00:00.000Z.',
    )
  })

  test('that running requests hold is waited for', () => {
    const held = counts({ day: { used: amounts(0, 0, 2), held: amounts(0, 0, 1) } })
    const refused = refusedBy([quota('day', 'requests', 3)], held)
    expect(refused).toMatchObject({ code: 'balance_on_hold', retryAfterMs: 3_000, details: { held: 1 } })
    expect(messageOf(refused)).toContain(
      'holding what is left of the day quota of your plan "Pro", 3 requests',
    )
  })
})

test('of several quotas that are used up, the one that frees last is named', () => {
  const quotas = (['day', 'month', 'week'] as const).map((window) => quota(window, 'requests', 1))
  const used = { used: amounts(0, 0, 1) }
  expect(refusedBy(quotas, counts({ day: used, week: used, month: used })).details?.window).toBe('month')
  expect(refusedBy(quotas, counts({ day: used, week: used })).details?.window).toBe('week')
  const held = { used: amounts(), held: amounts(0, 0, 1) }
  expect(refusedBy(quotas, counts({ day: used, month: held }))).toMatchObject({
    code: 'insufficient_quota',
    details: { window: 'day' },
  })
})

test('a quota that was lowered under what is used carries nothing, and reads as nothing left', () => {
  const states = quotaStates([quota('day', 'tokens', 10)], counts({ day: { used: amounts(0, 15) } }), WINDOWS)
  expect(isUsedUp(planBounds('Pro', states))).toBe(true)
  expect(
    refusedBy([quota('day', 'tokens', 10)], counts({ day: { used: amounts(0, 15) } })).details,
  ).toMatchObject({
    available: 0,
  })
})

test('however many requests ask at once, what is used and held never exceeds a quota', () => {
  const quotas = fc.record({
    money: fc.integer({ min: 1, max: 20_000_000 }),
    tokens: fc.integer({ min: 1, max: 20_000 }),
    requests: fc.integer({ min: 1, max: 20 }),
  })
  const step = fc.record({ ends: fc.boolean(), usedPercent: fc.integer({ min: 0, max: 100 }) })
  fc.assert(
    fc.property(quotas, fc.array(step, { maxLength: 40 }), (values, steps) => {
      const of = (['money', 'tokens', 'requests'] as const).map((metric) =>
        quota('day', metric, values[metric]),
      )
      const used = amounts()
      const held = amounts()
      const holds: ReturnType<typeof amounts>[] = []
      const add = (to: typeof used, by: typeof used, factor: number) => {
        to.nanoUsd += by.nanoUsd * factor
        to.tokens += by.tokens * factor
        to.requests += by.requests * factor
      }
      for (const { ends, usedPercent } of steps) {
        const decided = decide(of, counts({ day: { used, held } }))
        if (decided.ok) {
          const hold = amounts(decided.value.amountNanoUsd, decided.value.tokens, 1)
          add(held, hold, 1)
          holds.push(hold)
        }
        expect(used.nanoUsd + held.nanoUsd).toBeLessThanOrEqual(values.money)
        expect(used.tokens + held.tokens).toBeLessThanOrEqual(values.tokens)
        expect(used.requests + held.requests).toBeLessThanOrEqual(values.requests)
        const ended = ends ? holds.shift() : undefined
        if (!ended) continue
        add(held, ended, -1)
        const part = (amount: number) => Math.floor((amount * usedPercent) / 100)
        add(used, amounts(part(ended.nanoUsd), part(ended.tokens), 1), 1)
      }
    }),
  )
})
