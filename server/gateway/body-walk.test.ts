// Every way by which a tool without a price, somebody else's id, or a cost without bound could slip past: each in the
// place where it was tried, and then anywhere at all.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BodyFacts } from './body-facts.ts'
import { readChatBody } from './chat-body.ts'
import { readCompletionsBody } from './completions-body.ts'
import { readEmbeddingsBody } from './embeddings-body.ts'
import { readModerationsBody } from './moderations-body.ts'
import { readCompactBody, readInputTokensBody, readResponsesBody } from './responses-body.ts'

const SEED = 20_261_125
const BODY_BYTES = 50_000
type Json = unknown

const responses = (more: Record<string, Json>) =>
  readResponsesBody({ model: 'm', input: 'Hello.', ...more }, BODY_BYTES)
const chat = (more: Record<string, Json>) =>
  readChatBody({ model: 'm', messages: [{ role: 'user', content: 'Hello.' }], ...more }, BODY_BYTES)
const input = (...items: Json[]) => responses({ input: items })
const inMessage = (...content: Json[]) => input({ role: 'user', content })
const inChat = (...content: Json[]) => chat({ messages: [{ role: 'user', content }] })

function refusalOf(result: ReturnType<typeof responses>) {
  if (result.ok) throw new Error('not refused')
  return result.error
}
function facts(result: ReturnType<typeof responses>): BodyFacts {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

describe('a type that is no text', () => {
  test.each([
    ['of an item', input({ type: 7, id: 'rs_theirs' }), 'input[0].type'],
    [
      'of an item, in a list',
      input({ role: 'user', content: 'x' }, { type: ['item_reference'], id: 'rs_1' }),
      'input[1].type',
    ],
    ['of an item, in an object', input({ type: {}, role: 'user', content: 'x' }), 'input[0].type'],
    ['of an item, as a truth value', input({ type: true }), 'input[0].type'],
    [
      'of a part',
      inMessage({ type: ['input_file'], file_url: 'https://x.test' }),
      'input[0].content[0].type',
    ],
    [
      'of a part of an output',
      input({ type: 'function_call_output', call_id: 'c', output: [{ type: 1 }] }),
      'input[0].output[0].type',
    ],
    ['of a part of a chat message', inChat({ type: { a: 1 } }), 'messages[0].content[0].type'],
    ['of a tool', responses({ tools: [{ type: ['mcp'] }] }), 'tools[0].type'],
    [
      'of a tool within an item',
      input({ type: 'additional_tools', tools: [{ type: 1 }] }),
      'input[0].tools[0].type',
    ],
    ['of a choice of tools', responses({ tool_choice: { type: ['mcp'] } }), 'tool_choice.type'],
  ])('%s is refused by its place', (_what, result, param) =>
    expect(refusalOf(result)).toMatchObject({ code: 'invalid_parameter', param }),
  )
})

describe('an id of something kept upstream', () => {
  const FILE = 'file_theirs'
  test.each([
    ['a part', inMessage({ type: 'input_file', file_id: FILE }), 'input[0].content[0].file_id'],
    [
      'a part of another kind',
      inMessage({ type: 'input_text', text: 'x', file_id: FILE }),
      'input[0].content[0].file_id',
    ],
    [
      'an object in a part',
      inMessage({ type: 'input_file', file: { file_id: FILE } }),
      'input[0].content[0].file.file_id',
    ],
    [
      'deep in a part',
      inMessage({ type: 'x', a: [{ b: { file_id: FILE } }] }),
      'input[0].content[0].a[0].b.file_id',
    ],
    [
      'a list in a list of parts',
      inMessage([{ type: 'input_file', file_id: FILE }]),
      'input[0].content[0][0].file_id',
    ],
    [
      'one part that is no list',
      input({ role: 'user', content: { type: 'input_image', file_id: FILE } }),
      'input[0].content.file_id',
    ],
    ['an item', input({ type: 'something_new', file_id: FILE }), 'input[0].file_id'],
    [
      'an annotation',
      input({
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'x', annotations: [{ type: 'file_citation', file_id: FILE }] },
        ],
      }),
      'input[0].content[0].annotations[0].file_id',
    ],
    [
      'found by a search',
      input({ type: 'file_search_call', id: 'fs_1', queries: ['x'], results: [{ file_id: FILE }] }),
      'input[0].results[0].file_id',
    ],
    [
      'a container of a shell',
      input({
        type: 'shell_call',
        call_id: 'c',
        action: { commands: [] },
        environment: { type: 'container_reference', container_id: 'cntr_1' },
      }),
      'input[0].environment.container_id',
    ],
    [
      'a skill',
      responses({ tools: [{ type: 'custom', name: 'x', environment: { skills: [{ skill_id: 's' }] } }] }),
      'tools[0].environment.skills',
    ],
    [
      'a store in a tool of the client',
      responses({ tools: [{ type: 'function', name: 'f', vector_store_ids: ['vs_1'] }] }),
      'tools[0].vector_store_ids',
    ],
    [
      'a file of a chat message',
      inChat({ type: 'file', file: { file_id: FILE } }),
      'messages[0].content[0].file.file_id',
    ],
    [
      'an object of a chat message',
      chat({ messages: [{ role: 'user', content: 'x', extra: { file_id: FILE } }] }),
      'messages[0].extra.file_id',
    ],
    [
      'a prediction',
      chat({ prediction: { type: 'content', content: [{ type: 'file', file_id: FILE }] } }),
      'prediction.content[0].file_id',
    ],
    ['a member nobody knows', responses({ something_new: { file_ids: [FILE] } }), 'something_new.file_ids'],
    ['a container at the top', responses({ container: 'cntr_1' }), 'container'],
  ])('is looked up where it is a file, and refused else, in %s', (_where, result, param) => {
    if (param.endsWith('.file_id')) expect(facts(result).fileReferences).toEqual([{ id: FILE, param }])
    else expect(refusalOf(result)).toMatchObject({ code: 'unsupported_parameter', param })
  })

  test('makes the input as large as the window, unless it is an image', () => {
    expect(facts(inMessage({ type: 'input_file', file_id: FILE })).input).toBeUndefined()
    expect(facts(input({ type: 'message', role: 'user', content: 'x', file_id: FILE })).input).toBeUndefined()
    const image = facts(inMessage({ type: 'input_image', file_id: FILE }))
    expect(image.input?.fixedTokensMax).toBe(1_024 + 25_000)
  })

  test('is named no more often than it can be looked up', () => {
    const many = Array.from({ length: 501 }, () => ({ type: 'input_image', file_id: FILE }))
    expect(refusalOf(inMessage(...many))).toMatchObject({ code: 'invalid_parameter' })
    expect(refusalOf(inMessage({ type: 'input_file', file_id: 7 }))).toMatchObject({
      code: 'invalid_parameter',
    })
  })

  test('is no id where a client describes its own data: schemas, arguments, metadata', () => {
    const parameters = {
      type: 'object',
      properties: { file_id: { type: 'string' }, tools: {}, container: {} },
    }
    const result = responses({
      metadata: { file_id: 'x' },
      client_metadata: { container: 'x', tools: 'x' },
      tools: [{ type: 'function', name: 'open', parameters, output_schema: parameters }],
      text: { format: { type: 'json_schema', name: 'x', schema: parameters } },
      input: [
        { type: 'function_call', call_id: 'c', name: 'open', arguments: '{"file_id":"x"}' },
        { type: 'tool_search_call', call_id: 'd', arguments: { file_id: 'x' }, execution: 'client' },
        {
          type: 'message',
          role: 'user',
          content: 'x',
          internal_chat_message_metadata_passthrough: { file_id: 'x' },
        },
      ],
    })
    expect(result.ok).toBe(true)
    const inChatTool = { type: 'function', function: { name: 'open', parameters } }
    expect(
      chat({
        tools: [inChatTool],
        response_format: { type: 'json_schema', json_schema: { schema: parameters } },
      }).ok,
    ).toBe(true)
  })

  test('may be null, or a list of none', () => {
    expect(inMessage({ type: 'input_text', text: 'x', file_id: null }).ok).toBe(true)
    expect(responses({ something_new: { file_ids: [] } }).ok).toBe(true)
  })
})

describe('an item that has nothing but its id', () => {
  const references = (item: Json) => facts(input(item)).itemReferences

  test.each([
    { type: 'message', id: 'x_1', role: 'assistant', status: 'completed' },
    { type: 'message', id: 'x_1', role: 'assistant', content: null },
    { type: 'message', id: 'x_1', role: 'assistant', content: [] },
    { type: 'message', id: 'x_1', role: 'assistant', content: '' },
    { id: 'x_1', role: 'assistant' },
    { type: null, id: 'x_1', role: 'assistant', content: [] },
    { type: 'reasoning', id: 'x_1', summary: [{ type: 'summary_text', text: 'x' }] },
    { type: 'reasoning', id: 'x_1', summary: [], encrypted_content: '' },
    { type: 'compaction', id: 'x_1' },
    { type: 'image_generation_call', id: 'x_1', status: 'completed', result: '' },
    { type: 'function_call', id: 'x_1', call_id: 'c', name: 'f' },
    { type: 'function_call_output', id: 'x_1', call_id: 'c' },
    { type: 'web_search_call', id: 'x_1', status: 'completed' },
    { type: 'code_interpreter_call', id: 'x_1', status: 'completed', outputs: [] },
    { type: 'mcp_call', id: 'x_1', server_label: 'x' },
    { type: 'something_new', id: 'x_1' },
    { type: 'something_new', id: 'x_1', status: 'completed', content: [], note: '', more: {} },
  ])('is looked up by it, so it has to be one’s own: %j', (item) => expect(references(item)).toEqual(['x_1']))

  test.each([
    { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: '' }] },
    { id: 'msg_1', role: 'user', content: 'x' },
    { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '' },
    { type: 'function_call_output', id: 'fco_1', call_id: 'c', output: '' },
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c', name: 'f', input: '' },
    { type: 'compaction_trigger', id: 'cmp_1' },
    { type: 'additional_tools', id: 'at_1', role: 'developer', tools: [] },
    { type: 'apply_patch_call_output', id: 'apo_1', call_id: 'c', status: 'completed' },
    { type: 'something_new', id: 'new_1', text: 'x' },
  ])('is not what carries something of its own: %j', (item) => expect(references(item)).toEqual([]))

  test('is bounded by what it brings along, and not by the whole window', () => {
    expect(facts(input({ type: 'item_reference', id: 'rs_1' }, { id: 'rs_2' })).input?.textBytes).toBe(
      BODY_BYTES,
    )
  })

  test('may not be referred to without end', () => {
    const items = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ type: 'item_reference', id: `rs_${at}` }))
    expect(facts(input(...items(2_000))).itemReferences).toHaveLength(2_000)
    expect(refusalOf(input(...items(2_001)))).toMatchObject({
      code: 'invalid_parameter',
      param: 'input[2000]',
    })
  })

  test('answers no question of a hosted tool', () => {
    for (const type of ['mcp_approval_request', 'mcp_approval_response']) {
      const item = { type, id: 'x', approval_request_id: 'mcpr_theirs', approve: true, arguments: '{}' }
      expect(refusalOf(input(item))).toMatchObject({ code: 'unsupported_tool', param: 'input[0]' })
    }
  })
})

describe('a tool without a price', () => {
  test.each([
    [
      'in a tool of the client',
      responses({ tools: [{ type: 'function', name: 'f', tools: [{ type: 'mcp' }] }] }),
      'tools[0].tools[0]',
    ],
    [
      'in a search that the client makes',
      responses({ tools: [{ type: 'tool_search', execution: 'client', tools: [{ type: 'mcp' }] }] }),
      'tools[0].tools[0]',
    ],
    [
      'in web_search',
      responses({ tools: [{ type: 'web_search', tools: [{ type: 'mcp' }] }] }),
      'tools[0].tools[0]',
    ],
    [
      'in a message',
      input({ role: 'developer', content: 'x', tools: [{ type: 'mcp' }] }),
      'input[0].tools[0]',
    ],
    [
      'in a part',
      inMessage({ type: 'input_text', text: 'x', tools: [{ type: 'mcp' }] }),
      'input[0].content[0].tools[0]',
    ],
    [
      'in a chat message',
      chat({ messages: [{ role: 'developer', content: 'x', tools: [{ type: 'mcp' }] }] }),
      'messages[0].tools[0]',
    ],
    ['in a member nobody knows', responses({ agent: { tools: [{ type: 'mcp' }] } }), 'agent.tools[0]'],
    ['as a choice', responses({ tool_choice: { type: 'mcp', server_label: 'x' } }), 'tool_choice'],
    ['as a hosted choice', responses({ tool_choice: { type: 'shell' } }), 'tool_choice'],
    [
      'as one of the choices',
      responses({
        tool_choice: {
          type: 'allowed_tools',
          mode: 'auto',
          tools: [{ type: 'function', name: 'f' }, { type: 'mcp' }],
        },
      }),
      'tool_choice.tools[1]',
    ],
    [
      'as one of the choices of chat',
      chat({
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'file_search' }] },
        },
      }),
      'tool_choice.tools[0]',
    ],
  ])('is refused %s', (_where, result, param) =>
    expect(refusalOf(result)).toMatchObject({ code: 'unsupported_tool', param }),
  )

  test('is none of those that a client may choose', () => {
    for (const tool_choice of [
      'auto',
      'required',
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'c' },
      {
        type: 'allowed_tools',
        mode: 'auto',
        tools: [{ type: 'function', name: 'f' }, { type: 'tool_search' }],
      },
    ]) {
      expect(responses({ tool_choice }).ok).toBe(true)
    }
    expect(chat({ tool_choice: { type: 'function', function: { name: 'f' } } }).ok).toBe(true)
  })

  test('may be a shell, as a choice, where the client offers its own', () => {
    const tools = [{ type: 'shell', environment: { type: 'local' } }]
    const choice = { type: 'shell' }
    for (const tool_choice of [choice, { type: 'allowed_tools', mode: 'auto', tools: [choice] }]) {
      expect(responses({ tool_choice, tools }).ok).toBe(true)
      expect(responses({ tool_choice, prompt: { id: 'pmpt_1' } }).ok).toBe(false)
    }
  })

  test('that is wished for as a choice holds for its searches', () => {
    expect(facts(responses({ tool_choice: { type: 'web_search' } })).toolCallsMax).toBe(10)
    expect(refusalOf(chat({ tool_choice: { type: 'web_search' } })).code).toBe('unsupported_parameter')
  })
})

describe('a cost without bound', () => {
  test.each([
    ['sound in a list in a list', inMessage([[{ type: 'input_audio' }]]), 'input[0].content[0][0][0]'],
    ['sound deep in an item', input({ type: 'something_new', a: { type: 'input_audio' } }), 'input[0].a'],
    ['sound in one part', input({ role: 'user', content: { type: 'input_audio' } }), 'input[0].content'],
    [
      'a longer life in the cache',
      inMessage({ type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }),
      'input[0].content[0].prompt_cache_breakpoint.ttl',
    ],
    [
      'a longer life in the cache of chat',
      inChat({ type: 'text', text: 'x', prompt_cache_breakpoint: { ttl: '24h' } }),
      'messages[0].content[0].prompt_cache_breakpoint.ttl',
    ],
    ['another way of reasoning', responses({ reasoning: { mode: 'pro' } }), 'reasoning.mode'],
    [
      'another way of reasoning, later',
      input({ type: 'configuration_update', reasoning: { mode: 'pro' } }),
      'input[0].reasoning.mode',
    ],
    ['other models to fall back to', chat({ models: ['dear'] }), 'models'],
    ['searches of another make', chat({ enable_search: true }), 'enable_search'],
    ['plugins', responses({ plugins: [{ id: 'web' }] }), 'plugins'],
    ['a dearer provider of the same model', chat({ provider: { order: ['dear'] } }), 'provider'],
    [
      'other models within the options of a gateway',
      responses({ providerOptions: { gateway: { models: ['dear'] } } }),
      'providerOptions',
    ],
    ['a stored choice of models and tools', chat({ preset: 'everything' }), 'preset'],
    ['members that are put over those of the body', chat({ extra_body: { max_tokens: 9 } }), 'extra_body'],
  ])('is refused: %s', (_what, result, param) =>
    expect(refusalOf(result)).toMatchObject({ code: 'unsupported_parameter', param }),
  )

  test.each([
    [
      'a store that is searched as the operator',
      chat({
        data_sources: [
          {
            type: 'azure_search',
            parameters: {
              endpoint: 'https://thief.test',
              authentication: { type: 'system_assigned_managed_identity' },
            },
          },
        ],
      }),
      'data_sources',
    ],
    ['another base URL', chat({ api_base: 'https://thief.test' }), 'api_base'],
    ['another base URL by another name', responses({ base_url: 'https://thief.test' }), 'base_url'],
  ])('is refused: %s', (_what, result, param) =>
    expect(refusalOf(result)).toMatchObject({ code: 'unsupported_parameter', param }),
  )

  test('is none where it is asked for by its usual name, or not at all', () => {
    expect(responses({ reasoning: { mode: 'standard', effort: 'high' }, plugins: [], models: null }).ok).toBe(
      true,
    )
    expect(chat({ enable_search: false }).ok).toBe(true)
    expect(
      inMessage({ type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } })
        .ok,
    ).toBe(true)
  })

  test.each([
    ['an item nobody knows', input({ type: 'something_new', text: 'x' })],
    ['a part nobody knows', inMessage({ type: 'input_video', video_url: 'https://x.test' })],
    [
      'a part nobody knows in an output',
      input({ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_video' }] }),
    ],
    [
      'a file anywhere',
      input({ type: 'message', role: 'user', content: 'x', attachment: { type: 'input_file' } }),
    ],
    [
      'a conversation that may be compacted on the way',
      responses({ context_management: [{ type: 'compaction', compact_threshold: 1_000 }] }),
    ],
    ['a part nobody knows in a chat message', inChat({ type: 'video_url', video_url: {} })],
  ])('is held as the whole window: %s', (_what, result) => expect(facts(result).input).toBeUndefined())

  test('has instructions that are a text, and content that is a text or a list', () => {
    expect(refusalOf(responses({ instructions: [{ type: 'message' }] })).param).toBe('instructions')
    expect(refusalOf(chat({ messages: [{ role: 'user', content: { type: 'text' } }] })).param).toBe(
      'messages[0].content',
    )
    expect(refusalOf(chat({ messages: [{ role: 'user', content: 'x' }, 'x'] })).param).toBe('messages[1]')
  })

  test('is counted for every image, and only that of a part is left out of the text', () => {
    const image_url = `data:image/png;base64,${'A'.repeat(100)}`
    const plain = facts(inMessage({ type: 'input_text', text: 'x' })).input
    const hidden = facts(
      input({ type: 'message', role: 'user', content: 'x', a: [{ type: 'input_image', image_url }] }),
    ).input
    expect([hidden?.textBytes, (hidden?.fixedTokensMax ?? 0) - (plain?.fixedTokensMax ?? 0)]).toEqual([
      BODY_BYTES,
      25_000,
    ])
  })
})

describe('a comparison with another response', () => {
  test('names one that has to be one’s own', () => {
    const compared = (id: Json) => responses({ prompt_cache_options: { comparison_response_id: id } })
    expect(facts(compared('resp_1')).comparedResponseId).toBe('resp_1')
    expect(facts(compared(null)).comparedResponseId).toBeUndefined()
    expect(refusalOf(compared(7)).param).toBe('prompt_cache_options.comparison_response_id')
  })
})

// --- anywhere at all

/** Any JSON, with `planted` in some place of it; names are such as no part of a body gives a meaning to. */
function around(planted: Json): fc.Arbitrary<Json> {
  const name = fc.constantFrom('a', 'b', 'content', 'output', 'extra', 'item', '__proto__', 'role')
  const beside = fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), fc.constant(null), fc.constant([]))
  const layer = fc.tuple(fc.boolean(), name, fc.array(fc.tuple(name, beside), { maxLength: 3 }))
  return fc.array(layer, { maxLength: 6 }).map((layers) =>
    layers.reduce<Json>((inner, [isList, at, others]) => {
      if (isList) return [...others.map(([, value]) => value), inner]
      return Object.fromEntries([...others, [at, inner] as const])
    }, planted),
  )
}

describe('wherever in a body it is put', () => {
  const places = (value: Json) => [
    responses({ something_new: value }),
    input({ role: 'user', content: 'x' }, { type: 'message', role: 'user', content: 'x', extra: value }),
    input({ type: 'something_new', extra: value }),
    inMessage({ type: 'input_text', text: 'x', extra: value }),
    inMessage(value),
    responses({ tools: [{ type: 'function', name: 'f', extra: value }] }),
    chat({ something_new: value }),
    inChat({ type: 'text', text: 'x', extra: value }),
    readCompactBody({ model: 'm', input: [{ type: 'something_new', extra: value }] }, BODY_BYTES),
    readInputTokensBody({ model: 'm', input: [{ type: 'something_new', extra: value }] }, BODY_BYTES),
    readCompletionsBody({ model: 'm', prompt: 'x', extra: value }, BODY_BYTES),
    readEmbeddingsBody({ model: 'm', input: 'x', extra: value }, BODY_BYTES),
    readModerationsBody({ model: 'm', input: 'x', extra: value }),
  ]

  test.each([
    ['a hosted tool', { tools: [{ type: 'mcp', server_url: 'https://x.test' }] }],
    ['a container', { container_id: 'cntr_theirs' }],
    ['stores', { vector_store_ids: ['vs_theirs'] }],
    ['sound', { type: 'input_audio', input_audio: { data: 'x' } }],
    ['a dear breakpoint', { prompt_cache_breakpoint: { ttl: '12h' } }],
  ])('%s is refused', (_what, planted) => {
    fc.assert(
      fc.property(around(planted), (value) => {
        for (const result of places(value)) expect(result.ok).toBe(false)
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  test('a stored file is looked up, or refused where no file may be named', () => {
    fc.assert(
      fc.property(around({ file_id: 'file_theirs' }), (value) => {
        for (const result of places(value)) {
          if (result.ok) expect(result.value.fileReferences.map(({ id }) => id)).toEqual(['file_theirs'])
        }
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  test('nothing breaks the walk, whatever it is given', () => {
    const anything = fc.anything({
      withNullPrototype: false,
      maxDepth: 4,
      key: fc.constantFrom('type', 'tools', 'id', 'content', 'input', 'messages', 'role', 'x'),
    })
    fc.assert(
      fc.property(anything, (value) => {
        for (const result of places(value))
          if (!result.ok) expect(result.error.code).toMatch(/^(invalid|unsupported|missing)_/)
        responses({ input: value })
        chat({ messages: value })
        responses({ tools: value, tool_choice: value })
        readCompletionsBody({ model: 'm', prompt: value }, BODY_BYTES)
        readEmbeddingsBody({ model: 'm', input: value }, BODY_BYTES)
      }),
      { seed: SEED, numRuns: 1_000 },
    )
  })
})
