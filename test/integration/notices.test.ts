// What people are told without having looked, over the real server: once each, to them and to the operator, and how long
// their balance will last.
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMovableClock } from './support/movable-clock.ts'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

const DOLLAR = 1_000_000_000
const DAY_MS = 86_400_000
const PASSWORD = 'a long enough password'
const clock = createMovableClock(Date.parse('2026-11-23T10:00:00Z'))

let dataDir: string
let gateway: RunningGateway
let person: Person
let cookie: string

const start = () => startGateway({ dataDir, clock, settings: { timeZone: 'UTC', sessionDays: 365 } })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-notices-'))
  gateway = await start()
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

interface Notice {
  readonly id: string
  readonly userId: string
  readonly isDismissed: boolean
  readonly content: { readonly kind: string; readonly [member: string]: unknown }
}
/** Asks once, from an address of this machine, and waits until it is over. */
async function ask(from = '127.0.0.1'): Promise<number> {
  const body = JSON.stringify({
    model: TEST_MODEL,
    messages: [{ role: 'user', content: 'Hello.' }],
    max_completion_tokens: 200,
  })
  const status = await new Promise<number>((resolve, reject) => {
    const headers = { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' }
    const options = { method: 'POST', headers, localAddress: from, agent: false as const }
    const sent = request(`${gateway.url}/v1/chat/completions`, options, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(body)
  })
  await gateway.usageOf(person)
  return status
}
async function noticesOf(who: string | undefined, input: object = {}): Promise<readonly Notice[]> {
  const answer =
    who === undefined
      ? await gateway.admin<{ rows: Notice[] }>('notices.list', { userId: person.id, ...input })
      : await gateway.call<{ rows: Notice[] }>('notices.list', input, who)
  return answer.data.rows
}
/** Those there are when there are as many. */
async function mine(count: number): Promise<readonly Notice['content'][]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await noticesOf(cookie)
    if (found.length >= count) return found.map(({ content }) => content)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`there are no ${count} notices`)
}
async function grantPlan(requests: number): Promise<void> {
  const quotas = [{ window: 'day', metric: 'requests', value: requests }]
  const plan = { name: 'Pro', priceNanoUsd: 0, days: 30, mayUseBalance: false, quotas }
  const { data } = await gateway.admin<{ id: string }>('plans.create', plan)
  await gateway.admin('users.grantPlan', { userId: person.id, planId: data.id })
}

test('80, 95 and 100 percent of a quota are told once each, in each window, also over a restart', async () => {
  await grantPlan(20)
  for (let asked = 1; asked <= 16; asked += 1) await ask()
  expect(await mine(1)).toEqual([
    {
      kind: 'quota',
      planName: 'Pro',
      window: 'day',
      metric: 'requests',
      thresholdPercent: 80,
      quota: 20,
      used: 16,
      resetsAt: Date.parse('2026-11-24T00:00:00Z'),
    },
  ])
  await gateway.stop()
  gateway = await start()
  cookie = await gateway.signIn(person.email, PASSWORD)
  for (let asked = 17; asked <= 20; asked += 1) await ask()
  expect(await ask()).toBe(429)
  expect((await mine(3)).map(({ thresholdPercent }) => thresholdPercent)).toEqual([100, 95, 80])
  clock.pass(DAY_MS)
  for (let asked = 1; asked <= 16; asked += 1) await ask()
  expect((await mine(4)).map(({ thresholdPercent }) => thresholdPercent)).toEqual([80, 100, 95, 80])
})

test('a balance that falls below the setting is told each time it does, and not while it stays there', async () => {
  const adjust = (dollars: number) =>
    gateway.admin('users.adjustBalance', { userId: person.id, amountNanoUsd: dollars * DOLLAR, note: '' })
  await adjust(-18)
  expect(await noticesOf(cookie)).toEqual([])
  await adjust(-1.5)
  expect(await mine(1)).toEqual([
    { kind: 'low_balance', leftNanoUsd: 0.5 * DOLLAR, thresholdNanoUsd: DOLLAR },
  ])
  await ask()
  await adjust(-0.1)
  expect(await noticesOf(cookie)).toHaveLength(1)
  await adjust(5)
  await adjust(-5)
  expect(await mine(2)).toHaveLength(2)
})

test('a request that brings the balance below the setting is told of, once', async () => {
  await gateway.admin('settings.update', { lowBalanceNanoUsd: 20 * DOLLAR })
  await ask()
  expect(await mine(1)).toMatchObject([{ kind: 'low_balance' }])
  await ask()
  expect(await noticesOf(cookie)).toHaveLength(1)
  await gateway.admin('settings.update', { lowBalanceNanoUsd: DOLLAR })
})

test('a key that turns up at a new address is told of, once for each, and its first address is no news', async () => {
  await ask('127.0.0.2')
  await ask('127.0.0.2')
  expect(await noticesOf(cookie)).toEqual([])
  for (const from of ['127.0.0.3', '127.0.0.3', '127.0.0.2']) await ask(from)
  expect(await mine(1)).toEqual([
    { kind: 'key_new_address', keyId: person.keyId, keyName: 'test', address: '127.0.0.3' },
  ])
  await gateway.stop()
  gateway = await start()
  cookie = await gateway.signIn(person.email, PASSWORD)
  for (const from of ['127.0.0.3', '127.0.0.2']) await ask(from)
  expect(await noticesOf(cookie)).toHaveLength(1)
})

describe('a notice', () => {
  test('is dismissed by its owner for themselves, and by an administrator for the operator', async () => {
    await grantPlan(1)
    await ask()
    await mine(1)
    const [notice] = await noticesOf(cookie)
    expect((await gateway.call('notices.dismiss', { noticeId: notice?.id }, cookie)).ok).toBe(true)
    expect(await noticesOf(cookie)).toEqual([])
    expect(await noticesOf(cookie, { includeDismissed: true })).toMatchObject([{ isDismissed: true }])
    expect(await noticesOf(undefined)).toMatchObject([{ id: notice?.id, isDismissed: false }])
    await gateway.admin('notices.dismiss', { noticeId: notice?.id })
    expect(await noticesOf(undefined)).toEqual([])
  })

  test('of somebody else does not exist', async () => {
    await grantPlan(1)
    await ask()
    await mine(1)
    const [notice] = await noticesOf(cookie)
    const other = await gateway.createPerson()
    const theirs = await gateway.signIn(other.email, PASSWORD)
    expect(await noticesOf(theirs)).toEqual([])
    for (const noticeId of [notice?.id, 'none'])
      expect(await gateway.call('notices.dismiss', { noticeId }, theirs)).toMatchObject({
        status: 404,
        error: { code: 'notice_not_found' },
      })
    expect(await gateway.call('notices.list', { userId: person.id }, theirs)).toMatchObject({
      error: { code: 'forbidden' },
    })
    expect(await noticesOf(cookie)).toHaveLength(1)
  })
})

test('a forecast says what the balance pays on a day, and when it will have run out', async () => {
  const forecast = async () =>
    (await gateway.call<{ forecast: object; balanceNanoUsd: number }>('me.overview', {}, cookie)).data
  expect((await forecast()).forecast).toEqual({ dailyNanoUsd: null, runsOutAt: null })
  await ask()
  const { balanceNanoUsd } = await forecast()
  const spent = 20 * DOLLAR - balanceNanoUsd
  // Nothing that is left for ever is forecast.
  expect((await forecast()).forecast).toMatchObject({ dailyNanoUsd: spent, runsOutAt: null })
  await gateway.admin('users.adjustBalance', {
    userId: person.id,
    amountNanoUsd: 3 * spent - balanceNanoUsd,
    note: '',
  })
  const { runsOutAt } = (await forecast()).forecast as { runsOutAt: number }
  expect(Math.abs(runsOutAt - clock.now() - 3 * DAY_MS)).toBeLessThan(60_000)
  // What a plan pays, the balance does not.
  await grantPlan(100)
  await ask()
  expect((await forecast()).forecast).toMatchObject({ dailyNanoUsd: spent })
})
