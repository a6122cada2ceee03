// What a purchase is said to do before it is confirmed.
import { expect, test } from 'vitest'
import type { ActivePlanView, PlanView } from '../../../../contract/plans.ts'
import { purchaseOf } from './purchase.ts'

const DAY = 86_400_000
const NOW = 1_000 * DAY
const SMALL: PlanView = {
  id: 'small',
  name: 'Small',
  priceNanoUsd: 400,
  days: 7,
  quotas: [],
  allowedModels: null,
  mayUseBalance: true,
  isForSale: true,
  createdAt: 0,
  updatedAt: 0,
  archivedAt: null,
  limits: [],
  activeCount: null,
}
const active = (planId: string): ActivePlanView => ({
  subscriptionId: 's1',
  planId,
  name: planId,
  origin: 'bought',
  startedAt: NOW - DAY,
  endsAt: NOW + 2 * DAY,
  mayUseBalance: true,
  allowedModels: null,
  windows: [],
  usedNanoUsd: 0,
})
const account = (plan: ActivePlanView | null, availableNanoUsd = 1_000) => ({
  balanceNanoUsd: 1_000,
  availableNanoUsd,
  plan,
})

test('a new plan begins now, the same one is prolonged, and another one is replaced from now on', () => {
  const told = (plan: ActivePlanView | null) => {
    const { kind, endsAt, newBalanceNanoUsd, shortByNanoUsd } = purchaseOf(SMALL, account(plan), NOW)
    return [kind, (endsAt - NOW) / DAY, newBalanceNanoUsd, shortByNanoUsd]
  }
  expect(told(null)).toEqual(['new', 7, 600, 0])
  expect(told(active('small'))).toEqual(['extends', 9, 600, 0])
  expect(told(active('large'))).toEqual(['replaces', 7, 600, 0])
})

test('what running requests hold cannot be spent on a plan', () => {
  expect(purchaseOf(SMALL, account(null, 150), NOW).shortByNanoUsd).toBe(250)
})
