import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { createGunzip, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, type Scenario, startDemoUpstream } from './demo-upstream.ts'
import {
  chat,
  chatStream,
  errorOf,
  eventsIn,
  lastOf,
  post,
  postRaw,
  respond,
  responseStream,
} from './test-client.ts'

const CHAT = '/chat/completions'
const RESPONSES = '/responses'
const hello = { model: 'demo-fast', messages: [{ role: 'user', content: 'Hello!' }] }
const streaming = {
  ...hello,
  stream: true,
  stream_options: { include_usage: true, include_obfuscation: false },
}

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startDemoUpstream()
})
afterAll(() => upstream.stop())
beforeEach(() => upstream.reset())

async function bytesOf(scenario: Scenario): Promise<string> {
  upstream.script({ answer: { text: 'Good day' }, ...scenario })
  return Buffer.from(await (await post(upstream, CHAT, streaming)).arrayBuffer()).toString()
}
const lastRequest = () => upstream.requests.at(-1)

describe('framing', () => {
  test.each([
    ['CRLF', { lineEnd: '\r\n' } as const, /^data: \{.*\}\r\n\r\ndata: .*data: \[DONE\]\r\n\r\n$/s],
    ['CR', { lineEnd: '\r' } as const, /^data: \{[^\n]*\}\r\rdata: [^\n]*data: \[DONE\]\r\r$/],
    ['a byte-order mark, once', { hasBom: true }, /^\uFEFFdata: [^\uFEFF]*$/],
    ['comments', { comment: 'demo' }, /^: demo\ndata: \{.*\n\n: demo\ndata: \[DONE\]\n\n$/s],
    ['lines of other fields', { extraLines: ['id: 7', 'retry: 10'] }, /^id: 7\nretry: 10\ndata: \{/],
    ['no space', { isWithoutSpace: true }, /^data:\{.*data:\[DONE\]\n\n$/s],
    ['several data lines', { isMultiLine: true }, /^data: \{\ndata: {2}"id": /],
    ['no last blank line', { isLastBlankLineMissing: true }, /\n\ndata: \[DONE\]\n$/],
  ])('%s', async (_name, framing, expected) => {
    // TextDecoder of `text()` would swallow the mark, so the bytes are looked at.
    expect(await bytesOf({ framing })).toMatch(expected)
  })

  test('events without names', async () => {
    upstream.script({ framing: { isWithoutNames: true } })
    const text = await (
      await post(upstream, RESPONSES, { model: 'demo-fast', input: 'x', stream: true })
    ).text()
    expect(text).not.toContain('event:')
  })

  test('byte by byte', async () => {
    upstream.script({ answer: { text: '门' }, framing: { writeBytes: 1 } })
    const { text } = await postRaw(upstream, CHAT, streaming)
    const body = text.slice(text.indexOf('\r\n\r\n') + 4)
    // Every chunk of the transfer coding is of one byte: 1, line end, the byte, line end.
    expect(body.startsWith('1\r\nd\r\n1\r\na\r\n1\r\nt\r\n1\r\na\r\n1\r\n:\r\n')).toBe(true)
    expect(lastRequest()?.outcome).toBe('finished')
  })

  test('writes that begin at given places', async () => {
    upstream.script({
      body: 'abcdefgh',
      framing: { writeAt: [2, 5] },
      headers: { 'content-length': null },
      trailers: {},
    })
    const { text } = await postRaw(upstream, CHAT, streaming)
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('2\r\nab\r\n3\r\ncde\r\n3\r\nfgh\r\n0\r\n\r\n')
  })

  test('exact chunks', async () => {
    upstream.script({ chunks: ['data: a', Buffer.from('\n\n'), 'data: [DONE]\n\n'] })
    const { text } = await postRaw(upstream, CHAT, streaming)
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(
      '7\r\ndata: a\r\n2\r\n\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n',
    )
  })
})

describe('whole replies by script', () => {
  test('an error in the shape of OpenAI, with its headers', async () => {
    upstream.script({ error: 429, headers: { 'retry-after': '2', 'x-should-retry': 'false' } })
    const response = await post(upstream, CHAT, hello)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await errorOf(response)).toMatchObject({ code: 'rate_limit_exceeded', param: null })
  })

  test('an error with members of its own', async () => {
    upstream.script({ error: { status: 429, code: 'insufficient_quota', type: 'insufficient_quota' } })
    const response = await post(upstream, CHAT, hello)
    expect([response.status, (await errorOf(response)).code]).toEqual([429, 'insufficient_quota'])
  })

  test('a 200 with an error body, and a page of HTML', async () => {
    upstream.script({ body: { error: { message: 'no', type: 'server_error', param: null, code: null } } })
    const broken = await post(upstream, CHAT, hello)
    expect([broken.status, (await errorOf(broken)).message]).toEqual([200, 'no'])
    upstream.script({ status: 502, body: '<html>Bad gateway</html>' })
    const page = await post(upstream, CHAT, hello)
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      502,
      'text/html; charset=utf-8',
      '<html>Bad gateway</html>',
    ])
  })

  test('headers can be taken away', async () => {
    upstream.script({ headers: { 'content-type': null, 'x-request-id': null } })
    const response = await post(upstream, CHAT, hello)
    expect([response.headers.get('content-type'), response.headers.get('x-request-id')]).toEqual([null, null])
  })

  test('informational answers come before, trailers after', async () => {
    upstream.script({
      informational: [{ status: 103, headers: { link: '</x>' } }, { status: 102 }],
      trailers: { 'x-end': 'yes' },
    })
    const { text } = await postRaw(upstream, CHAT, streaming)
    expect(text).toMatch(
      /^HTTP\/1\.1 103 .*\r\nlink: <\/x>\r\n\r\nHTTP\/1\.1 102 .*\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    )
    expect(text).toMatch(/\r\n0\r\nx-end: yes\r\n\r\n$/)
  })

  test.each(['gzip', 'br', 'deflate', 'zstd'] as const)(
    '%s on a stream and on a body',
    async (contentEncoding) => {
      upstream.script({ answer: { text: 'Good day' }, contentEncoding }, 2)
      const { text, raw } = await encoded(streaming)
      expect(text()).toContain('Good')
      expect(raw.headers['content-encoding']).toBe(contentEncoding)
      expect((await encoded(hello)).text()).toContain('Good day')
    },
  )

  test('each event of a compressed stream can be read when it has come', async () => {
    upstream.script({ contentEncoding: 'gzip', stall: { afterEvents: 1 } })
    const response = await rawRequest(streaming)
    const [first] = await once(response.pipe(createGunzip()), 'data')
    expect(String(first)).toContain('"role":"assistant"')
    response.destroy()
  })
})

const rawRequest = async (body: unknown) => {
  const options = { method: 'POST', headers: { authorization: `Bearer ${upstream.apiKey}` } }
  const request = httpRequest(upstream.baseUrl + CHAT, options)
  request.end(JSON.stringify(body))
  const [response] = await once(request, 'response')
  return response
}

async function encoded(body: unknown) {
  const { brotliDecompressSync, inflateSync } = await import('node:zlib')
  const raw = await rawRequest(body)
  const chunks: Buffer[] = []
  for await (const chunk of raw) chunks.push(chunk)
  const decoders = {
    gzip: gunzipSync,
    br: brotliDecompressSync,
    deflate: inflateSync,
    zstd: zstdDecompressSync,
  }
  const name: keyof typeof decoders = raw.headers['content-encoding']
  return { raw, text: () => decoders[name](Buffer.concat(chunks)).toString() }
}

describe('usage by script', () => {
  const usageOf = async (scenario: Scenario) => {
    upstream.script(scenario)
    return (await chat(upstream, hello)).usage
  }

  test('missing, null, zero, absurd, falsified', async () => {
    expect(await usageOf({ usage: 'missing' })).toBeUndefined()
    expect(await usageOf({ usage: null })).toBeNull()
    expect(await usageOf({ usage: 'zero' })).toMatchObject({ prompt_tokens: 0, completion_tokens: 0 })
    expect((await usageOf({ usage: 'absurd' })).prompt_tokens).toBeGreaterThan(2 ** 31)
    expect(await usageOf({ usage: { prompt_tokens: -1 } })).toEqual({ prompt_tokens: -1 })
    expect(await usageOf({ usage: (usage) => ({ ...usage, prompt_tokens: 7 }) })).toMatchObject({
      prompt_tokens: 7,
    })
  })

  test('what was really used stays on the record', async () => {
    await usageOf({ usage: 'absurd', answer: { text: 'Twelve bytes' } })
    expect(lastRequest()?.usage).toMatchObject({ inputTokens: 6, outputTokens: 3 })
  })

  test('a missing usage leaves its chunk out of a stream', async () => {
    upstream.script({ usage: 'missing' })
    const chunks = await chatStream(upstream, streaming)
    expect(chunks.every((chunk) => chunk.choices.length === 1 && chunk.usage === null)).toBe(true)
  })

  test('growing usage on every chunk, and a half one before the right one', async () => {
    upstream.script({ answer: { text: 'aaaa bbb ccc' }, usageOn: 'every_event' })
    const running = await chatStream(upstream, streaming)
    expect(running.map((chunk) => chunk.usage?.completion_tokens)).toEqual([1, 2, 3, 3, 3, 3])
    upstream.script({ answer: { text: 'aaaa bbb ccc' }, usageOn: 'twice' })
    const twice = await chatStream(upstream, streaming)
    expect(twice.slice(-2).map((chunk) => chunk.usage?.completion_tokens)).toEqual([1, 3])
  })

  test('in a response', async () => {
    upstream.script({ usage: null, toolUsage: 'missing' })
    const response = await respond(upstream, { model: 'demo-fast', input: 'x' })
    expect([response.usage, 'tool_usage' in response]).toEqual([null, false])
  })
})

describe('an error in the middle of a stream', () => {
  test('of chat is an error object, and nothing follows', async () => {
    upstream.script({ streamError: { afterEvents: 2, error: { message: 'gone' } } })
    const events = eventsIn(await (await post(upstream, CHAT, streaming)).text())
    expect(events).toHaveLength(3)
    expect(JSON.parse(events[2]?.data ?? '')).toEqual({
      error: { message: 'gone', type: 'server_error', param: null, code: 'server_error' },
    })
  })

  test('of responses is an error event, numbered on', async () => {
    upstream.script({ streamError: { afterEvents: 5 } })
    const events = await responseStream(upstream, { model: 'demo-fast', input: 'x' })
    expect(lastOf(events)).toEqual({
      type: 'error',
      sequence_number: 5,
      code: 'server_error',
      message: expect.any(String),
      param: null,
    })
  })

  test('or response.failed with the whole response', async () => {
    upstream.script({
      streamError: { afterEvents: 5, as: 'response.failed', error: { code: 'rate_limit_exceeded' } },
    })
    const events = await responseStream(upstream, { model: 'demo-fast', input: 'x' })
    expect(lastOf(events)).toMatchObject({
      type: 'response.failed',
      response: {
        id: events[0].response.id,
        status: 'failed',
        usage: null,
        error: { code: 'rate_limit_exceeded' },
      },
    })
  })

  test('events can be changed at will', async () => {
    const keepalive = { name: 'keepalive', data: '{"type":"keepalive","sequence_number":1}' }
    upstream.script({ editEvents: (events) => [keepalive, ...[...events].slice(0, 2)] })
    const events = await responseStream(upstream, { model: 'demo-fast', input: 'x' })
    expect(events.map((event) => event.type)).toEqual([
      'keepalive',
      'response.created',
      'response.in_progress',
    ])
  })
})
