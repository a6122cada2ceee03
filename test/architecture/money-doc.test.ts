// Every example of docs/money.md, computed again by the code that charges: what goes in and what comes out are both read
// from the page.
import { afterAll, expect, test } from 'vitest'
import {
  DEFAULT_CONTEXT_WINDOW_TOKENS,
  DEFAULT_OUTPUT_FLOOR_TOKENS,
  DEFAULT_REASONING_OUTPUT_FLOOR_TOKENS,
  type PriceRates,
} from '../../contract/price.ts'
import { settingsSchema } from '../../contract/settings.ts'
import { Drains } from '../../server/gateway/drains.ts'
import { nothingHosted } from '../../server/gateway/hosted-tools.ts'
import { countOf } from '../../server/gateway/media/images-body.ts'
import { msByBytes, msOfTranscript, spokenTokensOfMs } from '../../server/gateway/media/sound-tokens.ts'
import { callsToTry } from '../../server/gateway/tool-call-limit.ts'
import { availableNanoUsd } from '../../server/ledger/balance.ts'
import { balanceBound } from '../../server/ledger/bound.ts'
import { amountOfLine, chargeFor, chargeLines } from '../../server/ledger/charge.ts'
import { decideHold, decideHoldWithin } from '../../server/ledger/hold.ts'
import { ONE_MILLION } from '../../server/ledger/money.ts'
import { quoteWorstCase } from '../../server/ledger/quote.ts'
import { serviceTierNamed } from '../../server/ledger/service-tier.ts'
import { decideSettlement, type SettlementInput } from '../../server/ledger/settle.ts'
import { NO_USAGE, type TokenUsage } from '../../server/ledger/token-usage.ts'
import { imageToolTerms } from '../../server/ledger/tool-calls.ts'
import { planBounds, quotaStates } from '../../server/limits/decide-plan-quota.ts'
import { capBounds, NO_CAPS } from '../../server/limits/decide-spending-cap.ts'
import { readShippedPrices } from '../../server/prices/shipped-prices.ts'
import { amount, numberIn, numbers, row, tables, unread } from './money-tables.ts'

const shipped = readShippedPrices().find(({ id }) => id === 'shipped:gpt-6-sol:2026-09-01')
if (!shipped) throw new Error('the price of the examples is gone')
const SOL: PriceRates = shipped
/** $2 and $10 a million. */
const PLAIN: PriceRates = { inputNanoUsdPerMTok: 2_000_000_000, outputNanoUsdPerMTok: 10_000_000_000 }
const cost = (usage: Partial<TokenUsage>, rates = SOL, ppm = ONE_MILLION) =>
  chargeFor({ ...NO_USAGE, ...usage }, rates, ppm)

const [newInput = 0, newRate] = numbers('Charge', 'New input')
const [cachedInputTokens = 0, cachedRate] = numbers('Charge', 'Cached input')
const [outputTokens = 0, outputRate] = numbers('Charge', 'Output')
const USAGE = { inputTokens: newInput + cachedInputTokens, cachedInputTokens, outputTokens }

test('what usage costs', () => {
  expect([newRate, cachedRate, outputRate]).toEqual([
    SOL.inputNanoUsdPerMTok,
    SOL.cachedInputNanoUsdPerMTok,
    SOL.outputNanoUsdPerMTok,
  ])
  expect(amount('Charge', 'New input')).toBe(cost({ inputTokens: newInput }))
  expect(amount('Charge', 'Cached input')).toBe(cost({ inputTokens: cachedInputTokens, cachedInputTokens }))
  expect(amount('Charge', 'Output')).toBe(cost({ outputTokens }))
  expect(amount('Charge', 'Charged')).toBe(cost(USAGE))
})

/** Those that no shipped row has a price for. */
const TOOLS = [
  [
    'Web searches of the preview tool',
    'webSearchPreviewNanoUsdPerCall',
    (calls: number) => ({ webSearchCalls: calls, webSearchPreviewCalls: calls }),
  ],
  ['File searches', 'fileSearchNanoUsdPerCall', (calls: number) => ({ fileSearchCalls: calls })],
  [
    'Containers of the code interpreter',
    'codeInterpreterNanoUsdPerSession',
    (calls: number) => ({ codeInterpreterSessions: calls }),
  ],
] as const

test('images that a tool makes', () => {
  const of = (label: string) => numbers('Image tool', label)
  const [text = 0, textRate = 0, ofText] = of('Text going in')
  const [images = 0, imageRate = 0, ofImages] = of('Images going in')
  const [cached = 0, cachedRate = 0, ofCached] = of('From the cache')
  const [said = 0, saidRate = 0, ofSaid] = of('Text coming out')
  const [made = 0, madeRate = 0, ofMade] = of('Images coming out')
  const terms = imageToolTerms('an image model', {
    inputNanoUsdPerMTok: textRate,
    cachedInputNanoUsdPerMTok: 1_250_000_000,
    imageInputNanoUsdPerMTok: imageRate,
    imageCachedInputNanoUsdPerMTok: cachedRate,
    outputNanoUsdPerMTok: saidRate,
    imageOutputNanoUsdPerMTok: madeRate,
  })
  if (!terms) throw new Error('the example has a price for images')
  const used = {
    inputTokens: text + images + cached,
    imageInputTokens: images,
    cachedInputTokens: cached,
    outputTokens: said + made,
    textOutputTokens: said,
  }
  const imageTool = { model: terms.model, rates: terms.rates, ...used }
  const lines = chargeLines({ ...NO_USAGE, imageTool }, SOL, 'default')
  expect(lines.map((line) => Number(amountOfLine(line) / 1_000_000n))).toEqual([
    ofText,
    ofImages,
    ofCached,
    ofSaid,
    ofMade,
  ])
  expect(amount('Image tool', 'Charged')).toBe(cost({ imageTool }))
})

test('long context, tools, the multiplier, and rounding', () => {
  for (const label of ['Short, to the last token', 'Long, from the first one']) {
    const [inputTokens = 0, charged] = numbers('Long context', label)
    expect(charged).toBe(cost({ inputTokens }))
  }
  const [webSearchCalls = 0, forOne, forAll] = numbers('Tools', 'Web searches')
  expect(forOne).toBe(SOL.webSearchNanoUsdPerCall)
  expect(forAll).toBe(cost({ webSearchCalls }))
  for (const [label, column, usageOf] of TOOLS) {
    const [calls = 0, rate = 0, charged] = numbers('Tools', label)
    expect(charged).toBe(cost(usageOf(calls), { ...SOL, [column]: rate }))
  }
  for (const label of ['The charge above', 'With a quarter on top']) {
    const [ppm = 0, charged] = numbers('Multiplier', label)
    expect(charged).toBe(cost(USAGE, SOL, ppm))
  }
  for (const label of ['The charge above', 'Both', 'Rounded once', 'Free for a while']) {
    const [ppm = 0, modelPpm = 0, charged] = numbers("Model's multiplier", label)
    expect(charged).toBe(chargeFor({ ...NO_USAGE, ...USAGE }, SOL, ppm, 'default', modelPpm))
  }
  for (const label of ['A millionth of a nano-dollar is begun', 'A whole one', 'One and a millionth']) {
    const [inputTokens = 0, inputNanoUsdPerMTok = 0, charged] = numbers('Rounding', label)
    expect(charged).toBe(cost({ inputTokens }, { inputNanoUsdPerMTok, outputNanoUsdPerMTok: 0 }))
  }
})

test('images and sound', () => {
  const image: PriceRates = {
    inputNanoUsdPerMTok: 5_000_000_000,
    outputNanoUsdPerMTok: 10_000_000_000,
    imageInputNanoUsdPerMTok: 8_000_000_000,
    imageOutputNanoUsdPerMTok: 30_000_000_000,
  }
  const flat = {
    inputNanoUsdPerMTok: 0,
    outputNanoUsdPerMTok: 0,
    imageNanoUsdPerImage: 40_000_000,
    smallImageNanoUsdPerImage: 16_000_000,
    largeImageNanoUsdPerImage: 80_000_000,
    audioInputNanoUsdPerSecond: 100_000,
    speechNanoUsdPerMChar: 15_000_000_000,
  }
  const examples: readonly (readonly [string, string, PriceRates, (count: number) => Partial<TokenUsage>])[] =
    [
      ['Images', 'Tokens of text', image, (count) => ({ inputTokens: count })],
      [
        'Images',
        'Tokens of images, put in',
        image,
        (count) => ({ inputTokens: count, imageInputTokens: count }),
      ],
      [
        'Images',
        'Tokens of an image that was made',
        image,
        (count) => ({ outputTokens: count, imageOutputTokens: count }),
      ],
      ['Images', 'Images of 1,024 by 1,024', flat, (count) => ({ [countOf('1024x1024', undefined)]: count })],
      ['Images', 'Small ones', flat, (count) => ({ [countOf('256x256', undefined)]: count })],
      ['Images', 'A large one', flat, (count) => ({ [countOf('auto', undefined)]: count })],
      ['Images', 'HD, without a rate of its own', flat, (count) => ({ [countOf('1024x1024', 'hd')]: count })],
      ['Sound', 'Milliseconds that were reported, by the second', flat, (count) => ({ audioInputMs: count })],
      [
        'Sound',
        'Milliseconds that were measured',
        flat,
        (count) => ({ audioInputMs: Math.ceil(count / 1_000) * 1_000 }),
      ],
      [
        'Sound',
        'Letters of a transcript, of a sound that claims to be shorter',
        flat,
        (count) => ({ audioInputMs: msOfTranscript('a'.repeat(count)) }),
      ],
      ['Sound', 'Bytes that could not be measured', flat, (count) => ({ audioInputMs: msByBytes(count) })],
      ['Sound', 'Characters spoken', flat, (count) => ({ speechCharacters: count })],
      [
        'Sound',
        'Tokens of sound that was heard',
        { ...image, audioInputNanoUsdPerMTok: 6_000_000_000 },
        (count) => ({ inputTokens: count, audioInputTokens: count }),
      ],
    ]
  for (const [table, label, rates, usage] of examples) {
    const [count = 0, , charged] = numbers(table, label)
    expect(charged, label).toBe(cost(usage(count), rates))
  }
  const [input = 0] = numbers('SVG', 'Written by `gpt-6-sol`, input')
  const [output = 0] = numbers('SVG', 'Output, reasoning in it')
  expect(amount('SVG', 'Added to the charge of the image')).toBe(
    cost({ inputTokens: input, outputTokens: output }),
  )
  const [bytes = 0, , ofText] = numbers('Speech', 'Bytes of the request')
  const [ms = 0, , ofSound] = numbers('Speech', 'Milliseconds of sound')
  expect(ofText).toBe(Math.ceil(bytes / 4) * 600)
  expect(ofSound).toBe(spokenTokensOfMs(ms) * 12_000)
  expect(amount('Speech', 'Charged')).toBe((ofText ?? 0) + (ofSound ?? 0))
})

const settlement = (changes: Partial<SettlementInput>) =>
  decideSettlement({
    ending: 'finished',
    reported: undefined,
    rawReported: null,
    requestBytes: 0,
    relayedTextBytes: 0,
    holdNanoUsd: 1_000_000_000,
    availableBeyondHoldNanoUsd: 0,
    rates: PLAIN,
    multiplierPpm: ONE_MILLION,
    serviceTier: null,
    upstreamResponseId: null,
    ...changes,
  })
const chargeOf = (changes: Partial<SettlementInput>) => {
  const decided = settlement(changes)
  if (decided.kind === 'release') throw new Error('nothing is charged')
  return decided.charge
}
const reportOf = (usage: Partial<TokenUsage>) => ({
  reported: { usage: { ...NO_USAGE, ...usage }, isImplausible: false },
})

test('tiers of service', () => {
  const rates = {
    ...PLAIN,
    flexInputNanoUsdPerMTok: 1_000_000_000,
    flexOutputNanoUsdPerMTok: 5_000_000_000,
    priorityInputNanoUsdPerMTok: 4_000_000_000,
    priorityOutputNanoUsdPerMTok: 20_000_000_000,
  }
  const labels = [...(tables.get('Tier')?.keys() ?? [])]
  expect(labels).toHaveLength(6)
  for (const label of labels) {
    const [asked = '', answered = '', charged] = row('Tier', label)
    const askedServiceTier = serviceTierNamed(asked)
    if (!askedServiceTier) throw new Error(`there is no tier ${asked}`)
    const serviceTier = answered === 'nothing' ? null : answered
    const usage = reportOf({ inputTokens: 1_000, outputTokens: 100 })
    expect(chargeOf({ ...usage, rates, askedServiceTier, serviceTier }).amountNanoUsd).toBe(numberIn(charged))
  }
})

test('what is available', () => {
  const state = {
    balanceNanoUsd: amount('Available', 'Balance'),
    creditLimitNanoUsd: amount('Available', 'Credit limit'),
    openHoldsNanoUsd: amount('Available', 'Open holds'),
  }
  expect(amount('Available', 'Left to spend')).toBe(availableNanoUsd(state))
})

test('the hold', () => {
  const [inputTokensMax = 0, inputRate, input] = numbers(
    'Hold',
    'Input, if all of it were written to the cache',
  )
  const [outputTokensMax = 0, rate, output] = numbers('Hold', 'Output')
  const quote = (worst: { inputTokensMax: number; outputTokensMax: number }) =>
    quoteWorstCase({ ...worst, choices: 1, webSearchCallsMax: 0 }, SOL, ONE_MILLION)
  expect([inputRate, rate]).toEqual([SOL.cacheWriteNanoUsdPerMTok, SOL.outputNanoUsdPerMTok])
  expect(input).toBe(quote({ inputTokensMax, outputTokensMax: 0 }))
  expect(output).toBe(quote({ inputTokensMax: 0, outputTokensMax }))
  expect(amount('Hold', 'Held')).toBe(quote({ inputTokensMax, outputTokensMax }))
})

const shareParts = settingsSchema.parse({}).holdShareParts
/** The request of the tables on shares. */
const sharedAsk = () => ({
  quote: {
    fixedTokensTimesRates: BigInt(amount('Share', 'Input, held in full')) * 1_000_000n,
    perOutputTokenTimesRates: BigInt(amount('Share', 'One token of output')) * 1_000_000n,
    multiplierPpm: ONE_MILLION,
  },
  fixedTokens: 0,
  choices: 1,
  outputTokensMax: amount('Share', 'Output limit asked for'),
  outputTokensFloor: amount('Floor', 'Floor of a model that does not reason'),
  shareParts,
})

test('a share, the floor, and what would have been enough', () => {
  const input = amount('Share', 'Input, held in full')
  const ask = sharedAsk()
  const balanceNanoUsd = amount('Share', 'Available')
  const rest = amount('Share', 'The rest')
  const held = amount('Share', 'Held')
  expect(rest).toBe(balanceNanoUsd - input)
  expect(amount('Share', 'A quarter of it')).toBe(rest / shareParts)
  const decide = (balance: number, openHoldsNanoUsd = 0, more = {}) =>
    decideHold({ balanceNanoUsd: balance, creditLimitNanoUsd: 0, openHoldsNanoUsd }, { ...ask, ...more })
  expect(decide(balanceNanoUsd)).toMatchObject({
    ok: true,
    value: { amountNanoUsd: held, outputTokensGranted: amount('Share', 'Output limit granted') },
  })
  expect(decide(balanceNanoUsd, held)).toMatchObject({
    value: { outputTokensGranted: amount('Share', 'Output limit granted to a second one at once') },
  })

  const reasoning = { outputTokensFloor: amount('Floor', 'Floor of a model that reasons') }
  expect(ask.outputTokensFloor).toBe(DEFAULT_OUTPUT_FLOOR_TOKENS)
  expect(reasoning.outputTokensFloor).toBe(DEFAULT_REASONING_OUTPUT_FLOOR_TOKENS)
  const least = amount('Floor', 'Least available for the first')
  expect(decide(least)).toMatchObject({ value: { outputTokensGranted: ask.outputTokensFloor } })
  expect(decide(least - 1)).toMatchObject({ error: { details: { shortByNanoUsd: 1 } } })
  const leastReasoning = amount('Floor', 'Least available for the second')
  expect(decide(leastReasoning, 0, reasoning)).toMatchObject({
    value: { outputTokensGranted: ask.outputTokensMax },
  })
  expect(decide(leastReasoning - 1, 0, reasoning)).toMatchObject({
    error: { details: { shortByNanoUsd: 1 } },
  })
})

const OFFERED = { ...nothingHosted(), places: new Map([['image_generation', 'tools[0]'] as const]) }
/** $0.50 a call, $0.01 of input, and 1,000 tokens of output. */
const callsAsk = (calls: number) => ({
  ...sharedAsk(),
  outputTokensMax: 1_000,
  quote: {
    ...sharedAsk().quote,
    fixedTokensTimesRates: BigInt(calls * 500_000_000 + 10_000_000) * 1_000_000n,
  },
})

test.each([...(tables.get('Calls')?.keys() ?? [])])(
  'calls of hosted tools, of which are granted: %s',
  (label) => {
    const [balanceNanoUsd = 0, calls = 0, held] = numbers('Calls', label)
    const state = { balanceNanoUsd, creditLimitNanoUsd: 0, openHoldsNanoUsd: 0 }
    const tries = callsToTry({ dialect: 'responses' }, { toolCallsMax: 10, hosted: OFFERED }, shareParts)
    const granted = tries.map((times) => ({ times, hold: decideHold(state, callsAsk(times)) }))
    const first = granted.find(({ hold }) => hold.ok)
    expect(first?.times ?? 0).toBe(calls)
    expect(first?.hold.ok ? first.hold.value.amountNanoUsd : 0).toBe(held)
  },
)

test('the caps of a key', () => {
  const spending = {
    settledNanoUsd: amount('Cap', 'Spent with the old key today'),
    openHoldsNanoUsd: amount('Cap', 'Held by the new key now'),
    endsAt: 0,
  }
  const nothing = { settledNanoUsd: 0, openHoldsNanoUsd: 0, endsAt: 0 }
  const caps = { ...NO_CAPS, dayNanoUsd: amount('Cap', 'Cap of the day') }
  const bounds = [
    balanceBound({
      balanceNanoUsd: amount('Cap', 'Balance'),
      creditLimitNanoUsd: 0,
      openHoldsNanoUsd: spending.openHoldsNanoUsd,
    }),
    ...capBounds(caps, { day: spending, month: nothing, total: nothing }),
  ]
  expect(bounds[1]?.available).toBe(amount('Cap', 'Left of the cap'))
  const most = amount('Cap', 'Most that is held for one more request')
  const holdOf = (nanoUsd: number) => ({
    quote: {
      fixedTokensTimesRates: BigInt(nanoUsd) * 1_000_000n,
      perOutputTokenTimesRates: 0n,
      multiplierPpm: ONE_MILLION,
    },
    ...{ fixedTokens: 0, choices: 1, outputTokensMax: 1, outputTokensFloor: 1, shareParts: undefined },
  })
  expect(decideHoldWithin(bounds, holdOf(most))).toMatchObject({ value: { amountNanoUsd: most } })
  expect(decideHoldWithin(bounds, holdOf(most + 1))).toMatchObject({ error: { details: { cap: 'day' } } })
})

test('plans: what is left, what pays, and what that adds to', () => {
  const columns = ['money', 'tokens', 'requests'] as const
  const [values, used, held] = ['A day', 'Used', 'Held'].map((label) => numbers('Quota', label))
  const amounts = ([nanoUsd = 0, tokens = 0, requests = 0]: readonly number[] = []) => ({
    nanoUsd,
    tokens,
    requests,
  })
  const span = { startMs: 0, endMs: 1 }
  const windows = { day: span, week: span, month: span }
  const counted = { used: amounts(used), held: amounts(held) }
  const quotas = columns.map((metric, index) => ({
    window: 'day' as const,
    metric,
    value: values?.[index] ?? 0,
  }))
  const states = quotaStates(quotas, { day: counted, week: counted, month: counted }, windows)
  expect(states.map(({ left }) => left)).toEqual(numbers('Quota', 'Left'))

  for (const label of tables.get('Source')?.keys() ?? []) {
    const [left, available, pays, amountHeld] = row('Source', label)
    const nothing = { used: amounts(), held: amounts() }
    const quota = { window: 'day', metric: 'money', value: numberIn(left) } as const
    const plan = quotaStates([quota], { day: nothing, week: nothing, month: nothing }, windows)
    const balance = { balanceNanoUsd: numberIn(available), creditLimitNanoUsd: 0, openHoldsNanoUsd: 0 }
    const sources = [
      ['plan', planBounds('Pro', plan)],
      ['balance', [balanceBound(balance)]],
    ] as const
    const decided = sources.map(([name, bounds]) => ({ name, hold: decideHoldWithin(bounds, sharedAsk()) }))
    const paid = decided.find(({ hold }) => hold.ok)
    expect(paid?.name ?? 'nothing').toBe(pays)
    expect(paid?.hold.ok ? paid.hold.value.amountNanoUsd : 0).toBe(numberIn(amountHeld))
  }

  const entries = ['charge, for buying it', 'hold', 'settle'].map((label) => numbers('Plan', label))
  const sums = [0, 1].map((column) => entries.reduce((sum, cells) => sum + (cells[column] ?? 0), 0))
  expect(sums).toEqual(numbers('Plan', 'Sum'))
  expect(entries[2]?.[1]).toBe(0 - amount('Charge', 'Charged'))
})

test('how a hold ends', () => {
  const holdNanoUsd = amount('Settlement', 'Held')
  const charged = chargeOf({ ...reportOf(USAGE), rates: SOL, holdNanoUsd }).amountNanoUsd
  expect(amount('Settlement', 'Charged')).toBe(charged)
  expect(amount('Settlement', 'Goes back')).toBe(holdNanoUsd - charged)

  const [requestBytes = 0, requestTokens, inputRate, input] = numbers('Estimate', 'Request')
  const [relayedTextBytes = 0, answerTokens, outputRate, output] = numbers('Estimate', 'Answer')
  const estimated = settlement({ requestBytes, relayedTextBytes })
  expect(estimated.usage).toMatchObject({ inputTokens: requestTokens, outputTokens: answerTokens })
  expect(input).toBe((requestTokens ?? 0) * (inputRate ?? 0))
  expect(output).toBe((answerTokens ?? 0) * (outputRate ?? 0))
  expect(chargeOf({ requestBytes, relayedTextBytes }).amountNanoUsd).toBe(amount('Estimate', 'Charged'))
  for (const [label, unseenInputTokens, more] of [
    ['A response of 1,100 tokens', 1_100, {}],
    ['A stored prompt', DEFAULT_CONTEXT_WINDOW_TOKENS, {}],
    ['A stored prompt, where $0.20 were held', DEFAULT_CONTEXT_WINDOW_TOKENS, { holdNanoUsd: 200_000_000 }],
  ] as const) {
    const unseen = settlement({ requestBytes, relayedTextBytes, unseenInputTokens, ...more })
    const [inputTokens, outputOfIt, amountNanoUsd] = numbers('Named in the request', label)
    expect(unseen).toMatchObject({
      usage: { inputTokens, outputTokens: outputOfIt },
      charge: { amountNanoUsd, reason: 'estimated' },
    })
  }

  const cut = chargeOf({ ending: 'drain_cut', holdNanoUsd: amount('Cut', 'Held') })
  expect(cut).toMatchObject({ amountNanoUsd: amount('Cut', 'Charged'), reason: 'estimated' })

  const { drainSecondsMax, drainBytesMax, drainsPerUserMax, drainsMax } = settingsSchema.parse({})
  expect(amount('Bound on reading on', 'Seconds, for one answer')).toBe(drainSecondsMax)
  expect(amount('Bound on reading on', 'Bytes, of one answer')).toBe(drainBytesMax)
  expect(amount('Bound on reading on', 'Answers at once, of one person')).toBe(drainsPerUserMax)
  expect(amount('Bound on reading on', 'Answers at once, altogether')).toBe(drainsMax)
  const drains = new Drains(() => settingsSchema.parse({}))
  const left = Array.from({ length: amount('Left behind', 'Answers left behind at once') }, () => ({
    userId: 'user_1',
    cutDrain: () => {},
  }))
  for (const drain of left) drains.begin(drain)
  expect(amount('Left behind', 'Read on, and charged what they used')).toBe(drains.count)
  expect(amount('Left behind', 'Cut at once')).toBe(drains.cuts.user)
  expect(amount('Left behind', 'Charged for those that were cut')).toBe(drains.cuts.user * cut.amountNanoUsd)
  for (const drain of left) drains.end(drain)

  const absurd = { inputTokens: 1_000, outputTokens: 5_000_000_000 }
  expect(amount('Absurd', 'Reported, at its price')).toBe(cost(absurd, PLAIN))
  expect(chargeOf({ ...reportOf(absurd), holdNanoUsd: amount('Absurd', 'Held') })).toMatchObject({
    amountNanoUsd: amount('Absurd', 'Charged'),
    isFlagged: true,
  })
})

test('more than the hold, and what the ledger says of it', () => {
  const usage = { inputTokens: 1_000, outputTokens: 200 }
  const due = amount('Write-off', 'Due')
  expect(due).toBe(cost(usage, PLAIN))
  const charge = chargeOf({
    ...reportOf(usage),
    holdNanoUsd: amount('Write-off', 'Held'),
    availableBeyondHoldNanoUsd: amount('Write-off', 'Available beside it'),
  })
  expect(charge).toMatchObject({
    amountNanoUsd: amount('Write-off', 'Charged'),
    writeOffNanoUsd: amount('Write-off', 'Written off'),
  })

  const kinds = ['top_up', 'hold', 'write_off', 'settle'].map((kind) => numbers('Ledger', kind))
  const sums = [0, 1].map((column) => kinds.reduce((sum, cells) => sum + (cells[column] ?? 0), 0))
  expect(sums).toEqual(numbers('Ledger', 'Sum'))
  expect(kinds[1]?.[1]).toBe(amount('Write-off', 'Held'))
  expect(kinds[2]?.[0]).toBe(charge.writeOffNanoUsd)
  expect(kinds[3]?.[0]).toBe(0 - charge.amountNanoUsd - charge.writeOffNanoUsd)
})

afterAll(() => expect(unread('before')).toEqual([]))
