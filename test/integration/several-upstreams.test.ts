// Several upstreams, over HTTP: made and changed by an administrator, chosen by model, priority and session, and asked in turn
// where one fails before it has answered.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ListedUpstream } from '../../contract/operations/upstreams.ts'
import { type DemoUpstream, startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import type { Scenario } from '../../server/demo-upstream/scenario.ts'
import { auditBooks } from '../faults/support/audit.ts'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  UPSTREAM_KEY,
} from './support/running-gateway.ts'

const SPARE_KEY = 'sk-spare-0123456789abcdefWXYZ'
let gateway: RunningGateway
let spare: DemoUpstream
let ann: Person
let spareId = ''

beforeAll(async () => {
  gateway = await startGateway()
  spare = await startDemoUpstream({ apiKey: SPARE_KEY, acceptAnyModel: true })
  ann = await gateway.createPerson()
})
afterAll(async () => {
  await gateway.stop()
  await spare.stop()
})

const list = async () => (await gateway.admin<{ rows: ListedUpstream[] }>('upstreams.list')).data.rows
const find = async (id: string) => (await list()).find((one) => one.id === id)
async function change(upstreamId: string, changes: object): Promise<void> {
  expect(await gateway.admin('upstreams.change', { upstreamId, ...changes })).toMatchObject({ ok: true })
}

async function ask(body: object = {}, path = '/v1/chat/completions') {
  const messages = path.endsWith('responses')
    ? { input: 'hello' }
    : { messages: [{ role: 'user', content: 'hello' }] }
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, ...messages, ...body }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const rowsOf = async () =>
  (await gateway.admin<{ rows: Record<string, unknown>[] }>('usage.list', { userId: ann.id })).data.rows
const lastRow = async () => {
  await gateway.usageOf(ann)
  return (await rowsOf())[0]
}

test('an upstream is added with its key, which is shown as four characters and stays with its host', async () => {
  const bad = { name: 'Spare', baseUrl: 'http://169.254.169.254/v1' }
  expect(await gateway.admin('upstreams.create', bad)).toMatchObject({
    error: { code: 'upstream_address_forbidden' },
  })
  expect(await list()).toMatchObject([{ id: 'primary', isPrimary: true, isInUse: true, priority: 100 }])
  const made = await gateway.admin<ListedUpstream>('upstreams.create', {
    name: 'Spare',
    baseUrl: `${spare.baseUrl}/`,
    apiKey: SPARE_KEY,
    priority: 200,
  })
  spareId = made.data.id
  expect(made.data).toMatchObject({
    name: 'Spare',
    baseUrl: spare.baseUrl,
    models: null,
    isInUse: true,
    key: { isSet: true, lastFour: 'WXYZ' },
    breaker: { state: 'closed', retryAt: null },
    health: { isHealthy: null, errors: [] },
  })
  expect(await gateway.admin('upstreams.create', { name: 'SPARE', baseUrl: spare.baseUrl })).toMatchObject({
    error: { code: 'invalid_input', details: { problem: 'name: is that of another upstream' } },
  })
  expect(await gateway.admin('upstreams.test', { upstreamId: spareId })).toMatchObject({
    data: { isWorking: true },
  })
  // Another host gets nothing of it, not even as a test, and what comes back has no key any more.
  const elsewhere = spare.baseUrl.replace('127.0.0.1', 'localhost')
  expect(await gateway.admin('upstreams.test', { upstreamId: spareId, baseUrl: elsewhere })).toMatchObject({
    data: { isWorking: false, problem: { code: 'key_missing' } },
  })
  await change(spareId, { baseUrl: elsewhere })
  await change(spareId, { baseUrl: spare.baseUrl })
  expect((await find(spareId))?.key.isSet).toBe(false)
  await change(spareId, { apiKey: SPARE_KEY })
  const shown = JSON.stringify([
    await list(),
    (await gateway.admin('audit.list', { limit: 200 })).data,
    gateway.log,
  ])
  expect(shown).not.toContain(SPARE_KEY.slice(0, -4))
})

test('of the primary one only its use is changed here, and it cannot be removed', async () => {
  for (const changes of [
    { baseUrl: spare.baseUrl },
    { apiKey: 'sk-x' },
    { isEnabled: false },
    { name: 'Other' },
  ]) {
    expect(await gateway.admin('upstreams.change', { upstreamId: 'primary', ...changes })).toMatchObject({
      error: { code: 'invalid_input' },
    })
  }
  expect(await gateway.admin('upstreams.remove', { upstreamId: 'primary' })).toMatchObject({ ok: false })
  expect(await gateway.admin('upstreams.remove', { upstreamId: 'nowhere' })).toMatchObject({
    error: { code: 'upstream_not_found' },
  })
  await change('primary', { concurrencyMax: 50, headSecondsMax: 1 })
  expect(await find('primary')).toMatchObject({ concurrencyMax: 50, headSecondsMax: 1, priority: 100 })
})

describe('a request goes', () => {
  beforeEach(() => {
    gateway.upstream.reset()
    spare.reset()
  })
  const counts = () => [gateway.upstream.requests.length, spare.requests.length]

  test('to the one of the lower number, and its row names whichever is not the primary one', async () => {
    expect((await ask()).status).toBe(200)
    expect(counts()).toEqual([1, 0])
    expect(await lastRow()).toMatchObject({ upstream: null })
    await change(spareId, { priority: 50, multiplierPpm: 1_500_000 })
    expect((await ask()).status).toBe(200)
    expect(counts()).toEqual([1, 1])
    const [there, here] = await rowsOf()
    expect(there).toMatchObject({ upstream: 'Spare' })
    expect(there?.costNanoUsd).toBe(Math.ceil(Number(here?.costNanoUsd) * 1.5))
    const receipt = await gateway.admin('usage.receipt', { requestId: there?.requestId })
    expect(receipt.data).toMatchObject({
      charge: { upstream: 'Spare', formula: { multiplierPpm: 1_500_000 } },
    })
    // Where a request ran is nobody's business but the operator's.
    const cookie = await gateway.signIn(ann.email, 'a long enough password')
    expect((await gateway.call<{ rows: unknown[] }>('usage.list', {}, cookie)).data.rows[0]).toMatchObject({
      upstream: null,
    })
    expect((await gateway.call('usage.receipt', { requestId: there?.requestId }, cookie)).data).toMatchObject(
      {
        charge: { upstream: null },
      },
    )
    await change(spareId, { priority: 100, multiplierPpm: 1_000_000 })
  })

  test('to whichever serves its model, under the name that it has there, and comes back under its own', async () => {
    await change(spareId, { models: [{ model: TEST_MODEL, upstreamModel: 'house/blend' }] })
    for (const stream of [false, true]) {
      const answer = await ask({ stream })
      expect(answer.status).toBe(200)
      expect(answer.text).toContain(`"model":"${TEST_MODEL}"`)
      expect(answer.text).not.toContain('"model":"house/blend"')
    }
    expect(counts()).toEqual([0, 2])
    expect(spare.requests[0]?.body.toString()).toContain('"model":"house/blend"')
    await change('primary', { models: [{ model: 'gpt-6-sol' }] })
    await change(spareId, { models: [{ model: 'something-else' }] })
    expect(await ask()).toMatchObject({ status: 404, text: expect.stringContaining('model_not_found') })
    const models = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${ann.key}` },
    })
    expect(await models.text()).not.toContain(`"${TEST_MODEL}"`)
    await change('primary', { models: null })
    await change(spareId, { models: null, priority: 200 })
  })

  test('to where what it refers to was made, and nowhere else', async () => {
    await change(spareId, { priority: 50 })
    const made = JSON.parse((await ask({}, '/v1/responses')).text) as { id: string }
    await change(spareId, { priority: 200 })
    expect((await ask({ previous_response_id: made.id }, '/v1/responses')).status).toBe(200)
    expect(counts()).toEqual([0, 2])
    const stored = `${gateway.url}/v1/responses/${made.id}`
    const headers = { authorization: `Bearer ${ann.key}` }
    expect((await fetch(stored, { headers })).status).toBe(200)
    await change(spareId, { isEnabled: false })
    expect(await ask({ previous_response_id: made.id }, '/v1/responses')).toMatchObject({ status: 404 })
    expect((await fetch(stored, { headers })).status).toBe(404)
    await change(spareId, { isEnabled: true })
  })

  test('to where its session was answered, so that what is cached there is found', async () => {
    const session = { prompt_cache_key: 'session-1' }
    gateway.upstream.script({ error: 503 })
    expect((await ask(session)).status).toBe(200)
    expect(counts()).toEqual([1, 1])
    expect((await ask(session)).status).toBe(200)
    expect(counts()).toEqual([1, 2])
    expect((await ask({ prompt_cache_key: 'session-2' })).status).toBe(200)
    expect(counts()).toEqual([2, 2])
  })

  test('elsewhere while one has as many as it may have, and is refused where all have', async () => {
    await change('primary', { concurrencyMax: 1 })
    await change(spareId, { concurrencyMax: 1 })
    const { promise: headersBehind, resolve: answerBoth } = Promise.withResolvers<void>()
    const slow: Scenario = { delays: { headersBehind } }
    gateway.upstream.script(slow)
    spare.script(slow)
    const running = [ask(), ask()]
    await expect.poll(counts).toEqual([1, 1])
    const refused = await ask()
    expect(refused).toMatchObject({ status: 429, text: expect.stringContaining('upstream_busy') })
    expect(refused.headers.get('retry-after')).toBe('1')
    answerBoth()
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200])
    await change('primary', { concurrencyMax: null })
    await change(spareId, { concurrencyMax: null })
  })

  test.each<[string, Scenario, string]>([
    ['is reset before it answers', { cut: 'before_headers', cutBy: 'reset' }, 'connection_reset'],
    ['says nothing for its time', { stall: 'before_headers' }, 'answer_timeout'],
    ['answers 500', { error: 500 }, 'upstream_error'],
    ['answers with a page', { body: '<html>Sign in</html>' }, 'answered_html'],
    ['is at its rate limit', { error: 429, headers: { 'retry-after': '7' } }, 'rate_limited'],
    ['does not know the key', { error: { status: 401, message: `no ${UPSTREAM_KEY}` } }, 'key_rejected'],
    ['is out of credit', { error: { status: 429, code: 'insufficient_quota' } }, 'quota_exhausted'],
    ['breaks off behind its head', { cut: 'after_headers', cutBy: 'reset' }, 'connection_reset'],
  ])('to the next where the first %s, with one hold and one charge', async (_how, scenario, code) => {
    // The breaker of before is forgotten with the key.
    await gateway.admin('upstreams.update', { apiKey: UPSTREAM_KEY })
    // A second time, because a connection that had been idle is tried once more at the same upstream.
    gateway.upstream.script(scenario, 2)
    const answer = await ask({ stream: true })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('[DONE]')
    expect(counts()[1]).toBe(1)
    expect(await lastRow()).toMatchObject({ status: 200, reason: 'completed', upstream: 'Spare' })
    const primary = await find('primary')
    expect(primary?.health.errors[0]?.code).toBe(code)
    if (code === 'rate_limited') {
      expect(primary?.breaker).toMatchObject({ state: 'open', reason: 'rate_limited' })
      const waitMs = Number(primary?.breaker.retryAt) - Date.now()
      expect(waitMs).toBeGreaterThan(4_000)
      expect(waitMs).toBeLessThanOrEqual(7_000)
    }
  })

  test('once only where what is wrong is the request itself, or an answer has begun', async () => {
    gateway.upstream.script({ error: { status: 400, message: 'no such thing', code: 'unsupported_value' } })
    expect(await ask()).toMatchObject({ status: 400, text: expect.stringContaining('unsupported_value') })
    // Late enough for the first events to have been passed on.
    const delays = { silence: { afterEvents: 2, ms: 1_000 } }
    gateway.upstream.script({ cut: { afterEvents: 3 }, cutBy: 'reset', delays })
    const cut = await ask({ stream: true })
    expect(cut.text).toContain('upstream_failed')
    expect(cut.text).not.toContain('[DONE]')
    expect(counts()).toEqual([2, 0])
  })

  test('to the last one’s error, where all fail', async () => {
    gateway.upstream.script({ error: 500 })
    spare.script({ error: 429, headers: { 'retry-after': '3' } })
    const refused = await ask()
    expect(refused).toMatchObject({ status: 429, text: expect.stringContaining('upstream_busy') })
    expect(refused.headers.get('retry-after')).toBe('3')
    expect(await lastRow()).toMatchObject({ costNanoUsd: 0, reason: 'upstream_failed' })
    await gateway.admin('upstreams.change', { upstreamId: spareId, apiKey: SPARE_KEY })
  })
})

test('the dashboard names the one in trouble, and says whether others stand in for it', async () => {
  await change(spareId, { apiKey: 'sk-not-known-there-0123456789', priority: 50 })
  gateway.upstream.script({})
  spare.script({})
  expect((await ask()).status).toBe(200)
  const attention = async () => {
    const { data } = await gateway.admin<{ attention: { kind: string }[] }>('dashboard.get')
    return data.attention.filter(({ kind }) => kind.startsWith('upstream'))
  }
  const spareInTrouble = {
    upstreamId: spareId,
    isPrimary: false,
    name: 'Spare',
    problem: { code: 'key_rejected' },
  }
  expect(await attention()).toMatchObject([
    { kind: 'upstream_unhealthy', upstreams: [spareInTrouble], inUse: 2 },
  ])
  await change(spareId, { apiKey: SPARE_KEY, priority: 200 })
  // What the primary one met is in its memory still; the other one has begun anew.
  expect(await attention()).toMatchObject([
    { kind: 'upstream_errors', upstreams: [{ upstreamId: 'primary', isPrimary: true }], inUse: 2 },
  ])
  await change(spareId, { isEnabled: false })
  expect(await attention()).toMatchObject([{ kind: 'upstream_errors', inUse: 1 }])
  await change(spareId, { isEnabled: true })
})

test('the metrics tell the upstreams apart', async () => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(text).toMatch(/codex_gateway_upstream_sent_total\{upstream="primary"\} \d+/)
  expect(text).toMatch(/codex_gateway_upstream_sent_total\{upstream="Spare"\} \d+/)
  expect(text).toMatch(/codex_gateway_upstream_failed_total\{upstream="primary",kind="fault"\} \d+/)
  expect(text).toContain('codex_gateway_upstream_in_flight{upstream="Spare"} 0')
  expect(text).toContain('codex_gateway_upstream_open{upstream="Spare"} 0')
})

test('a removed upstream is asked no more, its key is gone, and the books are in order', async () => {
  expect(await gateway.admin('upstreams.remove', { upstreamId: spareId })).toMatchObject({ ok: true })
  expect(await list()).toHaveLength(1)
  expect(
    await gateway.admin('upstreams.test', { upstreamId: spareId, baseUrl: spare.baseUrl }),
  ).toMatchObject({
    data: { problem: { code: 'key_missing' } },
  })
  expect((await ask()).status).toBe(200)
  await gateway.usageOf(ann)
  expect((await auditBooks(`${gateway.dataDir}/gateway.db`)).problems).toEqual([])
})
