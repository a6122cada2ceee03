// What a Responses request may say: every allowed thing passes, every refused one is refused by its name.
// One file, so that everything a request may say stands in one list.
import { describe, expect, test } from 'vitest'
import type { Refusal } from '../../contract/errors.ts'
import type { Result } from '../../contract/result.ts'
import type { BodyFacts } from './body-facts.ts'
import { readResponsesBody } from './responses-body.ts'

const BODY_BYTES = 50_000

const responses = (more: Record<string, unknown>) =>
  readResponsesBody({ model: 'gpt-6-sol', input: 'Hello.', ...more }, BODY_BYTES)
const input = (...items: unknown[]) => responses({ input: items })
const inMessage = (...content: unknown[]) => input({ type: 'message', role: 'user', content })

function facts(result: Result<BodyFacts, Refusal>): BodyFacts {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

function refused(result: Result<BodyFacts, Refusal>): Refusal {
  if (result.ok) throw new Error('not refused')
  return result.error
}

describe('a responses body', () => {
  test.each([
    ['background', true],
    ['background', 'yes'],
    ['conversation', 'conv_1'],
    ['conversation', { id: 'conv_1' }],
  ])('may not use %s (%j)', (param, value) => {
    expect(refused(responses({ [param]: value }))).toMatchObject({ code: 'unsupported_parameter', param })
  })

  test('may leave all of that null, and background false', () => {
    expect(
      responses({
        background: false,
        conversation: null,
        prompt: null,
        tools: null,
        previous_response_id: null,
      }).ok,
    ).toBe(true)
  })

  describe('with a stored prompt', () => {
    const prompt = (more: object) => responses({ prompt: { id: 'pmpt_1', ...more } })

    test('names it, and what its variables are filled with, of which nothing is overlooked', () => {
      expect(facts(responses({})).promptId).toBeUndefined()
      expect(facts(prompt({ version: null, variables: null }))).toMatchObject({
        promptId: 'pmpt_1',
        input: undefined,
        inputImages: undefined,
        fileReferences: [],
      })
      const variables = {
        tools: 'a text, whatever its variable is called',
        file_id: { type: 'input_text', text: 'x' },
        picture: { type: 'input_image', file_id: 'file_1' },
        report: { type: 'input_file', file_id: 'file_2' },
      }
      expect(facts(prompt({ version: '2', variables })).fileReferences).toEqual([
        { id: 'file_1', param: 'prompt.variables.picture.file_id' },
        { id: 'file_2', param: 'prompt.variables.report.file_id' },
      ])
    })

    test('has no other shape', () => {
      for (const [value, param] of [
        ['pmpt_1', 'prompt'],
        [['pmpt_1'], 'prompt'],
        [{}, 'prompt.id'],
        [{ id: '' }, 'prompt.id'],
        [{ id: 7 }, 'prompt.id'],
        [{ id: 'p'.repeat(201) }, 'prompt.id'],
        [{ id: 'pmpt_1', version: 2 }, 'prompt.version'],
        [{ id: 'pmpt_1', variables: 'x' }, 'prompt.variables'],
        [{ id: 'pmpt_1', variables: [] }, 'prompt.variables'],
        [{ id: 'pmpt_1', variables: { a: 7 } }, 'prompt.variables.a'],
        [{ id: 'pmpt_1', variables: { a: null } }, 'prompt.variables.a'],
        [{ id: 'pmpt_1', variables: { a: { type: 'input_audio' } } }, 'prompt.variables.a'],
      ] as const) {
        expect(refused(responses({ prompt: value }))).toMatchObject({ code: 'invalid_parameter', param })
      }
      expect(refused(prompt({ tools: [] }))).toMatchObject({
        code: 'unsupported_parameter',
        param: 'prompt.tools',
      })
      const hidden = { type: 'input_text', text: 'x', tools: [{ type: 'mcp' }] }
      expect(refused(prompt({ variables: { a: hidden } })).code).toBe('unsupported_tool')
    })

    test('does not stand in for the model', () => {
      expect(refused(readResponsesBody({ prompt: { id: 'pmpt_1' } }, 100))).toEqual({
        code: 'missing_parameter',
        param: 'model',
      })
    })
  })

  test('names its output limit', () => {
    expect(facts(responses({})).outputTokensLimit).toBeUndefined()
    expect(facts(responses({ max_output_tokens: 16 })).outputTokensLimit).toBe(16)
    for (const value of [0, 1.5, '16']) {
      expect(refused(responses({ max_output_tokens: value })).param).toBe('max_output_tokens')
    }
  })

  test('is kept by the upstream unless it says store:false', () => {
    expect(facts(responses({})).isStored).toBe(true)
    expect(facts(responses({ store: null })).isStored).toBe(true)
    expect(facts(responses({ store: true })).isStored).toBe(true)
    expect(facts(responses({ store: false })).isStored).toBe(false)
  })

  test('never has a usage chunk injected', () => {
    expect(facts(responses({ stream: true })).wantsUsageChunk).toBe(true)
  })

  test('names the response it follows', () => {
    expect(facts(responses({ previous_response_id: 'resp_1' })).previousResponseId).toBe('resp_1')
    for (const id of ['', 7, ['resp_1'], 'r'.repeat(201)]) {
      expect(refused(responses({ previous_response_id: id })).param).toBe('previous_response_id')
    }
  })

  test('has an input of text or of objects, or none', () => {
    for (const value of [undefined, null, 'text', [], [{ role: 'user', content: 'x' }]]) {
      expect(responses({ input: value }).ok).toBe(true)
    }
    for (const value of [7, {}]) {
      expect(refused(responses({ input: value }))).toMatchObject({
        code: 'invalid_parameter',
        param: 'input',
      })
    }
    for (const item of ['text', null, [{ role: 'user' }]]) {
      expect(refused(input({ role: 'user', content: 'x' }, item))).toMatchObject({
        code: 'invalid_parameter',
        param: 'input[1]',
      })
    }
  })

  describe('with references', () => {
    test('lists every one, with its type or without', () => {
      const items = [
        { type: 'item_reference', id: 'rs_1' },
        { role: 'user', content: 'x' },
        { id: 'msg_1' },
        { type: null, id: 'fc_1' },
      ]
      expect(facts(input(...items)).itemReferences).toEqual(['rs_1', 'msg_1', 'fc_1'])
    })

    test('names the id of each', () => {
      for (const item of [{ type: 'item_reference' }, { type: 'item_reference', id: '' }, { id: 7 }, {}]) {
        expect(refused(input(item))).toEqual({ code: 'missing_parameter', param: 'input[0].id' })
      }
    })

    test('has none in items that carry their own content, whatever id they invent', () => {
      const items = [
        {
          type: 'message',
          id: 'msg_invented',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'x' }],
        },
        { id: 'msg_2', role: 'user', content: 'x' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
        { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'done' },
      ]
      expect(facts(input(...items)).itemReferences).toEqual([])
    })
  })

  describe('with web_search', () => {
    const search = { type: 'web_search', external_web_access: true }

    test('holds for the searches that max_tool_calls allows, and for ten where it does not say', () => {
      expect(facts(responses({ tools: [search] })).toolCallsMax).toBe(10)
      expect(facts(responses({ tools: [search], max_tool_calls: 3 })).toolCallsMax).toBe(3)
      expect(facts(responses({ tools: [search], max_tool_calls: 100 })).toolCallsMax).toBe(100)
      for (const calls of [0, 101, 1.5]) {
        expect(refused(responses({ tools: [search], max_tool_calls: calls })).param).toBe('max_tool_calls')
      }
    })

    test('finds it wherever it is offered', () => {
      const nested = { type: 'namespace', name: 'n', tools: [search] }
      expect(facts(responses({ tools: [nested] })).toolCallsMax).toBe(10)
      expect(facts(input({ type: 'additional_tools', tools: [search] })).toolCallsMax).toBe(10)
    })

    test('absent leaves max_tool_calls to the upstream', () => {
      expect(facts(responses({ max_tool_calls: 5_000 })).toolCallsMax).toBe(0)
    })
  })

  describe('with tools inside its input', () => {
    test.each(['mcp', 'shell', 'computer', 'computer_use_preview'])('may not offer %s there', (tool) => {
      const expected = { code: 'unsupported_tool', details: { tool } }
      expect(
        refused(input({ type: 'additional_tools', tools: [{ type: 'function' }, { type: tool }] })),
      ).toEqual({ ...expected, param: 'input[0].tools[1]' })
      expect(refused(input({ type: 'tool_search_output', call_id: 'c', tools: [{ type: tool }] }))).toEqual({
        ...expected,
        param: 'input[0].tools[0]',
      })
      const unknown = { type: 'something_new', deep: [{ down: { tools: [{ type: tool }] } }] }
      expect(refused(input({ role: 'user', content: 'x' }, unknown))).toEqual({
        ...expected,
        param: 'input[1].deep[0].down.tools[0]',
      })
    })
  })

  describe('with parts', () => {
    test.each([
      ['an image', [{ type: 'input_image', file_id: 'file_1' }]],
      ['a file', [{ type: 'input_file', file_id: 'file_1' }]],
      ['a part nobody knows', [{ type: 'something_new', file_id: 'file_1' }]],
    ])('has a stored file looked up in %s, in a message or in an output', (_what, content) => {
      for (const item of [
        { role: 'user', content },
        { type: 'function_call_output', call_id: 'c', output: content },
        { type: 'computer_call_output', call_id: 'c', output: content[0] },
      ]) {
        const [{ id, param } = { id: '', param: '' }] = facts(input(item)).fileReferences
        expect(id).toBe('file_1')
        expect(param).toMatch(/^input\[0\]\.(content|output)(\[0\])?\.file_id$/)
      }
    })

    test('may leave file_id null', () => {
      expect(inMessage({ type: 'input_image', file_id: null, image_url: 'https://x.test/a.png' }).ok).toBe(
        true,
      )
    })

    test('may not be audio', () => {
      expect(refused(inMessage({ type: 'input_audio', input_audio: {} })).code).toBe('unsupported_parameter')
    })

    test('hold a bound for each image wherever it stands, and do not count its base64 as text', () => {
      const image_url = `data:image/png;base64,${'A'.repeat(30_000)}`
      const plain = facts(inMessage({ type: 'input_text', text: 'x' })).input?.fixedTokensMax ?? 0
      const bound = facts(
        input(
          { role: 'user', content: [{ type: 'input_image', image_url }] },
          {
            type: 'function_call_output',
            call_id: 'c',
            output: [{ type: 'input_image', image_url: 'https://x.test/a.png' }],
          },
          {
            type: 'computer_call_output',
            call_id: 'c',
            output: { type: 'computer_screenshot', image_url: 'https://x.test/b.png' },
          },
        ),
      ).input
      expect(bound?.textBytes).toBe(BODY_BYTES - image_url.length)
      expect((bound?.fixedTokensMax ?? 0) - plain).toBe(75_000)
    })

    test('hold the whole window for a file', () => {
      expect(facts(inMessage({ type: 'input_file', file_url: 'https://x.test/a.pdf' })).input).toBeUndefined()
      expect(
        facts(inMessage({ type: 'input_file', file_data: 'data:application/pdf;base64,AA' })).input,
      ).toBeUndefined()
    })
  })

  test('as Codex CLI sends it passes, with its search, its invented ids and its tools inside the input', () => {
    const body = {
      model: 'gpt-6.1-sol',
      instructions: 'You are a coding agent.',
      input: [
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [
            {
              type: 'function',
              name: 'exec_command',
              strict: false,
              parameters: { type: 'object', properties: {} },
            },
            {
              type: 'custom',
              name: 'apply_patch',
              format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
            },
            {
              type: 'namespace',
              name: 'mcp__files',
              tools: [{ type: 'function', name: 'read', parameters: {} }],
            },
            { type: 'tool_search', execution: 'client', parameters: {} },
            { type: 'web_search', external_web_access: false },
          ],
        },
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '<permissions>' }] },
        {
          type: 'message',
          id: 'msg_0190',
          role: 'user',
          content: [{ type: 'input_text', text: 'Fix it.' }],
          internal_chat_message_metadata_passthrough: { turn: 1 },
        },
        { type: 'reasoning', id: 'rs_0190', summary: [], encrypted_content: 'gAAAA', content: null },
        {
          type: 'function_call',
          id: 'fc_0190',
          name: 'exec_command',
          arguments: '{"cmd":"ls"}',
          call_id: 'call_1',
        },
        { type: 'function_call_output', call_id: 'call_1', output: 'README.md' },
        {
          type: 'custom_tool_call',
          name: 'apply_patch',
          input: '*** Begin Patch',
          call_id: 'call_2',
          status: 'completed',
        },
        { type: 'custom_tool_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'ok' }] },
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
        { type: 'compaction_trigger' },
      ],
      tools: [],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: '0190-thread',
      client_metadata: { 'x-codex-installation-id': 'abc' },
      text: { verbosity: 'low' },
    }
    expect(facts(readResponsesBody(body, 60_000))).toEqual({
      serviceTier: 'default',
      model: 'gpt-6.1-sol',
      isStream: true,
      choices: 1,
      outputTokensLimit: undefined,
      extraOutputTokensMax: 0,
      input: { textBytes: 60_000, fixedTokensMax: 1_024 },
      toolCallsMax: 10,
      toolCallsNamed: undefined,
      searchesFixed: 0,
      hidesText: false,
      hosted: {
        places: new Map([['web_search', 'input[0].tools[4]']]),
        search: 'plain',
        vectorStores: [],
        imageModel: undefined,
        images: [],
        imageMasks: 0,
        problem: undefined,
      },
      wantsUsageChunk: true,
      isStored: false,
      previousResponseId: undefined,
      comparedResponseId: undefined,
      itemReferences: [],
      givenIds: ['msg_0190', 'rs_0190', 'fc_0190', 'ws_1'],
      fileReferences: [],
      inputImages: 0,
      inputs: 1,
      isOutputLimitable: true,
    })
  })
})
