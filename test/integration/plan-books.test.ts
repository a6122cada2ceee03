// What a plan paid, in the books: the receipt says so and gives none of it back to the balance, a crash takes nothing from the
// plan and leaves a possible loss that cannot be charged, and the ledger light finds all of it right.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ActivePlanView } from '../../contract/plans.ts'
import { leaveOpen } from './support/books.ts'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

const DOLLAR = 1_000_000_000
const CENT = DOLLAR / 100
let dataDir: string
let gateway: RunningGateway
let person: Person
let cookie: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-plan-books-'))
  gateway = await startGateway({ dataDir })
  person = await gateway.createPerson(20 * DOLLAR)
  cookie = await gateway.signIn(person.email, 'a long enough password')
  const quotas = [{ window: 'week', metric: 'money', value: DOLLAR }]
  const plan = { name: 'Pro', priceNanoUsd: 5 * DOLLAR, days: 30, quotas }
  const { data } = await gateway.admin<{ id: string }>('plans.create', plan)
  await mine('plans.buy', { planId: data.id })
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hello.' }] }),
  })
  await response.text()
})
afterAll(async () => {
  await gateway.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const mine = <T = Record<string, unknown>>(name: string, input: object = {}) =>
  gateway.call<T>(name, input, cookie)
async function planNow(): Promise<ActivePlanView> {
  const { plan } = (await mine<{ plan: ActivePlanView | null }>('me.plan')).data
  if (!plan) throw new Error('there is no active plan')
  return plan
}
interface ReceiptView {
  readonly entries: { kind: string; planAmountNanoUsd: number; planHeldNanoUsd: number }[]
  readonly charge: { readonly amountNanoUsd: number }
}

test('a receipt says that the plan paid, and of that nothing goes back to the balance', async () => {
  const [row] = await gateway.usageOf(person)
  const requestId = row?.requestId ?? ''
  const cost = row?.costNanoUsd ?? 0
  const receipt = await mine<ReceiptView>('usage.receipt', { requestId })
  expect(receipt.data).toMatchObject({
    source: 'plan',
    planSubscriptionId: (await planNow()).subscriptionId,
    charge: { amountNanoUsd: cost, dueNanoUsd: cost },
    paidNanoUsd: 0,
    refundableNanoUsd: 0,
    entries: [
      { kind: 'hold', amountNanoUsd: 0, heldNanoUsd: 0, planAmountNanoUsd: 0 },
      { kind: 'settle', amountNanoUsd: 0, heldNanoUsd: 0, planAmountNanoUsd: -cost },
    ],
  })
  const [hold, settle] = receipt.data.entries
  expect(hold?.planHeldNanoUsd).toBeGreaterThan(cost)
  expect(settle?.planHeldNanoUsd).toBe(0 - (hold?.planHeldNanoUsd ?? 0))
  const refunded = await gateway.admin('usage.refund', { requestId, note: 'by mistake' })
  expect(refunded).toMatchObject({ ok: false, status: 409 })
  expect(await gateway.balanceOf(person)).toBe(15 * DOLLAR)
})

test('what a crash left open holds nothing of the plan, and is dismissed, not charged to the balance', async () => {
  const before = await planNow()
  const [row] = await gateway.usageOf(person)
  const { data } = await gateway.call<{ price: { id: string } }>(
    'usage.receipt',
    { requestId: row?.requestId },
    cookie,
  )
  await gateway.stop()
  await leaveOpen(dataDir, [
    {
      requestId: 'req_lost',
      userId: person.id,
      keyId: person.keyId,
      model: TEST_MODEL,
      priceId: data.price.id,
      amountNanoUsd: 90 * CENT,
      planSubscriptionId: before.subscriptionId,
      createdAt: Date.now(),
    },
  ])
  gateway = await startGateway({ dataDir })
  cookie = await gateway.signIn(person.email, 'a long enough password')
  expect((await planNow()).windows).toEqual(before.windows)
  expect((await gateway.admin('losses.list')).data).toMatchObject({
    rows: [{ requestId: 'req_lost', planSubscriptionId: before.subscriptionId, estimateNanoUsd: 90 * CENT }],
  })
  const about = { requestId: 'req_lost', note: 'after a crash' }
  expect(await gateway.admin('losses.charge', about)).toMatchObject({
    status: 409,
    error: { code: 'loss_of_plan' },
  })
  expect(await gateway.admin('losses.dismiss', about)).toMatchObject({ data: { state: 'dismissed' } })
  expect(await gateway.balanceOf(person)).toBe(15 * DOLLAR)
})

test('the ledger light finds all of it right', async () => {
  await gateway.admin('ledger.check')
  // The thread that checks gives way to whatever else wants the processor.
  await expect
    .poll(async () => (await gateway.admin('ledger.status')).data, { timeout: 100_000, interval: 25 })
    .toMatchObject({ state: 'ok', findings: [], findingsTotal: 0 })
}, 120_000)
