// What narrows a key, over the real server: its caps, its models, its limits and its date, also for the key that takes its
// place, after a restart, and on the next day.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMovableClock } from './support/movable-clock.ts'
import {
  type Answer,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from './support/running-gateway.ts'

const CENT = 10_000_000
const HOUR_MS = 3_600_000
const PASSWORD = 'a long enough password'
/** Ten in the morning, so that a test can pass an hour and stay within the day. */
const clock = createMovableClock(Date.parse('2026-11-23T10:00:00Z'))

let dataDir: string
let gateway: RunningGateway
let person: Person
let cookie: string

const start = () => startGateway({ dataDir, clock, settings: { timeZone: 'UTC' } })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-keys-'))
  gateway = await start()
  await gateway.admin('prices.upsert', { model: 'other-model', ...TEST_RATES })
  await gateway.admin('settings.update', { modelAliases: { ours: 'other-model' } })
})
afterAll(async () => {
  await gateway.stop()
  await rm(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
  cookie = await gateway.signIn(person.email, PASSWORD)
})

interface Key {
  readonly id: string
  readonly secret: string
  readonly familyId: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly disabledBy: string | null
  readonly replacedByKeyId: string | null
  readonly spending: Record<'day' | 'month' | 'total', { spentNanoUsd: number; heldNanoUsd: number }>
}

const asOwner = <T = Key>(name: string, input: object) => gateway.call<T>(name, input, cookie)
async function made(answer: Promise<Answer<Key>>): Promise<Key> {
  const { ok, data, error } = await answer
  if (!ok) throw new Error(JSON.stringify(error))
  return data
}
const newKey = (narrowing: object) => made(asOwner('keys.create', { name: 'narrow', ...narrowing }))
const keyNow = async ({ id }: Key) => {
  const { data } = await asOwner<{ rows: Key[] }>('keys.list', { limit: 200 })
  const found = data.rows.find((row) => row.id === id)
  if (!found) throw new Error(`the key ${id} is not listed`)
  return found
}

const ask = ({ secret }: Pick<Key, 'secret'>, more: object = {}): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: TEST_MODEL,
      messages: [{ role: 'user', content: 'Hello.' }],
      max_completion_tokens: 200,
      ...more,
    }),
  })
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error
/** Carries the worst case of `ask`, just under half a cent, once: what an answer of 180 tokens leaves over is too little. */
const CAP = 0.6 * CENT
/** What one such answer costs. */
async function spend(key: Key): Promise<number> {
  gateway.upstream.script({ answer: { textTokens: 180 } })
  const response = await ask(key)
  expect(response.status).toBe(200)
  await response.text()
  const [row] = await gateway.usageOf(person)
  return row?.costNanoUsd ?? 0
}
const restart = async () => {
  await gateway.stop()
  gateway = await start()
  cookie = await gateway.signIn(person.email, PASSWORD)
}

describe('a spending cap', () => {
  test('holds a hundred requests at once to its cent, whatever its owner has', async () => {
    const key = await newKey({ caps: { totalNanoUsd: CENT } })
    gateway.upstream.script({ answer: { textTokens: 200 } }, 100)
    const responses = await Promise.all(Array.from({ length: 100 }, () => ask(key)))
    for (const response of responses) await response.text()
    await gateway.usageOf(person)
    const total = { userId: person.id }
    const { data } = await gateway.admin<{ costNanoUsd: number }>('usage.summary', total)
    const spent = data.costNanoUsd
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(CENT)
    const answered = responses.filter(({ status }) => status === 200)
    expect(gateway.upstream.requests).toHaveLength(answered.length)
    expect((await keyNow(key)).spending.total).toMatchObject({ spentNanoUsd: spent, heldNanoUsd: 0 })
  })

  test('that is used up is named with when it frees, and frees on the next day of the operator', async () => {
    const key = await newKey({ caps: { dayNanoUsd: CAP } })
    const cost = await spend(key)
    const refused = await ask(key)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-should-retry')).toBe('false')
    const { code, message } = await errorOf(refused)
    expect(code).toBe('insufficient_quota')
    expect(message).toMatch(
      /^The day cap of this API key, \$0\.00\d+, .* left until 2026-11-24T00:00:00\.000Z\.$/,
    )
    const others = await newKey({})
    expect((await ask(others)).status).toBe(200)

    clock.pass(14 * HOUR_MS)
    cookie = await gateway.signIn(person.email, PASSWORD)
    await spend(key)
    expect((await keyNow(key)).spending.total.spentNanoUsd).toBe(2 * cost)
    expect((await keyNow(key)).spending.day.spentNanoUsd).toBe(cost)
  })

  test('lowers the output limit before it refuses, as a small balance does', async () => {
    const key = await newKey({ caps: { monthNanoUsd: 3 * CENT } })
    const response = await ask(key, { max_completion_tokens: 8_000 })
    expect(response.status).toBe(200)
    await response.text()
    // What was let through is a JSON object.
    const sent = gateway.upstream.requests[0]?.json() as { max_completion_tokens: number }
    expect(sent.max_completion_tokens).toBeGreaterThan(600)
    expect(sent.max_completion_tokens).toBeLessThan(750)
  })

  test('counts on after a restart, and after the clock was set back', async () => {
    const key = await newKey({ caps: { dayNanoUsd: CAP } })
    const cost = await spend(key)
    await restart()
    expect((await keyNow(key)).spending.day.spentNanoUsd).toBe(cost)
    expect((await errorOf(await ask(key))).code).toBe('insufficient_quota')
    clock.setWall(-48 * HOUR_MS)
    expect((await errorOf(await ask(key))).code).toBe('insufficient_quota')
    await restart()
    expect((await errorOf(await ask(key))).code).toBe('insufficient_quota')
    clock.setWall(48 * HOUR_MS)
    cookie = await gateway.signIn(person.email, PASSWORD)
  })

  test('is not escaped by rotating the key: the successor shares it, and what was spent', async () => {
    const key = await newKey({ caps: { totalNanoUsd: CAP } })
    const cost = await spend(key)
    const next = await made(asOwner('keys.rotate', { keyId: key.id }))
    expect(next).toMatchObject({ familyId: key.familyId, caps: { totalNanoUsd: CAP } })
    expect(next.spending.total.spentNanoUsd).toBe(cost)
    for (const either of [key, next])
      expect((await errorOf(await ask(either))).code).toBe('insufficient_quota')
    // What is lifted for one is lifted for both.
    await asOwner('keys.update', { keyId: next.id, caps: { totalNanoUsd: null } })
    for (const either of [key, next]) expect((await ask(either)).status).toBe(200)
  })
})

describe('a rotated key', () => {
  test('works beside its successor until the overlap ends, and not a moment longer', async () => {
    const key = await newKey({})
    const next = await made(asOwner('keys.rotate', { keyId: key.id, overlapHours: 2 }))
    expect(next.secret).not.toBe(key.secret)
    expect((await ask(key)).status).toBe(200)
    expect((await ask(next)).status).toBe(200)
    const later = { keyId: key.id, expiresAt: clock.now() + 3 * HOUR_MS }
    expect(await asOwner('keys.update', later)).toMatchObject({ error: { code: 'key_rotated' } })
    expect(await asOwner('keys.update', { keyId: key.id, expiresAt: null })).toMatchObject({
      error: { code: 'key_rotated' },
    })
    expect(await asOwner('keys.rotate', { keyId: key.id })).toMatchObject({ error: { code: 'key_rotated' } })
    clock.pass(2 * HOUR_MS)
    expect((await errorOf(await ask(key))).code).toBe('api_key_expired')
    expect((await ask(next)).status).toBe(200)
    expect(await keyNow(key)).toMatchObject({ replacedByKeyId: next.id })
  })

  test.each([1 / 7, 0.5, 1e-7, 719.9999999])(
    'may overlap for %d hours, to the millisecond',
    async (overlapHours) => {
      const key = await newKey({})
      const { createdAt } = await made(asOwner('keys.rotate', { keyId: key.id, overlapHours }))
      const overlapMs = Math.round(overlapHours * HOUR_MS)
      expect(await keyNow(key)).toMatchObject(
        overlapMs === 0
          ? { status: 'disabled', disabledBy: 'rotation' }
          : { status: 'active', expiresAt: createdAt + overlapMs },
      )
    },
  )

  test('that leaked ends at once, in the middle of its answer, for good', async () => {
    const key = await newKey({})
    gateway.upstream.script({ answer: { textTokens: 400 }, delays: { betweenEventsMs: 20 } })
    const running = await ask(key, { stream: true, max_completion_tokens: 500 })
    const next = await made(asOwner('keys.rotate', { keyId: key.id, reason: 'leak' }))
    const text = await running.text()
    expect(text).toContain('api_key_disabled')
    expect(text).not.toContain('[DONE]')
    gateway.upstream.reset()
    expect((await errorOf(await ask(key))).code).toBe('api_key_disabled')
    expect((await ask(next)).status).toBe(200)
    expect(await keyNow(key)).toMatchObject({ disabledBy: 'rotation' })
    const enabled = asOwner('keys.update', { keyId: key.id, status: 'active' })
    expect(await enabled).toMatchObject({ error: { code: 'key_rotated' } })
  })

  test('hands its date on, and the rate limits and what was counted against them', async () => {
    const expiresAt = clock.now() + 100 * HOUR_MS
    const limits = [{ metric: 'requests', window: 'day', value: 2 }]
    const key = await newKey({ expiresAt, limits })
    await (await ask(key)).text()
    const next = await made(asOwner('keys.rotate', { keyId: key.id }))
    expect(next).toMatchObject({ expiresAt, limits })
    expect((await ask(next)).status).toBe(200)
    expect((await errorOf(await ask(next))).message).toMatch(/2 requests per day/)
    const usage = await asOwner('limits.usage', { scope: 'key', subjectId: next.id })
    expect(usage.data).toMatchObject({ subjectId: key.familyId, day: { requests: 2 } })
    // An administrator who names any key of the family sets the limits of all of it.
    const rules = [{ metric: 'requests', window: 'day', value: 4 }]
    await gateway.admin('limits.update', { scope: 'key', subjectId: next.id, rules })
    expect((await ask(key)).status).toBe(200)
    expect((await keyNow(key)) as object).toMatchObject({ limits: rules })
  })

  test('that has expired is not rotated into one that would be dead, unless it is given a date', async () => {
    const key = await newKey({ expiresAt: clock.now() + HOUR_MS })
    clock.pass(HOUR_MS)
    expect(await asOwner('keys.rotate', { keyId: key.id })).toMatchObject({
      error: { code: 'invalid_input' },
    })
    const next = await made(asOwner('keys.rotate', { keyId: key.id, expiresAt: null }))
    expect((await ask(next)).status).toBe(200)
    expect((await errorOf(await ask(key))).code).toBe('api_key_expired')
  })
})

describe('a list of models', () => {
  const namesFor = async (key: Key) => {
    const response = await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${key.secret}` },
    })
    return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  }

  test('makes every other model one that does not exist, and that is not listed', async () => {
    const key = await newKey({ allowedModels: [TEST_MODEL] })
    expect((await ask(key)).status).toBe(200)
    for (const model of ['other-model', 'ours', 'no-such-model']) {
      const refused = await ask(key, { model })
      expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([404, 'false'])
      expect((await errorOf(refused)).code).toBe('model_not_found')
    }
    expect(gateway.upstream.requests).toHaveLength(1)
    expect(await namesFor(key)).toEqual([TEST_MODEL])
    await asOwner('keys.update', { keyId: key.id, allowedModels: ['ours'] })
    expect((await ask(key, { model: 'ours' })).status).toBe(200)
    expect((await ask(key, { model: 'other-model' })).status).toBe(404)
    expect(await namesFor(key)).toEqual(['ours'])
    await asOwner('keys.update', { keyId: key.id, allowedModels: null })
    expect(await namesFor(key)).toContain('other-model')
  })
})

describe('a key that an administrator disabled', () => {
  test('is not enabled, and not rotated, by its owner', async () => {
    const key = await newKey({})
    await gateway.admin('keys.update', { keyId: key.id, status: 'disabled' })
    const refused = { status: 403, error: { code: 'key_disabled_by_administrator' } }
    expect(await asOwner('keys.update', { keyId: key.id, status: 'active' })).toMatchObject(refused)
    expect(await asOwner('keys.rotate', { keyId: key.id })).toMatchObject(refused)
    // Disabling it oneself takes nothing over.
    expect((await asOwner('keys.update', { keyId: key.id, status: 'disabled' })).ok).toBe(true)
    expect(await asOwner('keys.update', { keyId: key.id, status: 'active' })).toMatchObject(refused)
    await gateway.admin('keys.update', { keyId: key.id, status: 'active' })
    expect((await ask(key)).status).toBe(200)
  })

  test('stays so where its owner had disabled it first', async () => {
    const key = await newKey({})
    await asOwner('keys.update', { keyId: key.id, status: 'disabled' })
    await gateway.admin('keys.update', { keyId: key.id, status: 'disabled' })
    expect(await asOwner('keys.update', { keyId: key.id, status: 'active' })).toMatchObject({
      error: { code: 'key_disabled_by_administrator' },
    })
  })
})

describe('keys', () => {
  test('are found by owner, name and status, and of others only by administrators', async () => {
    const key = await newKey({})
    await asOwner('keys.update', { keyId: key.id, name: 'needle' })
    const listed = async (input: object) => {
      const { data } = await gateway.admin<{ rows: { id: string; userEmail: string }[] }>('keys.list', input)
      return data.rows.map(({ id }) => id)
    }
    expect(await listed({ search: 'needle' })).toEqual([key.id])
    expect(await listed({ search: person.email, status: 'active' })).toEqual([key.id, person.keyId])
    expect(await listed({ familyId: key.familyId })).toEqual([key.id])
    const stranger = await gateway.createPerson()
    const theirs = { scope: 'key', subjectId: stranger.keyId }
    expect(await asOwner('limits.usage', theirs)).toMatchObject({ error: { code: 'key_not_found' } })
    expect(await asOwner('keys.rotate', { keyId: stranger.keyId })).toMatchObject({
      error: { code: 'key_not_found' },
    })
    const others = { scope: 'user', subjectId: stranger.id }
    expect(await asOwner('limits.usage', others)).toMatchObject({ error: { code: 'forbidden' } })
    expect((await asOwner('limits.usage', { scope: 'user' })).data).toMatchObject({ subjectId: person.id })
  })

  test.each([
    [{ allowedModels: [] }],
    [{ caps: { dayNanoUsd: -1 } }],
    [{ caps: { weekNanoUsd: 1 } }],
    [{ limits: [{ metric: 'requests', window: 'day', value: null }] }],
    [{ limits: Array(2).fill({ metric: 'requests', window: 'day', value: 1 }) }],
  ])('are not narrowed by %j', async (narrowing) => {
    const refused = { status: 400, error: { code: 'invalid_input' } }
    expect(await asOwner('keys.create', { name: 'x', ...narrowing })).toMatchObject(refused)
    expect(await asOwner('keys.update', { keyId: person.keyId, ...narrowing })).toMatchObject(refused)
  })

  test('that leaked have no overlap, whatever is asked for', async () => {
    const input = { keyId: person.keyId, reason: 'leak', overlapHours: 1 }
    expect(await asOwner('keys.rotate', input)).toMatchObject({ error: { code: 'invalid_input' } })
  })
})

test.each([
  ['narrowed to other models', { allowedModels: ['other-model'] }, 'model_not_found'],
  ['capped', { caps: { totalNanoUsd: 1 } }, 'insufficient_quota'],
])('a key that is %s while a body arrives is so for that request', async (_, narrowing, code) => {
  const key = await newKey({})
  const body = JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hi' }] })
  const { promise: isNarrowed, resolve: goOn } = Promise.withResolvers<void>()
  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
  async function* pieces() {
    yield Buffer.from(body.slice(0, 5))
    asked()
    await isNarrowed
    yield Buffer.from(body.slice(5))
  }
  const answer = fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    body: ReadableStream.from(pieces()),
    duplex: 'half',
  })
  await isAsked
  await expect
    .poll(async () => await (await fetch(`${gateway.url}/metrics`)).text())
    .toMatch(/^codex_gateway_requests_in_flight 1$/m)
  await made(asOwner('keys.update', { keyId: key.id, ...narrowing }))
  goOn()
  expect(await (await answer).json()).toMatchObject({ error: { code } })
  expect(gateway.upstream.requests).toEqual([])
})
