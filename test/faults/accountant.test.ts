// A day of mixed traffic, read as an accountant would: ledger, charges, rows, sums, files, keys, plans and statements are added
// up here from the database's own rows, and each of them has to say the same, to the nano-dollar. Then the rows grow old.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { createUsageStep } from '../../server/db/usage-step.ts'
import type { Scenario } from '../../server/demo-upstream/demo-upstream.ts'
import { createMovableClock } from '../integration/support/movable-clock.ts'
import {
  ADMIN,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from '../integration/support/running-gateway.ts'
import { waitUntilFolded } from '../support/redo.ts'
import { repriceAll } from '../support/reprice.ts'
import { auditBooks } from './support/audit.ts'
import { createSeeded } from './support/seeded.ts'

const DOLLAR = 1_000_000_000
const MINUTE = 60_000
/** The clock goes forward by half an hour on this day, so that its last hour is half of one. */
const ZONE = 'Australia/Lord_Howe'
const DAY = { from: Date.parse('2026-10-03T13:30Z'), to: Date.parse('2026-10-04T13:00Z') }
const ODD_MODEL = 'odd-model'
const REQUESTS = 200
/** Of which so many were put on the wire: on a busy machine one may be given up before that. */
let sent = 0
const SENT_CHANNEL = 'undici:client:sendHeaders'
const countSent = (message: unknown): void => {
  const { origin, path } = (message as { request: { origin: string; path: string } }).request // as undici documents it
  if (origin === gateway.url && path.startsWith('/v1/')) sent += 1
}

const clock = createMovableClock(DAY.from - 20 * MINUTE)
const seeded = createSeeded(20_261_004)
let dataDir = ''
let gateway: RunningGateway
let people: Person[] = []
let cookie: string | undefined

const start = () =>
  startGateway({
    dataDir,
    clock,
    settings: { timeZone: ZONE, multiplierPpm: 1_234_567, sessionDays: 365, drainSecondsMax: 1 },
  })

async function admin<T = Record<string, unknown>>(name: string, input: unknown = {}): Promise<T> {
  const answer = await gateway.admin<T>(name, input)
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`)
  return answer.data
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-accountant-'))
  gateway = await start()
  await admin('prices.upsert', {
    model: ODD_MODEL,
    ...TEST_RATES,
    inputNanoUsdPerMTok: 1_250_001,
    cachedInputNanoUsdPerMTok: null,
    cacheWriteNanoUsdPerMTok: 1_999_999,
    outputNanoUsdPerMTok: 10_000_000_007,
    flexInputNanoUsdPerMTok: 700_001,
    flexOutputNanoUsdPerMTok: 5_000_000_003,
    longContextAboveTokens: 3_000,
    longInputNanoUsdPerMTok: 2_500_003,
    longOutputNanoUsdPerMTok: 15_000_000_001,
  })
  // One with little, one with much, one with a plan, one with a plan and the balance behind it.
  people = []
  for (const balance of [DOLLAR / 10, 50 * DOLLAR, DOLLAR, DOLLAR]) {
    people.push(await gateway.createPerson(balance))
  }
  for (const [index, mayUseBalance] of [false, true].entries()) {
    const quotas = [
      { window: 'day', metric: 'money', value: DOLLAR / 5 },
      { window: 'week', metric: 'money', value: DOLLAR },
      { window: 'month', metric: 'requests', value: 60 },
    ]
    const plan = { name: `Plan ${index}`, priceNanoUsd: 0, days: 30, mayUseBalance, quotas }
    const { id: planId } = await admin<{ id: string }>('plans.create', plan)
    await admin('users.grantPlan', { userId: people[2 + index]?.id, planId })
  }
  subscribe(SENT_CHANNEL, countSent)
  for (let asked = 0; asked < REQUESTS; asked += 10) {
    await Promise.all(Array.from({ length: 10 }, askSomething))
    if (asked % 20 === 0) await correctSomething()
    // From the evening before into the morning after.
    clock.pass(seeded.int(70, 100) * MINUTE)
  }
  unsubscribe(SENT_CHANNEL, countSent)
  for (const person of people) await gateway.usageOf(person)
}, 120_000)
afterAll(async () => {
  await gateway.stop()
  await rm(dataDir, { recursive: true, force: true })
})

function someScenario(): Scenario {
  const input = seeded.int(1, 4_000)
  const output = seeded.int(0, 400)
  const parts = [seeded.int(0, Math.floor(input / 2)), seeded.int(0, Math.floor(input / 2))] as const
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    prompt_tokens_details: { cached_tokens: parts[0], cache_write_tokens: parts[1] },
    completion_tokens_details: { reasoning_tokens: Math.floor(output / 3) },
  }
  const scenarios: readonly Scenario[] = [
    { usage },
    { usage, answer: { serviceTier: 'Flex' } },
    { usage },
    { usage: 'missing' },
    { usage: 'absurd' },
    { usage: { ...usage, completion_tokens: -5 } },
    { error: 500 },
    { error: 429 },
    { cut: { afterEvents: 4 } },
    { answer: { textTokens: 3_000, ignoresOutputLimit: true } },
  ]
  return scenarios[seeded.int(0, scenarios.length - 1)] ?? {}
}

async function askSomething(): Promise<void> {
  const person = people[seeded.int(0, people.length - 1)]
  const isChat = seeded.percent(70)
  const model = ['nobody-sells-this', TEST_MODEL, ODD_MODEL, TEST_MODEL, ODD_MODEL][seeded.int(0, 4)]
  const words = 'word '.repeat(seeded.int(1, 300))
  const more = seeded.percent(20) && model === ODD_MODEL ? { service_tier: 'flex' } : {}
  const body = isChat
    ? {
        messages: [{ role: 'user', content: words }],
        max_completion_tokens: seeded.int(50, 1_500),
        n: seeded.int(1, 2),
      }
    : { input: words, max_output_tokens: seeded.int(50, 1_500) }
  const scenario = someScenario()
  const { usage: _, ...ofResponses } = scenario
  gateway.upstream.script(() => (isChat ? scenario : ofResponses))
  const leaving = new AbortController()
  if (seeded.percent(8)) setTimeout(() => leaving.abort(), 20)
  try {
    const response = await fetch(`${gateway.url}/v1/${isChat ? 'chat/completions' : 'responses'}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person?.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, stream: seeded.percent(50), ...body, ...more }),
      signal: leaving.signal,
    })
    await response.text()
  } catch {
    // Whoever left sees nothing of the answer, and whose answer was cut sees less than all of it.
  }
}

async function correctSomething(): Promise<void> {
  const userId = people[seeded.int(0, people.length - 1)]?.id
  await admin('users.adjustBalance', { userId, amountNanoUsd: seeded.int(1, DOLLAR / 10), note: 'a top-up' })
  await admin('users.adjustBalance', { userId, amountNanoUsd: 7, note: 'a gift', kind: 'gift' })
  await gateway.admin('users.adjustBalance', { userId, amountNanoUsd: -seeded.int(1, 9_999), note: 'less' })
  const { rows } = await admin<{ rows: { requestId: string; costNanoUsd: number; source: string }[] }>(
    'usage.list',
    { userId },
  )
  const paid = rows.find(({ costNanoUsd, source }) => costNanoUsd > 0 && source === 'balance')
  // A second one of the same request is refused.
  if (paid) await gateway.admin('usage.refund', { requestId: paid.requestId, note: 'sorry' })
}

interface Row {
  readonly id: string
  readonly at: number
  readonly settledAt: number | null
  readonly userId: string
  readonly keyId: string
  readonly model: string
  readonly status: number
  readonly reason: string
  readonly source: string
  readonly cost: number
  readonly tokens: number
}

async function readRows(): Promise<{ rows: Row[]; entries: EntryRow[] }> {
  await waitUntilFolded(join(dataDir, 'gateway.db'))
  const db = new Database(join(dataDir, 'gateway.db'), { readonly: true })
  try {
    const rows = db
      .prepare<[], Row>(
        `SELECT usage.request_id AS id, usage.created_at AS at, charges.created_at AS settledAt, usage.user_id AS userId,
           usage.key_id AS keyId, usage.model, usage.status, usage.reason, usage.source, cost_nano_usd AS cost,
           usage.input_tokens + usage.output_tokens AS tokens
         FROM usage LEFT JOIN charges ON charges.request_id = usage.request_id`,
      )
      .all()
    const entries = db
      .prepare<[], EntryRow>(
        `SELECT created_at AS at, user_id AS userId, kind, amount_nano_usd AS amount,
           coalesce(plan_amount_nano_usd, 0) AS planAmount FROM ledger_entries ORDER BY seq`,
      )
      .all()
    return { rows, entries }
  } finally {
    db.close()
  }
}
interface EntryRow {
  readonly at: number
  readonly userId: string
  readonly kind: string
  readonly amount: number
  readonly planAmount: number
}

const costOf = (rows: readonly Row[]) => rows.reduce((sum, { cost }) => sum + cost, 0)
const inSpan = (rows: readonly Row[], { from, to }: { from: number; to: number }) =>
  rows.filter(({ at }) => at >= from && at < to)
const today = () => ({ from: DAY.to, to: DAY.to + 24 * 60 * MINUTE })
const csvOf = async (path: string): Promise<Record<string, string>[]> => {
  cookie ??= await gateway.signIn(ADMIN.email, ADMIN.password)
  const text = await (await fetch(`${gateway.url}/api/export/${path}`, { headers: { cookie } })).text()
  const [head = '', ...lines] = text.replace('\u{feff}', '').trimEnd().split('\r\n')
  const names = head.split(',')
  // Nothing of what is exported here has a comma in it.
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])))
}
const sumOfCells = (rows: readonly Record<string, string>[], name: string) =>
  rows.reduce((sum, row) => sum + Number(row[name]), 0)

test('the traffic is as mixed as it is meant to be, and the books are right in themselves', async () => {
  const books = await auditBooks(join(dataDir, 'gateway.db'))
  // Whose prices know nothing of tiers of service; below, the charges are priced by one that does.
  expect(books.problems.filter((problem) => !problem.endsWith('by its own snapshot'))).toEqual([])
  const db = new Database(join(dataDir, 'gateway.db'), { readonly: true })
  const repriced = repriceAll(db)
  db.close()
  expect(repriced).toEqual({ charges: books.charges.size, problems: [] })
  const { rows } = await readRows()
  expect(sent).toBeGreaterThan(REQUESTS - 20)
  expect(rows).toHaveLength(sent)
  const kinds = new Set(books.usage.map(({ reason, status }) => `${reason} ${status}`))
  expect([...kinds].sort()).toEqual(expect.arrayContaining(['completed 200', 'estimated 200', 'refused 404']))
  expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['balance', 'plan']))
  expect(inSpan(rows, DAY).length).toBeGreaterThan(120)
  expect(inSpan(rows, today()).length).toBeGreaterThan(10)
})

test('balances, histories, files and statements are the sums of the entries', async () => {
  const { rows, entries } = await readRows()
  for (const person of people) {
    const mine = entries.filter(({ userId }) => userId === person.id)
    const balance = mine.reduce((sum, { amount }) => sum + amount, 0)
    expect(await gateway.balanceOf(person)).toBe(balance)
    const file = await csvOf(`ledger.csv?userId=${person.id}`)
    expect(sumOfCells(file, 'amountNanoUsd')).toBe(balance)
    expect(Number(file[0]?.balanceAfterNanoUsd)).toBe(balance)
    const statement = await admin<{
      openingNanoUsd: number
      closingNanoUsd: number
      spentNanoUsd: number
      changes: { kind: string; amountNanoUsd: number }[]
      spending: { model: string; requests: number; amountNanoUsd: number }[]
    }>('users.statement', { userId: person.id, month: '2026-10' })
    expect([statement.openingNanoUsd, statement.closingNanoUsd]).toEqual([0, balance])
    const paid = rows.filter(
      (row) => row.userId === person.id && row.source === 'balance' && row.settledAt !== null,
    )
    expect(statement.spentNanoUsd).toBe(costOf(paid))
    for (const { model, requests, amountNanoUsd } of statement.spending) {
      const ofModel = paid.filter((row) => row.model === model)
      expect([model, requests, amountNanoUsd]).toEqual([model, ofModel.length, costOf(ofModel)])
    }
    for (const { kind, amountNanoUsd } of statement.changes) {
      const ofKind = mine.filter((entry) => entry.kind === kind)
      expect(amountNanoUsd).toBe(ofKind.reduce((sum, { amount }) => sum + amount, 0))
    }
  }
})

test('what keys and plans have spent is what their requests cost', async () => {
  const { rows } = await readRows()
  for (const person of people) {
    const mine = rows.filter(({ userId, settledAt }) => userId === person.id && settledAt !== null)
    const response = await fetch(`${gateway.url}/v1/usage`, {
      headers: { authorization: `Bearer ${person.key}` },
    })
    // Its shape stands in docs/request-journey.md.
    const told = (await response.json()) as Record<'total' | 'today' | 'month', object> & {
      readonly plan: { readonly quotas: readonly object[] } | null
    }
    const wanted = (some: readonly Row[]) => ({
      requests: some.length,
      tokens: some.reduce((sum, { tokens }) => sum + tokens, 0),
      cost_nano_usd: costOf(some),
    })
    expect(told.total).toMatchObject(wanted(mine))
    expect(told.month).toMatchObject(wanted(mine))
    expect(told.today).toMatchObject(wanted(inSpan(mine, today())))
    const ofPlan = mine.filter(({ source }) => source === 'plan')
    if (told.plan === null) expect(ofPlan).toEqual([])
    else
      expect(told.plan.quotas).toMatchObject([
        { window: 'day', used: costOf(inSpan(ofPlan, today())), held: 0 },
        { window: 'week', used: costOf(ofPlan), held: 0 },
        { window: 'month', used: wanted(ofPlan).requests, held: 0 },
      ])
  }
})

interface Totals {
  readonly requests: number
  readonly errors: number
  readonly costNanoUsd: number
}
const totalsOf = (rows: readonly Row[]): Totals => ({
  requests: rows.length,
  errors: rows.filter(({ status, reason }) => status >= 400 || reason === 'upstream_failed').length,
  costNanoUsd: costOf(rows),
})

/** Every sum there is, beside what the rows come to. */
async function checkSums(rows: readonly Row[], buckets: readonly string[]): Promise<void> {
  expect(await admin('usage.summary')).toMatchObject(totalsOf(rows))
  // What no sums of days tell apart is read from the rows, or from what is left of them.
  for (const { id: userId } of people) {
    const answered = rows.filter((row) => row.userId === userId && row.status === 200)
    expect(await admin('usage.summary', { userId, status: 200 })).toMatchObject(totalsOf(answered))
  }
  for (const [by, of] of [
    ['user', (row: Row) => row.userId],
    ['key', (row: Row) => row.keyId],
    ['model', (row: Row) => row.model],
  ] as const) {
    const top = await admin<{ rows: { id: string; total: Totals }[]; total: Totals }>('usage.top', { by })
    expect(top.total).toMatchObject(totalsOf(rows))
    for (const { id, total } of top.rows)
      expect(total).toMatchObject(totalsOf(rows.filter((row) => of(row) === id)))
    expect(top.rows.reduce((sum, { total }) => sum + total.costNanoUsd, 0)).toBe(costOf(rows))
  }
  for (const bucket of buckets) {
    for (const who of [{}, { userId: people[1]?.id }, { model: ODD_MODEL }]) {
      const series = await admin<{
        buckets: { from: number; to: number }[]
        points: Totals[]
        total: Totals
        groups: { points: Totals[] }[]
        other: { points: Totals[] } | null
      }>('usage.series', { from: DAY.from, to: DAY.to, bucket, groupBy: 'model', top: 2, ...who })
      const some = rows.filter(
        (row) =>
          (!('userId' in who) || row.userId === who.userId) && (!('model' in who) || row.model === who.model),
      )
      expect([series.buckets[0]?.from, series.buckets.at(-1)?.to]).toEqual([DAY.from, DAY.to])
      expect(series.total).toMatchObject(totalsOf(inSpan(some, DAY)))
      for (const [at, span] of series.buckets.entries()) {
        expect(series.points[at]).toMatchObject(totalsOf(inSpan(some, span)))
        const lines = [...series.groups, ...(series.other ? [series.other] : [])]
        const sum = lines.reduce((total, { points }) => total + (points[at]?.costNanoUsd ?? 0), 0)
        expect(sum).toBe(series.points[at]?.costNanoUsd)
      }
    }
  }
}

test('totals, tops, series by quarter hour, hour and day, the file and the dashboard are the sums of the rows', async () => {
  const { rows, entries } = await readRows()
  await checkSums(rows, ['quarter', 'hour', 'day'])
  const file = await csvOf('usage.csv')
  expect([file.length, sumOfCells(file, 'costNanoUsd')]).toEqual([sent, costOf(rows)])
  const dashboard = await admin<{
    spend: object
    revenue: object
    today: Totals
    topUsers: { total: Totals }[]
  }>('dashboard.get', { days: 5 })
  const ofToday = inSpan(rows, today())
  expect(dashboard.today).toMatchObject(totalsOf(ofToday))
  expect(dashboard.spend).toEqual({ totalNanoUsd: costOf(rows), todayNanoUsd: costOf(ofToday) })
  const topUps = entries.filter(({ kind }) => kind === 'top_up')
  const sumOf = (some: readonly EntryRow[]) => some.reduce((sum, { amount }) => sum + amount, 0)
  expect(dashboard.revenue).toEqual({
    totalNanoUsd: sumOf(topUps),
    todayNanoUsd: sumOf(topUps.filter(({ at }) => at >= DAY.to)),
  })
  expect(dashboard.topUsers.reduce((sum, { total }) => sum + total.costNanoUsd, 0)).toBe(costOf(rows))
  for (const person of people) {
    const own = await gateway.signIn(person.email, 'a long enough password')
    const mine = inSpan(rows, today()).filter(({ userId }) => userId === person.id)
    const { data } = await gateway.call('me.overview', {}, own)
    expect(data).toMatchObject({
      balanceNanoUsd: await gateway.balanceOf(person),
      openHoldsNanoUsd: 0,
      today: { spendNanoUsd: costOf(mine), requests: mine.length },
    })
  }
})

test('and stay so when the rows have become sums of hours, and those of days', async () => {
  const { rows } = await readRows()
  for (const [days, buckets] of [
    [1, ['quarter', 'day']],
    [100, ['hour']],
    [300, ['day']],
  ] as const) {
    await gateway.stop()
    clock.pass(days * 24 * 60 * MINUTE)
    const db = openDatabase(join(dataDir, 'gateway.db'))
    const step = createUsageStep(db)
    const order = { nowMs: clock.now(), timeZone: ZONE }
    const kept = { usageRowsKeptDays: 90, hourlyUsageKeptDays: 180, dailyUsageKeptDays: 730 }
    while (step({ ...order, ...kept }));
    db.close()
    gateway = await start()
    expect((await csvOf('usage.csv')).length).toBe(days === 1 ? sent : 0)
    await checkSums(rows, buckets)
    const { spend } = await admin<{ spend: object }>('dashboard.get')
    expect(spend).toEqual({ totalNanoUsd: costOf(rows), todayNanoUsd: 0 })
  }
  await admin('ledger.check')
  // The thread that checks gives way to whatever else wants the processor.
  const state = async () => (await admin('ledger.status')).state
  await expect.poll(state, { timeout: 100_000 }).not.toBe('checking')
  expect(await admin('ledger.status')).toMatchObject({ state: 'ok', findingsTotal: 0 })
}, 180_000)
