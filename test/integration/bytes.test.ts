// What a client receives is what the upstream sent, byte for byte, apart from the changes that docs/request-journey.md names.
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway({ settings: { modelAliases: { 'our-model': TEST_MODEL } } })
  person = await gateway.createPerson()
})
afterAll(async () => {
  await gateway.stop()
})

async function post(path: string, body: unknown): Promise<{ response: Response; bytes: string }> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { response, bytes: Buffer.from(await response.arrayBuffer()).toString('latin1') }
}

const messages = [{ role: 'user', content: 'Hello.' }]
const asked = { model: TEST_MODEL, messages, stream: true, stream_options: { include_usage: true } }

const chunk = (delta: string, usage: unknown) =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: `${TEST_MODEL}-2026-11-01`,
    choices: usage ? [] : [{ index: 0, delta: { content: delta }, finish_reason: null }],
    usage,
  })

const USAGE = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }
const RESPONSE = { id: 'resp_1', object: 'response', model: `${TEST_MODEL}-2026-11-01` }

/** One event: its name, where the dialect has names, and its data. */
type Event = readonly [name: string | undefined, data: string]

const CHAT_EVENTS: readonly Event[] = [
  [undefined, chunk('Hi', null)],
  [undefined, chunk('门 🌕', null)],
  [undefined, chunk('', USAGE)],
  [undefined, '[DONE]'],
]
const RESPONSES_EVENTS: readonly Event[] = [
  { type: 'response.created', sequence_number: 0, response: { ...RESPONSE, usage: null } },
  { type: 'response.output_text.delta', sequence_number: 1, delta: '门 🌕' },
  { type: 'response.unheard_of', sequence_number: 2, usage: { input_tokens: 99 } },
  {
    type: 'response.completed',
    sequence_number: 3,
    response: { ...RESPONSE, usage: { input_tokens: 12, output_tokens: 3, total_tokens: 15 } },
  },
].map((data) => [data.type, JSON.stringify(data)])

const DIALECTS = [
  { path: '/v1/chat/completions', asked, events: CHAT_EVENTS },
  {
    path: '/v1/responses',
    asked: { model: TEST_MODEL, input: 'Hello.', stream: true },
    events: RESPONSES_EVENTS,
  },
]

const line = (name: string | undefined, end: string) => (name === undefined ? '' : `event: ${name}${end}`)
/** The JSON over several lines, as it stands between its braces. */
const onLines = (data: string, prefix: string, end: string) =>
  data.startsWith('{')
    ? JSON.stringify(JSON.parse(data), null, 1)
        .split('\n')
        .map((text) => `${prefix}${text}${end}`)
        .join('')
    : `${prefix}${data}${end}`

/** Every form that the specification of event streams allows, and some that clients take all the same. */
const FRAMINGS: readonly { readonly name: string; readonly frame: (events: readonly Event[]) => string }[] = [
  ...(
    [
      ['LF', '\n'],
      ['CRLF', '\r\n'],
      ['CR', '\r'],
    ] as const
  ).map(([name, end]) => ({
    name,
    frame: (events: readonly Event[]) =>
      events.map(([event, data]) => `${line(event, end)}data: ${data}${end}${end}`).join(''),
  })),
  {
    name: 'comments, ids, retries and no space',
    frame: (events) =>
      events
        .map(
          ([event, data]) =>
            `: hello\n\nid: 7\nretry: 10\n${line(event, '\n')}data:${data}\n: still here\n\n`,
        )
        .join(''),
  },
  {
    name: 'a byte-order mark',
    frame: (events) =>
      `\ufeff${events.map(([event, data]) => `${line(event, '\n')}data: ${data}\n\n`).join('')}`,
  },
  {
    name: 'data on several lines',
    frame: (events) =>
      events.map(([event, data]) => `${line(event, '\n')}${onLines(data, 'data: ', '\n')}\n`).join(''),
  },
  {
    name: 'data on several lines, with CRLF',
    frame: (events) =>
      events.map(([event, data]) => `${line(event, '\r\n')}${onLines(data, 'data:', '\r\n')}\r\n`).join(''),
  },
  {
    name: 'names behind their data',
    frame: (events) => events.map(([event, data]) => `data: ${data}\n${line(event, '\n')}\n`).join(''),
  },
  {
    name: 'no names',
    frame: (events) => events.map(([, data]) => `data: ${data}\n\n`).join(''),
  },
  {
    name: 'no last blank line',
    frame: (events) =>
      events
        .map(([event, data]) => `${line(event, '\n')}data: ${data}\n\n`)
        .join('')
        .slice(0, -1),
  },
  {
    name: 'no last line end',
    frame: (events) =>
      events
        .map(([event, data]) => `${line(event, '\n')}data: ${data}\n\n`)
        .join('')
        .slice(0, -2),
  },
  {
    name: 'more blank lines than needed',
    frame: (events) =>
      `\n\n${events.map(([event, data]) => `${line(event, '\n')}data: ${data}\n\n\n`).join('')}`,
  },
]

describe.each(DIALECTS)('$path', ({ path, asked: body, events }) => {
  describe.each(FRAMINGS)('a stream with $name', ({ frame }) => {
    test.each([1, 7, 100_000])('arrives as it was sent, in pieces of %i', async (pieceBytes) => {
      const sent = Buffer.from(frame(events))
      gateway.upstream.script({
        headers: { 'content-type': 'text/event-stream' },
        body: sent,
        framing: { writeBytes: pieceBytes },
      })
      const { response, bytes: received } = await post(path, body)
      expect(response.status).toBe(200)
      expect(received).toBe(sent.toString('latin1'))
      const [row] = await gateway.usageOf(person)
      expect(row).toMatchObject({ inputTokens: 12, outputTokens: 3, reason: 'completed' })
    })
  })

  test.each([
    ['application/json', {}],
    ['text/plain; charset=utf-8', {}],
    ['text/event-stream', { informational: [{ status: 103, headers: { link: '</x>' } }, { status: 102 }] }],
    ['text/event-stream; charset=utf-8', { trailers: { 'x-late': '1' } }],
    ['text/event-stream', { contentEncoding: 'gzip' as const }],
    ['text/event-stream', { contentEncoding: 'zstd' as const }],
  ])('a stream as %s with %o arrives as it was sent', async (type, scenario) => {
    const sent = Buffer.from(events.map(([event, data]) => `${line(event, '\n')}data: ${data}\n\n`).join(''))
    gateway.upstream.script({ headers: { 'content-type': type }, body: sent, ...scenario })
    const { response, bytes: received } = await post(path, body)
    expect(received).toBe(sent.toString('latin1'))
    expect(response.headers.get('content-type')).toBe(type)
    const [row] = await gateway.usageOf(person)
    expect(row).toMatchObject({ inputTokens: 12, outputTokens: 3, reason: 'completed' })
  })
})

test('a chat without [DONE] that has told its usage is whole', async () => {
  const text = `data: ${chunk('Hi', null)}\n\ndata: ${chunk('', USAGE)}\n\n`
  gateway.upstream.script({ headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(text) })
  expect((await post('/v1/chat/completions', asked)).bytes).toBe(text)
  const [row] = await gateway.usageOf(person)
  expect(row).toMatchObject({ inputTokens: 12, outputTokens: 3, reason: 'completed' })
})

test('an injected include_usage is undone whole, and nothing else changes', async () => {
  const text = `data: ${chunk('Hi', null)}\n\ndata: ${chunk('', USAGE)}\n\ndata: [DONE]\n\n`
  gateway.upstream.script({ headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(text) })
  const { bytes } = await post('/v1/chat/completions', { model: TEST_MODEL, messages, stream: true })
  expect(bytes).toBe(`data: ${chunk('Hi', null).replace(',"usage":null', '')}\n\ndata: [DONE]\n\n`)
  expect(String(gateway.upstream.requests.at(-1)?.body)).toContain('"stream_options":{"include_usage":true}')
})

test('a request body goes up as it came, whatever its white space and number forms', async () => {
  const body = `{ "model" : "${TEST_MODEL}",\n\t"messages":[{"role":"user","content":"caf\\u00e9"}], "seed": 12345678901234567890, "temperature":1.0 }`
  await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body,
  })
  expect(String(gateway.upstream.requests.at(-1)?.body)).toBe(body)
})

test('a whole answer arrives as it was sent, white space included', async () => {
  const text = `{\n  "id": "chatcmpl-1",\n  "model": "x", "choices": [ ],\n  "usage": ${JSON.stringify(USAGE)}\n}\n`
  gateway.upstream.script({ headers: { 'content-type': 'application/json' }, body: Buffer.from(text) })
  const { bytes, response } = await post('/v1/chat/completions', { model: TEST_MODEL, messages })
  expect(bytes).toBe(text)
  expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  // The limit that a client sees is the gateway's own, never the operator's.
  expect(response.headers.get('x-ratelimit-limit-requests')).toBe('600000')
  for (const name of ['set-cookie', 'openai-organization']) {
    expect(response.headers.has(name)).toBe(false)
  }
})

const COMPLETION_USAGE = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }
const piece = (text: string, usage: unknown) =>
  JSON.stringify({
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1,
    model: TEST_MODEL,
    choices: usage ? [] : [{ text, index: 0, logprobs: null, finish_reason: null }],
    usage,
  })

describe('a legacy completion', () => {
  const prompt = 'Once'

  test('streams as it was sent where its client asked for usage itself', async () => {
    const text = `data: ${piece('门', null)}\r\n\r\ndata: ${piece('', COMPLETION_USAGE)}\r\n\r\ndata: [DONE]\r\n\r\n`
    for (const writeBytes of [1, 100_000]) {
      gateway.upstream.script({
        headers: { 'content-type': 'text/event-stream' },
        body: Buffer.from(text),
        framing: { writeBytes },
      })
      const { bytes } = await post('/v1/completions', {
        model: TEST_MODEL,
        prompt,
        stream: true,
        stream_options: { include_usage: true },
      })
      expect(bytes).toBe(Buffer.from(text).toString('latin1'))
      const [row] = await gateway.usageOf(person)
      expect(row).toMatchObject({ endpoint: '/v1/completions', inputTokens: 12, outputTokens: 3 })
    }
  })

  test('has the usage that the gateway asked for undone whole', async () => {
    const text = `data: ${piece('Hi', null)}\n\ndata: ${piece('', COMPLETION_USAGE)}\n\ndata: [DONE]\n\n`
    gateway.upstream.script({ headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(text) })
    const { bytes } = await post('/v1/completions', { model: TEST_MODEL, prompt, stream: true })
    expect(bytes).toBe(`data: ${piece('Hi', null).replace(',"usage":null', '')}\n\ndata: [DONE]\n\n`)
  })
})

const WHOLE: readonly (readonly [path: string, body: object, answer: object])[] = [
  ['/v1/completions', { prompt: 'x' }, { id: 'cmpl-1', choices: [], usage: COMPLETION_USAGE }],
  [
    '/v1/embeddings',
    { input: ['a', 'b'], encoding_format: 'base64' },
    { object: 'list', data: [{ embedding: 'AAAAAA==' }], usage: { prompt_tokens: 2, total_tokens: 2 } },
  ],
  ['/v1/moderations', { input: 'x' }, { id: 'modr-1', results: [{ flagged: false }] }],
  [
    '/v1/responses/compact',
    { input: 'x' },
    { id: 'resp_1', object: 'response.compaction', output: [], usage: { input_tokens: 3, output_tokens: 4 } },
  ],
  ['/v1/responses/input_tokens', { input: 'x' }, { object: 'response.input_tokens', input_tokens: 11 }],
]

describe.each(WHOLE)('%s', (path, more, answer) => {
  test('sends its body up and its answer down as they came, white space and number forms included', async () => {
    const text = `${JSON.stringify(answer, null, 3)}\n `
    gateway.upstream.script({ headers: { 'content-type': 'application/json' }, body: Buffer.from(text) })
    const body = `{ "model":"${TEST_MODEL}",\n "user" : "caf\\u00e9",${JSON.stringify(more, null, 1).slice(1)} `
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
      body,
    })
    expect(await response.text()).toBe(text)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
    const sent = gateway.upstream.requests.at(-1)
    expect([String(sent?.body), sent?.path]).toEqual([body, path])
  })
})

describe('a compressed body', () => {
  const body = JSON.stringify({
    model: TEST_MODEL,
    messages: [{ role: 'user', content: 'Hello. '.repeat(2_000) }],
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)(
    'in %s goes up as what it was before, and says nothing of ever having been compressed',
    async (encoding, compress) => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${person.key}`,
          'content-type': 'application/json; charset=UTF-8',
          'content-encoding': encoding,
        },
        body: new Uint8Array(compress(body)),
      })
      expect(response.status).toBe(200)
      await response.arrayBuffer()
      const sent = gateway.upstream.requests.at(-1)
      expect(String(sent?.body)).toBe(body)
      expect(sent?.headers).toMatchObject({
        'content-length': String(body.length),
        'content-type': 'application/json',
        'accept-encoding': 'identity',
      })
      expect(sent?.headers['content-encoding']).toBeUndefined()
      const [row] = await gateway.usageOf(person)
      expect(row).toMatchObject({ reason: 'completed', status: 200 })
    },
  )
})
