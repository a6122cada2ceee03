import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from './demo-upstream.ts'
import { chat, chatStream, errorOf, eventsIn, lastOf, post } from './test-client.ts'

const CHAT = '/chat/completions'
const hello = { model: 'demo-fast', messages: [{ role: 'user', content: 'Hello!' }] }
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startDemoUpstream({ nowMs: () => 1_793_500_000_000, idSeed: 'chat' })
})
afterAll(() => upstream.stop())
beforeEach(() => upstream.reset())

describe('a whole completion', () => {
  test('has the shape of the real one with every usage field', async () => {
    upstream.script({ answer: { text: 'Twelve bytes' } })
    expect(await chat(upstream, hello)).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{29}$/),
      object: 'chat.completion',
      created: 1_793_500_000,
      model: 'demo-fast-2026-11-01',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Twelve bytes', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 6,
        completion_tokens: 3,
        total_tokens: 9,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: 'default',
      system_fingerprint: 'fp_demo000001',
    })
  })

  test('says that it is the demo, in the language of the prompt', async () => {
    const english = await chat(upstream, hello)
    expect(english.choices[0].message.content).toMatch(/demo upstream.*You wrote: “Hello!”/s)
    const chinese = await chat(upstream, {
      ...hello,
      messages: [{ role: 'user', content: '你好' }],
    })
    expect(chinese.choices[0].message.content).toMatch(/演示上游.*你写的是：“你好”/s)
  })

  test('ends at its output limit with the reason length', async () => {
    const cut = await chat(upstream, { ...hello, max_completion_tokens: 5 })
    expect(cut.choices[0].finish_reason).toBe('length')
    expect(cut.usage.completion_tokens).toBe(5)
  })

  test('ends before a stop sequence', async () => {
    const stopped = await chat(upstream, {
      ...hello,
      messages: [{ role: 'user', content: 'count to 9' }],
      stop: [', 4'],
    })
    expect(stopped.choices[0].message.content).toBe('1, 2, 3')
  })

  test('with n choices charges the input once and every output', async () => {
    upstream.script({ answer: { text: 'abcd', reasoningTokens: 0 } })
    const many = await chat(upstream, { ...hello, n: 3 })
    expect(many.choices.map((choice) => choice.index)).toEqual([0, 1, 2])
    expect(many.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 3 })
  })

  test('of a reasoning model counts its reasoning as part of the output', async () => {
    const answer = await chat(upstream, {
      ...hello,
      model: 'demo-reasoning',
      reasoning_effort: 'low',
    })
    expect(answer.usage.completion_tokens_details.reasoning_tokens).toBe(64)
    expect(answer.usage.completion_tokens).toBeGreaterThan(64)
  })

  test('follows a JSON schema where one is asked for', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    const answer = await chat(upstream, { ...hello, response_format })
    expect(JSON.parse(answer.choices[0].message.content)).toEqual({ ok: false })
  })

  test('echoes the service tier that was asked for', async () => {
    expect((await chat(upstream, { ...hello, service_tier: 'flex' })).service_tier).toBe('flex')
  })
})

describe('a streamed completion', () => {
  test('opens with the role, carries the words, names its end and says [DONE]', async () => {
    upstream.script({ answer: { text: 'Good day' } })
    const response = await post(upstream, CHAT, { ...hello, stream: true })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = eventsIn(await response.text())
    expect(lastOf(events)).toEqual({ name: undefined, data: '[DONE]' })
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.data))
    expect(chunks.map((chunk) => chunk.choices[0].delta)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'Good' },
      { content: ' day' },
      {},
    ])
    expect(chunks.map((chunk) => chunk.choices[0].finish_reason)).toEqual([null, null, null, 'stop'])
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1)
    expect(chunks[0]).toMatchObject({
      object: 'chat.completion.chunk',
      model: 'demo-fast-2026-11-01',
      service_tier: 'default',
    })
  })

  test('mentions usage nowhere unless asked', async () => {
    const text = await (await post(upstream, CHAT, { ...hello, stream: true })).text()
    expect(text).not.toContain('"usage"')
  })

  test('with include_usage carries null on every chunk and the numbers in one without choices', async () => {
    const chunks = await chatStream(upstream, { ...hello, stream_options: { include_usage: true } })
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null && chunk.choices.length === 1)).toBe(
      true,
    )
    const whole = await chat(upstream, hello)
    expect(lastOf(chunks)).toMatchObject({ choices: [], usage: whole.usage })
  })

  test('is padded unless the client wants no obfuscation', async () => {
    const padded = await chatStream(upstream, hello)
    expect(padded.every((chunk) => typeof chunk.obfuscation === 'string')).toBe(true)
    const bare = await chatStream(upstream, { ...hello, stream_options: { include_obfuscation: false } })
    expect(bare.some((chunk) => 'obfuscation' in chunk)).toBe(false)
  })

  test('of several choices brings them side by side', async () => {
    upstream.script({ answer: { text: 'a b' } })
    const chunks = await chatStream(upstream, { ...hello, n: 2 })
    expect(chunks.map((chunk) => chunk.choices[0].index)).toEqual([0, 1, 0, 1, 0, 1, 0, 1])
  })
})

describe('tools', () => {
  const asked = {
    model: 'demo-smart',
    messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
    tools: [weather],
  }

  test('a call streams its name first and its arguments in fragments', async () => {
    const chunks = await chatStream(upstream, asked)
    const [opening, ...fragments] = chunks.flatMap((chunk) => chunk.choices[0].delta.tool_calls ?? [])
    expect(opening).toEqual({
      index: 0,
      id: expect.stringMatching(/^call_[0-9a-f]{24}$/),
      type: 'function',
      function: { name: 'get_weather', arguments: '' },
    })
    expect(fragments.length).toBeGreaterThan(1)
    expect(fragments.every((fragment) => fragment.index === 0 && fragment.id === undefined)).toBe(true)
    expect(fragments.map((fragment) => fragment.function.arguments).join('')).toBe('{"city":"Paris"}')
    expect(lastOf(chunks).choices[0].finish_reason).toBe('tool_calls')
  })

  test('the answer that follows is made from the output', async () => {
    const called = (await chat(upstream, asked)).choices[0].message
    expect(called).toMatchObject({ content: null, tool_calls: [{ type: 'function' }] })
    const output = { role: 'tool', tool_call_id: called.tool_calls[0].id, content: '21 degrees' }
    const answer = await chat(upstream, { ...asked, messages: [...asked.messages, called, output] })
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('21 degrees') },
    })
    expect(answer.choices[0].message.content).toContain('`get_weather`')
  })

  test('a custom tool gets free text', async () => {
    upstream.script({ answer: { toolCalls: [{ name: 'patch', input: '*** Begin' }] } })
    const answer = await chat(upstream, {
      ...hello,
      tools: [{ type: 'custom', custom: { name: 'patch' } }],
    })
    expect(answer.choices[0].message.tool_calls).toEqual([
      { id: expect.any(String), type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
    ])
  })
})

describe('a refused request', () => {
  const assistant = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
  }
  const user = { role: 'user', content: 'hi' }

  test.each([
    ['an unknown parameter', { ...hello, foo: 1 }, 400, 'unknown_parameter', 'foo'],
    ['no model', { messages: hello.messages }, 400, 'missing_required_parameter', 'model'],
    ['an unknown model', { ...hello, model: 'gpt-9' }, 404, 'model_not_found', null],
    ['no messages', { ...hello, messages: [] }, 400, 'empty_array', 'messages'],
    ['a stream that is no boolean', { ...hello, stream: 'yes' }, 400, 'invalid_type', 'stream'],
    ['n of 0', { ...hello, n: 0 }, 400, 'integer_below_min_value', 'n'],
    ['n of 129', { ...hello, n: 129 }, 400, 'integer_above_max_value', 'n'],
    ['an unknown tier', { ...hello, service_tier: 'gold' }, 400, 'invalid_value', 'service_tier'],
    [
      'stream options without a stream',
      { ...hello, stream_options: { include_usage: true } },
      400,
      null,
      'stream_options',
    ],
    [
      'a tool message without its call',
      { ...hello, messages: [{ role: 'tool', tool_call_id: 'x', content: '' }] },
      400,
      null,
      'messages.[0].role',
    ],
    [
      'a call without its tool message',
      { ...hello, messages: [user, assistant, user] },
      400,
      null,
      'messages.[2].role',
    ],
    [
      'a prompt beyond the window',
      { ...hello, messages: [{ role: 'user', content: 'x'.repeat(130_000) }] },
      400,
      'context_length_exceeded',
      'messages',
    ],
    [
      'an unknown directive',
      { ...hello, messages: [{ role: 'user', content: '[[demo:nope]]' }] },
      400,
      'invalid_directive',
      null,
    ],
  ])('%s', async (_name, body, status, code, param) => {
    const response = await post(upstream, CHAT, body)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json')
    const error = await errorOf(response)
    expect(error).toEqual({ message: expect.any(String), type: 'invalid_request_error', param, code })
  })

  test('a body that is no JSON', async () => {
    const response = await post(upstream, CHAT, '{"model":')
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain('could not parse the JSON body')
  })
})
