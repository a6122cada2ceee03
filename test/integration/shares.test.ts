// Small balances over the real server: how much output a request is given, what is sent upstream for it, and that whatever
// is tried at once, no more is spent than there is.
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { createLedgerRepository, type LedgerEntry } from '../../server/db/repositories/ledger.ts'
import { waitUntilFolded } from '../support/redo.ts'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from './support/running-gateway.ts'

let gateway: RunningGateway
const CENT = 10_000_000
/** 10,000 nano-dollars for a token of output at the test rates. */
const OUTPUT_TOKEN = 10_000
const REASONING_MODEL = 'test-reasoning-model'

const ENDPOINTS = [
  {
    path: '/chat/completions',
    limit: 'max_completion_tokens',
    body: { messages: [{ role: 'user', content: 'Tell me about gates.' }] },
  },
  { path: '/responses', limit: 'max_output_tokens', body: { input: 'Tell me about gates.' } },
] as const
const { body: CHAT } = ENDPOINTS[0]

beforeAll(async () => {
  gateway = await startGateway()
  await gateway.admin('prices.upsert', { model: REASONING_MODEL, ...TEST_RATES, isReasoning: true })
})
afterAll(async () => {
  await gateway.stop()
})
beforeEach(() => gateway.upstream.reset())

function ask(person: Person, path: string, body: object): Promise<Response> {
  return fetch(`${gateway.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, ...body }),
  })
}

const codeOf = async (response: Response) =>
  ((await response.json()) as { readonly error: { readonly code: string } }).error.code

interface Limits {
  readonly max_completion_tokens?: number
  readonly max_output_tokens?: number
}
/** Bodies that reached the upstream, in their order. */
// A request that the gateway let through is a JSON object.
const sent = () => gateway.upstream.requests.map((request) => request.json() as Limits)

async function openHoldsOf(person: Person): Promise<number> {
  const user = await gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person.id })
  return user.data.openHoldsNanoUsd
}

/** What the database has of a request, read beside the running server. */
async function ledgerEntriesOf(requestId: string): Promise<readonly LedgerEntry[]> {
  await waitUntilFolded(join(gateway.dataDir, 'gateway.db'))
  const db = openDatabase(join(gateway.dataDir, 'gateway.db'), { readonly: true })
  try {
    return createLedgerRepository(db).entriesOfRequest(requestId)
  } finally {
    db.close()
  }
}

describe.each(ENDPOINTS)('$path', ({ path, limit, body }) => {
  test('a small balance gets a quarter of what its input leaves over, as a limit that the upstream keeps', async () => {
    const person = await gateway.createPerson(3 * CENT)
    const response = await ask(person, path, body)
    expect(response.status).toBe(200)
    await response.text()
    const lowered = sent()[0]?.[limit] ?? 0
    // A quarter of three cents would be 750 tokens; the input takes a little of that first.
    expect(lowered).toBeGreaterThan(600)
    expect(lowered).toBeLessThan(750)
    expect(sent()[0]).toEqual({ model: TEST_MODEL, ...body, [limit]: lowered })
  })

  test('a balance that covers the worst case leaves the body as it is', async () => {
    const person = await gateway.createPerson(100 * CENT)
    await (await ask(person, path, body)).text()
    expect(sent()).toEqual([{ model: TEST_MODEL, ...body }])
  })

  test('a limit that the client set is kept where it is paid for, and lowered where it is not', async () => {
    const person = await gateway.createPerson(3 * CENT)
    await (await ask(person, path, { ...body, [limit]: 300 })).text()
    await (await ask(person, path, { ...body, [limit]: 5_000 })).text()
    expect(sent()[0]?.[limit]).toBe(300)
    expect(sent()[1]?.[limit]).toBeLessThan(750)
  })

  test('an upstream that ignores the limit costs the account what it has, and the operator the rest', async () => {
    const person = await gateway.createPerson(3 * CENT)
    gateway.upstream.script({ answer: { textTokens: 6_000, ignoresOutputLimit: true } })
    await (await ask(person, path, body)).text()
    const [row] = await gateway.usageOf(person)
    expect(row?.costNanoUsd).toBe(3 * CENT)
    expect(await gateway.balanceOf(person)).toBe(0)
    const due = row ? costByHand(row) : 0
    expect(due).toBeGreaterThan(6_000 * OUTPUT_TOKEN)
    const written = gateway.log
      .lines()
      .find((line) => line.event === 'write_off' && line.userId === person.id)
    expect(written).toMatchObject({ charge: { amountNanoUsd: 3 * CENT, writeOffNanoUsd: due - 3 * CENT } })
    const entries = await ledgerEntriesOf(row?.requestId ?? '')
    expect(entries.map(({ kind, amountNanoUsd }) => [kind, amountNanoUsd])).toEqual([
      ['hold', 0],
      ['write_off', due - 3 * CENT],
      ['settle', -due],
    ])
  })
})

test('requests at once do not starve each other: each takes a share of what the others left', async () => {
  const person = await gateway.createPerson(8 * CENT)
  const { promise: headersBehind, resolve: answerAll } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } }, 4)
  const asked = [1, 2, 3, 4].map(() => ask(person, '/chat/completions', CHAT))
  await expect.poll(() => sent().length).toBe(4)
  answerAll()
  const responses = await Promise.all(asked)
  expect(responses.map((response) => response.status)).toEqual([200, 200, 200, 200])
  for (const response of responses) await response.text()
  const limits = sent().map((body) => body.max_completion_tokens ?? 0)
  expect(limits).toHaveLength(4)
  // Each share is a quarter of three quarters of the one before it, less a little input: a little more of that where counting its
  // tokens took too long on a busy machine, and its bytes stand in for them.
  const sorted = [...limits].sort((one, other) => other - one)
  for (const [index, limit] of sorted.slice(1).entries()) {
    expect(limit / (sorted[index] ?? 1)).toBeGreaterThan(0.65)
    expect(limit / (sorted[index] ?? 1)).toBeLessThan(0.77)
  }
  expect(await openHoldsOf(person)).toBe(0)
})

test('a hundred requests at once on a cent never spend more than the cent', async () => {
  const person = await gateway.createPerson(CENT)
  gateway.upstream.script({ answer: { textTokens: 2_000, ignoresOutputLimit: true } }, 100)
  const body = { ...CHAT, max_completion_tokens: 200 }
  const responses = await Promise.all(
    Array.from({ length: 100 }, () => ask(person, '/chat/completions', body)),
  )
  for (const response of responses) await response.text()
  await gateway.usageOf(person)
  expect(await openHoldsOf(person)).toBe(0)
  const left = await gateway.balanceOf(person)
  expect(left).toBeGreaterThanOrEqual(0)
  expect(left).toBeLessThan(CENT)
  // What was not affordable was never sent.
  const answered = responses.filter((response) => response.status === 200)
  expect(gateway.upstream.requests).toHaveLength(answered.length)
  expect(answered.length).toBeLessThan(5)
})

test('a reasoning model is not run on a limit that its thinking would eat up', async () => {
  const person = await gateway.createPerson(4 * CENT)
  // A quarter of four cents is less than 1,000 tokens: enough for one model, too little for the other.
  expect((await ask(person, '/responses', { input: 'Why?' })).status).toBe(200)
  const refused = await ask(person, '/responses', { model: REASONING_MODEL, input: 'Why?' })
  expect(refused.status).toBe(429)
  expect(refused.headers.get('x-should-retry')).toBe('false')
  expect(await codeOf(refused)).toBe('insufficient_quota')
  expect(gateway.upstream.requests).toHaveLength(1)
})

test('a reasoning model runs on a tiny limit that the request set itself', async () => {
  const person = await gateway.createPerson(CENT)
  const response = await ask(person, '/responses', {
    model: REASONING_MODEL,
    input: 'Why?',
    max_output_tokens: 16,
  })
  expect(response.status).toBe(200)
  await response.text()
  expect(sent()[0]?.max_output_tokens).toBe(16)
})

test('with open holds in the way a client is asked to come back', async () => {
  const person = await gateway.createPerson(9 * CENT)
  const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } })
  const first = ask(person, '/responses', { input: 'Why?', max_output_tokens: 8_000 })
  while ((await openHoldsOf(person)) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const second = await ask(person, '/responses', { model: REASONING_MODEL, input: 'Why?' })
  expect(second.status).toBe(429)
  expect(second.headers.get('retry-after')).toBe('3')
  expect(await codeOf(second)).toBe('balance_on_hold')
  answer()
  await (await first).text()
})

test('a huge n is paid for in every choice, or given less in each', async () => {
  const person = await gateway.createPerson(50 * CENT)
  const response = await ask(person, '/chat/completions', { ...CHAT, n: 8, max_completion_tokens: 8_000 })
  expect(response.status).toBe(200)
  await response.text()
  // A quarter of fifty cents, less a little input, for all eight together.
  const each = sent()[0]?.max_completion_tokens ?? 0
  expect(each * 8 * OUTPUT_TOKEN).toBeLessThanOrEqual(12.5 * CENT)
  expect(each * 8 * OUTPUT_TOKEN).toBeGreaterThan(12 * CENT)
  const crowd = await ask(person, '/chat/completions', { ...CHAT, n: 128, max_completion_tokens: 8_000 })
  expect(await codeOf(crowd)).toBe('insufficient_quota')
})
