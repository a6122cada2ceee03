// What a body may say in either dialect: every allowed thing passes, every refused one is refused by its name.
import { describe, expect, test } from 'vitest'
import type { Refusal } from '../../contract/errors.ts'
import type { Result } from '../../contract/result.ts'
import type { BodyFacts } from './body-facts.ts'
import { readChatBody } from './chat-body.ts'
import { readResponsesBody } from './responses-body.ts'

type Body = Record<string, unknown>

const CHAT: Body = { model: 'gpt-6-sol', messages: [{ role: 'user', content: 'Hello.' }] }
const RESPONSES: Body = { model: 'gpt-6-sol', input: 'Hello.' }
const BODY_BYTES = 50_000

const DIALECTS = [
  { dialect: 'chat', read: readChatBody, plain: CHAT },
  { dialect: 'responses', read: readResponsesBody, plain: RESPONSES },
] as const

function facts(result: Result<BodyFacts, Refusal>): BodyFacts {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

function refused(result: Result<BodyFacts, Refusal>): Refusal {
  if (result.ok) throw new Error('not refused')
  return result.error
}

describe.each(DIALECTS)('any $dialect body', ({ read, plain }) => {
  const withMore = (more: Body) => read({ ...plain, ...more }, BODY_BYTES)

  test('names its model', () => {
    expect(facts(withMore({ model: 'a/b:c' })).model).toBe('a/b:c')
    for (const model of [undefined, null, '']) {
      expect(refused(withMore({ model }))).toEqual({ code: 'missing_parameter', param: 'model' })
    }
    for (const model of [7, ['gpt-6-sol'], { id: 'gpt-6-sol' }, 'm'.repeat(201)]) {
      expect(refused(withMore({ model }))).toMatchObject({ code: 'invalid_parameter', param: 'model' })
    }
  })

  test('is streamed where it says so, and says it with a truth value', () => {
    expect(facts(withMore({ stream: true })).isStream).toBe(true)
    for (const stream of [undefined, null, false]) expect(facts(withMore({ stream })).isStream).toBe(false)
    for (const stream of ['true', 1, {}]) {
      expect(refused(withMore({ stream }))).toMatchObject({ code: 'invalid_parameter', param: 'stream' })
    }
  })

  test('names its tier of service: the standard one unless it says otherwise, and no other than is known', () => {
    const tierOf = (service_tier: unknown) => {
      const read = withMore({ service_tier })
      return read.ok ? read.value.serviceTier : read.error.code
    }
    for (const name of [undefined, null, 'auto', 'default']) expect(tierOf(name)).toBe('default')
    for (const name of ['priority', 'fast']) expect(tierOf(name)).toBe('priority')
    for (const name of ['flex', 'ultrafast']) expect(tierOf(name)).toBe(name)
    for (const tier of ['scale', 'Default', 'batch', '']) {
      expect(refused(withMore({ service_tier: tier }))).toEqual({
        code: 'unsupported_service_tier',
        details: { tier },
        param: 'service_tier',
      })
    }
    expect(tierOf({ tier: 'flex' })).toBe('unsupported_service_tier')
  })

  test('keeps nothing in the prompt cache for longer than half an hour', () => {
    const keeps = (ttl: unknown) => withMore({ prompt_cache_options: { mode: 'explicit', ttl } })
    for (const ttl of [undefined, null, '30m']) expect(keeps(ttl).ok).toBe(true)
    for (const ttl of ['12h', '24h', 1_800]) {
      expect(refused(keeps(ttl))).toMatchObject({
        code: 'unsupported_parameter',
        param: 'prompt_cache_options.ttl',
      })
    }
    expect(refused(withMore({ prompt_cache_options: '12h' })).code).toBe('invalid_parameter')
  })

  test('may carry tools that run on the client', () => {
    const tools = [
      { type: 'function', function: { name: 'f' } },
      { type: 'custom', name: 'c' },
      { type: 'local_shell' },
      { type: 'apply_patch' },
      { type: 'shell', environment: { type: 'local' } },
      {
        type: 'shell',
        environment: { type: 'local', skills: [{ name: 's', description: 'd', path: '/s' }] },
      },
      { type: 'tool_search', execution: 'client' },
      {
        type: 'namespace',
        name: 'n',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'namespace', tools: [{ type: 'custom' }] },
        ],
      },
    ]
    expect(facts(withMore({ tools })).toolCallsMax).toBe(0)
    expect(withMore({ tools: null }).ok).toBe(true)
    expect(withMore({ tools: [] }).ok).toBe(true)
  })

  test.each([
    'mcp',
    'computer',
    'computer_use_preview',
    'shell',
    'tool_search',
    'something_new',
    'web_search_preview_2',
    'WEB_SEARCH',
  ])('may not carry the hosted tool %s, alone, behind another or in a namespace', (tool) => {
    const expected = { code: 'unsupported_tool', details: { tool } }
    const own = { type: tool, vector_store_ids: ['vs_1'] }
    expect(refused(withMore({ tools: [own] }))).toEqual({ ...expected, param: 'tools[0]' })
    expect(refused(withMore({ tools: [{ type: 'function' }, own] }))).toEqual({
      ...expected,
      param: 'tools[1]',
    })
    const nested = [{ type: 'namespace', tools: [{ type: 'namespace', tools: [own] }] }]
    expect(refused(withMore({ tools: nested }))).toEqual({ ...expected, param: 'tools[0].tools[0].tools[0]' })
  })

  test('may not carry a client tool that the server would run, nor what is kept there', () => {
    const alone = (tool: object) => refused(withMore({ tools: [tool] }))
    expect(alone({ type: 'tool_search', execution: 'server' }).code).toBe('unsupported_tool')
    for (const environment of [undefined, null, 'local', { type: 'container_auto' }, { container_id: 'c' }])
      expect(alone({ type: 'shell', environment }).code).toBe('unsupported_tool')
    const skills = [{ type: 'skill_reference', skill_id: 'skill_1' }]
    expect(alone({ type: 'shell', environment: { type: 'local', skills } })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'tools[0].environment.skills[0].skill_id',
    })
    expect(alone({ type: 'shell', environment: { type: 'local', container_id: 'c' } }).param).toBe(
      'tools[0].environment.container_id',
    )
  })

  test('carries its tools in a list of objects with a type', () => {
    for (const [tools, param] of [
      ['function', 'tools'],
      [{}, 'tools'],
      [[null], 'tools[0]'],
      [['function'], 'tools[0]'],
      [[[{ type: 'function' }]], 'tools[0]'],
      [[{}], 'tools[0].type'],
      [[{ type: 'function' }, { type: 7 }], 'tools[1].type'],
      [[{ type: ['function'] }], 'tools[0].type'],
      [[{ type: 'namespace', tools: {} }], 'tools[0].tools'],
    ] as const) {
      expect(refused(withMore({ tools }))).toMatchObject({ code: 'invalid_parameter', param })
    }
  })

  test('that nests namespaces without end is refused, and breaks nothing', () => {
    const depth = 200_000
    const text = `${'[{"type":"namespace","tools":'.repeat(depth)}[]${'}]'.repeat(depth)}`
    expect(refused(withMore({ tools: JSON.parse(text) as unknown })).code).toBe('invalid_parameter')
  })

  test('cannot reach into what every object inherits', () => {
    const body = JSON.parse(`{"__proto__":{"model":"gpt-6-sol","messages":[],"input":"x"}}`) as Body
    expect(read(body, BODY_BYTES).ok).toBe(false)
  })

  test('is bounded by its bytes, one token each, and by what templates add', () => {
    const bound = facts(withMore({})).input
    expect(bound?.textBytes).toBe(BODY_BYTES)
    expect(bound?.fixedTokensMax).toBeGreaterThanOrEqual(1_000)
  })
})
