import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from './demo-upstream.ts'
import type { JsonObject } from './json.ts'
import { eventsIn, lastOf, post, respond, responseStream } from './test-client.ts'

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

/** The types of a stream's events, repeated deltas as one. */
async function typesOf(body: JsonObject): Promise<string[]> {
  const events = await responseStream(upstream, body)
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
  const types = events.map((event) => event.type)
  return types.filter((type, index) => type !== types[index - 1])
}

describe('a streamed response', () => {
  test('brings every event in the order of the real API, numbered from 0, without [DONE]', async () => {
    upstream.script({ answer: { text: 'Good day' } })
    const events = eventsIn(await (await post(upstream, RESPONSES, { ...hello, stream: true })).text())
    const parsed = events.map((event) => JSON.parse(event.data))
    expect(events.map((event) => event.name)).toEqual(parsed.map((event) => event.type))
    const [created, inProgress, added, partAdded, first, second, textDone, partDone, itemDone, completed] =
      parsed
    expect(parsed).toHaveLength(10)
    const id = added.item.id
    const at = { item_id: id, output_index: 0, content_index: 0 }
    const item = {
      id,
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'Good day' }],
    }
    expect(created).toMatchObject({
      type: 'response.created',
      sequence_number: 0,
      response: { status: 'in_progress', usage: null, output: [] },
    })
    expect(inProgress).toEqual({ ...created, type: 'response.in_progress', sequence_number: 1 })
    expect(added).toMatchObject({
      type: 'response.output_item.added',
      item: { id: expect.stringMatching(/^msg_/), status: 'in_progress', content: [] },
    })
    expect(partAdded).toMatchObject({
      type: 'response.content_part.added',
      ...at,
      part: { type: 'output_text', text: '' },
    })
    expect(first).toMatchObject({ type: 'response.output_text.delta', ...at, delta: 'Good', logprobs: [] })
    expect(second).toMatchObject({ type: 'response.output_text.delta', ...at, delta: ' day' })
    expect(textDone).toMatchObject({ type: 'response.output_text.done', ...at, text: 'Good day' })
    expect(partDone).toMatchObject({ type: 'response.content_part.done', ...at, part: { text: 'Good day' } })
    expect(itemDone).toMatchObject({ type: 'response.output_item.done', output_index: 0, item })
    expect(completed).toMatchObject({
      type: 'response.completed',
      sequence_number: 9,
      response: { status: 'completed', output: [item] },
    })
  })

  test('ends with the same object that a whole response is', async () => {
    const whole = await respond(upstream, hello)
    const completed = lastOf(await responseStream(upstream, hello)).response
    const withoutIds = (response: unknown) =>
      JSON.parse(JSON.stringify(response).replaceAll(/"(?:resp|msg)_[0-9a-f]+"/g, '"id"'))
    expect(withoutIds(completed)).toEqual(withoutIds(whole))
  })

  test('carries all of usage at its end', async () => {
    upstream.script({ answer: { text: 'Twelve bytes', webSearches: 2 } })
    const { response } = lastOf(await responseStream(upstream, hello))
    expect(response).toMatchObject({
      model: 'demo-fast-2026-11-01',
      service_tier: 'default',
      usage: {
        input_tokens: 6,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 9,
      },
      tool_usage: { web_search: { num_requests: 2 } },
    })
  })

  test('reasons before it speaks, with a summary and encrypted content where asked', async () => {
    const body = {
      ...hello,
      model: 'demo-reasoning',
      reasoning: { summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    }
    expect(await typesOf(body)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    const { output, usage } = await respond(upstream, body)
    expect(output[0]).toMatchObject({
      id: expect.stringMatching(/^rs_/),
      type: 'reasoning',
      encrypted_content: expect.stringMatching(/^gAAAAA/),
      summary: [{ type: 'summary_text', text: expect.stringContaining('Hello!') }],
    })
    expect(usage.output_tokens_details.reasoning_tokens).toBe(128)
  })

  test('keeps its reasoning to itself otherwise', async () => {
    const { output } = await respond(upstream, { ...hello, model: 'demo-reasoning' })
    expect(output[0]).toEqual({ id: expect.any(String), type: 'reasoning', summary: [] })
  })

  test('calls a function with its arguments in fragments', async () => {
    const body = { ...hello, input: 'What is the weather in Paris?', tools: [weather] }
    const events = await responseStream(upstream, body)
    expect(events.map((event) => event.type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ])
    const deltas = events.filter((event) => event.type.endsWith('.delta')).map((event) => event.delta)
    expect(deltas.join('')).toBe('{"city":"Paris"}')
    expect(lastOf(events, 2).item).toEqual({
      id: expect.stringMatching(/^fc_/),
      type: 'function_call',
      status: 'completed',
      call_id: expect.stringMatching(/^call_/),
      name: 'get_weather',
      arguments: '{"city":"Paris"}',
    })
  })

  test('calls a custom tool in a namespace with free text', async () => {
    const exec = { type: 'custom', name: 'exec', description: 'tools.exec_command' }
    const additional = {
      type: 'additional_tools',
      role: 'developer',
      tools: [{ type: 'namespace', name: 'functions', tools: [exec] }],
    }
    const body = { ...hello, input: [additional, { role: 'user', content: 'run `ls`' }] }
    const events = await responseStream(upstream, body)
    expect(new Set(events.map((event) => event.type))).toContain('response.custom_tool_call_input.done')
    expect(lastOf(events, 2).item).toMatchObject({
      type: 'custom_tool_call',
      name: 'exec',
      namespace: 'functions',
      input: expect.stringContaining('"ls"'),
    })
  })

  test('searches the web when it may and is asked to, and cites what it found', async () => {
    const body = { ...hello, input: 'Search the web for cats', tools: [{ type: 'web_search' }] }
    expect((await typesOf(body)).slice(2, 8)).toEqual([
      'response.output_item.added',
      'response.web_search_call.in_progress',
      'response.web_search_call.searching',
      'response.web_search_call.completed',
      'response.output_item.done',
      'response.output_item.added',
    ])
    const { output, tool_usage } = await respond(upstream, body)
    expect(output[0]).toMatchObject({
      type: 'web_search_call',
      status: 'completed',
      action: { type: 'search' },
    })
    const [{ annotations, text }] = output[1].content
    expect(text.slice(annotations[0].start_index, annotations[0].end_index)).toBe('example.com')
    expect(tool_usage.web_search.num_requests).toBe(1)
  })

  test('never searches unasked, though Codex offers it every time', async () => {
    const { output } = await respond(upstream, {
      ...hello,
      tools: [{ type: 'web_search', external_web_access: true }],
    })
    expect(output.map((item) => item.type)).toEqual(['message'])
  })

  test('is incomplete at its output limit, in the middle of a word if need be', async () => {
    const events = await responseStream(upstream, { ...hello, max_output_tokens: 16 })
    expect(lastOf(events)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        usage: { output_tokens: 16 },
      },
    })
    expect(lastOf(events, 2).item.status).toBe('incomplete')
  })

  test('that reasons past its output limit says nothing at all, and is charged for the limit', async () => {
    const answer = await respond(upstream, {
      ...hello,
      model: 'demo-reasoning',
      max_output_tokens: 100,
    })
    expect(answer.output.map((item) => item.type)).toEqual(['reasoning'])
    expect(answer.usage).toMatchObject({
      output_tokens: 100,
      output_tokens_details: { reasoning_tokens: 100 },
    })
  })

  test('answers a compaction trigger with one compaction item', async () => {
    const input = [{ role: 'user', content: 'hi' }, { type: 'compaction_trigger' }]
    const { output } = await respond(upstream, { ...hello, input, store: false })
    expect(output).toEqual([
      { id: expect.stringMatching(/^cmp_/), type: 'compaction', encrypted_content: expect.any(String) },
    ])
  })
})
