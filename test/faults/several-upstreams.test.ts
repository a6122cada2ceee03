// Two upstreams under load, of which one fails in every way in turn: whatever the other one can answer is answered, each request
// is charged once, and the first is back as soon as its breaker says so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ListedUpstream } from '../../contract/operations/upstreams.ts'
import { type DemoUpstream, startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import type { Scenario } from '../../server/demo-upstream/scenario.ts'
import { OPEN_MS } from '../../server/upstreams/circuit-breaker.ts'
import { createMovableClock } from '../integration/support/movable-clock.ts'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../integration/support/running-gateway.ts'
import { auditBooks } from './support/audit.ts'

const SPARE_KEY = 'sk-spare-0123456789abcdefWXYZ'
const AT_ONCE = 12
const REQUESTS = 60
const RETRY_AFTER_S = 20
const clock = createMovableClock()
let gateway: RunningGateway
let spare: DemoUpstream
let people: Person[] = []
let answered = 0

beforeAll(async () => {
  gateway = await startGateway({ clock })
  spare = await startDemoUpstream({ apiKey: SPARE_KEY, acceptAnyModel: true })
  people = await Promise.all([gateway.createPerson(), gateway.createPerson()])
  const added = {
    name: 'Spare',
    baseUrl: spare.baseUrl,
    apiKey: SPARE_KEY,
    priority: 200,
    multiplierPpm: 1_250_000,
  }
  expect(await gateway.admin('upstreams.create', added)).toMatchObject({ ok: true })
  // Answers that are not streamed may take ten times as long, so all that stalls here is a stream.
  await gateway.admin('upstreams.change', { upstreamId: 'primary', headSecondsMax: 1 })
})
afterAll(async () => {
  await gateway.stop()
  await spare.stop()
})

const primary = async () => (await gateway.admin<{ rows: ListedUpstream[] }>('upstreams.list')).data.rows[0]

async function ask(number: number, isStream = true): Promise<void> {
  const isChat = number % 2 === 0
  const { key } = people[number % 3 === 0 ? 0 : 1] as Person
  const response = await fetch(`${gateway.url}/v1/${isChat ? 'chat/completions' : 'responses'}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: TEST_MODEL,
      stream: isStream,
      ...(isChat ? { messages: [{ role: 'user', content: `say ${number}` }] } : { input: `say ${number}` }),
    }),
  })
  const text = await response.text()
  const end = isChat ? '[DONE]' : 'response.completed'
  if (response.status !== 200 || (isStream && !text.includes(end)))
    throw new Error(`request ${number} was lost: ${response.status} ${text.slice(-300)}`)
  answered += 1
}

async function load(count: number, isStream: (number: number) => boolean): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) {
      const number = next++
      await ask(number, isStream(number))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

test.each<[string, Scenario, number]>([
  ['stalls', { stall: 'before_headers' }, OPEN_MS],
  ['resets', { cut: 'before_headers', cutBy: 'reset' }, OPEN_MS],
  ['answers 429', { error: 429, headers: { 'retry-after': String(RETRY_AFTER_S) } }, RETRY_AFTER_S * 1_000],
  ['answers 500', { error: 500 }, OPEN_MS],
  ['answers with a page', { body: '<!doctype html><title>Bad gateway</title>', status: 502 }, OPEN_MS],
  ['breaks off behind its head', { cut: 'after_headers', cutBy: 'reset' }, OPEN_MS],
])('while one %s, no request is lost, and it is back in its time', async (_how, scenario, openMs) => {
  gateway.upstream.reset()
  spare.reset()
  gateway.upstream.script(scenario, Number.POSITIVE_INFINITY)
  await load(
    REQUESTS,
    (number) => scenario.stall !== undefined || scenario.cut === 'after_headers' || number % 5 > 0,
  )
  expect(spare.requests).toHaveLength(REQUESTS)
  expect((await primary())?.breaker.state).toBe('open')
  // Those that were there when it opened, each perhaps with its connection tried again; nobody after that.
  expect(gateway.upstream.requests.length).toBeLessThanOrEqual(2 * AT_ONCE)

  gateway.upstream.reset()
  const leftMs = Math.ceil(Number((await primary())?.breaker.retryAt) - clock.now())
  expect(leftMs).toBeLessThanOrEqual(openMs)
  clock.pass(Math.ceil(leftMs / 2))
  await ask(0)
  expect(gateway.upstream.requests).toHaveLength(0)
  clock.pass(Math.ceil(leftMs / 2))
  await load(AT_ONCE, () => true)
  expect(gateway.upstream.requests.length).toBeGreaterThanOrEqual(1)
  expect((await primary())?.breaker.state).toBe('closed')
  await ask(1)
  expect(spare.requests.length + gateway.upstream.requests.length).toBe(REQUESTS + AT_ONCE + 2)
})

test('every answer was charged once, at the multiplier of whichever gave it, and the books are in order', async () => {
  let paid = 0
  for (const person of people) {
    await gateway.usageOf(person)
    paid += 100_000_000_000 - (await gateway.balanceOf(person))
  }
  const { charges, usage, problems } = await auditBooks(`${gateway.dataDir}/gateway.db`)
  expect(problems).toEqual([])
  expect(charges.size).toBe(answered)
  expect(usage.filter(({ status }) => status === 200)).toHaveLength(answered)
  expect(usage).toHaveLength(answered)
  const amounts = [...charges.values()].map(({ amountNanoUsd }) => amountNanoUsd)
  expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(paid)
  const multipliers = [...charges.values()].map(({ multiplierPpm }) => multiplierPpm)
  expect(new Set(multipliers)).toEqual(new Set([1_000_000, 1_250_000]))
})
