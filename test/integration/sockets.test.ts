// Responses over WebSocket: each frame is a request like any other, held, limited and charged as one; what a connection
// remembers is its own; and it ends for stated reasons alone.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ClientOptions } from 'ws'
import { sendRaw } from '../faults/support/raw-http.ts'
import { createMovableClock } from './support/movable-clock.ts'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  UPSTREAM_KEY,
} from './support/running-gateway.ts'
import { type Frame, SocketClient } from './support/socket-client.ts'

const BALANCE = 100_000_000_000
const ORIGIN = 'https://pages.example'
const MINUTE_MS = 60_000
const clock = createMovableClock()
/** An answer of few events. */
const BRIEF = { text: 'One two.', reasoningTokens: 0 }

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway({ clock, settings: { corsOrigins: [ORIGIN] } })
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson(BALANCE)
})

const open = (by = person, options: ClientOptions = {}, path?: string) =>
  new SocketClient(gateway.url, by.key, options, path).opened()

const sent = () => gateway.upstream.requests.map(({ body }) => JSON.parse(String(body)))
const idOf = (turn: readonly Frame[]) => turn.at(-1)?.response?.id ?? ''
const user = (content: string) => ({ type: 'message', role: 'user', content })
const errorOf = (turn: readonly Frame[]) => [turn.length, turn.at(-1)?.status, turn.at(-1)?.error?.code]

/** The rows, which sum up to what has left the balance. */
async function chargedRows(of = person) {
  const rows = await gateway.usageOf(of)
  const cost = rows.reduce((sum, row) => sum + row.costNanoUsd, 0)
  expect(await gateway.balanceOf(of)).toBe(BALANCE - cost)
  return rows
}

describe('a turn', () => {
  test('is answered in frames, charged to the token, and listed as every request is', async () => {
    const client = await open()
    const turn = await client.ask({ input: 'Say hello.' })
    expect([turn[0]?.type, turn.at(-1)?.type]).toEqual(['response.created', 'response.completed'])
    expect(turn.map((frame) => frame.sequence_number)).toEqual(turn.map((_, index) => index))
    const [row, ...others] = await chargedRows()
    expect(others).toEqual([])
    expect(row).toMatchObject({ endpoint: '/v1/responses', stream: true, status: 200, reason: 'completed' })
    expect(row && costByHand(row)).toBe(row?.costNanoUsd)
    expect(sent()).toEqual([{ model: TEST_MODEL, store: false, input: 'Say hello.', stream: true }])
    const headers = gateway.upstream.requests[0]?.headers
    expect([headers?.authorization, headers?.['openai-beta'], headers?.upgrade]).toEqual([
      `Bearer ${UPSTREAM_KEY}`,
      undefined,
      undefined,
    ])
    await client.close()
  })

  test.each(['/api/v1/responses', '/responses', '/v1/responses?beta=true'])(
    'is answered on %s as well',
    async (path) => {
      const client = await open(
        person,
        { headers: { 'openai-beta': 'responses_websockets=2026-02-06' } },
        path,
      )
      expect((await client.ask({ input: 'Say hello.' })).at(-1)?.type).toBe('response.completed')
      await client.close()
    },
  )

  test('of several stream ids run at once, of one of them one after the other, each frame with its own', async () => {
    const client = await open()
    // The first of "a" is slow: only what does not wait for it can come before its end.
    gateway.upstream.script({ answer: BRIEF, delays: { betweenEventsMs: 60 } })
    client.create({ stream_id: 'a', input: 'One.' })
    client.create({ stream_id: 'a', input: 'Two.' })
    client.create({ stream_id: 'b', input: 'Three.' })
    client.create({ input: 'Four.' })
    await client.turn('b')
    const isEnd = ({ type }: Frame) => type === 'response.completed'
    while (client.frames.filter(isEnd).length < 4)
      await new Promise((resolve) => client.ws.once('message', resolve))
    const ends = client.frames.filter(isEnd).map(({ stream_id }) => stream_id)
    expect(ends.slice(-2)).toEqual(['a', 'a'])
    expect(new Set(ends.slice(0, 2))).toEqual(new Set(['b', undefined]))
    const begins = client.frames.filter(({ type }) => type === 'response.created')
    const firstEnd = client.frames.findIndex((frame) => isEnd(frame) && frame.stream_id === 'a')
    const secondBegin = client.frames.lastIndexOf(
      begins.filter((frame) => frame.stream_id === 'a')[1] as Frame,
    )
    expect(secondBegin).toBeGreaterThan(firstEnd)
    expect(await chargedRows()).toHaveLength(4)
    await client.close()
  })

  test('of an upstream that streams nothing, or names no events, comes in the same frames', async () => {
    const client = await open()
    gateway.upstream.script({
      framing: { isWithoutNames: true, lineEnd: '\r\n', isMultiLine: true },
      headers: { 'content-type': 'text/plain' },
    })
    const streamed = await client.ask({ input: 'Say hello.' })
    expect(streamed.map(({ type }) => type)).toContain('response.output_text.delta')
    const { response } = streamed.at(-1) as Frame
    gateway.upstream.script({ body: response as object as Record<string, never> })
    const whole = await client.ask({ input: 'Say hello.' })
    expect(whole.map(({ type }) => type)).toEqual([
      'response.created',
      ...(response?.output ?? []).map(() => 'response.output_item.done'),
      'response.completed',
    ])
    // What came whole is gone on from as well.
    const next = await client.ask({ input: 'Go on.', previous_response_id: idOf(whole) })
    expect(next.at(-1)?.type).toBe('response.completed')
    expect(await chargedRows()).toHaveLength(3)
    await client.close()
  })
})

describe('what was said before', () => {
  test('is sent again in front of the new input, where the upstream keeps nothing of it', async () => {
    const client = await open()
    gateway.upstream.script({ answer: { text: 'Hello.', toolCalls: [{ name: 'look' }], reasoningTokens: 8 } })
    const tools = [{ type: 'function', name: 'look', parameters: {} }]
    const first = await client.ask({ input: 'Say hello.', tools, include: ['reasoning.encrypted_content'] })
    const call = first.at(-1)?.response?.output.find((item) => item.type === 'function_call')
    const output = { type: 'function_call_output', call_id: call?.call_id, output: 'Seen.' }
    const second = await client.ask({ input: [output], previous_response_id: idOf(first) })
    await client.ask({ input: 'Thanks.', previous_response_id: idOf(second) })
    const [, two, three] = sent()
    expect(two.previous_response_id).toBeUndefined()
    expect(two.input.map(({ type }: { type: string }) => type)).toEqual([
      'message',
      'reasoning',
      'message',
      'function_call',
      'function_call_output',
    ])
    expect(two.input[0]).toEqual(user('Say hello.'))
    expect(two.input[1].encrypted_content).toEqual(expect.any(String))
    // Nothing is kept under an id, so nothing is named by one.
    for (const item of two.input) expect(item).not.toHaveProperty('id')
    expect(three.input.slice(0, two.input.length)).toEqual(two.input)
    expect(three.input.at(-1)).toEqual(user('Thanks.'))
    const rows = await chargedRows()
    for (const row of rows) expect(costByHand(row)).toBe(row.costNanoUsd)
    expect(rows[0]?.inputTokens).toBeGreaterThan(rows[2]?.inputTokens ?? Number.NaN)
    await client.close()
  })

  test('leaves out reasoning that came without its content: it was kept nowhere', async () => {
    const client = await open()
    gateway.upstream.script({ answer: { text: 'Hello.', reasoningTokens: 8 } })
    const first = await client.ask({ input: 'Say hello.' })
    await client.ask({ input: 'Go on.', previous_response_id: idOf(first) })
    expect(sent()[1].input.map(({ type }: { type: string }) => type)).toEqual([
      'message',
      'message',
      'message',
    ])
    await client.close()
  })

  test('begins with a warm-up, which is sent nowhere, costs nothing, and is gone on from', async () => {
    const client = await open()
    const warm = await client.ask({ generate: false, store: true, input: [user('You are warm.')] })
    expect(warm.map(({ type }) => type)).toEqual(['response.created', 'response.completed'])
    expect(warm.at(-1)?.response).toMatchObject({
      status: 'completed',
      output: [],
      usage: { total_tokens: 0 },
    })
    expect(gateway.upstream.requests).toEqual([])
    expect(await chargedRows()).toEqual([])
    await client.ask({ previous_response_id: idOf(warm), input: 'Say hello.' })
    expect(sent()).toMatchObject([{ input: [user('You are warm.'), user('Say hello.')] }])
    expect(sent()[0]).not.toHaveProperty('generate')
    await client.close()
  })

  test('is named by its id towards an upstream that keeps it, and found by that id over HTTP', async () => {
    const client = await open()
    const kept = await client.ask({ store: true, input: 'Say hello.' })
    const next = await client.ask({ input: 'Go on.', previous_response_id: idOf(kept) })
    await client.ask({ input: 'And on.', previous_response_id: idOf(next) })
    expect(sent()[1]).toMatchObject({ input: 'Go on.', previous_response_id: idOf(kept) })
    expect(sent()[2]).toMatchObject({ previous_response_id: idOf(kept) })
    expect(sent()[2].input[0]).toEqual(user('Go on.'))
    const headers = { authorization: `Bearer ${person.key}` }
    const read = await fetch(`${gateway.url}/v1/responses/${idOf(kept)}`, { headers })
    expect(await read.json()).toMatchObject({ id: idOf(kept), status: 'completed' })
    await client.close()
  })

  test('is remembered where a policy stores nothing, whatever the frame says', async () => {
    const client = await open()
    const before = idOf(await client.ask({ store: true, input: 'Say hello.' }))
    const policy = { store: 'off' }
    await gateway.admin('policies.update', { scope: 'user', subjectId: person.id, policy })
    const first = await client.ask({ store: undefined, input: 'Go on.', previous_response_id: before })
    const second = await client.ask({ store: true, input: 'And on.', previous_response_id: idOf(first) })
    expect(second.at(-1)?.type).toBe('response.completed')
    const [, one, two] = sent()
    expect([one.store, one.previous_response_id, one.input]).toEqual([false, before, 'Go on.'])
    // What the upstream still keeps is named, and what came after it is said again.
    expect([two.store, two.previous_response_id]).toEqual([false, before])
    expect(two.input.map(({ type }: { type: string }) => type)).toEqual(['message', 'message', 'message'])
    expect([two.input[0], two.input[2]]).toEqual([user('Go on.'), user('And on.')])
    const rows = await chargedRows()
    for (const row of rows) expect(costByHand(row)).toBe(row.costNanoUsd)
    await client.close()
  })

  test('of one connection is nothing to another one, and of one person nothing to another', async () => {
    const client = await open()
    const stranger = await gateway.createPerson(BALANCE)
    const [same, other] = await Promise.all([open(), open(stranger)])
    const unkept = idOf(await client.ask({ input: 'Say hello.' }))
    const kept = idOf(await client.ask({ store: true, input: 'Say hello.' }))
    // The status that OpenAI gives it on a socket: Codex then sends everything again, on a new connection.
    const notFound = [1, 400, 'previous_response_not_found']
    expect(errorOf(await same.ask({ input: 'Go on.', previous_response_id: unkept }))).toEqual(notFound)
    expect(errorOf(await other.ask({ input: 'Go on.', previous_response_id: unkept }))).toEqual(notFound)
    expect(errorOf(await other.ask({ input: 'Go on.', previous_response_id: kept }))).toEqual(notFound)
    expect((await same.ask({ input: 'Go on.', previous_response_id: kept })).at(-1)?.type).toBe(
      'response.completed',
    )
    expect(gateway.upstream.requests).toHaveLength(3)
    await Promise.all([client.close(), same.close(), other.close()])
  })
})

describe('a refusal', () => {
  test('is a frame with the status beside the error, and leaves the connection as it was', async () => {
    const client = await open()
    const turn = await client.ask({ model: 'no-such-model', input: 'x', stream_id: undefined })
    expect(turn).toEqual([
      {
        type: 'error',
        status: 404,
        error: expect.objectContaining({
          code: 'model_not_priced',
          type: 'invalid_request_error',
          param: 'model',
        }),
        headers: expect.objectContaining({ 'x-should-retry': 'false', 'x-request-id': expect.any(String) }),
      },
    ])
    expect((await client.ask({ input: 'Say hello.' })).at(-1)?.type).toBe('response.completed')
    await client.close()
  })

  test.each<[string, object | string, string]>([
    ['what is no JSON', '{"type":"response.create"', 'invalid_json'],
    ['what is no object', '[]', 'invalid_json'],
    ['a frame without a type', { input: 'x' }, 'missing_parameter'],
    ['a frame that steers', { type: 'response.steer', input: 'x' }, 'unsupported_event'],
    ['a member that stands twice', '{"type":"response.create","type":"response.create"}', 'duplicate_member'],
    ['a response in the background', { background: true }, 'unsupported_parameter'],
    ['a stream id that is none', { stream_id: 7 }, 'invalid_parameter'],
    ['an input that is neither text nor list', { input: 7 }, 'invalid_parameter'],
  ])('of %s is sent nowhere', async (_what, frame, code) => {
    const client = await open()
    client.send(
      typeof frame === 'string' || 'input' in frame
        ? frame
        : { type: 'response.create', model: TEST_MODEL, input: 'x', ...frame },
    )
    if (code === 'invalid_parameter' && typeof frame === 'object' && 'input' in frame) {
      client.frames.length = 0
      client.create(frame)
    }
    await expect.poll(() => client.frames.at(-1)?.error?.code).toBe(code)
    expect(gateway.upstream.requests).toEqual([])
    await client.close()
  })

  test('comes before the next frame where the balance has ended in between', async () => {
    const client = await open()
    expect((await client.ask({ input: 'Say hello.' })).at(-1)?.type).toBe('response.completed')
    const balance = await gateway.balanceOf(person)
    await gateway.admin('users.adjustBalance', { userId: person.id, amountNanoUsd: -balance, note: 'spent' })
    const [frame, ...more] = await client.ask({ input: 'Say hello.' })
    expect(more).toEqual([])
    expect(frame).toMatchObject({
      status: 429,
      error: { code: 'insufficient_quota', type: 'insufficient_quota' },
      headers: { 'x-should-retry': 'false' },
    })
    expect(frame).not.toHaveProperty('status_code')
    expect(gateway.upstream.requests).toHaveLength(1)
    expect(await gateway.usageOf(person)).toMatchObject([
      { errorCode: 'insufficient_quota' },
      { status: 200 },
    ])
    await client.close()
  })

  test('of a hosted tool that a policy does not permit comes over a connection as well, from the next frame on', async () => {
    const client = await open()
    const search = { input: 'x', tools: [{ type: 'web_search' }] }
    const policy = { webSearch: false }
    await gateway.admin('policies.update', { scope: 'user', subjectId: person.id, policy })
    expect(errorOf(await client.ask(search))).toEqual([1, 400, 'tool_not_permitted'])
    expect(gateway.upstream.requests).toEqual([])
    expect((await client.ask({ input: 'Say hello.' })).at(-1)?.type).toBe('response.completed')
    await client.close()
  })

  test('of a rate limit says when to come back', async () => {
    const rule = { metric: 'requests', window: 'minute', value: 1 }
    await gateway.admin('limits.update', { scope: 'user', subjectId: person.id, rules: [rule] })
    const client = await open()
    // Both belong to one minute of the clock.
    clock.pass(MINUTE_MS - (clock.now() % MINUTE_MS))
    await client.ask({ generate: false, input: 'A warm-up counts, although it costs nothing.' })
    const [frame] = await client.ask({ input: 'Say hello.' })
    expect(frame).toMatchObject({ status: 429, error: { code: 'rate_limit_exceeded' } })
    expect(Number(frame?.headers?.['retry-after'])).toBeGreaterThan(0)
    await client.close()
  })

  test('of the upstream in the middle of a stream is such a frame, too, and what was said is charged once', async () => {
    const client = await open()
    gateway.upstream.script({ streamError: { afterEvents: 6, as: 'error' } })
    const failed = await client.ask({ input: 'Say hello.' })
    expect(failed.at(-1)).toMatchObject({ type: 'error', status: 500, error: { type: 'server_error' } })
    gateway.upstream.script({ cut: { afterEvents: 6 } })
    const cut = await client.ask({ input: 'Say hello.' })
    expect(cut.at(-1)).toMatchObject({ type: 'error', status: 502, error: { code: 'upstream_failed' } })
    gateway.upstream.script({ error: 500 })
    expect(errorOf(await client.ask({ input: 'Say hello.' }))).toEqual([1, 500, expect.any(String)])
    expect(await chargedRows()).toHaveLength(3)
    await client.close()
  })
})

describe('a client that leaves', () => {
  test('after any number of frames is charged once for what was said, and nothing is left on hold', async () => {
    gateway.upstream.script({ answer: BRIEF }, 100)
    const whole = await open()
    const { length } = await whole.ask({ input: 'Count to three.' })
    await whole.close()
    const [wholeRow] = await chargedRows()
    for (let frames = 0; frames <= length; frames += 1) {
      const leaving = await gateway.createPerson(BALANCE)
      const client = await open(leaving)
      client.create({ input: 'Count to three.' })
      await client.has(frames)
      const asked = gateway.upstream.requests.length
      client.ws.terminate()
      await client.closed
      await expect
        .poll(() => gateway.usageOf(leaving).then(({ length: rows }) => rows))
        .toBeLessThanOrEqual(1)
      const rows = await chargedRows(leaving)
      // Without a frame it may have left before anything was sent.
      if (frames > 0) expect(rows, `after ${frames} frames of ${asked}`).toHaveLength(1)
      for (const row of rows) {
        const isCharged = row.reason === 'completed' || row.reason === 'client_left'
        expect(row.costNanoUsd, `${frames}: ${row.reason}`).toBe(isCharged ? wholeRow?.costNanoUsd : 0)
      }
    }
  }, 60_000)

  test('with frames that wait for their turn has those forgotten', async () => {
    const client = await open()
    gateway.upstream.script({ answer: BRIEF, delays: { betweenEventsMs: 30 } })
    client.create({ input: 'One.' })
    client.create({ input: 'Two.' })
    await client.has(2)
    client.ws.terminate()
    expect(await chargedRows()).toMatchObject([{ reason: 'client_left' }])
    expect(gateway.upstream.requests).toHaveLength(1)
  })
})

describe('access that is lost', () => {
  test('in the middle of a turn ends it with the reason, and the connection with it', async () => {
    const client = await open()
    const idle = await open()
    gateway.upstream.script({ answer: BRIEF, delays: { betweenEventsMs: 60 } })
    client.create({ input: 'Say hello.' })
    client.create({ input: 'And again.' })
    await client.has(3)
    await gateway.admin('keys.update', { keyId: person.keyId, status: 'disabled' })
    expect(await Promise.all([client.closed, idle.closed])).toEqual([1008, 1008])
    for (const { frames } of [client, idle]) {
      expect(frames.at(-1)).toMatchObject({ type: 'error', status: 401, error: { code: 'api_key_disabled' } })
    }
    const [row, ...others] = await chargedRows()
    expect(others).toEqual([])
    expect(row).toMatchObject({ errorCode: 'api_key_disabled', reason: 'client_left' })
    expect(row && costByHand(row)).toBe(row?.costNanoUsd)
  })
})

const refusedWith = async (client: SocketClient) => {
  const [request, response] = await new Promise<[unknown, NodeJS.ReadableStream & { statusCode: number }]>(
    (resolve) => client.ws.once('unexpected-response', (...both) => resolve(both as never)),
  )
  let text = ''
  for await (const piece of response) text += String(piece)
  ;(request as { destroy(): void }).destroy()
  return [response.statusCode, JSON.parse(text).error.code]
}

describe('an upgrade', () => {
  const attempt = (key: string | undefined, options: ClientOptions = {}, path?: string) =>
    refusedWith(new SocketClient(gateway.url, key, options, path))

  test('is refused without a key, with a wrong one, where nothing is answered over WebSocket, and with a body', async () => {
    expect(await attempt(undefined)).toEqual([401, 'missing_api_key'])
    expect(await attempt(`${person.key}x`)).toEqual([401, 'invalid_api_key'])
    expect(await attempt(person.key, {}, '/v1/chat/completions')).toEqual([426, 'upgrade_required'])
    expect(await attempt(person.key, {}, '/v1/realtime')).toEqual([404, 'endpoint_not_offered'])
    expect(await attempt(person.key, {}, '/v1/realtime/sessions')).toEqual([404, 'unknown_url'])
    const upgrade = `GET /v1/responses HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${person.key}\r\nconnection: upgrade\r\nupgrade: websocket\r\n`
    for (const rest of ['content-length: 2\r\n\r\n{}', 'sec-websocket-key: short\r\n\r\n', '\r\n']) {
      expect(await sendRaw(gateway.url, upgrade + rest)).toMatch(/^HTTP\/1\.1 400 .*malformed_request/s)
    }
  })

  test('from a page is made for the origins that may call, and refused to all others', async () => {
    expect(await attempt(person.key, { origin: 'https://evil.example' })).toEqual([
      403,
      'cors_origin_rejected',
    ])
    expect(await attempt(person.key, { origin: gateway.url })).toEqual([403, 'cors_origin_rejected'])
    const allowed = await open(person, { origin: ORIGIN })
    await allowed.close()
  })

  test('takes no key from a subprotocol, and sends none back', async () => {
    const offered = {
      protocolVersion: 13,
      headers: { 'sec-websocket-protocol': `openai-insecure-api-key.${person.key}` },
    }
    expect(await attempt(undefined, offered)).toEqual([401, 'missing_api_key'])
    const client = new SocketClient(gateway.url, person.key, offered)
    const head = await new Promise<{ headers: object }>((resolve) => client.ws.once('upgrade', resolve))
    expect(head.headers).toMatchObject({ 'x-request-id': expect.stringMatching(/^req_/) })
    expect(head.headers).not.toHaveProperty('sec-websocket-protocol')
    expect(head.headers).not.toHaveProperty('sec-websocket-extensions')
    client.ws.terminate()
  })

  test('is refused to a key that has 32 of them, and made again when one is closed', async () => {
    const open32 = await Promise.all(Array.from({ length: 32 }, () => open()))
    expect(await attempt(person.key)).toEqual([429, 'too_many_sockets'])
    await open32[0]?.close()
    await expect
      .poll(() =>
        open()
          .then((one) => one.close())
          .then(() => 'open'),
      )
      .toBe('open')
    await Promise.all(open32.map((one) => one.ws.terminate()))
  })
})

describe('a connection', () => {
  test('takes nothing more when it is 60 minutes old, says so, and is closed when nothing runs on it', async () => {
    const client = await open()
    await client.ask({ input: 'Say hello.' })
    clock.pass(60 * MINUTE_MS)
    expect(errorOf(await client.ask({ input: 'Say hello.' }))).toEqual([
      1,
      400,
      'websocket_connection_limit_reached',
    ])
    expect(await client.closed).toBe(1000)
  })

  test('is counted, with its turns', async () => {
    const client = await open()
    await client.ask({ input: 'Say hello.' })
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    const value = (name: string) =>
      Number(new RegExp(`^codex_gateway_${name} (\\d+)`, 'm').exec(metrics)?.[1])
    expect(value('sockets')).toBeGreaterThanOrEqual(1)
    expect(value('sockets_opened_total')).toBeGreaterThan(40)
    expect(value('socket_turns_total')).toBeGreaterThan(20)
    await client.close()
  })

  test('that sends a frame larger than a body may be is closed, and one that sends no texts is refused', async () => {
    const client = await open()
    client.ws.send(Buffer.from('{}'))
    await expect.poll(() => client.frames.at(-1)?.error?.code).toBe('invalid_json')
    client.ws.send(Buffer.alloc(33 * 1024 * 1024, 0x20).toString())
    expect(await client.closed).toBe(1009)
  })
})

test('switched off, no upgrade is made, and what is open ends when its turn has', async () => {
  const [busy, idle] = await Promise.all([open(), open()])
  gateway.upstream.script({ answer: BRIEF, delays: { betweenEventsMs: 50 } })
  busy.create({ input: 'Say hello.' })
  await busy.has(2)
  await gateway.admin('settings.update', { webSockets: 'off' })
  expect(await idle.closed).toBe(1001)
  busy.create({ stream_id: 'late', input: 'Say hello.' })
  expect(errorOf(await busy.turn('late'))).toEqual([1, 426, 'websocket_not_offered'])
  expect(await busy.closed).toBe(1001)
  expect(busy.frames.at(-1)?.type).toBe('response.completed')
  // The status on which Codex goes on over HTTP at once.
  const refused = new SocketClient(gateway.url, person.key)
  expect(await refusedWith(refused)).toEqual([426, 'websocket_not_offered'])
  await gateway.admin('settings.update', { webSockets: 'on' })
  await (await open()).close()
  expect(await chargedRows()).toHaveLength(1)
})

test('a gateway that is stopped lets a turn end, takes no other, and leaves no connection open', async () => {
  const stopped = await startGateway()
  const someone = await stopped.createPerson(BALANCE)
  const [busy, idle] = await Promise.all(
    [1, 2].map(() => new SocketClient(stopped.url, someone.key).opened()),
  )
  if (!busy || !idle) throw new Error('there are two')
  stopped.upstream.script({ answer: BRIEF, delays: { betweenEventsMs: 50 } })
  busy.create({ input: 'Say hello.' })
  await busy.has(2)
  const stopping = stopped.stop()
  expect(await idle.closed).toBe(1001)
  busy.create({ stream_id: 'late', input: 'Say hello.' })
  expect(errorOf(await busy.turn('late'))).toEqual([1, 503, 'gateway_stopping'])
  expect(await busy.closed).toBe(1001)
  expect(busy.frames.at(-1)?.type).toBe('response.completed')
  await stopping
})
