// What becomes of a person's plan when they are given one.
import { expect, test } from 'vitest'
import { messageOf } from '../../contract/errors.ts'
import { type ActivationAsk, decideActivation, type PlanTerm } from './decide-activation.ts'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-11-23T10:00:00Z')
const open: PlanTerm = {
  id: 'first',
  userId: 'ann',
  planId: 'pro',
  origin: 'granted',
  startedAt: NOW - 10 * DAY_MS,
  endsAt: NOW + 20 * DAY_MS,
  endedAt: null,
}
const ask = (more: Partial<ActivationAsk> = {}): ActivationAsk => ({
  open: undefined,
  openPlanName: 'Pro',
  next: { id: 'next', userId: 'ann', planId: 'pro', origin: 'bought' },
  days: 30,
  replacesActive: false,
  nowMs: NOW,
  ...more,
})
const begun = {
  ...{ id: 'next', userId: 'ann', planId: 'pro', origin: 'bought' },
  ...{ startedAt: NOW, endsAt: NOW + 30 * DAY_MS, endedAt: null },
}
const other = { ...ask().next, planId: 'team' }

test('a first plan begins now and lasts its days', () => {
  expect(decideActivation(ask())).toEqual({ ok: true, value: { ended: undefined, active: begun } })
})

test('the same plan again is extended from its end, and its windows run on from its first activation', () => {
  expect(decideActivation(ask({ open }))).toEqual({
    ok: true,
    value: { ended: undefined, active: { ...open, endsAt: NOW + 50 * DAY_MS } },
  })
})

test('a plan whose time is over begins anew, from its last millisecond on', () => {
  const over = { ...open, endsAt: NOW }
  expect(decideActivation(ask({ open: over }))).toEqual({
    ok: true,
    value: { ended: { ...over, endedAt: NOW }, active: begun },
  })
  expect(decideActivation(ask({ open: { ...open, endsAt: NOW + 1 } }))).toMatchObject({
    value: { ended: undefined },
  })
})

test('another plan does not end the active one unless that is said, and then it does', () => {
  const refused = decideActivation(ask({ open, next: other }))
  if (refused.ok) throw new Error('the active plan was ended')
  expect(refused.error).toMatchObject({ code: 'plan_active', details: { endsAt: open.endsAt } })
  expect(messageOf(refused.error)).toContain('The plan "Pro" is active until 2026-12-13T10:00:00.000Z')
  expect(decideActivation(ask({ open, next: other, replacesActive: true }))).toEqual({
    ok: true,
    value: { ended: { ...open, endedAt: NOW }, active: { ...begun, planId: 'team' } },
  })
})
