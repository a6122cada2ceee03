// What an operator sees of the gateway without looking into it: health, metrics, and one log line for each request, with an
// id that its client has as well. And what nobody sees: a secret.
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  CHAT,
  DIALECTS,
  type OnePerson,
  RESPONSES,
  startOnePerson,
  until,
} from '../faults/support/one-person.ts'
import { sendRaw } from '../faults/support/raw-http.ts'
import { type Portal, startPortal } from './support/portal.ts'
import { TEST_MODEL } from './support/running-gateway.ts'
import { SecretSearch } from './support/secret-search.ts'
import { MemoryLog } from './support/test-ports.ts'

const TOKEN = 'metrics-0123456789abcdef'
const FROM_ELSEWHERE = { 'x-forwarded-for': '203.0.113.9' }

describe('health', () => {
  let portal: Portal
  beforeAll(async () => {
    portal = await startPortal({ config: { metricsToken: TOKEN } })
  })
  afterAll(() => portal.stop())

  test.each(['/healthz', '/readyz', '/metrics'])(
    '%s is read with GET and HEAD, and with nothing else',
    async (path) => {
      const got = await portal.send({ path })
      const head = await portal.send({ method: 'HEAD', path: `${path}?probe=1` })
      expect([head.status, head.text]).toEqual([got.status, ''])
      expect(head.headers['content-type']).toBe(got.headers['content-type'])
      expect(Number(head.headers['content-length'])).toBeGreaterThan(0)
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const refused = await portal.send({ method, path, body: '{}' })
        expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD'])
        expect(JSON.parse(refused.text)).toMatchObject({ ok: false, error: { code: 'method_not_allowed' } })
      }
      for (const other of [`${path}/`, path.toUpperCase(), `${path}/x`])
        expect((await portal.send({ path: other })).status).toBe(404)
    },
  )

  test('metrics are for this machine, and for whoever has the token', async () => {
    const read = (headers: Record<string, string>) => portal.send({ path: '/metrics', headers })
    expect((await read({})).status).toBe(200)
    expect((await read({ ...FROM_ELSEWHERE, authorization: `Bearer ${TOKEN}` })).status).toBe(200)
    for (const authorization of [
      '',
      'Bearer',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
      TOKEN,
    ]) {
      const refused = await read({ ...FROM_ELSEWHERE, ...(authorization === '' ? {} : { authorization }) })
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer'])
      expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'metrics_not_open' } })
      expect(refused.text).not.toContain('codex_gateway_')
    }
  })

  test('without a token metrics are for this machine alone', async () => {
    const closed = await startPortal()
    try {
      expect((await closed.send({ path: '/metrics' })).status).toBe(200)
      for (const authorization of ['Bearer undefined', 'Bearer null', 'Bearer ', `Bearer ${TOKEN}`]) {
        const refused = await closed.send({ path: '/metrics', headers: { ...FROM_ELSEWHERE, authorization } })
        expect(refused.status).toBe(401)
      }
    } finally {
      await closed.stop()
    }
  })
})

let one: OnePerson
beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

/** All samples, by name with labels. */
async function metrics(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${one.gateway.url}/metrics`)).text()
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const sample = /^([a-zA-Z_:][\w:]*(?:\{(?:\w+="[^"\\]*",?)+\})?) (\S+)$/.exec(line)
    if (!sample?.[1]) throw new Error(`no sample: ${line}`)
    samples.set(sample[1], Number(sample[2]))
  }
  return samples
}

const requestsIn = (samples: ReadonlyMap<string, number>): number =>
  [...samples].reduce(
    (sum, [name, value]) => sum + (name.startsWith('codex_gateway_requests_total') ? value : 0),
    0,
  )

/** How much each sample grew by while so many requests were made. */
async function grown(requests: number, doing: () => Promise<unknown>): Promise<(name: string) => number> {
  const before = await metrics()
  await doing()
  await until(async () => requestsIn(await metrics()) === requestsIn(before) + requests)
  const after = await metrics()
  return (name) => (after.get(`codex_gateway_${name}`) ?? 0) - (before.get(`codex_gateway_${name}`) ?? 0)
}

describe('metrics', () => {
  test('count requests, tokens, spend and times of what was answered', async () => {
    const by = await grown(2, async () => {
      await (await one.ask(CHAT, DIALECTS[0].body)).text()
      await (await one.ask(CHAT, { ...DIALECTS[0].body, stream: true })).text()
      await one.gateway.usageOf(one.person())
    })
    const rows = await one.gateway.usageOf(one.person())
    const sum = (of: (row: (typeof rows)[number]) => number) =>
      rows.reduce((total, row) => total + of(row), 0)
    expect(by('requests_total{endpoint="/v1/chat/completions",status="200"}')).toBe(2)
    expect(by('tokens_total{kind="input"}')).toBe(sum(({ inputTokens }) => inputTokens))
    expect(by('tokens_total{kind="output"}')).toBe(sum(({ outputTokens }) => outputTokens))
    expect(by('spend_nano_usd_total')).toBe(sum(({ costNanoUsd }) => costNanoUsd))
    const ends = 'endpoint="/v1/chat/completions"'
    expect(by(`request_duration_seconds_count{${ends}}`)).toBe(2)
    expect(by(`request_duration_seconds_bucket{${ends},le="+Inf"}`)).toBe(2)
    expect(by(`first_token_seconds_count{${ends}}`)).toBe(1)
  })

  test('count errors by their codes, and never by words of an upstream', async () => {
    const by = await grown(5, async () => {
      await one.ask(CHAT, { ...DIALECTS[0].body, model: 'nobody-priced-this' })
      await one.ask('/v1/nothing', {})
      one.gateway.upstream.script({ error: { status: 400, code: 'made_up_by_the_upstream', message: 'No.' } })
      await (await one.ask(CHAT, DIALECTS[0].body)).text()
      one.gateway.upstream.script({ error: 500 })
      await (await one.ask(CHAT, DIALECTS[0].body)).text()
      // Twice, for a kept connection that closes without an answer is tried once more.
      one.gateway.upstream.script({ cut: 'before_headers' }, 2)
      await (await one.ask(CHAT, DIALECTS[0].body)).text()
    })
    expect(by('errors_total{code="model_not_priced"}')).toBe(1)
    expect(by('errors_total{code="unknown_url"}')).toBe(1)
    expect(by('requests_total{endpoint="none",status="404"}')).toBe(1)
    expect(by('errors_total{code="other"}')).toBe(1)
    expect(by('errors_total{code="upstream_failed"}')).toBe(1)
    expect(by('upstream_failures_total{kind="upstream_failed"}')).toBe(2)
    expect([...(await metrics()).keys()].join()).not.toContain('made_up')
  })

  test('count what a loop was refused and has no row for, and nothing is missing from both together', async () => {
    const asked = 130
    const by = await grown(asked, async () => {
      for (let at = 0; at < asked; at += 1) {
        const refused = await one.ask(CHAT, { ...DIALECTS[0].body, model: 'nobody-priced-this' })
        expect(refused.status).toBe(404)
        await refused.text()
      }
    })
    const unlisted = by('refusals_unlisted_total{code="model_not_priced"}')
    expect(by('errors_total{code="model_not_priced"}')).toBe(asked)
    // Of two minutes, where one ends within the loop.
    expect(unlisted).toBeGreaterThanOrEqual(asked - 2 * 60)
    const listed = { userId: one.person().id, reason: 'refused', limit: 200 }
    const { data } = await one.gateway.admin<{ rows: unknown[] }>('usage.list', listed)
    expect(data.rows.length).toBe(asked - unlisted)
  })

  test('show what runs now: requests, holds, drains, and the health of the upstream', async () => {
    one.gateway.upstream.script({ delays: { silence: { afterEvents: 3, ms: 800 } } })
    await one.hangUp(RESPONSES, DIALECTS[1].body)
    await until(async () => (await metrics()).get('codex_gateway_drains') === 1)
    const during = await metrics()
    expect(during.get('codex_gateway_requests_in_flight')).toBe(1)
    expect(during.get('codex_gateway_open_holds')).toBe(1)
    const user = await one.gateway.admin<{ openHoldsNanoUsd: number }>('users.get', {
      userId: one.person().id,
    })
    expect(during.get('codex_gateway_open_holds_nano_usd')).toBe(user.data.openHoldsNanoUsd)
    await one.theRow()
    await until(async () => (await metrics()).get('codex_gateway_requests_in_flight') === 0)
    const after = await metrics()
    expect(after.get('codex_gateway_open_holds')).toBe(0)
    expect(after.get('codex_gateway_drains')).toBe(0)
    expect(after.get('codex_gateway_writer_queue')).toBe(0)
    expect(after.get('codex_gateway_upstream_last_success_timestamp_seconds')).toBeGreaterThan(
      Date.now() / 1000 - 60,
    )
    expect(after.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
    expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  })
})

const requestLines = () => one.gateway.log.lines().filter(({ event }) => event === 'request')

/** The id that an answer carries. */
const idOf = (response: Response): string => response.headers.get('x-request-id') ?? 'none'

describe('the log', () => {
  test('has exactly one line for each request, whatever it ended in, and its id is on the answer', async () => {
    const ids: string[] = []
    const noted = async (response: Response) => {
      ids.push(idOf(response))
      await response.text()
    }
    const { gateway, ask } = one
    const nobody = { headers: { authorization: 'Bearer sk-cg-nobody' } }
    await noted(await ask(CHAT, DIALECTS[0].body))
    await noted(await ask(RESPONSES, { input: 'Hi', stream: true }))
    await noted(await ask(CHAT, DIALECTS[0].body, nobody))
    await noted(await ask(CHAT, { model: 'nobody-priced-this' }))
    await noted(await ask('/v1/nothing', {}))
    await noted(
      await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${one.person().key}` } }),
    )
    await noted(
      await fetch(`${gateway.url}${CHAT}`, { headers: { authorization: `Bearer ${one.person().key}` } }),
    )
    await noted(await fetch(`${gateway.url}/v1/models`))
    for (const path of [CHAT, '/v1/nothing'])
      await noted(await fetch(`${gateway.url}${path}`, { method: 'OPTIONS' }))
    for (const scenario of [
      { error: 401 },
      { error: 500 },
      { cut: 'before_headers' },
      { cut: { afterEvents: 4 } },
      { body: '<html>' },
    ] as const) {
      gateway.upstream.script(scenario)
      await noted(await ask(RESPONSES, { input: 'Hi', stream: true }))
    }
    await until(
      () => requestLines().filter(({ requestId }) => ids.includes(String(requestId))).length >= ids.length,
    )
    for (const id of ids) {
      expect(id).toMatch(/^req_[0-9a-f]{32}$/)
      expect(requestLines().filter(({ requestId }) => requestId === id)).toHaveLength(1)
    }
  })

  test('names what was asked about with OPTIONS', async () => {
    const { gateway } = one
    const headers = { authorization: `Bearer ${one.person().key}` }
    const endpoints: unknown[] = []
    for (const path of [CHAT, '/v1/files', '/files/file-1/content', '/v1/models/x', '/v1/nothing']) {
      const id = idOf(await fetch(`${gateway.url}${path}`, { method: 'OPTIONS', headers }))
      await until(() => requestLines().some(({ requestId }) => requestId === id))
      endpoints.push(requestLines().find(({ requestId }) => requestId === id)?.endpoint)
    }
    expect(endpoints).toEqual([CHAT, '/v1/files', '/v1/files/{file}/content', '/v1/models/{model}', null])
  })

  test('names what was asked by a method that it does not answer', async () => {
    const headers = { authorization: `Bearer ${one.person().key}` }
    const lines: unknown[] = []
    for (const path of [CHAT, '/v1/files/file-1', '/openai/deployments/m/embeddings', '/v1/nothing']) {
      const id = idOf(await fetch(`${one.gateway.url}${path}`, { method: 'PUT', headers }))
      await until(() => requestLines().some(({ requestId }) => requestId === id))
      const line = requestLines().find(({ requestId }) => requestId === id)
      lines.push([line?.status, line?.endpoint])
    }
    expect(lines).toEqual([
      [405, CHAT],
      [405, '/v1/files/{file}'],
      [405, '/v1/embeddings'],
      [404, null],
    ])
  })

  test('has a line for who leaves before or within the answer, and for who uploads half a body', async () => {
    const mine = () => requestLines().filter(({ userId }) => userId === one.person().id)
    one.gateway.upstream.script({ delays: { betweenEventsMs: 5 } })
    await one.hangUp(CHAT, DIALECTS[0].body)
    await one.theRow()
    const socket = connect(Number(new URL(one.gateway.url).port), '127.0.0.1')
    socket.write(
      `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${one.person().key}\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 500\r\n\r\n{"half"`,
    )
    // Its head has been read when it is told to go on.
    socket.once('data', () => socket.destroy())
    await until(() => mine().length >= 2)
    expect(mine()).toMatchObject([
      { status: 200, reason: 'client_left', userId: one.person().id },
      { status: 499, reason: null, errorCode: null, userId: one.person().id, endpoint: CHAT },
    ])
  })

  test('says who, what, how it ended, what it used, what it cost and how long it took', async () => {
    const id = idOf(await one.ask(CHAT, { ...DIALECTS[0].body, stream: true }))
    await one.theRow()
    await until(() => requestLines().some(({ requestId }) => requestId === id))
    const [row] = await one.gateway.usageOf(one.person())
    const line = requestLines().find(({ requestId }) => requestId === id)
    expect(line).toMatchObject({
      userId: one.person().id,
      keyId: one.person().keyId,
      address: expect.stringMatching(/127\.0\.0\.1|::1/),
      endpoint: CHAT,
      model: TEST_MODEL,
      status: 200,
      errorCode: null,
      reason: 'completed',
      inputTokens: row?.inputTokens,
      outputTokens: row?.outputTokens,
      costNanoUsd: row?.costNanoUsd,
      durationMs: expect.any(Number),
      firstTokenMs: expect.any(Number),
      stream: true,
    })
  })

  test('gives the id of the request in every other line about it, and shows no prompt and no answer', async () => {
    const prompt = 'a very secret prompt about gates'
    for (const scenario of [
      {},
      { error: 500 },
      { cut: 'before_headers' },
      { usage: 'absurd' },
      { answer: { serviceTier: 'unheard-of' } },
    ] as const) {
      one.gateway.upstream.script(scenario)
      await (await one.ask(RESPONSES, { input: prompt, stream: true })).text()
    }
    await until(() => requestLines().length > 0)
    const about = [
      'request',
      'upstream_fault',
      'upstream_error',
      'unpriced_service_tier',
      'write_off',
      'defect',
    ]
    const lines = one.gateway.log.lines().filter(({ event }) => about.includes(String(event)))
    expect(new Set(lines.map(({ event }) => event)).size).toBeGreaterThanOrEqual(3)
    for (const line of lines) expect(line.requestId).toMatch(/^req_/)
    expect(one.gateway.log.text).not.toContain(prompt)
    expect(one.gateway.log.text).not.toContain('moon')
  })
})

describe('the id of a request', () => {
  test.each([
    [
      'an upgrade',
      `GET ${RESPONSES} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      401,
    ],
    [
      'an upgrade elsewhere',
      'GET /v1/nothing HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      404,
    ],
    [
      'an upgrade for a foreign host',
      `GET ${RESPONSES} HTTP/1.1\r\nhost: evil.example\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      403,
    ],
    [
      'a request for a foreign host',
      `POST ${CHAT} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      403,
    ],
    ['what is no HTTP', 'BLAH\r\n\r\n', 400],
    [
      'headers without end',
      `GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
  ])('stands on the refusal of %s, and in its line', async (_what, request, status) => {
    const answer = await sendRaw(one.gateway.url, request)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    const id = /x-request-id: (req_[0-9a-f]{32})/i.exec(answer)?.[1]
    expect(requestLines().filter(({ requestId }) => requestId === id)).toMatchObject([
      { status, reason: 'refused' },
    ])
  })

  test('stands on the refusal of what comes while the gateway stops', async () => {
    const own = await startOnePerson()
    own.gateway.upstream.script({ delays: { silence: { afterEvents: 3, ms: 1_200 } } })
    const running = await own.ask(RESPONSES, { input: 'Hi', stream: true })
    // A connection of its own, open before the stopping begins: new ones are not taken any more.
    const socket = connect(Number(new URL(own.gateway.url).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.write('GET /v1/models HTTP/1.1\r\nhost: localhost\r\n')
    await until(() => socket.readyState === 'open')
    // What was sent before this has arrived as well.
    await fetch(`${own.gateway.url}/healthz`)
    const stopped = own.gateway.stop()
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.write('\r\n')
    await running.text()
    await stopped
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    const id = /x-request-id: (req_\w+)/.exec(answer)?.[1]
    const lines = own.gateway.log.lines().filter(({ requestId }) => requestId === id)
    expect(lines).toMatchObject([{ event: 'request', errorCode: 'gateway_stopping' }])
    socket.destroy()
  })
})

describe('a secret', () => {
  test('that is shown is found: in a line of the log, in an error, and in an answer of the OpenAI side', () => {
    const log = new MemoryLog()
    const search = new SecretSearch(log)
    search.used('an API key', 'sk-cg-0123456789-abcdefghijklmnopqrstuvwxyz012345')
    search.used('a session', 'cg_session=eyJhbGciOi.secret')
    log.write(`${JSON.stringify({ event: 'harmless', text: 'nothing' })}\n`)
    expect(search.found()).toEqual([])
    log.write(`${JSON.stringify({ event: 'careless', text: 'key abcdefghijklmnopqrstuvwxyz012345' })}\n`)
    search.saw('an answer', 'set to eyJhbGciOi.secret')
    expect(search.found()).toEqual(['a session in an answer', 'an API key in the log: careless'])
    expect(() => search.stop()).toThrow('Secrets were shown')
  })

  test('of an upstream that repeats everything it was sent reaches neither client nor log', async () => {
    const { gateway, ask } = one
    const echo =
      (status: number) =>
      ({ body, headers }: { body: Buffer; headers: object }) => ({
        error: {
          status,
          message: `You sent ${JSON.stringify(headers)} ${body}`,
          type: 'invalid_request_error',
          code: 'x',
        },
      })
    for (const status of [400, 401, 404, 422, 429, 500, 503]) {
      for (const stream of [true, false]) {
        gateway.upstream.script(echo(status))
        await (await ask(CHAT, { ...DIALECTS[0].body, stream })).text()
      }
    }
    gateway.upstream.script(({ headers }) => ({
      body: `<html>${JSON.stringify(headers)}</html>`,
      status: 502,
    }))
    await (await ask(CHAT, DIALECTS[0].body)).text()
    gateway.upstream.script(({ headers }) => ({
      streamError: { afterEvents: 3, error: { message: JSON.stringify(headers) } },
    }))
    await (await ask(RESPONSES, { input: 'Hi', stream: true })).text()
    expect(gateway.secrets.found()).toEqual([])
  })

  test('in a request that is wrong is not repeated in what is said about it', async () => {
    const { key } = one.person()
    const authorization = `Bearer ${key}`
    for (const body of [
      `{"model":"${key}","messages":[]}`,
      `{"model":"${TEST_MODEL}","${key}":1,"${key}":2}`,
      `{"${key}`,
      `{"model":"${TEST_MODEL}","messages":[],"service_tier":"${key}"}`,
    ]) {
      await fetch(one.gateway.url + CHAT, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
      })
    }
    await fetch(`${one.gateway.url}/v1/${key}`, { headers: { authorization } })
    expect(one.gateway.log.text).not.toContain(key)
    expect(JSON.stringify(await one.gateway.usageOf(one.person()))).not.toContain(key)
    expect(one.gateway.secrets.found()).toEqual([])
  })
})
