import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from './demo-upstream.ts'
import { errorOf, post, respond } from './test-client.ts'

const RESPONSES = '/responses'
const hello = { model: 'demo-fast', input: 'Hello!' }
const weather = {
  type: 'function',
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startDemoUpstream({ nowMs: () => 1_793_500_000_000, idSeed: 'responses' })
})
afterAll(() => upstream.stop())
beforeEach(() => upstream.reset())

describe('a stored prompt', () => {
  const prompt = {
    id: 'pmpt_welcome',
    version: '2',
    variables: { city: 'Oslo', map: { type: 'input_image' } },
  }

  test('says what it was filled with, and needs no input', async () => {
    const alone = await respond(upstream, { model: 'demo-fast', prompt })
    expect(alone.output[0].content[0].text).toMatch(/pmpt_welcome, version 2\s*city: Oslo/)
    expect(alone.prompt).toEqual(prompt)
    const asked = await respond(upstream, { ...hello, prompt })
    expect(asked.output[0].content[0].text).toContain('Hello!')
    const plain = await respond(upstream, hello)
    expect(asked.usage.input_tokens).toBeGreaterThan(plain.usage.input_tokens + 765)
  })

  test.each([
    ['is not found by a name that no prompt has', { id: 'handbook' }, 404, 'prompt'],
    ['has no other members', { ...prompt, tools: [] }, 400, 'prompt.tools'],
  ])('%s', async (_what, other, status, param) => {
    const response = await post(upstream, RESPONSES, { ...hello, prompt: other })
    expect(response.status).toBe(status)
    expect(await errorOf(response)).toMatchObject({ param })
  })
})

describe('what is stored', () => {
  const asked = { model: 'demo-reasoning', input: 'What is the weather in Paris?', tools: [weather] }

  test('a following response sees the conversation and pays for it', async () => {
    const first = await respond(upstream, asked)
    const output = { type: 'function_call_output', call_id: first.output[1].call_id, output: '21 degrees' }
    const second = await respond(upstream, {
      model: 'demo-smart',
      previous_response_id: first.id,
      input: [output],
    })
    expect(second.output[0].content[0].text).toMatch(/`get_weather`.*21 degrees/s)
    expect(second.previous_response_id).toBe(first.id)
    const third = await respond(upstream, {
      model: 'demo-smart',
      previous_response_id: second.id,
      input: 'thanks',
    })
    expect(third.usage.input_tokens).toBeGreaterThan(second.usage.input_tokens)
  })

  test('its items can be referred to, and its reasoning by id alone', async () => {
    const { output } = await respond(upstream, asked)
    const [reasoning, call] = output
    const input = [
      { role: 'user', content: 'What is the weather in Paris?' },
      { type: 'item_reference', id: reasoning.id },
      { id: call.id },
      { type: 'function_call_output', call_id: call.call_id, output: 'rain' },
    ]
    expect((await post(upstream, RESPONSES, { ...hello, input })).status).toBe(200)
  })

  test('nothing is, where store is false', async () => {
    const { id, output } = await respond(upstream, { ...asked, store: false })
    const previous = await post(upstream, RESPONSES, { ...hello, previous_response_id: id })
    expect(previous.status).toBe(400)
    expect(await errorOf(previous)).toEqual({
      message: `Previous response with id '${id}' not found.`,
      type: 'invalid_request_error',
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    })
    const reference = await post(upstream, RESPONSES, {
      ...hello,
      input: [{ type: 'item_reference', id: output[0].id }],
    })
    expect(reference.status).toBe(404)
    expect(await errorOf(reference)).toMatchObject({
      param: 'input',
      message: expect.stringContaining('Items are not persisted'),
    })
  })

  test('reasoning that carries its own content needs no store', async () => {
    const reasoning = { type: 'reasoning', id: 'rs_invented', summary: [], encrypted_content: 'gAAAAAx' }
    const input = [reasoning, { type: 'message', id: 'msg_invented', role: 'user', content: 'hi' }]
    expect((await post(upstream, RESPONSES, { ...hello, input })).status).toBe(200)
  })
})

describe('a refused request', () => {
  const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
  const output = { type: 'function_call_output', call_id: 'call_1', output: '' }

  test.each([
    [
      'include_usage, which belongs to chat',
      { ...hello, stream: true, stream_options: { include_usage: true } },
      400,
      'unknown_parameter',
      'stream_options.include_usage',
    ],
    ['chat messages', { model: 'demo-fast', messages: [] }, 400, 'unknown_parameter', 'messages'],
    ['no input', { model: 'demo-fast' }, 400, 'missing_required_parameter', 'input'],
    [
      'a limit below 16',
      { ...hello, max_output_tokens: 15 },
      400,
      'integer_below_min_value',
      'max_output_tokens',
    ],
    ['a background response', { ...hello, background: true }, 400, 'unsupported_parameter', 'background'],
    ['an unknown conversation', { ...hello, conversation: 'conv_1' }, 404, null, 'conversation'],
    ['an output without its call', { ...hello, input: [output] }, 400, null, 'input'],
    ['a call without its output', { ...hello, input: [call] }, 400, null, 'input'],
    ['an unknown model', { ...hello, model: 'gpt-9' }, 404, 'model_not_found', null],
  ])('%s', async (_name, body, status, code, param) => {
    const response = await post(upstream, RESPONSES, body)
    expect(response.status).toBe(status)
    expect(await errorOf(response)).toEqual({
      message: expect.any(String),
      type: 'invalid_request_error',
      param,
      code,
    })
  })

  test('what Codex sends beyond the reference is let in', async () => {
    const body = {
      ...hello,
      input: [
        {
          type: 'message',
          id: 'msg_1',
          role: 'developer',
          content: [{ type: 'input_text', text: 'You are a coding agent.' }],
        },
        {
          type: 'message',
          id: 'msg_2',
          role: 'user',
          content: [{ type: 'input_text', text: 'hi' }],
          internal_chat_message_metadata_passthrough: {},
        },
        { type: 'tool_search_output', call_id: 'call_unpaired', tools: [] },
      ],
      client_metadata: { session_id: 'x' },
      prompt_cache_key: 'x',
      reasoning: { effort: 'low', context: 'all_turns' },
      include: ['reasoning.encrypted_content'],
      store: false,
    }
    expect((await post(upstream, RESPONSES, body)).status).toBe(200)
  })
})
