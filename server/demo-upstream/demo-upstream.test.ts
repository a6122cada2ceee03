import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from './demo-upstream.ts'
import { type ChatAnswer, chat, errorOf, jsonOf, post } from './test-client.ts'

const CHAT = '/chat/completions'
const hello = { model: 'demo-fast', messages: [{ role: 'user', content: 'Hello!' }] }
const said = async (upstream: DemoUpstream) => (await chat(upstream, hello)).choices[0].message.content

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startDemoUpstream({ apiKey: 'sk-upstream-test-0123456789', requestsKeptMax: 5 })
})
afterAll(() => upstream.stop())
beforeEach(() => upstream.reset())

describe('who may in', () => {
  test('a wrong key is refused with its middle hidden, as OpenAI does', async () => {
    const headers = { authorization: 'Bearer sk-somebody-elses-secret-key' }
    const response = await post(upstream, CHAT, hello, { headers })
    expect(response.status).toBe(401)
    const error = await errorOf(response)
    expect(error).toMatchObject({ type: 'invalid_request_error', param: null, code: 'invalid_api_key' })
    expect(error.message).toContain('sk-someb')
    expect(error.message).toContain('*')
    expect(error.message).not.toContain('secret')
  })

  test('no key is told to send one', async () => {
    const response = await post(upstream, CHAT, hello, { headers: {} })
    expect(response.status).toBe(401)
    expect(await errorOf(response)).toMatchObject({
      code: null,
      message: expect.stringContaining("didn't provide an API key"),
    })
  })

  test('a wrong key uses up no script', async () => {
    upstream.script({ answer: { text: 'scripted' } })
    await post(upstream, CHAT, hello, { headers: { authorization: 'Bearer sk-wrong' } })
    expect(await said(upstream)).toBe('scripted')
  })
})

describe('paths', () => {
  const get = (path: string, init: RequestInit = {}) =>
    fetch(upstream.baseUrl + path, { headers: { authorization: `Bearer ${upstream.apiKey}` }, ...init })

  test('the models are those of the demo', async () => {
    const { object, data } = await jsonOf<{ object: string; data: { id: string }[] }>(get('/models'))
    expect(object).toBe('list')
    expect(data.map((model) => model.id)).toEqual([
      'demo-fast',
      'demo-smart',
      'demo-reasoning',
      'demo-embedding',
      'omni-moderation-latest',
      'demo-image',
      'demo-transcribe',
      'demo-whisper',
      'demo-speech',
    ])
    expect(await jsonOf(get('/models/demo-smart'))).toMatchObject({ id: 'demo-smart', object: 'model' })
    expect((await get('/models/gpt-9')).status).toBe(404)
  })

  test('anything else is an invalid URL, before the key is looked at', async () => {
    const response = await fetch(`${upstream.baseUrl}/batches?x=1`, { method: 'POST' })
    expect(response.status).toBe(404)
    expect(await errorOf(response)).toEqual({
      message: 'Invalid URL (POST /v1/batches)',
      type: 'invalid_request_error',
      param: null,
      code: null,
    })
    expect((await get(CHAT)).status).toBe(405)
  })

  test('any model answers where a test wants that', async () => {
    const lenient = await startDemoUpstream({ acceptAnyModel: true })
    const answer = await chat(lenient, { ...hello, model: 'gpt-6.1-sol' })
    expect(answer.model).toBe('gpt-6.1-sol-2026-11-01')
    await lenient.stop()
  })
})

test('every answer carries the headers of the real API', async () => {
  const { headers } = await post(upstream, CHAT, hello)
  expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
  // Codex CLI warns its user when this differs from the model it asked for.
  expect(headers.get('openai-model')).toBe('demo-fast')
  expect(headers.get('openai-version')).toBe('2020-10-01')
  expect(headers.get('openai-organization')).toBe('org-demo-operator')
  expect(Number(headers.get('openai-processing-ms'))).toBeGreaterThan(0)
  expect(headers.get('x-ratelimit-remaining-tokens')).toBe('1999994')
  expect(headers.get('set-cookie')).toContain('__cf_bm')
})

describe('scripts', () => {
  test('are used in their order, as often as they say, and then no more', async () => {
    upstream.script({ answer: { text: 'first' } })
    upstream.script((request) => ({ answer: { text: `saw ${request.path}` } }), 2)
    expect(await said(upstream)).toBe('first')
    expect(await said(upstream)).toBe('saw /v1/chat/completions')
    expect(await said(upstream)).toBe('saw /v1/chat/completions')
    expect(await said(upstream)).toContain('demo upstream')
  })

  test('come before what the prompt says', async () => {
    upstream.script({ answer: { text: 'scripted' } })
    const steered = { ...hello, messages: [{ role: 'user', content: '[[demo:error=500]] hi' }] }
    expect((await post(upstream, CHAT, steered)).status).toBe(200)
    expect((await post(upstream, CHAT, steered)).status).toBe(500)
  })
})

describe('directives in a prompt', () => {
  const ask = (content: string, more: object[] = []) =>
    post(upstream, CHAT, { ...hello, messages: [{ role: 'user', content }, ...more] })

  test('steer the answer and are not part of what is quoted', async () => {
    const answer = await jsonOf<ChatAnswer>(ask('[[demo:tokens=200]]hi'))
    expect(answer.usage.completion_tokens).toBe(200)
    const quoted = await jsonOf<ChatAnswer>(ask('[[demo:delay=0]] hi'))
    expect(quoted.choices[0].message.content).toContain('“hi”')
  })

  test('say exactly what is answered', async () => {
    const said = await jsonOf<ChatAnswer>(ask('[[demo:say=a=b, c]]'))
    expect(said.choices[0]?.message.content).toBe('a=b, c')
  })

  test('hold through a retry, and no longer once a tool has answered', async () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    }
    const output = { role: 'tool', tool_call_id: 'c1', content: 'done' }
    expect((await ask('[[demo:error=503]] x', [{ role: 'assistant', content: 'partial' }])).status).toBe(503)
    expect((await ask('[[demo:error=503]] x', [call, output])).status).toBe(200)
  })

  test('are plain text where they are switched off', async () => {
    const deaf = await startDemoUpstream({ obeysDirectives: false })
    const answer = await post(deaf, CHAT, {
      ...hello,
      messages: [{ role: 'user', content: '[[demo:error=500]]' }],
    })
    expect(answer.status).toBe(200)
    await deaf.stop()
  })
})

describe('what is remembered', () => {
  test('each request with its body and what became of it', async () => {
    const answer = await chat(upstream, hello)
    const [request] = upstream.requests
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      status: 200,
      outcome: 'finished',
      responseId: answer.id,
    })
    expect(request?.json()).toEqual(hello)
    expect(request?.headers.authorization).toBe(`Bearer ${upstream.apiKey}`)
    expect(request?.usage?.outputTokens).toBe(answer.usage.completion_tokens)
  })

  test('only the latest ones', async () => {
    for (let at = 0; at < 7; at += 1)
      await post(upstream, `${CHAT}?at=${at}`, hello).then((response) => response.text())
    expect(upstream.requests.map((request) => request.path.slice(-1))).toEqual(['2', '3', '4', '5', '6'])
  })

  test('a client that leaves in the middle of its upload', async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"model":')),
    })
    const init: RequestInit & { duplex: 'half' } = { body, duplex: 'half', signal: AbortSignal.timeout(100) }
    await expect(post(upstream, CHAT, '', init)).rejects.toThrow()
    expect(await upstream.requests[0]?.ended).toBe('client_gone')
  })
})

test('the same seed gives the same ids, two instances never do', async () => {
  const idOf = async (idSeed?: string) => {
    const one = await startDemoUpstream(idSeed === undefined ? {} : { idSeed })
    const { id } = await chat(one, hello)
    await one.stop()
    return id
  }
  expect(await idOf('a')).toBe(await idOf('a'))
  expect(await idOf()).not.toBe(await idOf())
})

test('many small requests at once are answered, each with its own id', async () => {
  const ids = new Set<string>()
  const worker = async () => {
    for (let at = 0; at < 25; at += 1) ids.add((await chat(upstream, hello)).id)
  }
  await Promise.all(Array.from({ length: 20 }, worker))
  expect(ids.size).toBe(500)
})
