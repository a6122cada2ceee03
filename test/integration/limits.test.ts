// Rate limits over the real server: what an operator sets holds for the next request, is named in the refusal, and is
// still there after a restart.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMovableClock } from './support/movable-clock.ts'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

/** Far from midnight: a day's window ends within no test. */
const clock = createMovableClock(Date.parse('2026-11-23T12:00:00Z'))

let dataDir: string
let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-limits-'))
  gateway = await startGateway({ dataDir, clock, settings: { timeZone: 'UTC' } })
})
afterAll(async () => {
  await gateway.stop()
  await rm(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
})

const ask = (more: object = {}, who = person): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hello.' }], ...more }),
  })

async function setLimit(rule: { metric: string; window: string | null; value: number }, who = person) {
  const answer = await gateway.admin('limits.update', { scope: 'user', subjectId: who.id, rules: [rule] })
  expect(answer).toMatchObject({ ok: true })
}

const errorOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error

test('the request beyond a limit is refused with its name, its window and when it frees, and reaches nobody', async () => {
  await setLimit({ metric: 'requests', window: 'day', value: 2 })
  const first = await ask()
  expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2')
  expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1')
  await first.text()
  await (await ask()).text()
  const refused = await ask()
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  expect(await errorOf(refused)).toMatchObject({
    code: 'rate_limit_exceeded',
    message: expect.stringMatching(/2 requests per day/),
  })
  expect(gateway.upstream.requests).toHaveLength(2)
  const [row] = await gateway.usageOf(person)
  expect(row).toMatchObject({ status: 429, errorCode: 'rate_limit_exceeded', costNanoUsd: 0 })
})

test('requests that run at once are limited, and a place is free again when one has ended', async () => {
  await setLimit({ metric: 'concurrent', window: null, value: 1 })
  const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } })
  const running = ask()
  await expect.poll(() => gateway.upstream.requests.length).toBe(1)
  const refused = await ask()
  expect(await errorOf(refused)).toMatchObject({ code: 'concurrency_limit_exceeded' })
  answer()
  expect((await running).status).toBe(200)
  await gateway.usageOf(person)
  expect((await ask()).status).toBe(200)
})

test('tokens that were set aside and not used are given back', async () => {
  await setLimit({ metric: 'tokens', window: 'day', value: 12_000 })
  for (let round = 0; round < 3; round += 1) {
    // Each may use over 8,000 tokens by its bound, so that two reservations would not fit beside each other.
    const answer = await ask()
    expect(answer.status).toBe(200)
    await answer.text()
    await gateway.usageOf(person)
  }
  expect((await errorOf(await ask({ max_tokens: 8_000, n: 2 }))).code).toBe('request_exceeds_token_limit')
})

test('what was counted is still counted after a restart', async () => {
  await setLimit({ metric: 'requests', window: 'day', value: 1 })
  await (await ask()).text()
  await gateway.usageOf(person)
  await gateway.stop()
  gateway = await startGateway({ dataDir, clock, settings: { timeZone: 'UTC' } })
  expect((await errorOf(await ask())).code).toBe('rate_limit_exceeded')
})

test('a limit on nobody, or one that is no limit, is refused by its name', async () => {
  const rules = [{ metric: 'requests', window: 'day', value: 1 }]
  const nobody = await gateway.admin('limits.update', { scope: 'user', subjectId: 'nobody', rules })
  expect(nobody).toMatchObject({ ok: false, error: { code: 'user_not_found' } })
  const none = await gateway.admin('limits.update', {
    scope: 'user',
    subjectId: person.id,
    rules: [{ metric: 'requests', window: 'day', value: 0 }],
  })
  expect(none).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
})
