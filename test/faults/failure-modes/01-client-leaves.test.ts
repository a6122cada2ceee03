// Failure mode 1. A client that hangs up does not stop what the upstream bills: it is read on to its true usage, with its
// hold and its place among the running requests, and within bounds. Where a bound cuts that, the whole hold is charged.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { costByHand, TEST_MODEL } from '../../integration/support/running-gateway.ts'
import {
  atItsOwn,
  CHAT,
  DIALECTS,
  type OnePerson,
  PURSE_NANO_USD,
  startOnePerson,
  until,
} from '../support/one-person.ts'

/** Longer than a busy machine takes for what a test does meanwhile. */
const LONG_MS = 4_000
const SETTINGS = { drainSecondsMax: 600, drainBytesMax: 134_217_728, drainsPerUserMax: 16, drainsMax: 256 }

const set = (settings: object, { gateway } = one) => gateway.admin('settings.update', settings)

async function heldNanoUsd({ gateway, person } = one): Promise<number> {
  const user = await gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person().id })
  return user.data.openHoldsNanoUsd
}

async function drainsNow({ gateway } = one): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  return Number(/^codex_gateway_drains (\d+)$/m.exec(text)?.[1])
}

/** What the tests share that wait for nothing but themselves. */
let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())

async function asNew(): Promise<void> {
  await set(SETTINGS)
  await one.renew()
}

/** Hangs up while the upstream works on an answer that is not streamed. */
async function hangUpBeforeTheAnswer(path: string, body: object): Promise<void> {
  const leaving = new AbortController()
  const asked = one.ask(path, body, { signal: leaving.signal })
  await until(() => one.gateway.upstream.requests.length === 1)
  leaving.abort()
  await expect(asked).rejects.toThrow()
}

describe.each(DIALECTS)('$path', ({ path, body }) => {
  beforeEach(asNew)

  test('failure mode 1: a client that leaves at once, in the middle, or just before the end is charged the true usage', async () => {
    for (const leavesAfter of [0, 1, 6]) {
      await one.renew()
      one.gateway.upstream.script({ delays: { beforeHeadersMs: 50, betweenEventsMs: 4 } })
      const leaving = new AbortController()
      const asked = one.ask(path, { ...body, stream: true }, { signal: leaving.signal })
      if (leavesAfter > 0) {
        const reader = (await asked).body?.getReader()
        for (let read = 0; read < leavesAfter; read += 1) await reader?.read()
      } else {
        await until(() => one.gateway.upstream.requests.length === 1)
      }
      leaving.abort()
      await asked.catch(() => {})
      const row = await one.theRow()
      expect(row.reason).toBe('client_left')
      expect(row.costNanoUsd).toBe(costByHand(row))
      const [request] = one.gateway.upstream.requests
      expect(row.outputTokens).toBe(request?.usage?.outputTokens)
      expect(await request?.ended).toBe('finished')
    }
  })

  test('failure mode 1: reading on that takes too long is cut, and the whole hold is charged', async () => {
    await set({ drainSecondsMax: 1 })
    one.gateway.upstream.script({ stall: { afterEvents: 3 } })
    await one.hangUp(path, body)
    const held = await heldNanoUsd()
    expect(held).toBeGreaterThan(0)
    expect(await one.theRow()).toMatchObject({ reason: 'estimated', errorCode: null, costNanoUsd: held })
    expect(await one.gateway.upstream.requests[0]?.ended).toBe('client_gone')
  })

  test('failure mode 1: reading on that takes too many bytes is cut, and the whole hold is charged', async () => {
    await set({ drainBytesMax: 65_536 })
    one.gateway.upstream.script({
      answer: { text: 'x'.repeat(400_000), pieces: 'words', ignoresOutputLimit: true },
      delays: { silence: { afterEvents: 4, ms: 1_000 } },
    })
    await one.hangUp(path, body)
    const held = await heldNanoUsd()
    expect(await one.theRow()).toMatchObject({ reason: 'estimated', costNanoUsd: held })
  })

  test('failure mode 1: an answer that is not streamed is read on in the same way, and cut in the same way', async () => {
    const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
    one.gateway.upstream.script({ delays: { headersBehind } })
    await hangUpBeforeTheAnswer(path, body)
    await until(async () => (await drainsNow()) === 1)
    answer()
    expect(await one.theRow()).toMatchObject({ reason: 'client_left', status: 499 })

    await one.renew()
    await set({ drainSecondsMax: 1 })
    one.gateway.upstream.script({ stall: 'before_headers' })
    await hangUpBeforeTheAnswer(path, body)
    const held = await heldNanoUsd()
    expect(await one.theRow()).toMatchObject({ reason: 'estimated', errorCode: null, costNanoUsd: held })
  })
})

/** The bounds of drains are settings of a gateway, and each test waits for seconds: each has its own, and waits beside the others. */
describe.concurrent('while an answer is read on', () => {
  test(
    'failure mode 1: what is read on keeps its place among the requests at once, until it has ended',
    atItsOwn(async (one) => {
      const rules = [{ metric: 'concurrent', window: null, value: 1 }]
      await one.gateway.admin('limits.update', { scope: 'user', subjectId: one.person().id, rules })
      one.gateway.upstream.script({ delays: { silence: { afterEvents: 3, ms: LONG_MS } } })
      await one.hangUp(CHAT, DIALECTS[0].body)
      const refused = await one.ask(CHAT, DIALECTS[0].body)
      expect(refused.status).toBe(429)
      expect(await refused.json()).toMatchObject({ error: { code: 'concurrency_limit_exceeded' } })
      expect(await heldNanoUsd(one)).toBeGreaterThan(0)
      await until(async () => (await heldNanoUsd(one)) === 0)
      expect((await one.ask(CHAT, DIALECTS[0].body)).status).toBe(200)
    }),
  )

  test(
    'failure mode 1: one person’s drains are bounded; the latest one too many is cut, the others end with their usage',
    atItsOwn(async (one) => {
      await set({ drainsPerUserMax: 2 }, one)
      one.gateway.upstream.script({ delays: { silence: { afterEvents: 3, ms: LONG_MS } } }, 3)
      for (let count = 0; count < 3; count += 1) await one.hangUp(CHAT, DIALECTS[0].body)
      const rows = await one.gateway.usageOf(one.person())
      expect(rows.map(({ reason }) => reason)).toEqual(['estimated', 'client_left', 'client_left'])
      expect(rows[0]?.costNanoUsd).toBeGreaterThan(rows[1]?.costNanoUsd ?? 0)
    }),
  )

  test(
    'failure mode 1: all drains are bounded together, at the cost of whoever has the most of them',
    atItsOwn(async (one) => {
      await set({ drainsMax: 2 }, one)
      one.gateway.upstream.script({ delays: { silence: { afterEvents: 3, ms: LONG_MS } } }, 3)
      const greedy = one.person()
      await one.hangUp(CHAT, DIALECTS[0].body)
      await one.hangUp(CHAT, DIALECTS[0].body)
      await until(async () => (await drainsNow(one)) === 2)
      const modest = await one.gateway.createPerson(PURSE_NANO_USD)
      const leaving = new AbortController()
      const response = await one.ask(
        CHAT,
        { ...DIALECTS[0].body, stream: true },
        { headers: { authorization: `Bearer ${modest.key}` }, signal: leaving.signal },
      )
      await response.body?.getReader().read()
      leaving.abort()
      expect((await one.gateway.usageOf(modest)).map(({ reason }) => reason)).toEqual(['client_left'])
      const rows = await one.gateway.usageOf(greedy)
      expect(rows.map(({ reason }) => reason)).toEqual(['estimated', 'client_left'])
    }),
  )

  test(
    'failure mode 1: whoever leaves where nothing is billed takes the place of no drain',
    atItsOwn(async (one) => {
      await set({ drainsMax: 2 }, one)
      const modest = await one.gateway.createPerson(PURSE_NANO_USD)
      const headers = { authorization: `Bearer ${modest.key}` }
      const made = await one.ask('/v1/responses', { model: TEST_MODEL, input: 'hello' }, { headers })
      const { id } = (await made.json()) as { id: string }
      one.gateway.upstream.script({ delays: { silence: { afterEvents: 3, ms: LONG_MS } } }, 2)
      const greedy = one.person()
      await one.hangUp(CHAT, DIALECTS[0].body)
      await one.hangUp(CHAT, DIALECTS[0].body)
      await until(async () => (await drainsNow(one)) === 2)
      one.gateway.upstream.script({ delays: { beforeHeadersMs: LONG_MS } })
      const sent = one.gateway.upstream.requests.length
      const leaving = new AbortController()
      const read = fetch(`${one.gateway.url}/v1/responses/${id}`, { headers, signal: leaving.signal })
      await until(() => one.gateway.upstream.requests.length === sent + 1)
      leaving.abort()
      await expect(read).rejects.toThrow()
      const rows = await one.gateway.usageOf(greedy)
      expect(rows.map(({ reason }) => reason)).toEqual(['client_left', 'client_left'])
    }),
  )
})

test('failure mode 1: hanging up on many answers at once takes nothing that is not paid for', async () => {
  await asNew()
  await set({ drainsPerUserMax: 3 })
  await one.renew(400_000_000)
  one.gateway.upstream.script(
    { answer: { reasoningTokens: 2_000 }, delays: { silence: { afterEvents: 3, ms: LONG_MS } } },
    40,
  )
  const attempts = await Promise.allSettled(
    Array.from({ length: 40 }, () => one.hangUp(CHAT, { ...DIALECTS[0].body, max_completion_tokens: 4_000 })),
  )
  expect(attempts.some(({ status }) => status === 'fulfilled')).toBe(true)
  await until(async () => (await heldNanoUsd()) === 0)
  const rows = await one.gateway.usageOf(one.person())
  const charged = rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  // What the upstream really did, whether or not we read it to its end.
  const used = one.gateway.upstream.requests.reduce((sum, { usage }) => {
    return sum + (usage?.inputTokens ?? 0) * 2_000 + (usage?.outputTokens ?? 0) * 10_000
  }, 0)
  const balance = await one.gateway.balanceOf(one.person())
  expect(balance).toBe(400_000_000 - charged)
  expect(balance).toBeGreaterThanOrEqual(0)
  expect(rows.filter(({ reason }) => reason === 'estimated').length).toBeGreaterThan(0)
  expect(charged).toBeGreaterThanOrEqual(used)
})
