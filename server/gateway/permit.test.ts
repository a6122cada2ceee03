// A body against the policy of whoever sends it: which tools, tiers and storing pass, at which bound, and with which bytes.
import { describe, expect, test } from 'vitest'
import type { Refusal } from '../../contract/errors.ts'
import type { PriceRow } from '../../contract/price.ts'
import { type PolicyValues, SHIPPED_POLICY } from '../../contract/request-policy.ts'
import { BODY_READERS } from './body-readers.ts'
import type { Dialect } from './endpoints.ts'
import { applySplices } from './json-scan.ts'
import { parseBody } from './parsed-body.ts'
import { type Permitted, permit } from './permit.ts'

const PRICE: PriceRow = {
  id: 'price_1',
  model: 'gpt-6-sol',
  effectiveFrom: 0,
  createdAt: 0,
  origin: 'operator',
  inputNanoUsdPerMTok: 2_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  webSearchNanoUsdPerCall: 10_000_000,
  fileSearchNanoUsdPerCall: 2_500_000,
  codeInterpreterNanoUsdPerSession: 30_000_000,
  isReasoning: true,
}
const IMAGES: PriceRow = { ...PRICE, model: 'gpt-image-2', imageOutputNanoUsdPerMTok: 40_000_000_000 }
const ALL: PolicyValues = {
  ...SHIPPED_POLICY,
  fileSearch: true,
  codeInterpreter: true,
  imageGeneration: true,
  vectorStoreIds: ['vs_shared'],
}

interface Given {
  readonly policy?: Partial<PolicyValues>
  readonly price?: Partial<PriceRow>
  readonly dialect?: Dialect
  readonly model?: string
}

interface Result extends Partial<Permitted> {
  readonly error?: Refusal
  /** Whether the bytes go out as they came. */
  readonly isUntouched?: boolean
  readonly sent?: unknown
}

function permitted(more: object, given: Given = {}): Result {
  const { dialect = 'responses', model = 'gpt-6-sol' } = given
  const content = dialect === 'chat' ? { messages: [] } : { input: 'x' }
  const body = Buffer.from(JSON.stringify({ model, ...content, ...more }))
  const parsed = parseBody(body)
  if (!parsed.ok) throw new Error('the body can be parsed')
  const { scan, value } = parsed.value
  const facts = BODY_READERS[dialect](value, body.length)
  if (!facts.ok) return { error: facts.error }
  const result = permit({
    policy: { ...ALL, ...given.policy },
    endpoint: { dialect, isFree: dialect === 'input_tokens' },
    model,
    price: { ...PRICE, ...given.price },
    prices: () => [PRICE, IMAGES],
    priceOf: (other) => (other === IMAGES.model ? IMAGES : undefined),
    facts: facts.value,
    body: value,
    scan,
  })
  if (!result.ok) return { error: result.error }
  const sent: unknown = JSON.parse(applySplices(body, result.value.edits).toString())
  return { ...result.value, isUntouched: result.value.edits.length === 0, sent }
}

const refusal = (more: object, given: Given = {}) => {
  const { error } = permitted(more, given)
  return [error?.code, error?.param]
}

const SEARCH = { type: 'web_search' }
const FILES = { type: 'file_search', vector_store_ids: ['vs_shared'] }
const RUN = { type: 'code_interpreter', container: { type: 'auto' } }
const DRAW = { type: 'image_generation', model: 'gpt-image-2' }

describe.each([
  ['web_search', SEARCH, 'webSearch'],
  ['file_search', FILES, 'fileSearch'],
  ['code_interpreter', RUN, 'codeInterpreter'],
  ['image_generation', DRAW, 'imageGeneration'],
] as const)('%s', (tool, offered, rule) => {
  const closed: Given = { policy: { [rule]: false } }

  test('passes where it is open and has a price', () => {
    expect(permitted({ tools: [offered] }).error).toBeUndefined()
  })

  test('is refused where it is not open, wherever it hides', () => {
    const deep = { type: 'namespace', name: 'n', tools: [{ type: 'namespace', tools: [offered] }] }
    for (const [more, param] of [
      [{ tools: [offered] }, 'tools[0]'],
      [{ tools: [{ type: 'function', name: 'f' }, deep] }, 'tools[1].tools[0].tools[0]'],
      [{ input: [{ type: 'additional_tools', tools: [deep] }] }, 'input[0].tools[0].tools[0].tools[0]'],
      [{ input: [{ type: 'tool_search_output', call_id: 'c', tools: [offered] }] }, 'input[0].tools[0]'],
      [{ input: [{ type: 'something_new', deep: [{ tools: [offered] }] }] }, 'input[0].deep[0].tools[0]'],
      [{ tool_choice: { type: tool } }, 'tool_choice'],
      [{ tool_choice: { type: 'allowed_tools', tools: [{ type: tool }] } }, 'tool_choice.tools[0]'],
    ] as const) {
      expect([more, ...refusal(more, closed)]).toEqual([more, 'tool_not_permitted', param])
    }
    expect(refusal({ tools: [offered] }, { ...closed, dialect: 'input_tokens' })[0]).toBe(
      'tool_not_permitted',
    )
  })

  test('that has no price is refused, whoever may use it', () => {
    const unpriced = {
      webSearchNanoUsdPerCall: null,
      fileSearchNanoUsdPerCall: null,
      codeInterpreterNanoUsdPerSession: null,
    }
    const more = tool === 'image_generation' ? { ...offered, model: 'gpt-6-sol' } : offered
    const [code] = refusal({ tools: [more] }, { price: unpriced })
    expect(code).toBe(tool === 'image_generation' ? 'model_not_priced' : 'unsupported_parameter')
  })
})

test('only the search is open to whoever was permitted nothing else, and goes out as it came', () => {
  const given = { policy: SHIPPED_POLICY }
  expect(permitted({ tools: [SEARCH] }, given)).toMatchObject({
    isUntouched: true,
    facts: { toolCallsMax: 10 },
  })
  for (const tool of [FILES, RUN, DRAW, { type: 'file_search' }, { type: 'image_generation' }]) {
    expect(refusal({ tools: [tool] }, given)[0]).toBe('tool_not_permitted')
  }
})

describe('a search', () => {
  test('of the preview tool is priced as one, and never beside the other', () => {
    for (const type of ['web_search_preview', 'web_search_preview_2025_03_11']) {
      expect(permitted({ tools: [{ type }] }).toolTerms?.isPreviewSearch).toBe(true)
      expect(refusal({ tools: [{ type }] }, { price: { isReasoning: false } })).toEqual([
        'unsupported_parameter',
        'tools',
      ])
      expect(refusal({ tools: [{ type }, SEARCH] })).toEqual(['unsupported_parameter', 'tools[1]'])
    }
    expect(permitted({ tools: [{ type: 'web_search_2025_08_26' }] }).toolTerms?.isPreviewSearch).toBe(false)
  })

  test('brings what it finds into the input, as often as it may be made', () => {
    const of = (more: object) => permitted(more).facts?.input?.fixedTokensMax ?? 0
    const none = of({})
    expect(of({ tools: [SEARCH], max_tool_calls: 2 }) - none).toBe(20_000)
    expect(of({ tools: [SEARCH] }) - none).toBe(100_000)
  })

  test('in chat completions is one in each answer, by its options or by the model', () => {
    const chat = { dialect: 'chat' } as const
    const asked = permitted({ web_search_options: {}, n: 2 }, chat)
    expect(asked).toMatchObject({ isUntouched: true, facts: { searchesFixed: 2, toolCallsMax: 2 } })
    for (const model of [
      'gpt-4o-search-preview',
      'gpt-4o-mini-search-preview-2025-03-11',
      'gpt-5-search-api',
    ]) {
      expect(permitted({}, { ...chat, model }).facts?.searchesFixed).toBe(1)
      expect(refusal({}, { ...chat, model, policy: { webSearch: false } })).toEqual([
        'tool_not_permitted',
        'model',
      ])
      expect(refusal({}, { ...chat, model, price: { webSearchNanoUsdPerCall: null } })[0]).toBe(
        'unsupported_parameter',
      )
    }
    expect(permitted({}, chat).facts?.searchesFixed).toBe(0)
    expect(refusal({ web_search_options: {} }, { ...chat, policy: { webSearch: false } })).toEqual([
      'tool_not_permitted',
      'web_search_options',
    ])
  })
})

test('files are searched in the stores that are open to whoever asks, and in no other', () => {
  const stores = (...ids: readonly unknown[]) => ({ tools: [{ type: 'file_search', vector_store_ids: ids }] })
  expect(refusal(stores('vs_shared', 'vs_of_another'))).toEqual([
    'unsupported_parameter',
    'tools[0].vector_store_ids[1]',
  ])
  for (const ids of [[], [7], [''], 'vs_shared', undefined]) {
    const tool = { type: 'file_search', vector_store_ids: ids }
    expect(refusal({ tools: [tool] })).toEqual(['invalid_parameter', 'tools[0].vector_store_ids'])
  }
  expect(refusal(stores('vs_shared'), { policy: { vectorStoreIds: [] } })[0]).toBe('unsupported_parameter')
})

test('a container is an automatic one of the usual size, or one that is referred to; its files are looked up', () => {
  const container = (made: unknown) => ({ tools: [{ type: 'code_interpreter', container: made }] })
  expect(permitted(container('cntr_1')).facts?.itemReferences).toEqual(['cntr_1'])
  expect(permitted(container({ type: 'auto', memory_limit: '1g', file_ids: [] })).error).toBeUndefined()
  for (const [made, param] of [
    [undefined, 'container'],
    [{ type: 'auto', memory_limit: '64g' }, 'container.memory_limit'],
    [{ type: 'auto', skills: [{}] }, 'container.skills'],
    [{ type: 'other' }, 'container'],
    [['cntr_1'], 'container'],
  ] as const) {
    expect(refusal(container(made))).toEqual(['unsupported_parameter', `tools[0].${param}`])
  }
  expect(
    permitted(container({ type: 'auto', file_ids: ['file_1', 'file_2'] })).facts?.fileReferences,
  ).toEqual([
    { id: 'file_1', param: 'tools[0].container.file_ids[0]' },
    { id: 'file_2', param: 'tools[0].container.file_ids[1]' },
  ])
  for (const [ids, param] of [
    ['file_1', 'file_ids'],
    [[7], 'file_ids[0]'],
  ] as const) {
    expect(refusal(container({ type: 'auto', file_ids: ids }))).toEqual([
      'invalid_parameter',
      `tools[0].container.${param}`,
    ])
  }
  // A tool that has no container names none, and one that has no stores none of them.
  expect(refusal({ tools: [{ ...SEARCH, container: 'cntr_1' }] })[0]).toBe('unsupported_parameter')
  expect(refusal({ tools: [{ ...RUN, vector_store_ids: ['vs_other'] }] })[0]).toBe('unsupported_parameter')
})

test('images are made by one model that is named and has a price, as pictures', () => {
  const draw = (more: object) => ({ tools: [{ ...DRAW, ...more }] })
  expect(permitted(draw({ output_format: 'webp', quality: 'high' })).toolTerms?.imageTool?.model).toBe(
    'gpt-image-2',
  )
  expect(refusal(draw({ model: undefined }))).toEqual(['invalid_parameter', 'tools[0].model'])
  expect(refusal(draw({ output_format: 'svg' }))).toEqual(['unsupported_parameter', 'tools[0].output_format'])
  expect(refusal({ tools: [DRAW, { ...DRAW, model: 'other' }] })).toEqual([
    'unsupported_parameter',
    'tools[1].model',
  ])
  expect(refusal({ tool_choice: { type: 'image_generation' } })).toEqual([
    'unsupported_parameter',
    'tool_choice',
  ])
  expect(permitted(draw({ input_image_mask: { file_id: 'file_1' } })).facts?.fileReferences).toEqual([
    { id: 'file_1', param: 'tools[0].input_image_mask.file_id' },
  ])
})

describe('an image that a tool makes is held as', () => {
  const outputOf = (...tools: object[]) =>
    permitted({ tools: tools.map((more) => ({ ...DRAW, ...more })) }).toolTerms?.imageTool?.outputTokensMax
  const planned = 1_024

  test.each<[string, object, number]>([
    ['the largest that its model makes', {}, 23_719],
    ['the largest, where the upstream chooses', { size: 'auto', quality: 'auto' }, 23_719],
    ['its size and quality say', { size: '1024x1024', quality: 'low' }, 196],
    ['its size says, of the best quality', { size: '1024x1024' }, 7_024],
    ['its quality says, of the largest size', { quality: 'medium' }, 5_930],
    ['the best, where its quality is none', { size: '1024x1024', quality: 'constructor' }, 7_024],
    ['the largest, where its size is none', { size: '00x00', quality: 'low' }, 659],
    ['previews besides', { size: '1024x1024', quality: 'low', partial_images: 2 }, 196 + 200],
    [
      'every preview, where their number is none',
      { size: '1024x1024', quality: 'low', partial_images: 'x' },
      496,
    ],
  ])('%s', (_what, more, tokens) => {
    expect(outputOf(more)).toBe(tokens + planned)
  })

  test('the dearest of those that are offered', () => {
    const small = { size: '1024x1024', quality: 'low' }
    expect(outputOf(small, { size: '1024x1024', quality: 'high' }, small)).toBe(7_024 + planned)
  })

  test('with the images that it can be given: those of the request, and of the calls before it', () => {
    const inputOf = (body: object) =>
      permitted({ tools: [DRAW], ...body }).toolTerms?.imageTool?.inputTokensMax
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }
    const says = (...content: object[]) => [{ role: 'user', content }]
    expect(inputOf({ max_tool_calls: 1 })).toBe(8_000)
    expect(inputOf({ max_tool_calls: 3 })).toBe(8_000 + 2 * 25_000)
    expect(inputOf({ max_tool_calls: 1, input: says(image, image) })).toBe(8_000 + 2 * 25_000)
    const mask = { input_image_mask: { image_url: 'data:image/png;base64,AAAA' } }
    expect(inputOf({ max_tool_calls: 1, tools: [{ ...DRAW, ...mask }] })).toBe(8_000 + 25_000)
    for (const body of [
      {},
      { max_tool_calls: 1, previous_response_id: 'resp_1' },
      { max_tool_calls: 1, input: [{ type: 'item_reference', id: 'ig_1' }] },
      { max_tool_calls: 1, input: [{ type: 'image_generation_call', id: 'ig_1', result: 'AAAA' }] },
      { max_tool_calls: 1, input: says({ type: 'input_file', file_id: 'file_1' }) },
      { max_tool_calls: 1, input: says({ type: 'input_video', video_url: 'https://x.test/' }) },
    ])
      expect(inputOf(body), JSON.stringify(body)).toBe(120_000)
  })
})

describe('calls of hosted tools', () => {
  test.each([
    ['nobody says', {}, null, 10, undefined],
    ['the request says', { max_tool_calls: 40 }, null, 40, 40],
    ['the policy says less', { max_tool_calls: 40 }, 5, 5, 5],
    ['the request says less', { max_tool_calls: 3 }, 5, 3, 3],
    ['only the policy says', {}, 30, 30, 30],
  ])('of a search are bounded as %s', (_who, more, maxToolCalls, calls, sent) => {
    const result = permitted({ tools: [SEARCH], ...more }, { policy: { maxToolCalls } })
    expect(result.facts?.toolCallsMax).toBe(calls)
    expect(result.sent).toHaveProperty('input')
    expect((result.sent as { max_tool_calls?: number }).max_tool_calls).toBe(sent)
  })

  test('of dearer tools are always bounded by what is sent', () => {
    for (const tool of [FILES, RUN, DRAW]) {
      expect(permitted({ tools: [tool], max_tool_calls: null }).sent).toMatchObject({ max_tool_calls: 10 })
      expect(refusal({ tools: [tool] }, { dialect: 'compaction' })[0]).toBe('unsupported_parameter')
    }
  })

  test('are of no account without such a tool', () => {
    expect(permitted({ max_tool_calls: 5_000 }, { policy: { maxToolCalls: 3 } })).toMatchObject({
      isUntouched: true,
      facts: { toolCallsMax: 0 },
    })
  })
})

test('a tier of service is one that may be asked for, by either of its names and no other spelling', () => {
  const given = { policy: { serviceTiers: ['flex'] as const } }
  expect(permitted({ service_tier: 'flex' }, given).error).toBeUndefined()
  for (const tier of ['auto', 'default', null]) {
    expect(permitted({ service_tier: tier }, given).error).toBeUndefined()
  }
  for (const tier of ['priority', 'fast', 'ultrafast']) {
    expect(refusal({ service_tier: tier }, given)).toEqual(['service_tier_not_permitted', 'service_tier'])
  }
  for (const tier of ['Priority', 'FAST', ' flex', 'scale', 'batch', 7]) {
    expect(refusal({ service_tier: tier }, given)[0]).toBe('unsupported_service_tier')
  }
})

describe('what the upstream keeps', () => {
  const chat = { dialect: 'chat' } as const

  test('is as the request says where that is open', () => {
    expect(permitted({})).toMatchObject({ isUntouched: true, facts: { isStored: true } })
    expect(permitted({ store: true }, chat).isUntouched).toBe(true)
  })

  test('is nothing where it is off, whatever the request says', () => {
    const off = { policy: { store: 'off' } } as const
    for (const store of [undefined, null, true, 'yes']) {
      expect(permitted({ store }, off)).toMatchObject({ sent: { store: false }, facts: { isStored: false } })
    }
    expect(permitted({ store: false }, off).isUntouched).toBe(true)
    expect(permitted({ store: true }, { ...chat, ...off }).sent).toMatchObject({ store: false })
    expect(permitted({}, { ...chat, ...off }).isUntouched).toBe(true)
  })

  test('is what a request has to forgo itself where it is refused', () => {
    const given = { policy: { store: 'refuse' } } as const
    for (const store of [undefined, null, true]) {
      expect(refusal({ store }, given)).toEqual(['storing_not_permitted', 'store'])
    }
    expect(permitted({ store: false }, given).error).toBeUndefined()
    expect(permitted({}, { ...chat, ...given }).error).toBeUndefined()
    expect(refusal({ store: true }, { ...chat, ...given })[0]).toBe('storing_not_permitted')
  })
})

describe('a stored prompt', () => {
  const named = (more: object = {}) => ({ prompt: { id: 'pmpt_1', ...more } })
  const listed: Given = { policy: { promptIds: ['pmpt_1'] } }

  test('passes where it is listed, and no other does', () => {
    expect(permitted(named(), listed).error).toBeUndefined()
    for (const given of [{}, { policy: { promptIds: ['pmpt_2', 'pmpt_'] } }]) {
      expect(refusal(named(), given)).toEqual(['unsupported_parameter', 'prompt.id'])
    }
    expect(String(permitted(named()).error?.details?.['problem'])).toMatch(/pmpt_1 .*operator can list it/)
    for (const dialect of ['compaction', 'input_tokens'] as const) {
      expect(refusal(named(), { ...listed, dialect })).toEqual(['unsupported_parameter', 'prompt'])
    }
  })

  test('is held as the whole window, and as every tool that is permitted and has a price', () => {
    const toolsOf = (given: Given) => [...(permitted(named(), given).facts?.hosted.places.keys() ?? [])]
    expect(permitted(named(), listed).facts).toMatchObject({ input: undefined, toolCallsMax: 10 })
    expect(toolsOf(listed)).toEqual(['web_search', 'file_search', 'code_interpreter', 'image_generation'])
    expect(toolsOf({ policy: { ...listed.policy, fileSearch: false, imageGeneration: false } })).toEqual([
      'web_search',
      'code_interpreter',
    ])
    const unpriced = { webSearchNanoUsdPerCall: null, codeInterpreterNanoUsdPerSession: null }
    expect(toolsOf({ ...listed, price: unpriced })).toEqual(['file_search', 'image_generation'])
    const { imageTool, isPreviewSearch } = permitted(named(), listed).toolTerms ?? {}
    expect(imageTool).toMatchObject({ model: 'gpt-image-2', outputTokensMax: 23_719 + 300 + 1_024 })
    expect([imageTool?.inputTokensMax, isPreviewSearch]).toEqual([120_000, false])
    const dearPreview = { webSearchPreviewNanoUsdPerCall: 25_000_000 }
    expect(permitted(named(), { ...listed, price: dearPreview }).toolTerms?.isPreviewSearch).toBe(true)
  })

  test.each([
    ['nobody says', {}, {}, 10],
    ['the request says', { max_tool_calls: 3 }, {}, 3],
    ['the policy says less', { max_tool_calls: 40 }, { maxToolCalls: 5 }, 5],
    ['no tool is permitted', {}, { webSearch: false, fileSearch: false, codeInterpreter: false }, 10],
  ])('always goes out with the most calls that its tools may make: %s', (_who, more, policy, calls) => {
    const given = { policy: { ...listed.policy, imageGeneration: false, ...policy } }
    expect(permitted({ ...named(), ...more }, given)).toMatchObject({
      sent: { max_tool_calls: calls, prompt: { id: 'pmpt_1' } },
      facts: { toolCallsMax: calls },
    })
    expect(refusal({ ...named(), max_tool_calls: 0 }, given)).toEqual(['invalid_parameter', 'max_tool_calls'])
  })
})
