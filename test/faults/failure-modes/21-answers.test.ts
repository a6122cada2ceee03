// Failure modes 21 and 23: answers that are none. An error under a 200, a page, an empty body: the client gets one JSON
// error and pays nothing. What belongs to one connection (1xx, trailers) stays there.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Scenario } from '../../../server/demo-upstream/demo-upstream.ts'
import { CHAT, DIALECTS, type OnePerson, startOnePerson } from '../support/one-person.ts'
import { sendRaw, startRawUpstream } from '../support/raw-http.ts'

let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

const JSON_TYPE = { 'content-type': 'application/json' }

const NO_ANSWERS: readonly (readonly [string, Scenario, number, string])[] = [
  [
    'an error under a 200',
    { body: { error: { message: 'No.', type: 'server_error', param: null, code: null } } },
    502,
    'upstream_failed',
  ],
  ['a page under a 200', { body: '<html>Welcome</html>' }, 502, 'upstream_failed'],
  [
    'a page under a 502',
    { body: '<html>Bad gateway at 10.0.0.7</html>', status: 502 },
    502,
    'upstream_failed',
  ],
  ['a page under a 404', { body: '<html>nginx</html>', status: 404 }, 400, 'upstream_rejected'],
  ['a reason in another shape', { body: { detail: 'n is 1' }, status: 422 }, 400, 'refused_upstream'],
  ['nothing under a 200', { body: '', headers: JSON_TYPE }, 502, 'upstream_failed'],
  ['half a JSON', { body: '{"id":"chatcmpl-1","choi', headers: JSON_TYPE }, 502, 'upstream_failed'],
  ['a list', { body: '[]', headers: JSON_TYPE }, 502, 'upstream_failed'],
  ['a 204', { body: '', status: 204 }, 502, 'upstream_failed'],
  ['a 304', { body: '', status: 304 }, 502, 'upstream_failed'],
  [
    'a redirect',
    { body: '', status: 302, headers: { location: 'http://evil.example/' } },
    502,
    'upstream_failed',
  ],
  ['the operator’s key refused', { error: 401 }, 400, 'upstream_rejected'],
  ['the operator’s bill unpaid', { error: 402 }, 400, 'upstream_rejected'],
  ['the operator’s rate limit', { error: 429 }, 429, 'upstream_busy'],
]

describe.each(DIALECTS)('$path', ({ path, body }) => {
  test.each(NO_ANSWERS)(
    'failure mode 21: %s is one JSON error, and costs nothing',
    async (_what, scenario, status, code) => {
      for (const stream of [true, false]) {
        await one.renew()
        one.gateway.upstream.script(scenario)
        const response = await one.ask(path, { ...body, stream })
        expect(response.status).toBe(status)
        expect(response.headers.get('content-type')).toMatch(/^application\/json/)
        expect(response.headers.get('x-request-id')).toMatch(/^req_/)
        const text = await response.text()
        expect(JSON.parse(text)).toMatchObject({ error: { code, param: null } })
        expect(text).not.toMatch(/html|nginx|10\.0\.0\.7|evil/)
        expect(await one.theRow()).toMatchObject({
          costNanoUsd: 0,
          reason: 'upstream_failed',
          errorCode: code,
        })
      }
    },
  )

  test('failure mode 21: an error within a stream ends it in the dialect’s own form, without a false end', async () => {
    one.gateway.upstream.script({
      streamError: { afterEvents: 6, as: 'error', error: { code: 'server_error', message: 'Sorry.' } },
    })
    const text = await (await one.ask(path, { ...body, stream: true })).text()
    expect(text).toContain('Sorry.')
    expect(text).not.toMatch(/\[DONE\]|response\.completed/)
    expect((await one.theRow()).reason).toBe('upstream_failed')
  })

  test('failure mode 23: 1xx answers and trailers of the upstream reach nobody', async () => {
    for (const stream of [true, false]) {
      await one.renew()
      one.gateway.upstream.script({
        informational: [{ status: 102 }, { status: 103, headers: { link: '</style.css>; rel=preload' } }],
        trailers: { 'x-late': '1' },
      })
      const text = JSON.stringify({ model: 'test-model', ...body, stream })
      const answer = await sendRaw(
        one.gateway.url,
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${one.person().key}\r\ncontent-type: application/json\r\nte: trailers\r\nconnection: close\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(answer).not.toMatch(/HTTP\/1\.1 10\d|preload|x-late/i)
      expect((await one.theRow()).reason).toBe('completed')
    }
  })
})

test('failure mode 23: an upstream that wants to switch protocols has failed', async () => {
  const raw = await startRawUpstream((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
  })
  const own = await startOnePerson({ upstreamBaseUrl: raw.baseUrl })
  try {
    const response = await own.ask(CHAT, DIALECTS[0].body)
    expect([response.status, await response.json()]).toMatchObject([
      502,
      { error: { code: 'upstream_failed' } },
    ])
    expect(await own.theRow()).toMatchObject({ costNanoUsd: 0 })
  } finally {
    await own.gateway.stop()
    await raw.stop()
  }
})

test('failure mode 23: HEAD is answered like GET, without a body', async () => {
  const headers = { authorization: `Bearer ${one.person().key}` }
  const got = await fetch(`${one.gateway.url}/v1/models`, { headers })
  const length = Buffer.byteLength(await got.text())
  const head = await fetch(`${one.gateway.url}/v1/models`, { method: 'HEAD', headers })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
    200,
    String(length),
    '',
  ])
  const refused = await fetch(`${one.gateway.url}${CHAT}`, { method: 'HEAD', headers })
  expect([refused.status, await refused.text()]).toEqual([405, ''])
})
