// What the bodies beside chat and responses may say, and what each of them can cost at most.
import { describe, expect, test } from 'vitest'
import type { BodyFacts, BodyReader } from './body-facts.ts'
import { readCompletionsBody } from './completions-body.ts'
import { readEmbeddingsBody } from './embeddings-body.ts'
import { readModerationsBody } from './moderations-body.ts'
import { readCompactBody, readInputTokensBody } from './responses-body.ts'

const BODY_BYTES = 50_000
type Body = Record<string, unknown>

const reading = (read: BodyReader, plain: Body) => ({
  facts(more: Body): BodyFacts {
    const result = read({ ...plain, ...more }, BODY_BYTES)
    if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
    return result.value
  },
  refused(more: Body) {
    const result = read({ ...plain, ...more }, BODY_BYTES)
    if (result.ok) throw new Error('not refused')
    return [result.error.code, result.error.param]
  },
})

describe('a legacy completion', () => {
  const { facts, refused } = reading(readCompletionsBody, { model: 'm', prompt: 'Once' })

  test('is bounded by its bytes, whatever of them is prompt, suffix or token numbers', () => {
    expect(facts({ suffix: 'the end' }).input).toEqual({ textBytes: BODY_BYTES, fixedTokensMax: 1_024 })
    expect(facts({ prompt: [1, 2, 3] }).inputs).toBe(1)
    expect(facts({ prompt: null }).inputs).toBe(1)
  })

  test('generates for each prompt as many as it returns or chooses the best of, all up to the limit', () => {
    const choicesOf = (more: Body) => facts(more).choices
    expect(choicesOf({})).toBe(1)
    expect(choicesOf({ n: 3 })).toBe(3)
    expect(choicesOf({ best_of: 5 })).toBe(5)
    expect(choicesOf({ n: 2, best_of: 5 })).toBe(5)
    expect(choicesOf({ n: 8, best_of: 5 })).toBe(8)
    expect(choicesOf({ prompt: ['a', 'b', 'c'], n: 2, best_of: 4 })).toBe(12)
    expect(facts({ prompt: ['a', 'b', 'c'] }).inputs).toBe(3)
    expect(choicesOf({ prompt: [[1], [2, 3]], n: 2 })).toBe(4)
  })

  test.each([
    ['n', 0],
    ['n', 129],
    ['n', '2'],
    ['best_of', 0],
    ['best_of', 129],
    ['best_of', 1.5],
    ['max_tokens', -1],
    ['max_tokens', '10'],
    ['stream', 'yes'],
    ['prompt', {}],
    ['prompt', []],
    ['prompt', ['a', 1]],
    ['prompt', ['a', [1]]],
    ['prompt', [[1], []]],
    ['prompt', [-1]],
    ['prompt', [1.5]],
    ['prompt', [[['x']]]],
    ['prompt', Array(2_049).fill('x')],
  ])('may not have %s be %j', (param, value) => {
    expect(refused({ [param]: value })).toEqual(['invalid_parameter', param])
  })

  test('names its limit, which may be none at all, and has one that can be lowered', () => {
    expect(facts({}).outputTokensLimit).toBeUndefined()
    expect(facts({ max_tokens: 0, echo: true }).outputTokensLimit).toBe(0)
    expect(facts({ max_tokens: 100 })).toMatchObject({ outputTokensLimit: 100, isOutputLimitable: true })
  })

  test('that streams is asked for its usage like a chat completion', () => {
    expect(facts({ stream: true })).toMatchObject({ isStream: true, wantsUsageChunk: false })
    expect(facts({ stream: true, stream_options: { include_usage: true } }).wantsUsageChunk).toBe(true)
  })

  test('has no tools', () => {
    expect(refused({ tools: [{ type: 'web_search' }] })).toEqual(['unsupported_parameter', 'tools'])
  })
})

describe('a request for embeddings', () => {
  const { facts, refused } = reading(readEmbeddingsBody, { model: 'm', input: 'some text' })

  test('has input alone, of which every entry fills a window of its own', () => {
    expect(facts({})).toMatchObject({ inputs: 1, outputTokensLimit: 0, isOutputLimitable: false, choices: 1 })
    expect(facts({ input: ['a', 'b'] }).inputs).toBe(2)
    expect(facts({ input: [[1, 2], [3]] }).inputs).toBe(2)
    expect(facts({ input: [1, 2, 3] }).inputs).toBe(1)
    expect(facts({ input: ['a', 'b'] }).input).toEqual({ textBytes: BODY_BYTES, fixedTokensMax: 16 })
  })

  test('passes every form that an SDK asks for its vectors in', () => {
    expect(facts({ encoding_format: 'base64', dimensions: 256, user: 'x' }).model).toBe('m')
  })

  test.each([
    ['no input', { input: undefined }, ['missing_parameter', 'input']],
    ['null', { input: null }, ['missing_parameter', 'input']],
    ['an empty list', { input: [] }, ['invalid_parameter', 'input']],
    ['an object', { input: {} }, ['invalid_parameter', 'input']],
    ['a mixture', { input: ['a', [1]] }, ['invalid_parameter', 'input']],
    ['too many', { input: Array(2_049).fill('x') }, ['invalid_parameter', 'input']],
    ['no model', { model: undefined }, ['missing_parameter', 'model']],
    ['tools', { tools: [{ type: 'function' }] }, ['unsupported_parameter', 'tools']],
    ['a tier nobody knows', { service_tier: 'x' }, ['unsupported_service_tier', 'service_tier']],
  ])('may not have %s', (_what, more, expected) => expect(refused(more)).toEqual(expected))

  test('may have the most that it may have', () => {
    expect(facts({ input: Array(2_048).fill('x') }).inputs).toBe(2_048)
  })
})

describe('a request for a moderation', () => {
  const { facts, refused } = reading(readModerationsBody, { input: 'some text' })

  test('may leave its model out, and is then about the default one', () => {
    expect(facts({}).model).toBe('omni-moderation-latest')
    expect(facts({ model: null }).model).toBe('omni-moderation-latest')
    expect(facts({ model: 'text-moderation-stable' }).model).toBe('text-moderation-stable')
    expect(refused({ model: 7 })).toEqual(['invalid_parameter', 'model'])
    expect(refused({ model: '' })).toEqual(['missing_parameter', 'model'])
  })

  test('may be about texts and images, and about nothing that is kept upstream', () => {
    expect(
      facts({ input: [{ type: 'image_url', image_url: { url: 'https://x.test' } }] }).outputTokensLimit,
    ).toBe(0)
    expect(refused({ input: [{ type: 'image_url', file_id: 'file_1' }] })).toEqual([
      'unsupported_parameter',
      'input[0].file_id',
    ])
    expect(refused({ input: null })).toEqual(['missing_parameter', 'input'])
  })
})

describe.each([
  ['compacted', readCompactBody],
  ['counted', readInputTokensBody],
] as const)('a conversation to be %s', (_what, read) => {
  const { facts, refused } = reading(read, { model: 'm', input: [{ role: 'user', content: 'Hello.' }] })

  test('refers only to what is looked up, and reaches for nothing else', () => {
    expect(
      facts({ previous_response_id: 'resp_1', input: [{ type: 'item_reference', id: 'rs_1' }] }),
    ).toMatchObject({ previousResponseId: 'resp_1', itemReferences: ['rs_1'] })
    expect(refused({ conversation: 'conv_1' })).toEqual(['unsupported_parameter', 'conversation'])
    expect(refused({ tools: [{ type: 'mcp' }] })).toEqual(['unsupported_tool', 'tools[0]'])
    const content = [{ type: 'input_file', file_id: 'f' }]
    expect(facts({ input: [{ role: 'user', content }] }).fileReferences).toEqual([
      { id: 'f', param: 'input[0].content[0].file_id' },
    ])
    expect(refused({ model: undefined })).toEqual(['missing_parameter', 'model'])
  })
})

test('a compaction is as long as the model makes it, so its hold cannot be lowered; its ids are kept', () => {
  const { facts } = reading(readCompactBody, { model: 'm', input: 'x' })
  expect(facts({ service_tier: 'flex' })).toMatchObject({
    outputTokensLimit: undefined,
    isOutputLimitable: false,
    isStream: false,
    isStored: true,
    serviceTier: 'flex',
  })
})
