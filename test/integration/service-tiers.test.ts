// Tiers of service over the real server: which are let through, what is held for them, and at which price they end.
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { createLedgerRepository } from '../../server/db/repositories/ledger.ts'
import { waitUntilFolded } from '../support/redo.ts'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from './support/running-gateway.ts'

let gateway: RunningGateway
let person: Person
const BALANCE = 100_000_000_000
const TIERED = 'test-tiered-model'

const ENDPOINTS = [
  {
    path: '/chat/completions',
    body: { messages: [{ role: 'user', content: 'Hello.' }], max_completion_tokens: 100 },
  },
  { path: '/responses', body: { input: 'Hello.', max_output_tokens: 100 } },
] as const

/** Half the test rates in flex, twice in priority; no other tier has a price. */
const RATES = {
  ...TEST_RATES,
  flexInputNanoUsdPerMTok: 1_000_000_000,
  flexOutputNanoUsdPerMTok: 5_000_000_000,
  priorityInputNanoUsdPerMTok: 4_000_000_000,
  priorityOutputNanoUsdPerMTok: 20_000_000_000,
}

beforeAll(async () => {
  gateway = await startGateway()
  const priced = await gateway.admin('prices.upsert', { model: TIERED, ...RATES })
  expect(priced.data).toMatchObject(RATES)
})
afterAll(async () => {
  await gateway.stop()
})
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson(BALANCE)
})

async function ask(path: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(`${gateway.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TIERED, ...body }),
  })
  return { status: response.status, text: await response.text() }
}

/** Nano-dollars for a token of input and one of output; nothing of these answers is cached. */
async function expectCharged(inputRate: number, outputRate: number): Promise<void> {
  const [row] = await gateway.usageOf(person)
  expect(row).toMatchObject({ reason: 'completed', cachedInputTokens: 0, cacheWriteTokens: 0 })
  if (!row) throw new Error('there is a row')
  expect(row.costNanoUsd).toBe(row.inputTokens * inputRate + row.outputTokens * outputRate)
  expect(row.costNanoUsd).toBeGreaterThan(0)
}

describe.each(ENDPOINTS)('$path', ({ path, body }) => {
  test.each([false, true])('flex costs what flex costs, streamed: %s', async (stream) => {
    expect(await ask(path, { ...body, stream, service_tier: 'flex' })).toMatchObject({ status: 200 })
    expect(gateway.upstream.requests[0]?.json()).toMatchObject({ service_tier: 'flex' })
    await expectCharged(1_000, 5_000)
  })

  test('fast is priority', async () => {
    expect(await ask(path, { ...body, service_tier: 'fast' })).toMatchObject({ status: 200 })
    await expectCharged(4_000, 20_000)
  })

  test('an answer that fell back to the standard tier costs the standard price', async () => {
    gateway.upstream.script({ answer: { serviceTier: 'default' } })
    expect(await ask(path, { ...body, service_tier: 'priority' })).toMatchObject({ status: 200 })
    await expectCharged(2_000, 10_000)
  })

  test('a tier that nobody asked for is charged where it has a price, and as the standard one where it has none', async () => {
    gateway.upstream.script({ answer: { serviceTier: 'priority' } })
    await ask(path, body)
    await expectCharged(4_000, 20_000)
    person = await gateway.createPerson(BALANCE)
    gateway.upstream.script({ answer: { serviceTier: 'ultrafast' } })
    await ask(path, body)
    await expectCharged(2_000, 10_000)
    expect(gateway.log.lines().find((line) => line.event === 'unpriced_service_tier')).toMatchObject({
      serviceTier: 'ultrafast',
    })
  })

  test.each([
    { model: TIERED, service_tier: 'ultrafast' },
    { model: TIERED, service_tier: 'batch' },
    { model: TIERED, service_tier: 'scale' },
    { model: TIERED, service_tier: 7 },
    { model: TEST_MODEL, service_tier: 'flex' },
  ])('$service_tier of $model has no price and is refused', async (asked) => {
    const refused = await ask(path, { ...body, ...asked })
    expect(refused).toMatchObject({ status: 400 })
    expect(JSON.parse(refused.text)).toMatchObject({
      error: { code: 'unsupported_service_tier', param: 'service_tier' },
    })
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('what is kept in the prompt cache for longer than half an hour has no price and is refused', async () => {
    const refused = await ask(path, { ...body, prompt_cache_options: { ttl: '12h' } })
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.text)).toMatchObject({ error: { param: 'prompt_cache_options.ttl' } })
    expect((await ask(path, { ...body, prompt_cache_options: { ttl: '30m' } })).status).toBe(200)
  })
})

test('the hold covers the dearest tier that the answer may come in', async () => {
  const held = async (service_tier: string) => {
    person = await gateway.createPerson(BALANCE)
    await ask('/responses', { input: 'Hello.', max_output_tokens: 100, service_tier })
    const [row] = await gateway.usageOf(person)
    return await heldFor(row?.requestId ?? '')
  }
  const [standard, flex, priority] = [await held('default'), await held('flex'), await held('priority')]
  // A flex answer may come from the standard tier (its name is three bytes shorter, at 2,500 each). A priority one costs
  // twice the output, and more for its input.
  expect(flex).toBe(standard - 3 * 2_500)
  expect(priority).toBeGreaterThanOrEqual(standard + 100 * 10_000)
})

/** What the database has as the hold of a request, read beside the running server. */
async function heldFor(requestId: string): Promise<number> {
  await waitUntilFolded(join(gateway.dataDir, 'gateway.db'))
  const db = openDatabase(join(gateway.dataDir, 'gateway.db'), { readonly: true })
  try {
    return createLedgerRepository(db).entriesOfRequest(requestId)[0]?.heldNanoUsd ?? 0
  } finally {
    db.close()
  }
}
