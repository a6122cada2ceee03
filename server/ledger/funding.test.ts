// What somebody is told whose request neither plan nor balance carries.
import { expect, test } from 'vitest'
import { messageOf, type Refusal, refusal } from '../../contract/errors.ts'
import { decideFundingRefusal } from './funding.ts'

const resets = { resetsAt: 5, resetsAtText: '1970-01-01T00:00:00.005Z' }
const ofPlan = refusal('insufficient_quota', {
  ...{ cause: 'plan_money', scope: 'plan', plan: 'Pro', window: 'day', metric: 'money', quota: '$5.00' },
  ...{ neededUsd: '$1.00', availableUsd: '$0.10', shortByNanoUsd: 9 },
  ...resets,
})
const ofBalance = refusal('insufficient_quota', {
  neededUsd: '$1.00',
  availableUsd: '$0.20',
  shortByNanoUsd: 8,
})
const ofKey = refusal('insufficient_quota', { cause: 'key_cap', scope: 'key', cap: 'total' })
const onHold = refusal('balance_on_hold', { heldUsd: '$1.00' }, { retryAfterMs: 3_000 })

test.each<[string, Refusal[], Refusal]>([
  ['the balance alone', [ofBalance], ofBalance],
  ['a plan that does not go on from the balance', [ofPlan], ofPlan],
  ['a plan that only waiting holds up, whatever the balance says', [onHold, ofBalance], onHold],
  ['a balance that only waiting holds up', [ofPlan, onHold], onHold],
  ['a cap of the key, which stands before both', [ofKey, ofKey], ofKey],
  ['a cap of the key, behind a plan', [ofPlan, ofKey], ofKey],
])('of %s is told as it is', (_what, refusals, told) => {
  expect(decideFundingRefusal(refusals)).toBe(told)
})

test('of a plan and a balance that are both too small, what both lack is said', () => {
  const told = decideFundingRefusal([ofPlan, ofBalance])
  expect(told).toMatchObject({
    code: 'insufficient_quota',
    details: { plan: 'Pro', shortByNanoUsd: 8, ...resets },
  })
  expect(messageOf(told)).toBe(
    'The day quota of your plan "Pro" does not cover this request before 1970-01-01T00:00:00.005Z, nor does your balance: it needs $1.00, and $0.20 is available.',
  )
})
