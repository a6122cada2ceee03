// Plans over the real server: bought, used up, freed by the next window, extended, ended; what pays for which request; and
// that what a screen shows as left is what the gateway holds requests against.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivePlanView, PlanQuota, PlanView } from '../../contract/plans.ts'
import { openDatabase } from '../../server/db/open.ts'
import { createLedgerRepository } from '../../server/db/repositories/ledger.ts'
import { waitUntilFolded } from '../support/redo.ts'
import { createMovableClock } from './support/movable-clock.ts'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from './support/running-gateway.ts'

const DOLLAR = 1_000_000_000
const CENT = DOLLAR / 100
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const PASSWORD = 'a long enough password'
const clock = createMovableClock(Date.parse('2026-11-23T10:00:00Z'))

let dataDir: string
let gateway: RunningGateway
let person: Person
let cookie: string

const start = () => startGateway({ dataDir, clock, settings: { timeZone: 'UTC', sessionDays: 365 } })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-plans-'))
  gateway = await start()
  await gateway.admin('prices.upsert', { model: 'other-model', ...TEST_RATES })
})
afterAll(async () => {
  await gateway.stop()
  await rm(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson(20 * DOLLAR)
  cookie = await gateway.signIn(person.email, PASSWORD)
})

const mine = <T = Record<string, unknown>>(name: string, input: object = {}) =>
  gateway.call<T>(name, input, cookie)
const quota = (window: PlanQuota['window'], metric: PlanQuota['metric'], value: number): PlanQuota => ({
  window,
  metric,
  value,
})
async function newPlan(input: object = {}): Promise<string> {
  const plan = { name: 'Pro', priceNanoUsd: 5 * DOLLAR, days: 30, mayUseBalance: false, ...input }
  const made = await gateway.admin<{ id: string }>('plans.create', plan)
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.data.id
}
const planNow = async (): Promise<ActivePlanView | null> =>
  (await mine<{ plan: ActivePlanView | null }>('me.plan')).data.plan
const leftOf = async (metric: PlanQuota['metric']) =>
  (await planNow())?.windows.find((window) => window.metric === metric)?.left

const ask = (more: object = {}, who = person): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: TEST_MODEL,
      messages: [{ role: 'user', content: 'Hello.' }],
      max_completion_tokens: 200,
      ...more,
    }),
  })
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error
interface Row {
  readonly requestId: string
  readonly costNanoUsd: number
  readonly source: string
  readonly planSubscriptionId: string | null
  readonly inputTokens: number
  readonly outputTokens: number
}
/** Asks once and returns its usage row. */
async function spend(more: object = {}): Promise<Row> {
  const response = await ask(more)
  expect(response.status).toBe(200)
  await response.text()
  // The rows carry all members of a usage row.
  const [row] = (await gateway.usageOf(person)) as unknown as Row[]
  if (!row) throw new Error('no usage row')
  return row
}
const refusedAs = async (response: Response) => {
  expect([response.status, response.headers.get('x-should-retry')]).toEqual([429, 'false'])
  return errorOf(response)
}
async function entriesOf(requestId: string) {
  await waitUntilFolded(join(dataDir, 'gateway.db'))
  const db = openDatabase(join(dataDir, 'gateway.db'), { readonly: true })
  try {
    return createLedgerRepository(db).entriesOfRequest(requestId)
  } finally {
    db.close()
  }
}

test('a plan is not bought at another price than was shown', async () => {
  const planId = await newPlan()
  const balance = await gateway.balanceOf(person)
  const { data } = await mine<{ rows: PlanView[] }>('plans.list')
  const shownNanoUsd = data.rows.find(({ id }) => id === planId)?.priceNanoUsd ?? 0
  await gateway.admin('plans.update', { planId, priceNanoUsd: shownNanoUsd + DOLLAR })
  const refused = await mine('plans.buy', { planId, priceNanoUsd: shownNanoUsd })
  expect(refused).toMatchObject({ status: 409, error: { code: 'plan_price_changed' } })
  expect(await gateway.balanceOf(person)).toBe(balance)
  const bought = await mine('plans.buy', { planId, priceNanoUsd: shownNanoUsd + DOLLAR })
  expect(bought.status).toBe(200)
  expect(await gateway.balanceOf(person)).toBe(balance - shownNanoUsd - DOLLAR)
})

test('a plan is bought from the balance, used up, refused by its name, and freed by the next window', async () => {
  const planId = await newPlan({ quotas: [quota('day', 'requests', 2), quota('week', 'requests', 3)] })
  const bought = await mine<ActivePlanView>('plans.buy', { planId })
  expect(bought.data).toMatchObject({
    name: 'Pro',
    origin: 'bought',
    endsAt: bought.data.startedAt + 30 * DAY_MS,
  })
  expect(await gateway.balanceOf(person)).toBe(15 * DOLLAR)
  for (const _ of [1, 2]) expect(await spend()).toMatchObject({ source: 'plan' })
  expect((await refusedAs(await ask())).message).toBe(
    'The day quota of your plan "Pro", 2 requests, is used up until 2026-11-24T00:00:00.000Z.',
  )
  expect(gateway.upstream.requests).toHaveLength(2)

  clock.pass(14 * HOUR_MS)
  expect(await planNow()).toMatchObject({
    windows: [
      { used: 0, left: 2 },
      { used: 2, left: 1 },
    ],
  })
  await spend()
  const { message } = await refusedAs(await ask())
  expect(message).toMatch(
    /^The week quota of your plan "Pro", 3 requests, is used up until 2026-11-30T10:00:/,
  )
  clock.pass(7 * DAY_MS)
  await spend()
  // Nothing of it was paid from the balance.
  expect(await gateway.balanceOf(person)).toBe(15 * DOLLAR)
})

describe('what a plan pays', () => {
  test('leaves the balance as it is, and stands in hold, charge, row and counters alike', async () => {
    const planId = await newPlan({
      quotas: [quota('day', 'money', DOLLAR), quota('month', 'tokens', 100_000)],
    })
    const { data } = await mine<ActivePlanView>('plans.buy', { planId })
    const row = await spend()
    expect(row).toMatchObject({ source: 'plan', planSubscriptionId: data.subscriptionId })
    expect(row.costNanoUsd).toBeGreaterThan(0)
    const entries = await entriesOf(row.requestId)
    const paidBy = { planSubscriptionId: data.subscriptionId, amountNanoUsd: 0, heldNanoUsd: 0 }
    expect(entries).toMatchObject([
      { kind: 'hold', ...paidBy, planAmountNanoUsd: 0 },
      { kind: 'settle', ...paidBy, planAmountNanoUsd: -row.costNanoUsd },
    ])
    expect(entries[0]?.planHeldNanoUsd).toBe(-(entries[1]?.planHeldNanoUsd ?? 0))
    const used = row.costNanoUsd
    const tokens = row.inputTokens + row.outputTokens
    expect(await planNow()).toMatchObject({
      usedNanoUsd: used,
      windows: [
        { metric: 'money', quota: DOLLAR, used, held: 0, left: DOLLAR - used },
        { metric: 'tokens', quota: 100_000, used: tokens, left: 100_000 - tokens },
      ],
    })
    const overview = await mine<{ balanceNanoUsd: number; plan: ActivePlanView }>('me.overview')
    expect(overview.data).toMatchObject({ balanceNanoUsd: 15 * DOLLAR, plan: { usedNanoUsd: used } })
  })

  test('is what the screen shows as left: to the nano-dollar, a request passes or does not', async () => {
    const planId = await newPlan({ quotas: [quota('day', 'money', DOLLAR)] })
    await mine('plans.buy', { planId })
    await spend()
    const needed = async () => {
      await gateway.admin('plans.update', { planId, quotas: [quota('day', 'money', 1)] })
      const refused = await ask()
      return ((await refused.json()) as { error: { message: string } }).error.message
    }
    expect(await needed()).toContain('it needs $0.00')
    // With as much left as the hold of the last request took, one passes; with a nano-dollar less, none does.
    const [hold] = await entriesOf((await firstRow()).requestId)
    const used = (await planNow())?.windows[0]?.used ?? 0
    await gateway.admin('plans.update', {
      planId,
      quotas: [quota('day', 'money', used + (hold?.planHeldNanoUsd ?? 0) - 1)],
    })
    expect(await leftOf('money')).toBe((hold?.planHeldNanoUsd ?? 0) - 1)
    expect((await ask()).status).toBe(429)
    await gateway.admin('plans.update', {
      planId,
      quotas: [quota('day', 'money', used + (hold?.planHeldNanoUsd ?? 0))],
    })
    expect((await ask()).status).toBe(200)
  })

  test('is bounded by its quota whatever the upstream sends; the rest is the operator’s', async () => {
    const planId = await newPlan({ quotas: [quota('day', 'money', 3 * CENT)] })
    await mine('plans.buy', { planId })
    gateway.upstream.script({ answer: { textTokens: 6_000, ignoresOutputLimit: true } })
    const row = await spend({ max_completion_tokens: 5_000 })
    expect(row.costNanoUsd).toBe(3 * CENT)
    expect(await leftOf('money')).toBe(0)
    expect(await gateway.balanceOf(person)).toBe(15 * DOLLAR)
    const sum = (await entriesOf(row.requestId)).reduce(
      (total, entry) => total + (entry.planAmountNanoUsd ?? 0),
      0,
    )
    expect(sum).toBe(-3 * CENT)
  })
})

async function firstRow(): Promise<Row> {
  const rows = (await gateway.usageOf(person)) as unknown as (Row & { status: number })[]
  const found = rows.find(({ status }) => status === 200)
  if (!found) throw new Error('no answered request')
  return found
}

describe('when a plan cannot pay', () => {
  test('the balance does, where the plan lets it, and the row says so', async () => {
    const planId = await newPlan({ mayUseBalance: true, quotas: [quota('day', 'requests', 1)] })
    await mine('plans.buy', { planId })
    expect(await spend()).toMatchObject({ source: 'plan' })
    const row = await spend()
    expect(row).toMatchObject({ source: 'balance', planSubscriptionId: null })
    expect(await gateway.balanceOf(person)).toBe(15 * DOLLAR - row.costNanoUsd)
  })

  test('and neither can the balance, both are named', async () => {
    const planId = await newPlan({
      priceNanoUsd: 20 * DOLLAR,
      mayUseBalance: true,
      quotas: [quota('day', 'requests', 1)],
    })
    await mine('plans.buy', { planId })
    await spend()
    expect((await refusedAs(await ask())).message).toMatch(
      /^The day quota of your plan "Pro" does not cover this request before 2026-.*, nor does your balance: it needs \$0\.00\d+, and \$0\.00 is available\.$/,
    )
  })

  test('a share of what it has left is given before the balance is touched', async () => {
    const planId = await newPlan({ mayUseBalance: true, quotas: [quota('day', 'money', 3 * CENT)] })
    await mine('plans.buy', { planId })
    expect(await spend({ max_completion_tokens: 8_000 })).toMatchObject({ source: 'plan' })
    // What was let through is a JSON object.
    const sent = gateway.upstream.requests[0]?.json() as { max_completion_tokens: number }
    expect(sent.max_completion_tokens).toBeGreaterThan(600)
    expect(sent.max_completion_tokens).toBeLessThan(750)
  })

  test('and only running requests hold it, the client is asked to come back', async () => {
    await mine('plans.buy', { planId: await newPlan({ quotas: [quota('day', 'requests', 1)] }) })
    const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
    gateway.upstream.script({ delays: { headersBehind } })
    const running = ask()
    await expect.poll(() => gateway.upstream.requests.length).toBe(1)
    expect((await planNow())?.windows[0]).toMatchObject({ used: 0, held: 1, left: 0 })
    const refused = await ask()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3'])
    expect((await errorOf(refused)).code).toBe('balance_on_hold')
    answer()
    expect((await running).status).toBe(200)
  })

  test('a request that the upstream refuses counts in no window', async () => {
    await mine('plans.buy', { planId: await newPlan({ quotas: [quota('day', 'requests', 1)] }) })
    gateway.upstream.script({ status: 500 })
    expect((await ask()).status).toBeGreaterThanOrEqual(500)
    gateway.upstream.reset()
    await gateway.usageOf(person)
    expect((await ask()).status).toBe(200)
  })
})

test('a request that runs over midnight is paid from the day that admitted it, however little is left of the next', async () => {
  const planId = await newPlan({ quotas: [quota('day', 'money', 10 * CENT), quota('week', 'money', DOLLAR)] })
  await mine('plans.buy', { planId })
  // The first answers when the second, of the next day, has used all that this one has.
  const midnight = Date.parse(new Date(clock.now()).toISOString().slice(0, 10)) + DAY_MS
  clock.pass(midnight - clock.now() - 60_000)
  const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } })
  const overMidnight = ask()
  await expect.poll(() => gateway.upstream.requests.length).toBe(1)
  clock.pass(HOUR_MS)
  gateway.upstream.script({ answer: { textTokens: 12_000, ignoresOutputLimit: true } })
  await (await ask()).text()
  expect(await leftOf('money')).toBe(0)
  answer()
  await (await overMidnight).text()
  const rows = (await gateway.usageOf(person)) as unknown as Row[]
  const [, first] = rows
  expect(first?.costNanoUsd).toBe(first && 2_000 * first.inputTokens + 10_000 * first.outputTokens)
  expect((await planNow())?.windows).toMatchObject([
    { used: 10 * CENT, left: 0 },
    { used: rows.reduce((sum, row) => sum + row.costNanoUsd, 0) },
  ])
})

test('a request is paid from what it held, though its plan was raised meanwhile and others used more than there was', async () => {
  const planId = await newPlan({ quotas: [quota('day', 'money', CENT)] })
  await mine('plans.buy', { planId })
  const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } })
  const running = ask()
  await expect.poll(() => gateway.upstream.requests.length).toBe(1)
  await gateway.admin('plans.update', { planId, quotas: [quota('day', 'money', DOLLAR)] })
  gateway.upstream.script({ answer: { textTokens: 5_000, ignoresOutputLimit: true } })
  await (await ask({ max_completion_tokens: 6_000 })).text()
  answer()
  await (await running).text()
  const [, first] = (await gateway.usageOf(person)) as unknown as Row[]
  expect(first?.costNanoUsd).toBe(first && 2_000 * first.inputTokens + 10_000 * first.outputTokens)
})

test('usage that cannot be true takes no more tokens of a plan, nor of a limit, than its request could have used', async () => {
  const planId = await newPlan({ quotas: [quota('month', 'tokens', 100_000)] })
  await mine('plans.buy', { planId })
  await gateway.admin('limits.update', {
    scope: 'user',
    subjectId: person.id,
    rules: [{ metric: 'tokens', window: 'day', value: 100_000 }],
  })
  gateway.upstream.script({ usage: 'absurd' })
  await spend()
  expect(await leftOf('tokens')).toBeGreaterThan(90_000)
  expect((await ask()).status).toBe(200)
})

test('a hundred requests at once on a cent of plan never use more than the cent, nor the balance', async () => {
  await mine('plans.buy', { planId: await newPlan({ quotas: [quota('day', 'money', CENT)] }) })
  gateway.upstream.script({ answer: { textTokens: 2_000, ignoresOutputLimit: true } }, 100)
  const responses = await Promise.all(Array.from({ length: 100 }, () => ask()))
  for (const response of responses) await response.text()
  await gateway.usageOf(person)
  while ((await planNow())?.windows[0]?.held !== 0) await new Promise((resolve) => setTimeout(resolve, 20))
  const [money] = (await planNow())?.windows ?? []
  expect(money).toMatchObject({ held: 0 })
  expect(money?.used).toBeGreaterThan(0)
  expect(money?.used).toBeLessThanOrEqual(CENT)
  expect(await gateway.balanceOf(person)).toBe(15 * DOLLAR)
})

describe('the models of a plan', () => {
  test('are the only ones there are, where the balance may not pay for others', async () => {
    await mine('plans.buy', { planId: await newPlan({ allowedModels: [TEST_MODEL] }) })
    expect(await spend()).toMatchObject({ source: 'plan' })
    const refused = await ask({ model: 'other-model' })
    expect([refused.status, (await errorOf(refused)).code]).toEqual([404, 'model_not_found'])
    const models = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${person.key}` },
    })
    expect(((await models.json()) as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual([
      TEST_MODEL,
    ])
  })

  test('are paid by it and others by the balance, where it may', async () => {
    await mine('plans.buy', { planId: await newPlan({ allowedModels: [TEST_MODEL], mayUseBalance: true }) })
    expect(await spend()).toMatchObject({ source: 'plan' })
    expect(await spend({ model: 'other-model' })).toMatchObject({ source: 'balance' })
  })
})

test('the rate limits of a plan hold whoever has it, and nobody else', async () => {
  const planId = await newPlan()
  const rules = [{ metric: 'requests', window: 'day', value: 1 }]
  expect(await gateway.admin('limits.update', { scope: 'plan', subjectId: planId, rules })).toMatchObject({
    ok: true,
  })
  await mine('plans.buy', { planId })
  await spend()
  expect((await errorOf(await ask())).message).toMatch(/1 requests per day/)
  const other = await gateway.createPerson()
  for (const _ of [1, 2]) expect((await ask({}, other)).status).toBe(200)
  expect((await mine('limits.usage', { scope: 'user' })).data).toMatchObject({
    limits: expect.arrayContaining([{ scope: 'plan', metric: 'requests', window: 'day', value: 1 }]),
  })
})

test('the caps of a key hold what its plan would pay', async () => {
  await mine('plans.buy', { planId: await newPlan() })
  await mine('keys.update', { keyId: person.keyId, caps: { totalNanoUsd: 0.6 * CENT } })
  gateway.upstream.script({ answer: { textTokens: 180 } })
  expect(await spend()).toMatchObject({ source: 'plan' })
  expect((await refusedAs(await ask())).message).toMatch(/^The total cap of this API key/)
})

describe('buying', () => {
  test('again extends a plan, twice where it is done twice at once, with its windows running on', async () => {
    const planId = await newPlan({ quotas: [quota('month', 'requests', 5)] })
    const first = await mine<ActivePlanView>('plans.buy', { planId })
    await spend()
    await Promise.all([1, 2].map(() => mine('plans.buy', { planId })))
    expect(await planNow()).toMatchObject({
      subscriptionId: first.data.subscriptionId,
      startedAt: first.data.startedAt,
      endsAt: first.data.startedAt + 90 * DAY_MS,
      windows: [{ used: 1 }],
    })
    expect(await gateway.balanceOf(person)).toBe(5 * DOLLAR)
  })

  test('what the balance does not cover is refused, and changes nothing', async () => {
    const planId = await newPlan({ priceNanoUsd: 15 * DOLLAR })
    const answers = await Promise.all([1, 2].map(() => mine('plans.buy', { planId })))
    expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect(answers.find(({ ok }) => !ok)).toMatchObject({
      status: 409,
      error: { code: 'plan_not_affordable', details: { priceUsd: '$15.00', availableUsd: '$5.00' } },
    })
    expect(await gateway.balanceOf(person)).toBe(5 * DOLLAR)
    expect(await planNow()).toMatchObject({ endsAt: ((await planNow())?.startedAt ?? 0) + 30 * DAY_MS })
  })

  test('another plan ends the active one only where that is said', async () => {
    await mine('plans.buy', { planId: await newPlan() })
    const team = await newPlan({ name: 'Team' })
    expect(await mine('plans.buy', { planId: team })).toMatchObject({
      status: 409,
      error: { code: 'plan_active' },
    })
    expect(await mine('plans.buy', { planId: team, replacesActive: true })).toMatchObject({
      data: { name: 'Team' },
    })
    const { data } = await mine<{ rows: { planName: string; endedAt: number | null }[] }>(
      'plans.subscriptions',
    )
    expect(data.rows.map(({ planName, endedAt }) => [planName, endedAt === null])).toEqual([
      ['Team', true],
      ['Pro', false],
    ])
  })

  test('is not for archived plans, those that are not for sale, and those without a price', async () => {
    const free = await newPlan({ name: 'Free', priceNanoUsd: 0 })
    const inner = await newPlan({ name: 'Inner', isForSale: false })
    const old = await newPlan({ name: 'Old' })
    await gateway.admin('plans.archive', { planId: old })
    for (const planId of [free, inner, old])
      expect(await mine('plans.buy', { planId })).toMatchObject({ error: { code: 'plan_not_for_sale' } })
    expect(await mine('plans.buy', { planId: 'none' })).toMatchObject({ error: { code: 'plan_not_found' } })
    const listed = await mine<{ rows: { id: string; activeCount: number | null }[] }>('plans.list')
    const ids = listed.data.rows.map(({ id }) => id)
    for (const planId of [free, inner, old]) expect(ids).not.toContain(planId)
    expect(listed.data.rows.every(({ activeCount }) => activeCount === null)).toBe(true)
    // Brought back, it is sold as before.
    await gateway.admin('plans.unarchive', { planId: old })
    const again = await mine<{ rows: { id: string }[] }>('plans.list')
    expect(again.data.rows.map(({ id }) => id)).toContain(old)
  })
})

describe('an administrator', () => {
  test('grants a plan, whose price nobody pays, and ends it; requests then go to the balance', async () => {
    const planId = await newPlan()
    await gateway.admin('users.grantPlan', { userId: person.id, planId, days: 3 })
    expect(await spend()).toMatchObject({ source: 'plan' })
    expect(await gateway.balanceOf(person)).toBe(20 * DOLLAR)
    expect((await gateway.admin('users.plan', { userId: person.id })).data).toMatchObject({
      plan: { origin: 'granted' },
    })
    expect((await gateway.admin('users.endPlan', { userId: person.id })).ok).toBe(true)
    expect(await planNow()).toBeNull()
    expect(await spend()).toMatchObject({ source: 'balance' })
    expect(await gateway.admin('users.endPlan', { userId: person.id })).toMatchObject({
      error: { code: 'no_active_plan' },
    })
  })

  test('changes a plan for everyone who has it at once, and what was used stays counted', async () => {
    const planId = await newPlan({ quotas: [quota('day', 'requests', 1)] })
    await mine('plans.buy', { planId })
    await spend()
    expect((await ask()).status).toBe(429)
    const changed = await gateway.admin<{ activeCount: number }>('plans.update', {
      planId,
      quotas: [quota('day', 'requests', 2)],
    })
    expect(changed.data.activeCount).toBe(1)
    await spend()
    expect((await ask()).status).toBe(429)
  })
})

test('a plan that is over pays no more, and bought again it begins anew', async () => {
  const planId = await newPlan({ days: 2, quotas: [quota('month', 'requests', 1)] })
  const first = await mine<ActivePlanView>('plans.buy', { planId })
  await spend()
  clock.pass(2 * DAY_MS)
  expect(await planNow()).toBeNull()
  expect(await spend()).toMatchObject({ source: 'balance' })
  const second = await mine<ActivePlanView>('plans.buy', { planId })
  expect(second.data.subscriptionId).not.toBe(first.data.subscriptionId)
  expect(await spend()).toMatchObject({ source: 'plan' })
})

test('what was used is still used after a restart, and after the clock was set back', async () => {
  await mine('plans.buy', { planId: await newPlan({ quotas: [quota('day', 'requests', 1)] }) })
  await spend()
  const before = await planNow()
  await gateway.stop()
  gateway = await start()
  cookie = await gateway.signIn(person.email, PASSWORD)
  expect(await planNow()).toEqual(before)
  clock.setWall(-40 * DAY_MS)
  expect(await planNow()).toMatchObject({ windows: [{ used: 1, left: 0 }] })
  expect((await ask()).status).toBe(429)
  await gateway.stop()
  gateway = await start()
  const again = await ask()
  expect(again.status).toBe(429)
  clock.setWall(40 * DAY_MS)
})

test.each([
  [{ name: '' }],
  [{ days: 0 }],
  [{ priceNanoUsd: -1 }],
  [{ quotas: [quota('day', 'money', 0)] }],
  [{ quotas: [quota('day', 'money', 1), quota('day', 'money', 2)] }],
  [{ quotas: [{ window: 'year', metric: 'money', value: 1 }] }],
  [{ allowedModels: [] }],
])('a plan with %j is refused by name', async (input) => {
  const plan = { name: 'Pro', priceNanoUsd: 1, days: 1, ...input }
  expect(await gateway.admin('plans.create', plan)).toMatchObject({
    status: 400,
    error: { code: 'invalid_input' },
  })
})
