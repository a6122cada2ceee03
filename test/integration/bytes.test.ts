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

const FRAMINGS: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'LF', text: `data: ${chunk('Hi', null)}\n\ndata: ${chunk('', USAGE)}\n\ndata: [DONE]\n\n` },
  {
    name: 'CRLF',
    text: `data: ${chunk('Hi', null)}\r\n\r\ndata: ${chunk('', USAGE)}\r\n\r\ndata: [DONE]\r\n\r\n`,
  },
  { name: 'CR', text: `data: ${chunk('Hi', null)}\r\rdata: ${chunk('', USAGE)}\r\rdata: [DONE]\r\r` },
  {
    name: 'comments, ids and no space',
    text: `: hello\n\nid: 7\nretry: 10\ndata:${chunk('Hi', null)}\n\n: still here\n\ndata:${chunk('', USAGE)}\n\ndata:[DONE]\n\n`,
  },
  {
    name: 'a byte-order mark',
    text: `\u00ef\u00bb\u00bfdata: ${chunk('Hi', null)}\n\ndata: ${chunk('', USAGE)}\n\ndata: [DONE]\n\n`,
  },
  {
    name: 'no last blank line',
    text: `data: ${chunk('Hi', null)}\n\ndata: ${chunk('', USAGE)}\n\ndata: [DONE]`,
  },
  { name: 'no [DONE]', text: `data: ${chunk('Hi', null)}\n\ndata: ${chunk('', USAGE)}\n\n` },
  {
    name: 'split UTF-8',
    text: Buffer.from(
      `data: ${chunk('门 🌕', null)}\n\ndata: ${chunk('', USAGE)}\n\ndata: [DONE]\n\n`,
    ).toString('latin1'),
  },
]

describe.each(FRAMINGS)('a chat stream with $name', ({ text }) => {
  for (const pieceBytes of [1, 7, 100_000]) {
    test(`arrives as it was sent, in pieces of ${pieceBytes}`, async () => {
      const bytes = Buffer.from(text, 'latin1')
      gateway.upstream.script({
        headers: { 'content-type': 'text/event-stream' },
        body: bytes,
        framing: { writeBytes: pieceBytes },
      })
      const { response, bytes: received } = await post('/v1/chat/completions', asked)
      expect(response.status).toBe(200)
      expect(received).toBe(text)
      const [row] = await gateway.usageOf(person)
      expect(row).toMatchObject({ inputTokens: 12, outputTokens: 3, reason: 'completed' })
    })
  }
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
