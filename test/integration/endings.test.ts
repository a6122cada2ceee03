// Every way in which a request can end, over the real server: how it is charged, what the client sees, and that no hold is
// left behind.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from './support/running-gateway.ts'

let gateway: RunningGateway
let person: Person
const BALANCE = 100_000_000_000

beforeAll(async () => {
  gateway = await startGateway({ settings: { drainSecondsMax: 10 } })
})
afterAll(async () => {
  await gateway.stop()
})
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson(BALANCE)
})

const ENDPOINTS = [
  { path: '/chat/completions', body: { messages: [{ role: 'user', content: 'Tell me about gates.' }] } },
  { path: '/responses', body: { input: 'Tell me about gates.' } },
] as const

function ask(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, ...body }),
    ...(signal ? { signal } : {}),
  })
}

/** The one row of the person; whatever it cost has left the balance, and nothing is held any more. */
async function theRow() {
  const rows = await gateway.usageOf(person)
  expect(rows).toHaveLength(1)
  const [row] = rows
  if (!row) throw new Error('there is a row')
  expect(await gateway.balanceOf(person)).toBe(BALANCE - row.costNanoUsd)
  const user = await gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person.id })
  expect(user.data.openHoldsNanoUsd).toBe(0)
  return row
}

/** Reads the first bytes of a stream, then hangs up. */
async function hangUpAfterFirstBytes(path: string, body: object): Promise<void> {
  const leaving = new AbortController()
  const response = await ask(path, { ...body, stream: true }, leaving.signal)
  await response.body?.getReader().read()
  leaving.abort()
}

/** Hangs up while the upstream works, which answers once that has been noticed. */
async function hangUpBeforeTheAnswer(path: string, body: object): Promise<void> {
  const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } })
  const leaving = new AbortController()
  const asked = ask(path, body, leaving.signal)
  await expect.poll(() => gateway.upstream.requests.length).toBe(1)
  leaving.abort()
  await expect(asked).rejects.toThrow()
  const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text()
  await expect.poll(metrics).toMatch(/^codex_gateway_drains 1$/m)
  answer()
}

describe.each(ENDPOINTS)('$path', ({ path, body }) => {
  test('a client that leaves in the middle is charged what the upstream reports in the end', async () => {
    gateway.upstream.script({ delays: { betweenEventsMs: 5 } })
    await hangUpAfterFirstBytes(path, body)
    const row = await theRow()
    expect(row.reason).toBe('client_left')
    expect(row.costNanoUsd).toBe(costByHand(row))
    expect(row.outputTokens).toBeGreaterThan(5)
    expect(gateway.upstream.requests).toHaveLength(1)
  })

  test('a client that leaves before the first byte is charged what the upstream reports in the end', async () => {
    await hangUpBeforeTheAnswer(path, { ...body, stream: true })
    const row = await theRow()
    expect(row).toMatchObject({ reason: 'client_left', status: 499 })
    expect(row.costNanoUsd).toBe(costByHand(row))
  })

  test('a client that leaves a whole answer behind is charged it', async () => {
    await hangUpBeforeTheAnswer(path, body)
    const row = await theRow()
    expect(row).toMatchObject({ reason: 'client_left', status: 499, stream: false })
    expect(row.costNanoUsd).toBe(costByHand(row))
  })

  test('an upstream that breaks off is told in the stream, without a false end, and what came is charged', async () => {
    gateway.upstream.script({ cut: { afterEvents: 8 } })
    const response = await ask(path, { ...body, stream: true })
    const text = await response.text()
    expect(text).toContain('upstream_failed')
    expect(text).not.toContain('[DONE]')
    expect(text).not.toContain('response.completed')
    const row = await theRow()
    expect(row.reason).toBe('upstream_failed')
    expect(row.costNanoUsd).toBe(costByHand(row))
    expect(row.costNanoUsd).toBeGreaterThan(0)
  })

  test('an upstream that breaks off before it answers costs nothing', async () => {
    gateway.upstream.script({ cut: 'before_headers' })
    const response = await ask(path, { ...body, stream: true })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { code: 'upstream_failed', param: null } })
    expect(await theRow()).toMatchObject({ costNanoUsd: 0, reason: 'upstream_failed', status: 502 })
  })

  test('an upstream that cannot be reached costs nothing', async () => {
    await gateway.upstream.refuse()
    const response = await ask(path, body)
    await gateway.upstream.accept()
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { code: 'upstream_unreachable' } })
    expect(await theRow()).toMatchObject({ costNanoUsd: 0, status: 502 })
  })

  test('an explicit zero is free, and missing usage is estimated', async () => {
    gateway.upstream.script({ usage: 'zero' })
    await (await ask(path, body)).text()
    expect(await theRow()).toMatchObject({ costNanoUsd: 0, reason: 'completed' })
    person = await gateway.createPerson(BALANCE)
    gateway.upstream.script({ usage: 'missing' })
    await (await ask(path, { ...body, stream: true })).text()
    const row = await theRow()
    expect(row.reason).toBe('estimated')
    expect(row.costNanoUsd).toBe(costByHand(row))
    expect(row.outputTokens).toBeGreaterThan(0)
  })

  test('usage that cannot be true costs no more than the hold', async () => {
    gateway.upstream.script({ usage: 'absurd' })
    await (await ask(path, body)).text()
    const row = await theRow()
    // At most the worst case at 8,192 output tokens and a small input; the absurd usage would be dollars and more.
    expect(row.costNanoUsd).toBeLessThan(200_000_000)
  })

  test('a person who is suspended in the middle is cut, told why, and charged to the end', async () => {
    gateway.upstream.script({ delays: { betweenEventsMs: 8, silence: { afterEvents: 40, ms: 1_000 } } })
    const response = await ask(path, { ...body, stream: true })
    const reader = response.body?.getReader()
    await reader?.read()
    await gateway.admin('users.setStatus', { userId: person.id, status: 'suspended' })
    let text = ''
    for (;;) {
      const piece = await reader?.read()
      if (!piece || piece.done) break
      text += Buffer.from(piece.value).toString()
    }
    expect(text).toContain('account_suspended')
    expect(text).not.toContain('response.completed')
    const row = await theRow()
    expect(row.reason).toBe('client_left')
    expect(row.costNanoUsd).toBe(costByHand(row))
    const again = await ask(path, body)
    expect(again.status).toBe(401)
  })

  test('a person who is suspended before the upstream has answered is told at once', async () => {
    const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
    gateway.upstream.script({ delays: { headersBehind } })
    const asked = ask(path, body)
    await expect.poll(() => gateway.upstream.requests.length).toBe(1)
    await gateway.admin('users.setStatus', { userId: person.id, status: 'suspended' })
    const response = await asked
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'account_suspended' } })
    answer()
    const row = await theRow()
    expect(row.reason).toBe('client_left')
    expect(row.costNanoUsd).toBe(costByHand(row))
  })

  test('a key that is deleted in the middle is cut as well', async () => {
    gateway.upstream.script({ delays: { betweenEventsMs: 8, silence: { afterEvents: 40, ms: 1_000 } } })
    const response = await ask(path, { ...body, stream: true })
    const text = response.text()
    await gateway.admin('keys.delete', { keyId: person.keyId })
    expect(await text).toContain('api_key_disabled')
    expect((await theRow()).reason).toBe('client_left')
  })
})

test('a failed response without usage is charged by what was relayed', async () => {
  gateway.upstream.script({ streamError: { afterEvents: 8, as: 'response.failed' } })
  const response = await ask('/responses', { input: 'Hello.', stream: true })
  expect(await response.text()).toContain('response.failed')
  const row = await theRow()
  expect(row.reason).toBe('upstream_failed')
  expect(row.costNanoUsd).toBe(costByHand(row))
})

test('an incomplete response is charged by its own usage', async () => {
  const response = await ask('/responses', { input: 'Hello.', stream: true, max_output_tokens: 16 })
  expect(await response.text()).toContain('response.incomplete')
  const row = await theRow()
  expect(row).toMatchObject({ reason: 'completed' })
  expect(row.costNanoUsd).toBe(costByHand(row))
})

test('where reading on comes to its bound, the whole hold is charged, as an estimate', async () => {
  const impatient = await startGateway({ settings: { drainSecondsMax: 1 } })
  try {
    const guest = await impatient.createPerson(BALANCE)
    impatient.upstream.script({ stall: { afterEvents: 3 } })
    const leaving = new AbortController()
    const response = await fetch(`${impatient.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${guest.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: TEST_MODEL,
        stream: true,
        messages: [{ role: 'user', content: 'Hello.' }],
      }),
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    const held = await impatient.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: guest.id })
    leaving.abort()
    const [row] = await impatient.usageOf(guest)
    expect(row).toMatchObject({ reason: 'estimated', costNanoUsd: held.data.openHoldsNanoUsd })
    expect(held.data.openHoldsNanoUsd).toBeGreaterThan(0)
    expect(await impatient.balanceOf(guest)).toBe(BALANCE - held.data.openHoldsNanoUsd)
  } finally {
    await impatient.stop()
  }
})
