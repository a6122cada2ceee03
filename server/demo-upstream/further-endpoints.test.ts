// The endpoints beside chat and responses: their shapes, what they count, and what they refuse as the real API does.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from './demo-upstream.ts'
import type { JsonObject } from './json.ts'
import { errorOf, eventsIn, jsonOf, post } from './test-client.ts'

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startDemoUpstream()
})
afterAll(() => upstream.stop())
beforeEach(() => upstream.reset())

const send = <T>(path: string, body: JsonObject): Promise<T> => jsonOf<T>(post(upstream, path, body))
const refused = async (path: string, body: JsonObject) => {
  const response = await post(upstream, path, body)
  const { code, param } = (await errorOf(response)) as unknown as { code: unknown; param: unknown }
  return [response.status, code, param]
}

interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}
interface Completion {
  readonly id: string
  readonly object: string
  readonly choices: readonly {
    readonly text: string
    readonly index: number
    readonly finish_reason: string
  }[]
  readonly usage: Usage
}

describe('legacy completions', () => {
  const complete = (more: JsonObject) =>
    send<Completion>('/completions', { model: 'demo-fast', prompt: 'Once upon a time', ...more })

  test('are sixteen tokens long unless they say otherwise, and count their prompt', async () => {
    const { id, object, choices, usage } = await complete({})
    expect([object, choices.length, choices[0]?.finish_reason]).toEqual(['text_completion', 1, 'length'])
    expect(id).toMatch(/^cmpl-/)
    expect(usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 16, total_tokens: 20 })
  })

  test('of several prompts have choices for each, in order, and count all that were generated', async () => {
    const { choices, usage } = await complete({
      prompt: ['one', 'two two two'],
      n: 2,
      best_of: 3,
      max_tokens: 10,
    })
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    expect(usage).toMatchObject({ prompt_tokens: 1 + 3, completion_tokens: 2 * 3 * 10 })
  })

  test('take token numbers, and a suffix that counts as prompt', async () => {
    expect((await complete({ prompt: [1, 2, 3] })).usage.prompt_tokens).toBe(3)
    expect(
      (
        await complete({
          prompt: [
            [1, 2],
            [3, 4, 5],
          ],
        })
      ).usage.prompt_tokens,
    ).toBe(5)
    expect((await complete({ suffix: 'the end.' })).usage.prompt_tokens).toBe(4 + 2)
  })

  test('echo their prompt, which counts as no output', async () => {
    const { choices, usage } = await complete({ echo: true, max_tokens: 0 })
    expect([choices[0]?.text, usage.completion_tokens]).toEqual(['Once upon a time', 0])
  })

  test('stream the same text, and usage where it is asked for', async () => {
    const whole = await complete({ max_tokens: 30 })
    const body = { model: 'demo-fast', prompt: 'Once upon a time', max_tokens: 30, stream: true }
    const read = async (more: JsonObject) =>
      eventsIn(await (await post(upstream, '/completions', { ...body, ...more })).text()).map(
        ({ data }) => data,
      )
    const plain = await read({})
    expect(plain.at(-1)).toBe('[DONE]')
    const chunks = plain.slice(0, -1).map((data) => JSON.parse(data) as Completion)
    expect(chunks.map(({ choices }) => choices[0]?.text).join('')).toBe(whole.choices[0]?.text)
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true)
    const asked = await read({ stream_options: { include_usage: true } })
    expect(JSON.parse(asked.at(-2) ?? '')).toMatchObject({ choices: [], usage: { completion_tokens: 30 } })
  })

  test('are refused where the real ones are', async () => {
    expect(await refused('/completions', { prompt: 'x' })).toEqual([
      400,
      'missing_required_parameter',
      'model',
    ])
    expect(await refused('/completions', { model: 'demo-fast', prompt: {} })).toEqual([
      400,
      'invalid_type',
      'prompt',
    ])
    expect(await refused('/completions', { model: 'demo-fast', prompt: [] })).toEqual([
      400,
      'empty_array',
      'prompt',
    ])
    expect(await refused('/completions', { model: 'demo-fast', best_of: 2, stream: true })).toEqual([
      400,
      'unsupported_parameter',
      'best_of',
    ])
    expect(await refused('/completions', { model: 'demo-embedding', prompt: 'x' })).toEqual([
      404,
      'model_not_found',
      null,
    ])
  })
})

interface Embeddings {
  readonly data: readonly { readonly embedding: readonly number[] | string; readonly index: number }[]
  readonly model: string
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number }
}

describe('embeddings', () => {
  const embed = (more: JsonObject) =>
    send<Embeddings>('/embeddings', { model: 'demo-embedding', input: 'some text', ...more })

  test('have length one, are the same for the same text, and count their input alone', async () => {
    const { data, usage, model } = await embed({ input: ['some text', 'other', 'some text'] })
    const [first, second, third] = data.map(({ embedding }) => embedding as readonly number[])
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5)
    expect(third).toEqual(first)
    expect(second).not.toEqual(first)
    expect(model).toBe('demo-embedding')
    expect(usage).toEqual({ prompt_tokens: 3 + 2 + 3, total_tokens: 8 })
  })

  test('are as many numbers as they should be, as such or as bytes in base64', async () => {
    const floats = (await embed({ dimensions: 8 })).data[0]?.embedding as readonly number[]
    const text = (await embed({ dimensions: 8, encoding_format: 'base64' })).data[0]?.embedding as string
    const bytes = Buffer.from(text, 'base64')
    expect(bytes.length).toBe(32)
    expect(floats.map((_, at) => bytes.readFloatLE(at * 4))).toEqual(floats)
  })

  test('are refused where the real ones are', async () => {
    const refusedFor = (more: JsonObject) =>
      refused('/embeddings', { model: 'demo-embedding', input: 'x', ...more })
    expect(await refusedFor({ input: '' })).toEqual([400, null, 'input'])
    expect(await refusedFor({ input: Array(2_049).fill('x') })).toEqual([
      400,
      'array_above_max_length',
      'input',
    ])
    expect(await refusedFor({ input: 'x'.repeat(8_193 * 4) })).toEqual([
      400,
      'context_length_exceeded',
      'input',
    ])
    expect(await refusedFor({ input: Array(40).fill('x'.repeat(8_000 * 4)) })).toEqual([
      400,
      'context_length_exceeded',
      'input',
    ])
    expect(await refusedFor({ model: 'demo-fast' })).toEqual([404, 'model_not_found', null])
  })
})

test('moderations judge each text, name the default model, and flag what they are told to', async () => {
  interface Moderation {
    readonly model: string
    readonly results: readonly { readonly flagged: boolean; readonly categories: Record<string, boolean> }[]
  }
  const one = await send<Moderation>('/moderations', { input: 'Hello.' })
  expect([one.model, one.results.map(({ flagged }) => flagged)]).toEqual(['omni-moderation-latest', [false]])
  const two = await send<Moderation>('/moderations', { input: ['Hello.', 'I will kill you'] })
  expect(two.results.map(({ flagged, categories }) => [flagged, categories.violence])).toEqual([
    [false, false],
    [true, true],
  ])
  const parts = [
    { type: 'text', text: 'kill' },
    { type: 'image_url', image_url: { url: 'https://x.test' } },
  ]
  expect(
    (await send<Moderation>('/moderations', { input: parts })).results.map(({ flagged }) => flagged),
  ).toEqual([true])
})

describe('a conversation', () => {
  const input = [
    { role: 'user', content: 'What is a gate?' },
    { role: 'assistant', content: 'An opening.' },
    { role: 'user', content: 'And a gateway?' },
  ]

  test('is compacted into what the user said and one compaction, and counted', async () => {
    const compacted = await send<{
      readonly object: string
      readonly output: readonly JsonObject[]
      readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
    }>('/responses/compact', { model: 'demo-smart', input })
    expect(compacted.object).toBe('response.compaction')
    expect(compacted.output.map(({ type }) => type)).toEqual(['message', 'message', 'compaction'])
    expect(compacted.usage.output_tokens).toBeGreaterThan(0)
    expect(await refused('/responses/compact', { model: 'demo-smart', input, stream: true })).toEqual([
      400,
      'unknown_parameter',
      'stream',
    ])
  })

  test('is counted as a response counts it, without being answered or remembered', async () => {
    const { input_tokens, object } = await send<{ input_tokens: number; object: string }>(
      '/responses/input_tokens',
      {
        model: 'demo-smart',
        input,
        instructions: 'Be brief.',
      },
    )
    const answered = await send<{ usage: { input_tokens: number } }>('/responses', {
      model: 'demo-smart',
      input,
      instructions: 'Be brief.',
    })
    expect([object, input_tokens]).toEqual(['response.input_tokens', answered.usage.input_tokens])
  })
})

test('what is scripted steers these as well', async () => {
  upstream.script({ error: 429 }, 2)
  expect((await post(upstream, '/embeddings', { model: 'demo-embedding', input: 'x' })).status).toBe(429)
  expect((await post(upstream, '/moderations', { input: 'x' })).status).toBe(429)
  upstream.script({ usage: 'missing' })
  expect(await send('/embeddings', { model: 'demo-embedding', input: 'x' })).not.toHaveProperty('usage')
  expect(
    (await post(upstream, '/completions', { model: 'demo-fast', prompt: '[[demo:error=503]]' })).status,
  ).toBe(503)
})
