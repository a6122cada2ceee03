// Failure modes 11, 12, 13 and 15: what is wrong with a request before anything of it is sent on. Nothing that is refused
// here reaches the upstream, and nothing is held for it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { CHAT, DIALECTS, type OnePerson, RESPONSES, startOnePerson } from '../support/one-person.ts'
import { sendRaw } from '../support/raw-http.ts'

let one: OnePerson
let isSent = false

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(async () => {
  isSent = false
  await one.renew()
})
afterEach(async () => {
  if (!isSent) expect(one.gateway.upstream.requests).toHaveLength(0)
  const user = await one.gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: one.person().id })
  expect(user.data.openHoldsNanoUsd).toBe(0)
})

const BODY = JSON.stringify({ model: TEST_MODEL, ...DIALECTS[0].body })
const head = (...lines: string[]) =>
  `${[`POST ${CHAT} HTTP/1.1`, 'host: 127.0.0.1', 'content-type: application/json', ...lines].join('\r\n')}\r\n\r\n`
const key = () => `authorization: Bearer ${one.person().key}`

test('failure mode 11: who asks before uploading is refused without a byte of the body, and told to go on where it is wanted', async () => {
  const length = `content-length: ${20 * 1024 * 1024}`
  const refused = await sendRaw(
    one.gateway.url,
    head('authorization: Bearer sk-cg-nobody', 'expect: 100-continue', length),
    500,
  )
  expect(refused).toMatch(/^HTTP\/1\.1 401 /)
  expect(refused).toMatch(/x-request-id: req_/i)
  await one.renew(0)
  const poor = await sendRaw(
    one.gateway.url,
    head(key(), 'expect: 100-continue', `content-length: ${64 * 1024 * 1024}`),
    500,
  )
  expect(poor).toMatch(/^HTTP\/1\.1 413 /)
  await one.renew()
  isSent = true
  const sent = await sendRaw(
    one.gateway.url,
    head(key(), 'expect: 100-continue', `content-length: ${BODY.length}`) + BODY,
  )
  expect(sent).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  expect(one.gateway.upstream.requests[0]?.headers).not.toHaveProperty('expect')
})

test.each([
  ['a length and chunks at once', ['content-length: 5', 'transfer-encoding: chunked'], '0\r\n\r\n'],
  ['two lengths', ['content-length: 5', 'content-length: 6'], '{"a":1'],
  ['a length with a sign', ['content-length: +5'], '{"a":'],
  ['chunks that are not quite chunks', ['transfer-encoding: xchunked'], '0\r\n\r\n'],
  ['chunks and something else', ['transfer-encoding: chunked, identity'], '0\r\n\r\n'],
  ['a header that is folded', ['x-a: 1\r\n content-length: 0'], ''],
  ['a header whose name has a space', ['content-length : 5'], '{"a":'],
  ['bare line feeds', ['x-a: 1\nx-b: 2'], ''],
])(
  'failure mode 12: a request with %s is refused, and nothing hides behind it',
  async (_what, lines, body) => {
    const hidden = `POST ${CHAT} HTTP/1.1\r\nhost: 127.0.0.1\r\n${key()}\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`
    const answer = await sendRaw(one.gateway.url, head(key(), ...lines) + body + hidden, 500)
    expect(answer).not.toMatch(/HTTP\/1\.1 200/)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).toMatch(/x-request-id: req_/i)
  },
)

test.each([
  'http://evil.example/v1/chat/completions',
  '/v1/chat/completions/',
  '//v1/chat/completions',
  '/v1//chat/completions',
  '/v1/./chat/completions',
  '/v1/models/../chat/completions',
  '/v1/models/../organization/costs',
  '/v1/%2e%2e/organization/costs',
  '/v1/chat%2fcompletions',
  '/v1/chat\\completions',
  '/v1/chat/completions;a=b',
  '/v1/chat/completions%00',
  '/V1/chat/completions',
  '/v1/organization/admin_api_keys',
])('failure mode 12: the path %s leads nowhere', async (path) => {
  const request = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${key()}\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\nconnection: close\r\n\r\n${BODY}`
  const answer = await sendRaw(one.gateway.url, request)
  expect(answer).toMatch(/^HTTP\/1\.1 40[045] /)
  expect(answer).toContain('"error":{"message"')
})

test('failure mode 12: an upstream is never chosen by a request', async () => {
  isSent = true
  const request = `${head(key(), 'x-base-url: http://evil.example', 'openai-base-url: http://evil.example', 'x-forwarded-host: evil.example', 'connection: close', `content-length: ${BODY.length}`).replace(CHAT, `${CHAT}?base_url=http://evil.example&beta=true`)}${BODY}`
  expect(await sendRaw(one.gateway.url, request)).toMatch(/^HTTP\/1\.1 200 /)
  const [arrived] = one.gateway.upstream.requests
  expect(arrived?.path).toBe('/v1/chat/completions')
  expect(JSON.stringify(arrived?.headers)).not.toContain('evil')
})

test.each([
  [
    'a member that stands twice',
    `{"model":"${TEST_MODEL}","messages":[],"model":"dear-model"}`,
    'duplicate_member',
  ],
  [
    'one that is escaped the second time',
    `{"model":"${TEST_MODEL}","messages":[],"mod\\u0065l":"dear-model"}`,
    'duplicate_member',
  ],
  [
    'a byte-order mark before each of two',
    `\u00ef\u00bb\u00bf${BODY}\u00ef\u00bb\u00bf${BODY}`,
    'invalid_json',
  ],
  ['bytes that are no UTF-8', BODY.replace('gates', '\u00ff\u00fe'), 'invalid_json'],
  ['something behind its end', `${BODY} {}`, 'invalid_json'],
])('failure mode 13: a body with %s is refused: what is priced is what is run', async (_what, body, code) => {
  const answer = await sendRaw(
    one.gateway.url,
    head(key(), 'connection: close', `content-length: ${body.length}`) + body,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toContain(`"code":"${code}"`)
})

test('failure mode 13: a byte-order mark in front of a body is passed over, and does not go up: what is priced is what is run', async () => {
  isSent = true
  const body = `\u00ef\u00bb\u00bf${BODY}`
  const answer = await sendRaw(
    one.gateway.url,
    head(key(), 'connection: close', `content-length: ${body.length}`) + body,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(String(one.gateway.upstream.requests[0]?.body)).toBe(BODY)
})

test('failure mode 13: numbers beyond what a program can hold, and names that mean something to one, go up as they came', async () => {
  isSent = true
  const body = `{"model":"${TEST_MODEL}","seed":12345678901234567890,"temperature":1.0,"metadata":{"__proto__":"x","constructor":"y"},"messages":[{"role":"user","content":"Hi"}]}`
  const answer = await sendRaw(
    one.gateway.url,
    head(key(), 'connection: close', `content-length: ${body.length}`) + body,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(String(one.gateway.upstream.requests[0]?.body)).toBe(body)
})

test('failure mode 15: a body of 32 MB is taken, to the last byte, and one byte more is refused', async () => {
  const limit = 32 * 1024 * 1024
  const bodyOf = (bytes: number) => {
    const url = `data:image/png;base64,${'A'.repeat(200)}`
    const body = (padding: number) =>
      JSON.stringify({
        model: TEST_MODEL,
        max_output_tokens: 16,
        input: [{ role: 'user', content: [{ type: 'input_image', image_url: url + 'A'.repeat(padding) }] }],
      })
    return body(bytes - body(0).length)
  }
  const send = (body: string) =>
    fetch(one.gateway.url + RESPONSES, {
      method: 'POST',
      headers: { authorization: `Bearer ${one.person().key}`, 'content-type': 'application/json' },
      body,
    })
  const refused = await send(bodyOf(limit + 1))
  expect(refused.status).toBe(413)
  expect(one.gateway.upstream.requests).toHaveLength(0)
  isSent = true
  const taken = bodyOf(limit)
  expect(taken.length).toBe(limit)
  const answered = await send(taken)
  expect(answered.status).toBe(200)
  await answered.text()
  expect(one.gateway.upstream.requests[0]?.body.length).toBe(limit)
}, 60_000)
