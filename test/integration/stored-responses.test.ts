// Responses that the upstream keeps: whoever made one reads, replays and deletes it for nothing, and nobody else finds it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  UPSTREAM_KEY,
} from './support/running-gateway.ts'

let gateway: RunningGateway
let owner: Person
let stranger: Person

beforeAll(async () => {
  gateway = await startGateway()
  stranger = await gateway.createPerson()
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  owner = await gateway.createPerson()
})

const ask = (path: string, by: Person, init: RequestInit = {}) =>
  fetch(`${gateway.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${by.key}`, 'content-type': 'application/json', ...init.headers },
  })

async function makeResponse(more: object = {}, by = owner): Promise<string> {
  const body = JSON.stringify({ model: TEST_MODEL, input: 'Say hello.', ...more })
  const answer = await ask('/v1/responses', by, { method: 'POST', body })
  // Of the answer only the id is looked at.
  return ((await answer.json()) as { id: string }).id
}

async function readOn(reader: ReadableStreamDefaultReader | undefined): Promise<void> {
  while ((await reader?.read())?.done === false);
}

/** What the upstream was sent since the response was made. */
const sentOn = () => gateway.upstream.requests.slice(1).map(({ method, path }) => `${method} ${path}`)

describe('the person who made it', () => {
  test('reads it, byte for byte, with the operator’s key upstream, and pays nothing', async () => {
    const id = await makeResponse()
    const paid = await gateway.balanceOf(owner)
    const read = await ask(`/v1/responses/${id}`, owner)
    expect([read.status, read.headers.get('x-request-id')]).toEqual([200, expect.stringMatching(/^req_/)])
    expect(await read.json()).toMatchObject({ id, object: 'response', status: 'completed' })
    expect(gateway.upstream.requests.at(-1)?.headers.authorization).toBe(`Bearer ${UPSTREAM_KEY}`)
    expect(await gateway.usageOf(owner)).toHaveLength(1)
    expect(await gateway.balanceOf(owner)).toBe(paid)
  })

  test('reads it under every prefix, and sends only the parameters that the endpoint has', async () => {
    const id = await makeResponse()
    const query = 'include[]=reasoning.encrypted_content&include=x&organization=org_1&stream=false'
    expect((await ask(`/api/v1/responses/${id}?${query}`, owner)).status).toBe(200)
    expect((await ask(`/responses/${id}`, owner)).status).toBe(200)
    const kept = 'include%5B%5D=reasoning.encrypted_content&include=x&stream=false'
    expect(sentOn()).toEqual([`GET /v1/responses/${id}?${kept}`, `GET /v1/responses/${id}`])
  })

  test('asks for its head alone, for nothing', async () => {
    const id = await makeResponse()
    const paid = await gateway.balanceOf(owner)
    for (const [path, type] of [
      [`/v1/responses/${id}`, 'application/json'],
      [`/v1/responses/${id}/input_items`, 'application/json'],
      [`/v1/responses/${id}?stream=true`, 'text/event-stream'],
    ] as const) {
      const head = await ask(path, owner, { method: 'HEAD' })
      expect([path, head.status, await head.text()]).toEqual([path, 200, ''])
      expect(head.headers.get('content-type')).toContain(type)
      expect((await ask(path, stranger, { method: 'HEAD' })).status).toBe(404)
    }
    expect(sentOn().every((sent) => sent.startsWith('GET '))).toBe(true)
    expect(await gateway.balanceOf(owner)).toBe(paid)
    const cancel = await ask(`/v1/responses/${id}/cancel`, owner, { method: 'HEAD' })
    expect([cancel.status, cancel.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('plays its stream again, charged once', async () => {
    const id = await makeResponse()
    const paid = await gateway.balanceOf(owner)
    const replayed = await ask(`/v1/responses/${id}?stream=true`, owner)
    expect(replayed.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const text = await replayed.text()
    expect(text).toContain('event: response.completed')
    expect(text).toContain(id)
    expect(await gateway.balanceOf(owner)).toBe(paid)
  })

  test('loses the stream that is played to it when its key is given an end that has come', async () => {
    const id = await makeResponse()
    gateway.upstream.script({ delays: { betweenEventsMs: 5, silence: { afterEvents: 2, ms: 30_000 } } })
    const replayed = await ask(`/v1/responses/${id}?stream=true`, owner)
    const reader = replayed.body?.getReader()
    await reader?.read()
    // Nothing tells of it: the end passes while the stream is silent.
    await gateway.admin('keys.update', { keyId: owner.keyId, expiresAt: Date.now() + 1_000 })
    await expect(readOn(reader)).rejects.toThrow()
    expect((await ask(`/v1/responses/${id}`, owner)).status).toBe(401)
  })

  test('lists its input, whose items are theirs to refer to from then on', async () => {
    const id = await makeResponse()
    const listed = await ask(`/v1/responses/${id}/input_items?limit=20&order=desc&x=1`, owner)
    // The demo upstream lists one item.
    const { data } = (await listed.json()) as { data: { id: string }[] }
    const itemId = data[0]?.id ?? ''
    expect(itemId).toMatch(/^msg_/)
    expect(sentOn()).toEqual([`GET /v1/responses/${id}/input_items?limit=20&order=desc`])
    const input = [{ type: 'item_reference', id: itemId }]
    const refer = (by: Person) =>
      ask('/v1/responses', by, { method: 'POST', body: JSON.stringify({ model: TEST_MODEL, input }) })
    const foreign = await refer(stranger)
    expect([foreign.status, await foreign.text()]).toEqual([404, expect.stringContaining('item_not_found')])
    // The demo upstream keeps no input items, and says so in its own words: the reference has passed.
    expect(await (await refer(owner)).text()).not.toContain('"item_not_found"')
  })

  test('deletes it; afterwards the upstream says that it is gone', async () => {
    const id = await makeResponse()
    const deleted = await ask(`/v1/responses/${id}`, owner, { method: 'DELETE' })
    expect(await deleted.json()).toEqual({ id, object: 'response', deleted: true })
    const again = await ask(`/v1/responses/${id}`, owner)
    expect([again.status, await again.text()]).toEqual([404, expect.stringContaining(`'${id}' not found`)])
  })

  test('is told in the upstream’s words that a finished response cannot be cancelled', async () => {
    const id = await makeResponse()
    const cancelled = await ask(`/v1/responses/${id}/cancel`, owner, { method: 'POST' })
    expect([cancelled.status, await cancelled.text()]).toEqual([
      400,
      expect.stringContaining('Cannot cancel'),
    ])
  })
})

describe('anybody else', () => {
  const WAYS = [
    ['GET', ''],
    ['GET', '?stream=true'],
    ['DELETE', ''],
    ['POST', '/cancel'],
    ['GET', '/input_items'],
  ] as const

  test.each(WAYS)('finds nothing at %s …%s, and nothing is sent', async (method, behind) => {
    const id = await makeResponse()
    const answer = await ask(`/v1/responses/${id}${behind}`, stranger, { method })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({
      error: {
        message: `The response "${id}" was not found.`,
        type: 'invalid_request_error',
        param: null,
        code: 'response_not_found',
      },
    })
    expect(sentOn()).toEqual([])
  })

  test('is answered the same for a response that never was, and without a key not at all', async () => {
    expect((await ask('/v1/responses/resp_never', owner)).status).toBe(404)
    expect((await fetch(`${gateway.url}/v1/responses/resp_never`)).status).toBe(401)
    expect(gateway.upstream.requests).toEqual([])
  })

  test('does not come by a response that was not to be stored', async () => {
    const id = await makeResponse({ store: false })
    expect((await ask(`/v1/responses/${id}`, owner)).status).toBe(404)
  })
})

test('an id that somebody gave to an item of their own is not theirs for it is listed, whoever it is of', async () => {
  // Made outside of this gateway, under the operator's account.
  const item = { type: 'message', role: 'user', content: 'Mine.', id: 'msg_of_the_operator' }
  const responseId = await makeResponse({ input: [item] })
  gateway.upstream.script({ body: { object: 'list', data: [item, { ...item, id: 'msg_made_upstream' }] } })
  expect(await (await ask(`/v1/responses/${responseId}/input_items`, owner)).text()).toContain(item.id)
  const refer = async (id: string) => {
    const input = [{ type: 'item_reference', id }]
    const body = JSON.stringify({ model: TEST_MODEL, input })
    return (await ask('/v1/responses', owner, { method: 'POST', body })).text()
  }
  expect(await refer(item.id)).toContain('"item_not_found"')
  // The demo upstream says in its own words that it knows no such item.
  expect(await refer('msg_made_upstream')).not.toContain('"item_not_found"')
})

test('an item of somebody else, put into one’s own input and listed there, stays theirs after a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-test-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  const post = (at: RunningGateway, by: Person, body: object) =>
    fetch(`${at.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${by.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: TEST_MODEL, ...body }),
    })
  const before = await startGateway({ dataDir })
  const [ann, ben] = [await before.createPerson(), await before.createPerson()]
  const made = await post(before, ann, { input: 'Say hello.' })
  // Of the answer only its first item is looked at.
  const { output } = (await made.json()) as { output: { id: string }[] }
  const id = output[0]?.id ?? ''
  await before.stop()
  const after = await startGateway({ dataDir })
  onTestFinished(() => after.stop())
  const item = { type: 'message', role: 'user', content: 'Mine.', id }
  const copied = await post(after, ben, { input: [item] })
  const { id: responseId } = (await copied.json()) as { id: string }
  after.upstream.script({ body: { object: 'list', data: [item] } })
  const listed = await fetch(`${after.url}/v1/responses/${responseId}/input_items`, {
    headers: { authorization: `Bearer ${ben.key}` },
  })
  expect(await listed.text()).toContain(id)
  const reference = { input: [{ type: 'item_reference', id }] }
  expect(await (await post(after, ben, reference)).text()).toContain('"item_not_found"')
  // The demo upstream has started anew, and says in its own words that it knows no such item.
  expect(await (await post(after, ann, reference)).text()).not.toContain('"item_not_found"')
})

describe('where the upstream fails', () => {
  test.each([
    ['its refusal of the operator’s key is not shown', { error: 401 }, 400, 'upstream_rejected'],
    ['its rate limit is one of the gateway', { error: 429 }, 429, 'upstream_busy'],
    ['a page in the place of an answer', { status: 502, body: '<html>' }, 502, 'upstream_failed'],
  ])('%s', async (_what, scenario, status, code) => {
    const id = await makeResponse()
    gateway.upstream.script(scenario)
    const answer = await ask(`/v1/responses/${id}`, owner)
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(`"${code}"`)])
  })

  test('a connection refused is said in one code, and the place in the limits is given back', async () => {
    const rules = [{ metric: 'concurrent', window: null, value: 1 }]
    const limited = await gateway.admin('limits.update', { scope: 'user', subjectId: owner.id, rules })
    expect(limited.ok).toBe(true)
    const id = await makeResponse()
    await gateway.upstream.refuse()
    for (let tries = 0; tries < 2; tries += 1) {
      const answer = await ask(`/v1/responses/${id}`, owner)
      expect([answer.status, await answer.text()]).toEqual([
        502,
        expect.stringContaining('upstream_unreachable'),
      ])
    }
    await gateway.upstream.accept()
  })
})
