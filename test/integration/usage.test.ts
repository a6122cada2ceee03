// Usage as the screens ask for it: sums, series, tops and the console's first screen, of real requests.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMovableClock } from './support/movable-clock.ts'
import { type Portal, startPortal, USER } from './support/portal.ts'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

/** Far from midnight in Kolkata: nothing of today is of yesterday by the end. */
const clock = createMovableClock(Date.parse('2026-11-23T06:40:00Z'))
let gateway: RunningGateway
let ann: Person
beforeAll(async () => {
  gateway = await startGateway({
    clock,
    settings: { timeZone: 'Asia/Kolkata', announcement: 'Back at noon' },
  })
  ann = await gateway.createPerson()
  for (const model of [TEST_MODEL, TEST_MODEL, 'nobody-priced-this']) await ask(ann, model)
  await gateway.usageOf(ann)
})
afterAll(() => gateway.stop())

const HOUR = 3_600_000

const ask = (person: Person, model: string) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'hello' }],
      max_completion_tokens: 20,
    }),
  }).then((response) => response.arrayBuffer())

type Loose = Record<string, never>

test('sums, series and tops say the same, of everyone and of one person', async () => {
  const { data: summary } = await gateway.admin<Loose>('usage.summary', { userId: ann.id })
  expect(summary).toMatchObject({ requests: 3, errors: 1, costNanoUsd: expect.any(Number) })
  expect((await gateway.admin('usage.summary', { reason: 'refused' })).data).toMatchObject({ requests: 1 })
  const span = { from: clock.now() - 3 * HOUR, to: clock.now() + 1 }
  const { data: series } = await gateway.admin<Loose>('usage.series', {
    ...span,
    bucket: 'hour',
    groupBy: 'model',
    withTimings: true,
  })
  expect(series).toMatchObject({
    timeZone: 'Asia/Kolkata',
    total: summary,
    groups: [{ id: TEST_MODEL, total: { requests: 2, errors: 0 } }, { total: { requests: 1, errors: 1 } }],
    other: null,
    timings: { total: { durationMs: { p50: expect.any(Number) } } },
  })
  const { buckets, points } = series as unknown as { buckets: { from: number }[]; points: unknown[] }
  expect(points).toHaveLength(buckets.length)
  // Local hours begin at half past.
  expect((buckets[0]?.from ?? 0) % HOUR).toBe(HOUR / 2)
  const { data: top } = await gateway.admin('usage.top', { by: 'user' })
  expect(top).toMatchObject({ rows: [{ id: ann.id, label: ann.email, total: summary }], total: summary })
  expect(await gateway.admin('usage.series', { from: 0, to: span.to, bucket: 'hour' })).toMatchObject({
    error: { code: 'invalid_input', details: { param: 'bucket' } },
  })
  expect(await gateway.admin('usage.series', { from: 5, to: 5, bucket: 'hour' })).toMatchObject({
    error: { code: 'invalid_input', details: { param: 'to' } },
  })
})

test('the dashboard says what runs, what needs attention, and how the days went', async () => {
  await gateway.admin('users.adjustBalance', {
    userId: ann.id,
    amountNanoUsd: 5_000_000_000,
    note: 'a gift',
    kind: 'gift',
  })
  const ben = await gateway.createPerson(900_000_000)
  const { data } = await gateway.admin<Loose>('dashboard.get', { days: 7 })
  const { data: summary } = await gateway.admin<Loose>('usage.summary')
  expect(data).toMatchObject({
    running: { addresses: [gateway.url], inFlight: 0, upstream: 'openai' },
    announcement: 'Back at noon',
    users: { total: 3, today: 3 },
    keys: { total: 2, today: 2 },
    // The gift is none.
    revenue: { totalNanoUsd: 100_900_000_000, todayNanoUsd: 100_900_000_000 },
    spend: { totalNanoUsd: summary['costNanoUsd'], todayNanoUsd: summary['costNanoUsd'] },
    today: summary,
    series: { timeZone: 'Asia/Kolkata', total: summary, groups: [{ id: TEST_MODEL }, {}] },
    topUsers: [{ label: ann.email }],
    topModels: [{ id: TEST_MODEL }, { id: 'nobody-priced-this' }],
    attention: [
      { kind: 'unpriced_models', count: 1, models: [{ model: 'nobody-priced-this', asks: 1 }] },
      {
        kind: 'low_balances',
        count: 1,
        people: [{ userId: ben.id, email: ben.email, leftNanoUsd: 900_000_000 }],
      },
    ],
  })
  expect((data as unknown as { series: { buckets: unknown[] } }).series.buckets).toHaveLength(7)
})

test('sums of everyone may be more than any one person can have', async () => {
  const MILLION = 1_000_000_000_000_000
  const revenue = async () => {
    const { data } = await gateway.admin<{ revenue: { totalNanoUsd: number } }>('dashboard.get')
    return data.revenue.totalNanoUsd
  }
  const before = await revenue()
  for (const userId of [(await gateway.createPerson(0)).id, (await gateway.createPerson(0)).id]) {
    for (let at = 0; at < 5; at += 1) {
      const topUp = { userId, amountNanoUsd: MILLION, note: '', kind: 'top_up' }
      expect((await gateway.admin('users.adjustBalance', topUp)).ok).toBe(true)
    }
  }
  expect((await revenue()) - before).toBeCloseTo(10 * MILLION, -1)
})

test('people see their own usage and nobody else’s', async () => {
  const portal: Portal = await startPortal()
  try {
    const cookie = await portal.setUp()
    const { data } = await portal.call('users.create', USER, { cookie })
    const user = await portal.signIn(USER)
    const span = { from: Date.now() - HOUR, to: Date.now(), bucket: 'quarter' }
    expect(
      (await portal.call('usage.series', { ...span, groupBy: 'user' }, { cookie: user })).data,
    ).toMatchObject({
      total: { requests: 0 },
      groups: [],
    })
    for (const [name, input] of [
      ['usage.series', { ...span, userId: 'somebody' }],
      ['usage.top', { by: 'model', userId: 'somebody' }],
      ['dashboard.get', {}],
    ] as const) {
      expect((await portal.call(name, input, { cookie: user })).error.code).toBe('forbidden')
    }
    expect((await portal.call('me.overview', {}, { cookie: user })).data).toMatchObject({
      today: { requests: 0, spendNanoUsd: 0 },
      keyCount: 0,
    })
    expect(data.id).toEqual(expect.any(String))
  } finally {
    await portal.stop()
  }
})

test('a key says what it has used and what is left, to whoever holds it', async () => {
  await gateway.admin('keys.update', { keyId: ann.keyId, caps: { monthNanoUsd: 20_000_000_000 } })
  await gateway.admin('limits.update', {
    scope: 'user',
    subjectId: ann.id,
    rules: [{ metric: 'requests', window: 'day', value: 1_000 }],
  })
  const get = (path: string, key = ann.key, method = 'GET') =>
    fetch(`${gateway.url}${path}`, { method, headers: { authorization: `Bearer ${key}` } })
  const { data: summary } = await gateway.admin<Record<string, number>>('usage.summary', {
    userId: ann.id,
    status: 200,
  })
  const tokens = (summary['inputTokens'] ?? 0) + (summary['outputTokens'] ?? 0)
  const nanoUsd = summary['costNanoUsd'] ?? 0
  const counted = { requests: 2, tokens, cost_nano_usd: nanoUsd, cost_usd: nanoUsd / 1e9 }
  const { data: overview } = await gateway.admin<Record<string, number>>('users.get', { userId: ann.id })
  const usage = await get('/v1/usage')
  expect(await usage.json()).toMatchObject({
    object: 'usage',
    key: { object: 'api_key', id: ann.keyId, expires_at: null, models: null },
    total: { ...counted, resets_at: null },
    today: { ...counted, resets_at: expect.any(Number) },
    month: counted,
    spending_caps: [{ period: 'month', cap_usd: 20, used_nano_usd: nanoUsd, held_nano_usd: 0 }],
    rate_limits: expect.arrayContaining([
      expect.objectContaining({ of: 'user', metric: 'requests', window: 'day', limit: 1_000, used: 2 }),
    ]),
    balance: {
      balance_nano_usd: overview['balanceNanoUsd'],
      available_nano_usd: overview['availableNanoUsd'],
    },
    plan: null,
  })
  const etag = usage.headers.get('etag') ?? ''
  const again = await fetch(`${gateway.url}/api/v1/usage`, {
    headers: { authorization: `Bearer ${ann.key}`, 'if-none-match': etag },
  })
  expect(again.status).toBe(304)
  expect((await get('/v1/usage', 'sk-cg-nobody-knows')).status).toBe(401)
  expect((await get('/v1/usage', ann.key, 'POST')).status).toBe(405)
  // Looking is no request that costs, and is not listed.
  expect((await gateway.admin('usage.summary', { userId: ann.id })).data).toMatchObject({ requests: 3 })
})
