// How the OpenAI side behaves over HTTP before a body is looked at: paths and their tricks, repeated headers, HEAD and
// OPTIONS, pages of other origins, and bodies that are more than they seem. Nothing of it may reach the upstream unasked.
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

const ORIGIN = 'https://chat.example.com'

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway({
    settings: { corsOrigins: [ORIGIN], modelAliases: { 'ours/best': TEST_MODEL } },
  })
  person = await gateway.createPerson()
})
afterAll(() => gateway.stop())
beforeEach(() => gateway.upstream.reset())

const bearer = () => ({ authorization: `Bearer ${person.key}` })
const CHAT = JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hello.' }] })

async function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: RequestInit['body'],
) {
  const init = { method, headers, ...(body === undefined ? {} : { body }) }
  const response = await fetch(gateway.url + path, init)
  const text = await response.text()
  const error = text.startsWith('{"error"')
    ? (JSON.parse(text) as { error: { code: string; param: string | null } }).error
    : undefined
  return { status: response.status, headers: response.headers, text, code: error?.code, param: error?.param }
}

/** Sends a request byte for byte, which no client would, and returns what comes back until the connection ends. */
function raw(head: string, body = ''): Promise<string> {
  const { hostname, port } = new URL(gateway.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `${head}\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
    })
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
const statusOf = (answer: string) => Number(answer.slice(9, 12))

test('a key that stands alone in its header is read, and two that differ are told so', async () => {
  expect((await send('GET', '/v1/models', { authorization: person.key })).status).toBe(200)
  expect((await send('GET', '/models', { authorization: person.key })).status).toBe(200)
  expect((await send('GET', '/v1/models', { authorization: `Bearer\t${person.key}` })).status).toBe(200)
  const two = await send('GET', '/v1/models', { ...bearer(), 'x-api-key': 'sk-cg-another' })
  expect(two).toMatchObject({ status: 401, code: 'invalid_api_key' })
  expect(two.text).toContain('(authorization, x-api-key)')
  expect(two.text).not.toContain(person.key)
})

test.each([
  ['as it is', {}, (body: Buffer) => body],
  ['compressed', { 'content-encoding': 'gzip' }, gzipSync],
])(
  'a body that begins with a byte-order mark is read, and sent without it: %s',
  async (_how, headers, pack) => {
    const body = new Uint8Array(pack(Buffer.from(`\ufeff${CHAT}`)))
    const sent = { ...bearer(), 'content-type': 'application/json', ...headers }
    expect((await send('POST', '/v1/chat/completions', sent, body)).status).toBe(200)
    expect(String(gateway.upstream.requests[0]?.body)).toMatch(/^\{/)
    const twice = new Uint8Array(pack(Buffer.from(`\ufeff\ufeff${CHAT}`)))
    expect((await send('POST', '/v1/chat/completions', sent, twice)).code).toBe('invalid_json')
  },
)

describe('a path without /v1', () => {
  test.each(['/chat/completions', '/v1/chat/completions', '/api/v1/chat/completions'])(
    '%s is answered where the request carries a key',
    async (path) => {
      const headers = { ...bearer(), 'content-type': 'application/json' }
      expect((await send('POST', path, headers, CHAT)).status).toBe(200)
      expect(gateway.upstream.requests.map((request) => request.path)).toEqual(['/v1/chat/completions'])
    },
  )

  test('lists models and responds as well, and is the portal’s without a key', async () => {
    expect((await send('GET', '/models', bearer())).status).toBe(200)
    expect((await send('GET', '/models/ours%2Fbest', { 'x-api-key': person.key })).text).toContain(
      '"ours/best"',
    )
    const body = JSON.stringify({ model: TEST_MODEL, input: 'Hello.' })
    expect(
      (await send('POST', '/responses', { ...bearer(), 'content-type': 'application/json' }, body)).status,
    ).toBe(200)
    expect((await send('GET', '/models')).text).toContain('page_not_found')
    expect((await send('POST', '/responses', {}, body)).text).toContain('"ok":false')
  })
})

test('a body for responses that came to chat completions is told where it belongs', async () => {
  const cursor = JSON.stringify({
    model: TEST_MODEL,
    input: [{ role: 'user', content: 'Hello.' }],
    stream: true,
  })
  for (const path of ['/v1/chat/completions', '/chat/completions']) {
    const { status, code, param, text } = await send(
      'POST',
      path,
      { ...bearer(), 'content-type': 'application/json' },
      cursor,
    )
    expect([status, code, param]).toEqual([400, 'invalid_parameter', 'messages'])
    expect(text).toContain('/v1/responses')
  }
  expect(gateway.upstream.requests).toHaveLength(0)
})

describe('a path with a trick in it', () => {
  const PATHS = [
    '/v1/chat/completions',
    '/v1/completions',
    '/v1/responses',
    '/v1/responses/compact',
    '/v1/responses/input_tokens',
    '/v1/embeddings',
    '/v1/moderations',
    '/embeddings',
  ]
  const tricks = (path: string) => [
    path.replace('/v1/', '/v1//'),
    `/x/..${path}`,
    `${path}/../organization/costs`,
    path.replace(/\/([a-z_]+)$/, '/%2e%2e/$1'),
    path.replace(/\/([a-z_]+)$/, '/.%2E/organization/$1'),
    path.replace(/\/([a-z_]+)$/, '/./$1'),
    path.replace(/\/([a-z_]+)$/, '\\\\$1'),
    path.replace(/([a-z_])$/, (last) => `%${last.charCodeAt(0).toString(16)}`),
    `${path}/`,
    `${path};x`,
    `${path}%00`,
    `${path}%2f..%2f..%2forganization`,
    `http://evil.example${path}`,
    `https://api.openai.com${path}`,
    `//evil.example${path}`,
    path.toUpperCase(),
  ]

  test.each(PATHS)('on the way to %s is refused, and nothing goes upstream', async (path) => {
    for (const trick of tricks(path)) {
      if (trick === path) continue
      const answer = await raw(
        `POST ${trick} HTTP/1.1\r\nauthorization: Bearer ${person.key}\r\ncontent-type: application/json`,
        JSON.stringify({
          model: TEST_MODEL,
          input: 'x',
          prompt: 'x',
          messages: [{ role: 'user', content: 'x' }],
        }),
      )
      expect([trick, statusOf(answer)]).toEqual([trick, expect.toBeOneOf([400, 404])])
    }
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('in the name of a model is a name that nobody has', async () => {
    for (const id of [
      '../organization/costs',
      '%2e%2e%2forganization',
      '..',
      '%2e',
      'x/../../models',
      '\\\\x',
      '//',
      'x%00',
    ]) {
      const answer = await raw(`GET /v1/models/${id} HTTP/1.1\r\nauthorization: Bearer ${person.key}`)
      expect([id, statusOf(answer), answer.includes('"model_not_found"')]).toEqual([id, 404, true])
    }
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('in the query changes nothing and is not sent on', async () => {
    const headers = { ...bearer(), 'content-type': 'application/json' }
    expect(
      (await send('POST', '/v1/chat/completions?x=/../../organization&key=y', headers, CHAT)).status,
    ).toBe(200)
    expect(gateway.upstream.requests[0]?.path).toBe('/v1/chat/completions')
  })
})

describe('a header that stands twice', () => {
  const post = (...lines: string[]) =>
    raw(['POST /v1/chat/completions HTTP/1.1', 'content-type: application/json', ...lines].join('\r\n'), CHAT)

  test('and says two things is refused, whichever of them is good', async () => {
    const good = `authorization: Bearer ${person.key}`
    for (const lines of [
      [good, 'Authorization: Bearer sk-cg-other-key'],
      ['authorization: Bearer sk-cg-other-key', good],
      [good, 'content-type: text/plain'],
      [good, 'content-encoding: gzip', 'content-encoding: identity'],
      [good, 'host: 127.0.0.1', 'host: other.example'],
      [good, 'origin: https://a.example', 'origin: https://b.example'],
    ]) {
      const answer = await post(...lines)
      expect([lines, statusOf(answer), answer.includes('"repeated_header"')]).toEqual([lines, 400, true])
    }
    // Names of the same thing are no repetition, and still may not say two things.
    expect(await post(`x-api-key: ${person.key}`, 'api-key: sk-cg-other-key')).toContain('"invalid_api_key"')
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('and says one thing is that thing', async () => {
    const good = `authorization: Bearer ${person.key}`
    expect(statusOf(await post(good, good))).toBe(200)
    expect(statusOf(await post(`x-api-key: ${person.key}`, `X-API-Key: ${person.key}`))).toBe(200)
  })
})

describe('HEAD and OPTIONS', () => {
  test('HEAD is a GET without its body, where there is one', async () => {
    for (const path of ['/v1/models', `/v1/models/${TEST_MODEL}`]) {
      const got = await send('GET', path, bearer())
      const head = await send('HEAD', path, bearer())
      expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
        200,
        '',
        String(got.text.length),
      ])
    }
    expect((await send('HEAD', '/v1/responses', bearer())).status).toBe(405)
    expect((await send('HEAD', '/v1/models')).status).toBe(401)
  })

  test('OPTIONS is answered before anyone is asked for a key', async () => {
    const { status, headers } = await send('OPTIONS', '/v1/embeddings')
    expect([status, headers.get('allow')]).toEqual([204, 'POST, OPTIONS'])
    expect((await send('OPTIONS', '/v1/organization')).code).toBe('unknown_url')
  })
})

describe('a page of another origin', () => {
  const preflight = (path: string, origin = ORIGIN) =>
    send('OPTIONS', path, {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    })

  test('that the operator named may ask, with and without the prefix', async () => {
    const paths = ['/v1/chat/completions', '/api/v1/responses', '/chat/completions']
    const ofFiles = ['/v1/files', '/files/file-abc/content', '/api/v1/uploads/upload_abc/parts']
    for (const path of [...paths, ...ofFiles]) {
      const { status, headers } = await preflight(path)
      expect([path, status, headers.get('access-control-allow-origin')]).toEqual([path, 204, ORIGIN])
      expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type,x-stainless-lang')
    }
  })

  test('learns why something is not offered, instead of a network error', async () => {
    for (const [path, code] of [
      ['/v1/batches', 'endpoint_not_offered'],
      ['/api/v1/vector_stores/vs_1/files', 'endpoint_not_offered'],
      ['/fine_tuning/jobs', 'endpoint_not_offered'],
      ['/v1/nowhere', 'unknown_url'],
    ] as const) {
      const { status, headers } = await preflight(path)
      expect([path, status, headers.get('access-control-allow-origin')]).toEqual([path, 204, ORIGIN])
      const refused = await send('POST', path, { ...bearer(), origin: ORIGIN }, '{}')
      expect([path, refused.status, refused.code]).toEqual([path, 404, code])
      expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    }
    expect((await preflight('/v1/batches', 'https://evil.example')).code).toBe('cors_origin_rejected')
    expect((await send('OPTIONS', '/v1/batches')).code).toBe('endpoint_not_offered')
  })

  test('may read every answer: good ones, streams, refusals, and that its key is wrong', async () => {
    const headers = { ...bearer(), origin: ORIGIN, 'content-type': 'application/json' }
    const stream = JSON.stringify({ ...(JSON.parse(CHAT) as object), stream: true })
    const answers = [
      await send('POST', '/v1/chat/completions', headers, CHAT),
      await send('POST', '/v1/chat/completions', headers, stream),
      await send('POST', '/v1/chat/completions', headers, '{"model":'),
      await send('POST', '/v1/chat/completions', { ...headers, authorization: 'Bearer sk-wrong' }, CHAT),
      await send('GET', '/v1/models', headers),
      await send('GET', '/v1/nowhere', headers),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 401, 200, 404])
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
      expect(headers.get('access-control-expose-headers')).toContain('x-request-id')
      expect(headers.has('access-control-allow-credentials')).toBe(false)
      expect(headers.get('vary')).toBe('Origin')
    }
  })

  test('that nobody named may neither ask nor read', async () => {
    const asked = await preflight('/v1/chat/completions', 'https://evil.example')
    expect([asked.status, asked.code]).toEqual([403, 'cors_origin_rejected'])
    const read = await send('GET', '/v1/models', { ...bearer(), origin: 'https://evil.example' })
    expect(read.headers.has('access-control-allow-origin')).toBe(false)
    // The portal has no such pages at all.
    const portal = await send('OPTIONS', '/api/me.get', {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
    })
    expect(portal.headers.has('access-control-allow-origin')).toBe(false)
  })

  test('is another one as soon as the setting says so', async () => {
    const other = 'http://localhost:5173'
    expect((await preflight('/v1/responses', other)).status).toBe(403)
    await gateway.admin('settings.update', { corsOrigins: [ORIGIN, other] })
    expect((await preflight('/v1/responses', other)).status).toBe(204)
    await gateway.admin('settings.update', { corsOrigins: [ORIGIN] })
  })
})

describe('a body that is more than it seems', () => {
  const post = (
    body: RequestInit['body'],
    more: Record<string, string> = {},
    path = '/v1/chat/completions',
  ) => send('POST', path, { ...bearer(), 'content-type': 'application/json', ...more }, body)

  test('in another charset is refused', async () => {
    const { status, code } = await post(CHAT, { 'content-type': 'application/json; charset=utf-7' })
    expect([status, code]).toEqual([415, 'unsupported_media_type'])
  })

  test.each([
    ['a bomb', gzipSync(Buffer.alloc(30_000_000, ' ')), 'gzip', 400, 'invalid_content_encoding'],
    ['damage', gzipSync(CHAT).subarray(0, 20), 'gzip', 400, 'invalid_content_encoding'],
    ['an unknown encoding', Buffer.from(CHAT), 'lzma', 415, 'unsupported_content_encoding'],
  ])('with %s in it is refused', async (_what, bytes, encoding, status, code) => {
    expect(await post(new Uint8Array(bytes), { 'content-encoding': encoding })).toMatchObject({
      status,
      code,
    })
  })

  test.each([
    [
      'a name twice, deep down',
      `{"model":"${TEST_MODEL}","messages":[{"role":"user","content":[{"type":"text","type":"file"}]}]}`,
      'duplicate_member',
    ],
    ['endless depth', `{"model":"${TEST_MODEL}","messages":${'['.repeat(1_000_000)}`, 'body_too_complex'],
    [
      'endless values',
      `{"model":"${TEST_MODEL}","messages":[${'[],'.repeat(3_000_000)}[]]}`,
      'body_too_complex',
    ],
  ])('with %s is refused', async (_what, body, code) => {
    expect(await post(body)).toMatchObject({ status: 400, code })
  })

  test('leaves nothing behind it upstream, and its like on the list', async () => {
    expect(gateway.upstream.requests).toHaveLength(0)
    const rows = await gateway.usageOf(person)
    expect(rows.filter(({ errorCode }) => errorCode === 'body_too_complex').length).toBeGreaterThanOrEqual(2)
  })

  test('of thirty megabytes that is one image is read and sent on whole', async () => {
    const url = `data:image/png;base64,${'A'.repeat(30_000_000)}`
    const body = JSON.stringify({
      model: TEST_MODEL,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: 'What is it?' },
          ],
        },
      ],
      max_tokens: 16,
    })
    expect((await post(body)).status).toBe(200)
    expect(gateway.upstream.requests.at(-1)?.body.length).toBe(body.length)
  })
})
