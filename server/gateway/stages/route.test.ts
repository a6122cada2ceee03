// Understanding a body: what is refused before anything is held, and which bytes go up in place of which.
import { describe, expect, test } from 'vitest'
import type { PriceRow } from '../../../contract/price.ts'
import { SHIPPED_POLICY } from '../../../contract/request-policy.ts'
import { settingsSchema } from '../../../contract/settings.ts'
import { upstreamTarget } from '../../../test/support/upstream-target.ts'
import type { Dialect } from '../endpoints.ts'
import { applySplices } from '../json-scan.ts'
import type { Read, Routed } from '../request.ts'
import { route } from './route.ts'

const PRICE: PriceRow = {
  id: 'price_1',
  model: 'gpt-6-sol',
  effectiveFrom: 0,
  createdAt: 0,
  origin: 'operator',
  inputNanoUsdPerMTok: 2_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  webSearchNanoUsdPerCall: 10_000_000,
  contextWindowTokens: 400_000,
}

const PRICES = new Map<string, PriceRow>([
  ['gpt-6-sol', PRICE],
  ['no-search', { ...PRICE, id: 'price_2', model: 'no-search', webSearchNanoUsdPerCall: null }],
  ['kept-away', { ...PRICE, id: 'price_4', model: 'kept-away' }],
  ['no-window', { ...PRICE, id: 'price_3', model: 'no-window', contextWindowTokens: null }],
])

const FREE: ReadonlySet<Dialect> = new Set(['input_tokens', 'moderations'])

const OWNED: Record<string, { userId: string; tokens: number | null; upstreamId: string | null }> = {
  'response resp_mine': { userId: 'user_1', tokens: 5_000, upstreamId: null },
  'response resp_without_usage': { userId: 'user_1', tokens: null, upstreamId: null },
  'response resp_theirs': { userId: 'user_2', tokens: 5_000, upstreamId: null },
  'item rs_mine': { userId: 'user_1', tokens: 700, upstreamId: null },
  'item msg_mine': { userId: 'user_1', tokens: 300, upstreamId: null },
  'item rs_without_usage': { userId: 'user_1', tokens: null, upstreamId: null },
  'item rs_theirs': { userId: 'user_2', tokens: null, upstreamId: null },
}

const settings = settingsSchema.parse({
  modelAliases: { ours: 'gpt-6-sol', unpriced: 'gpt-0', 'with "quotes"': 'gpt-6-sol' },
  multiplierPpm: 1_200_000,
})

const upstreams = [upstreamTarget()]

/** Models that were asked for without a price, as the route notes them. */
const asked: unknown[][] = []
let aliasDefault = false
const withDefault = settingsSchema.parse({ modelAliases: { 'omni-moderation-latest': 'gpt-6-sol' } })

function routed(
  body: string | Buffer,
  dialect: Dialect = 'chat',
  allowedModels: readonly string[] | null = null,
) {
  const deps = {
    settings: {
      current: () => (aliasDefault ? withDefault : settings),
      update: () => settings,
      onChange: () => () => {},
    },
    planFunds: { sourcesFor: () => [{ kind: 'balance', isUsedUp: false }], activeOf: () => undefined },
    policyBook: { effectiveFor: () => SHIPPED_POLICY },
    prices: { priceOf: (model: string) => PRICES.get(model) },
    models: {
      isAllowed: (model: string, { userId }: { userId: string }) =>
        model !== 'kept-away' || userId !== 'user_1',
      multiplierPpm: (model: string) => (model === 'no-window' ? 2_000_000 : 1_000_000),
    },
    unpriced: { note: (model: string, userId: string, at: number) => void asked.push([model, userId, at]) },
    ownedIds: { record: () => {}, find: (kind: string, id: string) => OWNED[`${kind} ${id}`] },
  }
  const read = {
    body: Buffer.from(body),
    endpoint: { dialect, isFree: FREE.has(dialect) },
    key: { userId: 'user_1', allowedModels },
    receivedAt: 1_800_000_000_000,
    upstreams,
  }
  // Of the dependencies only these calls are made, and of a read request only these members are looked at.
  return route(deps as unknown as Parameters<typeof route>[0], read as unknown as Read)
}

function accepted(body: string, dialect: Dialect = 'chat'): Routed {
  const result = routed(body, dialect)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

function refused(body: string | Buffer, dialect: Dialect = 'chat') {
  const result = routed(body, dialect)
  if (result.ok) throw new Error('not refused')
  return result.error
}

/** The bytes that go up where the output limit stays as it is. */
const sentOf = ({ body, edits }: Routed) => applySplices(body, edits)

const chat = (members: string) => `{"model":"gpt-6-sol","messages":[]${members}}`
const sentUp = (body: string, dialect: Dialect = 'chat') => sentOf(accepted(body, dialect)).toString()

describe('a body', () => {
  test.each([
    ['empty', ''],
    ['no JSON', '{"model":'],
    ['followed by something', '{"model":"m"} x'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"model"'],
    ['behind a byte-order mark', '\ufeff{"model":"m"}'],
    ['not UTF-8', Buffer.from('{"model":"gpt-6-sol\xff"}', 'latin1')],
    ['in UTF-16', Buffer.from('{"model":"m"}', 'utf16le')],
  ])('that is %s is refused as invalid JSON, with what is wrong', (_what, body) => {
    const { code, details } = refused(body)
    expect(code).toBe('invalid_json')
    expect(String(details?.problem).length).toBeGreaterThan(5)
    expect(String(details?.problem).length).toBeLessThanOrEqual(200)
  })

  test.each([
    '{"model":"gpt-6-sol","messages":[],"model":"dear"}',
    '{"model":"gpt-6-sol","messages":[],"mod\\u0065l":"dear"}',
    '{"model":"gpt-6-sol","messages":[{"a":{"model":1,"mod\\u0065l":2}}]}',
  ])('that names a member twice is refused: %s', (body) =>
    expect(refused(body)).toEqual({ code: 'duplicate_member', param: 'model' }),
  )

  test.each([
    ['deep', `{"model":"gpt-6-sol","messages":${'['.repeat(200)}${']'.repeat(200)}}`, '100 levels'],
    ['full of values', `{"model":"gpt-6-sol","messages":[${'0,'.repeat(700_000)}0]}`, '600000 values'],
    [
      'of many short texts',
      `{"model":"gpt-6-sol","messages":[${`"${'x'.repeat(200)}",`.repeat(50_000)}0]}`,
      'bytes',
    ],
  ])('that is too %s for a parser is refused, with what is too much', (_how, body, problem) => {
    const { code, details } = refused(body)
    expect(code).toBe('body_too_complex')
    expect(details?.problem).toContain(problem)
  })

  test('that is broken behind a long text is not told a place in it', () => {
    const { code, details } = refused(`{"model":"${'x'.repeat(5_000)}","messages":tru}`)
    expect(code).toBe('invalid_json')
    expect(details?.problem).not.toMatch(/position|\d/)
  })

  test('goes up byte for byte where nothing has to change', () => {
    const body =
      ' {\t"messages" : [{"role":"user","content":"caf\\u00e9 门"}],\n"seed":12345678901234567890, "temperature":1.0,"model":"gpt-6-sol" } \n'
    expect(sentOf(accepted(body)).equals(Buffer.from(body))).toBe(true)
    expect(accepted(body).isUsageInjected).toBe(false)
  })

  test('carries the price it will be charged at, and the multiplier', () => {
    expect(accepted(chat(''))).toMatchObject({
      model: 'gpt-6-sol',
      alias: undefined,
      price: PRICE,
      multiplierPpm: 1_200_000,
    })
  })
})

describe('a model', () => {
  test.each(['gpt-0', 'GPT-6-SOL', 'gpt-6-sol ', '__proto__', 'constructor', 'toString'])(
    '%j without a price is refused by the name that was sent',
    (model) => {
      const body = `{"model":${JSON.stringify(model)},"messages":[]}`
      expect(refused(body)).toEqual({ code: 'model_not_priced', details: { model }, param: 'model' })
    },
  )

  test('behind an alias goes up by its own name, and nothing else changes', () => {
    const body = '{"messages":[{"role":"user","content":"ours"}], "model" :\t"ours" ,"user":"ours"}'
    expect(sentUp(body)).toBe(body.replace('\t"ours"', '\t"gpt-6-sol"'))
    expect(accepted(body)).toMatchObject({ model: 'gpt-6-sol', alias: 'ours', price: PRICE })
    expect(sentUp('{"model":"\\u006furs","messages":[]}')).toBe('{"model":"gpt-6-sol","messages":[]}')
    expect(accepted('{"model":"with \\"quotes\\"","messages":[]}').alias).toBe('with "quotes"')
  })

  test('behind an alias without a price is refused by the alias, and does not name what is behind it', () => {
    expect(refused('{"model":"unpriced","messages":[]}')).toMatchObject({
      code: 'model_not_priced',
      details: { model: 'unpriced' },
    })
  })

  test('without a price is noted by the name that needs one, and by who asked', () => {
    asked.length = 0
    refused('{"model":"unpriced","messages":[]}')
    expect(asked).toEqual([['gpt-0', 'user_1', 1_800_000_000_000]])
  })

  test('that is not for this person does not exist for them, priced or not, and is not noted', () => {
    asked.length = 0
    expect(refused('{"model":"kept-away","messages":[]}')).toEqual({
      code: 'model_not_found',
      details: { model: 'kept-away' },
      param: 'model',
    })
    expect(asked).toEqual([])
  })

  test('brings its own multiplier beside the one of the settings', () => {
    expect(accepted('{"model":"no-window","messages":[]}')).toMatchObject({
      multiplierPpm: 1_200_000,
      modelMultiplierPpm: 2_000_000,
    })
  })

  test('that has no price for searches may not search', () => {
    const body = (model: string) => `{"model":"${model}","input":"x","tools":[{"type":"web_search"}]}`
    expect(refused(body('no-search'), 'responses').code).toBe('unsupported_parameter')
    expect(accepted(body('gpt-6-sol'), 'responses').facts.toolCallsMax).toBe(10)
  })
})

describe('a streamed chat completion', () => {
  const ASKED = '"stream_options":{"include_usage":true}'

  test.each([
    ['says nothing', chat(',"stream":true'), chat(`,"stream":true,${ASKED}`)],
    ['says null', chat(',"stream":true,"stream_options":null'), chat(`,"stream":true,${ASKED}`)],
    [
      'says no',
      chat(',"stream_options":{"include_usage":false},"stream":true'),
      chat(`,${ASKED},"stream":true`),
    ],
    [
      'says null to it',
      chat(',"stream":true,"stream_options":{"include_usage":null}'),
      chat(`,"stream":true,${ASKED}`),
    ],
    [
      'has other options',
      chat(',"stream":true,"stream_options":{ "include_obfuscation" : false }'),
      chat(',"stream":true,"stream_options":{ "include_obfuscation" : false,"include_usage":true }'),
    ],
    [
      'has no options',
      chat(',"stream":true,"stream_options":{ }'),
      chat(',"stream":true,"stream_options":{"include_usage":true }'),
    ],
  ])('that %s about usage has it asked for', (_what, body, expected) => {
    expect(sentUp(body)).toBe(expected)
    expect(accepted(body).isUsageInjected).toBe(true)
  })

  test('that asks for usage itself goes up as it came', () => {
    const body = chat(',"stream":true,"stream_options":{"include_usage":true}')
    expect(sentUp(body)).toBe(body)
    expect(accepted(body).isUsageInjected).toBe(false)
  })

  test('of an aliased model has both changed, whichever member comes last', () => {
    expect(sentUp('{"messages":[],"stream":true,"model":"ours"}')).toBe(
      `{"messages":[],"stream":true,"model":"gpt-6-sol",${ASKED}}`,
    )
    expect(sentUp('{"model":"ours","messages":[],"stream":true}')).toBe(
      `{"model":"gpt-6-sol","messages":[],"stream":true,${ASKED}}`,
    )
  })

  test('is what usage is asked for alone: neither a whole one nor a response', () => {
    expect(sentUp(chat(''))).toBe(chat(''))
    const response = '{"model":"gpt-6-sol","input":"x","stream":true}'
    expect(sentUp(response, 'responses')).toBe(response)
  })
})

describe('a reference', () => {
  const following = (id: string, model = 'gpt-6-sol') =>
    `{"model":"${model}","input":"x","previous_response_id":"${id}"}`
  const item = (id: string) => `{"model":"gpt-6-sol","input":[{"type":"item_reference","id":"${id}"}]}`

  test('to a response of one’s own brings its tokens along', () => {
    expect(accepted(following('resp_mine'), 'responses').referencedTokens).toBe(5_000)
    expect(accepted('{"model":"gpt-6-sol","input":"x"}', 'responses').referencedTokens).toBe(0)
  })

  test('to a response whose usage never came brings along as much as the window takes', () => {
    expect(accepted(following('resp_without_usage'), 'responses').referencedTokens).toBe(400_000)
    expect(accepted(following('resp_without_usage', 'no-window'), 'responses').referencedTokens).toBe(128_000)
  })

  test('to somebody else’s response is refused as one that does not exist', () => {
    for (const id of ['resp_theirs', 'resp_unknown', 'rs_mine']) {
      expect(refused(following(id), 'responses')).toEqual({
        code: 'previous_response_not_found',
        details: { id },
        param: 'previous_response_id',
      })
    }
  })

  test('to an item of one’s own passes, and to anything else is refused as one that does not exist', () => {
    expect(accepted(item('rs_mine'), 'responses').facts.itemReferences).toEqual(['rs_mine'])
    for (const id of ['rs_theirs', 'rs_unknown', 'resp_mine']) {
      expect(refused(item(id), 'responses')).toEqual({
        code: 'item_not_found',
        details: { id },
        param: 'input',
      })
    }
    const both = '{"model":"gpt-6-sol","input":[{"id":"rs_mine"},{"id":"rs_theirs"}]}'
    expect(refused(both, 'responses').code).toBe('item_not_found')
  })

  test('to items brings the tokens of each along, as often as it is made, with those of a response', () => {
    const to = (...ids: string[]) => {
      const items = ids.map((id) => ({ type: 'item_reference', id }))
      return accepted(JSON.stringify({ model: 'gpt-6-sol', input: items }), 'responses').referencedTokens
    }
    expect(to('rs_mine', 'msg_mine')).toBe(1_000)
    expect(to('rs_mine', 'rs_mine')).toBe(1_400)
    // One whose usage never came may bring along as much as the window takes.
    expect(to('msg_mine', 'rs_without_usage')).toBe(400_300)
    const both = '{"model":"gpt-6-sol","input":[{"id":"rs_mine"}],"previous_response_id":"resp_mine"}'
    expect(accepted(both, 'responses').referencedTokens).toBe(5_700)
  })

  test('to a response that this one is to be compared with has to be one’s own, and brings nothing along', () => {
    const compared = (id: string) =>
      `{"model":"gpt-6-sol","input":"x","prompt_cache_options":{"comparison_response_id":"${id}"}}`
    expect(accepted(compared('resp_mine'), 'responses').referencedTokens).toBe(0)
    expect(refused(compared('resp_theirs'), 'responses')).toEqual({
      code: 'previous_response_not_found',
      details: { id: 'resp_theirs' },
      param: 'prompt_cache_options.comparison_response_id',
    })
  })

  test('is looked up wherever a conversation goes', () => {
    for (const dialect of ['compaction', 'input_tokens'] as const) {
      expect(refused(item('rs_theirs'), dialect).code).toBe('item_not_found')
      expect(refused(following('resp_theirs'), dialect).code).toBe('previous_response_not_found')
    }
    expect(accepted(following('resp_mine'), 'compaction').referencedTokens).toBe(5_000)
  })
})

describe('what the upstream gives away', () => {
  test('is held and charged at nothing, and takes nothing from a limit of tokens', () => {
    const counted = accepted(
      '{"model":"gpt-6-sol","input":"x","tools":[{"type":"web_search"}]}',
      'input_tokens',
    )
    expect(counted).toMatchObject({
      multiplierPpm: 0,
      referencedTokens: 0,
      facts: { input: { textBytes: 0, fixedTokensMax: 0 }, outputTokensLimit: 0, toolCallsMax: 0 },
    })
  })

  test('needs a price all the same, be it zero, and the default model one of its own', () => {
    expect(refused('{"model":"gpt-0","input":"x"}', 'input_tokens').code).toBe('model_not_priced')
    expect(refused('{"input":"x"}', 'moderations')).toMatchObject({
      code: 'model_not_priced',
      details: { model: 'omni-moderation-latest' },
    })
    expect(accepted('{"model":"ours","input":"x"}', 'moderations').multiplierPpm).toBe(0)
  })
})

describe('several inputs', () => {
  test('fill a window each, and the hold may be as large as all of them', () => {
    const embedded = (input: unknown) =>
      accepted(JSON.stringify({ model: 'gpt-6-sol', input }), 'embeddings').price
    expect(embedded('x').contextWindowTokens).toBe(400_000)
    expect(embedded(['x', 'y', 'z'])).toEqual({ ...PRICE, contextWindowTokens: 1_200_000 })
    const completed = accepted('{"model":"no-window","prompt":["x","y"]}', 'completions')
    expect(completed.price.contextWindowTokens).toBe(256_000)
  })
})

describe('a body that names no model, behind an alias for the default one', () => {
  test('goes up with the name that the alias stands for', () => {
    aliasDefault = true
    expect(sentUp('{"input":"x"}', 'moderations')).toBe('{"input":"x","model":"gpt-6-sol"}')
    expect(sentUp('{"model":null,"input":"x"}', 'moderations')).toBe('{"model":"gpt-6-sol","input":"x"}')
    aliasDefault = false
  })
})
