// The update of the shipped prices: the known defects of the public lists, exact amounts, disagreements and what is written.
import { describe, expect, test } from 'vitest'
import type { PriceRates } from '../../contract/price.ts'
import { assemble } from './assemble.ts'
import { compare, type ShippedEntry } from './compare.ts'
import { fromUsdPerMTok, fromUsdPerThousandCalls, fromUsdPerToken } from './exact-decimal.ts'
import { readGenaiPrices } from './read-genai-prices.ts'
import { readLiteLlm } from './read-litellm.ts'
import { readPiAi } from './read-pi-ai.ts'
import { SHIPPED_MODELS, type ShippedModel } from './shipped-models.ts'
import type { PriceSource, SourcePrice } from './source-price.ts'
import { tierPricesOf, withoutTiers } from './tier-prices.ts'

const genai = (prices: unknown, more: object = {}) =>
  readGenaiPrices({ models: [{ id: 'm', prices, ...more }] }, 'genai', '2026-11-25')
const list = (name: string, price: SourcePrice): PriceSource => ({
  name,
  prices: new Map([['m', price]]),
  unread: [],
})
const NO_TIERS = { source: 'tiers', models: {} }
const IN_OUT = { inputNanoUsdPerMTok: 2_000_000_000, outputNanoUsdPerMTok: 10_000_000_000 }
const model = (more: Partial<ShippedModel> = {}): ShippedModel => ({ model: 'm', facts: {}, ...more })

describe('dollars of a public list', () => {
  test.each([
    [0.1, 100_000_000],
    [0.0625, 62_500_000],
    [10, 10_000_000_000],
    [0, 0],
    [1e-9, 1],
  ])('$%d per million tokens is exactly %d nano-dollars', (usd, nano) => {
    expect(fromUsdPerMTok(usd)).toBe(nano)
  })

  test('per token and per thousand calls are as exact, however they are written', () => {
    expect(fromUsdPerToken(1e-7)).toBe(100_000_000)
    expect(fromUsdPerToken(0.0000125)).toBe(12_500_000_000)
    expect(fromUsdPerToken(6.25e-6)).toBe(6_250_000_000)
    expect(fromUsdPerThousandCalls(2.5)).toBe(2_500_000)
  })

  test.each([0.000209999999999, 1e-10, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e12])(
    'what is no whole number of nano-dollars is refused: %d',
    (usd) => {
      expect(() => fromUsdPerMTok(usd)).toThrow()
    },
  )
})

describe('@pydantic/genai-prices', () => {
  test.each([271_999, 272_000])('a tier that begins at %d is long above 272,000', (start) => {
    const { prices, unread } = genai({
      input_mtok: { base: 10, tiers: [{ start, price: 20 }] },
      output_mtok: { base: 50, tiers: [{ start, price: 75 }] },
    })
    expect(unread).toEqual([])
    expect(prices.get('m')).toEqual({
      inputNanoUsdPerMTok: 10_000_000_000,
      longInputNanoUsdPerMTok: 20_000_000_000,
      outputNanoUsdPerMTok: 50_000_000_000,
      longOutputNanoUsdPerMTok: 75_000_000_000,
      longContextAboveTokens: 272_000,
    })
  })

  test.each([
    ['another threshold', [{ start: 200_000, price: 20 }]],
    [
      'a second tier',
      [
        { start: 272_000, price: 20 },
        { start: 500_000, price: 30 },
      ],
    ],
  ])('%s is said to be not understood, and never guessed', (_name, tiers) => {
    const { prices, unread } = genai({ input_mtok: { base: 10, tiers }, output_mtok: 1 })
    expect(unread).toEqual([expect.stringContaining('not understood')])
    expect(prices.get('m')).not.toHaveProperty('longInputNanoUsdPerMTok')
  })

  test('of dated prices the last that has begun holds', () => {
    const dated = [
      { prices: { input_mtok: 5 } },
      { constraint: { type: 'start_date', start_date: '2026-08-21' }, prices: { input_mtok: 4 } },
      { constraint: { type: 'start_date', start_date: '2027-01-01' }, prices: { input_mtok: 3 } },
    ]
    expect(genai(dated).prices.get('m')).toEqual({ inputNanoUsdPerMTok: 4_000_000_000 })
  })

  test('audio, images and calls have their columns, and what has none is named', () => {
    const { prices, unread } = genai({
      input_audio_mtok: 32,
      cache_image_read_mtok: 2,
      web_searches_kcount: 10,
      storage_searches_kcount: 2.5,
      audio_hours: 0.27,
    })
    expect(prices.get('m')).toEqual({
      audioInputNanoUsdPerMTok: 32_000_000_000,
      imageCachedInputNanoUsdPerMTok: 2_000_000_000,
      webSearchNanoUsdPerCall: 10_000_000,
      fileSearchNanoUsdPerCall: 2_500_000,
    })
    expect(unread).toEqual(['m: audio_hours has no column'])
  })
})

describe('the other lists', () => {
  test('a zero that means "no such price" in pi-ai is left empty', () => {
    const cost = { input: 15, output: 120, cacheRead: 0, cacheWrite: 0 }
    const entry = { id: 'm', reasoning: true, maxTokens: 128_000, contextWindow: 272_000, cost }
    const { prices } = readPiAi({ 'openai-responses': { 'chat:m': entry } }, 'pi')
    expect(prices.get('m')).toEqual({
      inputNanoUsdPerMTok: 15_000_000_000,
      outputNanoUsdPerMTok: 120_000_000_000,
      maxOutputTokens: 128_000,
      isReasoning: true,
    })
  })

  const LITELLM = {
    m: {
      litellm_provider: 'openai',
      input_cost_per_token: 0.000002,
      output_cost_per_token: 0.00001,
      input_cost_per_token_above_272k_tokens: 0.000004,
      input_cost_per_token_flex: 0.000001,
      output_cost_per_token_flex: 0.000005,
      cache_read_input_token_cost_flex: 1e-7,
      input_cost_per_token_above_272k_tokens_priority: 0.000008,
      input_cost_per_token_priority: 0.000004,
      input_cost_per_token_batches: 0.000001,
      output_cost_per_token_batches: 0.000005,
    },
    azure: { litellm_provider: 'azure', input_cost_per_token: 1 },
  }

  test('tiers are taken from LiteLLM where input and output have one, and nothing else is', () => {
    const litellm = readLiteLlm(LITELLM, 'LiteLLM 1')
    expect(tierPricesOf(litellm, [model(), model({ model: 'other' })])).toEqual({
      source: 'LiteLLM 1',
      models: {
        m: {
          flexInputNanoUsdPerMTok: 1_000_000_000,
          flexOutputNanoUsdPerMTok: 5_000_000_000,
          flexCachedInputNanoUsdPerMTok: 100_000_000,
          batchInputNanoUsdPerMTok: 1_000_000_000,
          batchOutputNanoUsdPerMTok: 5_000_000_000,
        },
      },
    })
    expect(withoutTiers(litellm).prices.get('m')).toEqual({
      ...IN_OUT,
      longInputNanoUsdPerMTok: 4_000_000_000,
      longContextAboveTokens: 272_000,
    })
    expect(litellm.prices.has('azure')).toBe(false)
  })
})

describe('putting the lists together', () => {
  test('a disagreement is reported with what each list says, and stops the update', () => {
    const lists = [list('one', IN_OUT), list('other', { ...IN_OUT, inputNanoUsdPerMTok: 1 })]
    const { conflicts } = assemble([model()], lists, NO_TIERS)
    expect(conflicts[0]).toBe('m inputNanoUsdPerMTok: the lists disagree (one: 2000000000, other: 1)')
  })

  test('a decision settles it, and is shown with its reason', () => {
    const decided = { inputNanoUsdPerMTok: { value: 1, because: 'the page says so' } }
    const lists = [list('one', IN_OUT), list('other', { ...IN_OUT, inputNanoUsdPerMTok: 1 })]
    const { conflicts, decisions, prices } = assemble([model({ decided })], lists, NO_TIERS)
    expect(conflicts).toEqual([])
    expect(prices[0]?.rates.inputNanoUsdPerMTok).toBe(1)
    expect(decisions[0]).toContain('because the page says so (one: 2000000000, other: 1)')
  })

  test('a fact of ours that a list contradicts is a disagreement too', () => {
    const lists = [list('one', { ...IN_OUT, contextWindowTokens: 5 })]
    expect(assemble([model({ facts: { contextWindowTokens: 6 } })], lists, NO_TIERS).conflicts).toEqual([
      'm contextWindowTokens: shipped-models.ts says 6, the lists say 5',
    ])
  })

  test('a model without a price is never shipped at a guess', () => {
    const { prices, conflicts } = assemble([model()], [list('one', { inputNanoUsdPerMTok: 1 })], NO_TIERS)
    expect(prices).toEqual([])
    expect(conflicts).toEqual(['m: no list says what input and output cost'])
  })

  test('a column left empty on purpose stays empty, tiers are added, and the source names who said what', () => {
    const shipped = model({ leftEmpty: ['webSearchNanoUsdPerCall'], note: 'no web search' })
    const lists = [list('one', { ...IN_OUT, webSearchNanoUsdPerCall: 1 })]
    const tiers = { source: 'the tier list', models: { m: { flexInputNanoUsdPerMTok: 7 } } }
    expect(assemble([shipped], lists, tiers).prices).toEqual([
      {
        model: 'm',
        sameAs: [],
        rates: { ...IN_OUT, flexInputNanoUsdPerMTok: 7 },
        source:
          'OpenAI price list and model page, as recorded in one; tiers of service as in the tier list; no web search',
      },
    ])
  })

  test('models that a list has and nobody ships are named', () => {
    const other = { ...list('one', IN_OUT), prices: new Map([['gpt-7', IN_OUT]]) }
    expect(assemble([], [other], NO_TIERS).notShipped).toEqual(['gpt-7'])
  })

  test('no model and no other name is shipped twice', () => {
    const names = SHIPPED_MODELS.flatMap(({ model: name, sameAs = [] }) => [name, ...sameAs])
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('what an update writes', () => {
  const rates: PriceRates = IN_OUT
  const entry = (more: Partial<ShippedEntry> = {}): ShippedEntry => ({
    model: 'm',
    sameAs: ['m-2026-01-01'],
    effectiveFrom: '2026-09-01',
    source: 'before',
    ...rates,
    ...more,
  })
  const price = (more: Partial<PriceRates> = {}) => ({
    model: 'm',
    sameAs: ['m-2026-01-01'],
    rates: { ...rates, ...more },
    source: 'now',
  })

  test('nothing, where the newest rows say the same', () => {
    const older = entry({ effectiveFrom: '2026-01-01', inputNanoUsdPerMTok: 1 })
    expect(compare([entry(), older], [price()], '2026-11-25')).toEqual({ added: [], lines: [], refusals: [] })
  })

  test('a new row with the day, shown column by column, and the old row stays', () => {
    const { added, lines } = compare([entry()], [price({ inputNanoUsdPerMTok: 1_000_000_000 })], '2026-11-25')
    expect(added).toEqual([
      { ...entry(), inputNanoUsdPerMTok: 1_000_000_000, effectiveFrom: '2026-11-25', source: 'now' },
    ])
    expect(lines).toEqual([
      '~ m, m-2026-01-01 (its row of 2026-09-01 stays)',
      '    inputNanoUsdPerMTok: 2,000,000,000 → 1,000,000,000',
    ])
  })

  test('only for the names whose price changed', () => {
    const snapshot = entry({
      model: 'm-2026-01-01',
      sameAs: [],
      effectiveFrom: '2026-10-01',
      outputNanoUsdPerMTok: 5,
    })
    const { added, lines } = compare([entry(), snapshot], [price()], '2026-11-25')
    expect(added.map(({ model: name, sameAs }) => [name, sameAs])).toEqual([['m-2026-01-01', undefined]])
    expect(lines[0]).toBe('~ m-2026-01-01 (its row of 2026-10-01 stays)')
  })

  test('an empty column that becomes zero is a change', () => {
    const { lines } = compare([entry()], [price({ cachedInputNanoUsdPerMTok: 0 })], '2026-11-25')
    expect(lines).toContain('    cachedInputNanoUsdPerMTok: empty → 0')
  })

  test('never over a row of the same day', () => {
    const today = entry({ effectiveFrom: '2026-11-25' })
    const { refusals } = compare([today], [price({ inputNanoUsdPerMTok: 1 })], '2026-11-25')
    expect(refusals).toHaveLength(2)
  })
})
