// How much is held: by bytes where that fits, by counted tokens where it does not, and never less than a request can cost.
import { describe, expect, test } from 'vitest'
import { fail, ok } from '../../../contract/result.ts'
import { settingsSchema } from '../../../contract/settings.ts'
import { decideHold, type HoldAsk } from '../../ledger/hold.ts'
import { quotedAt } from '../../ledger/quote.ts'
import { NO_CAPS } from '../../limits/decide-spending-cap.ts'
import type { InputBound } from '../body-facts.ts'
import { type Splice, scanObject } from '../json-scan.ts'
import type { Reserved } from '../request.ts'
import { hold } from './hold.ts'

/** One nano-dollar a token, for input and output alike, so that amounts read as tokens. */
const PRICE = {
  id: 'price_1',
  inputNanoUsdPerMTok: 1_000_000,
  outputNanoUsdPerMTok: 1_000_000,
  webSearchNanoUsdPerCall: 7,
  contextWindowTokens: 100_000,
  maxOutputTokens: 1_000,
}

const BODY = Buffer.from('{"model":"m"}')

interface Case {
  readonly dialect?: string
  readonly body?: Buffer
  readonly edits?: readonly Splice[]
  readonly input?: InputBound | undefined
  readonly facts?: object
  readonly price?: object
  readonly referencedTokens?: number
  readonly balance?: number
  readonly openHolds?: number
  readonly counted?: number | undefined
}

async function held(given: Case) {
  const asked: number[] = []
  let counts = 0
  const accounts = {
    openHold: (request: { ask: HoldAsk }) => {
      asked.push(quotedAt(request.ask.quote, request.ask.outputTokensMax))
      const state = {
        balanceNanoUsd: given.balance ?? 1e9,
        creditLimitNanoUsd: 0,
        openHoldsNanoUsd: given.openHolds ?? 0,
      }
      const decided = decideHold(state, request.ask)
      return decided.ok
        ? ok({ ...request, ...decided.value, isOnDisk: Promise.resolve(true) })
        : fail(decided.error)
    },
  }
  const planFunds = { sourcesFor: () => [{ kind: 'balance', isUsedUp: false }] }
  const tokens = {
    countAtMost: () => {
      counts += 1
      return Promise.resolve(given.counted)
    },
    stop: () => Promise.resolve(),
  }
  const body = given.body ?? BODY
  const scanned = scanObject(body)
  const scan = scanned.ok ? scanned.value : undefined
  const facts = {
    outputTokensLimit: 100,
    isOutputLimitable: true,
    extraOutputTokensMax: 0,
    choices: 1,
    hosted: { places: new Map([['web_search', 'tools[0]']]) },
    toolCallsMax: 0,
    input: 'input' in given ? given.input : { textBytes: 5_000, fixedTokensMax: 200 },
    ...given.facts,
  }
  const routed = {
    facts,
    price: { ...PRICE, ...given.price },
    multiplierPpm: 1_000_000,
    referencedTokens: given.referencedTokens ?? 0,
    toolTerms: { isPreviewSearch: false, imageTool: undefined },
    body,
    scan,
    edits: given.edits ?? [],
    endpoint: { dialect: given.dialect ?? 'chat' },
    key: { userId: 'user_1', keyId: 'key_1', familyId: 'key_1', caps: NO_CAPS },
  }
  // Of the accounts only this call is made, and of a routed request only these members are looked at.
  const result = await hold(
    {
      accounts,
      planFunds,
      tokens,
      settings: { current: () => settingsSchema.parse({}) },
    } as unknown as Parameters<typeof hold>[0],
    routed as unknown as Reserved,
  )
  const sent = result.ok ? result.value.upstreamBody.toString() : undefined
  return { result, asked, counts, sent, amount: result.ok ? result.value.hold.amountNanoUsd : undefined }
}

describe('a hold', () => {
  test('is bounded by bytes, which cost nothing to count, where the balance carries that', async () => {
    expect(await held({})).toMatchObject({ amount: 5_200 + 100, counts: 0 })
  })

  test('adds what a referenced response brings along, and the searches', async () => {
    expect((await held({ referencedTokens: 3_000 })).amount).toBe(8_200 + 100)
    expect((await held({ facts: { toolCallsMax: 10 } })).amount).toBe(5_200 + 100 + 70)
  })

  test.each([
    ['the request’s limit', { outputTokensLimit: 100 }, 100],
    ['the model’s limit, where the request’s is larger', { outputTokensLimit: 5_000 }, 1_000],
    ['the model’s limit, where the request has none', { outputTokensLimit: undefined }, 1_000],
    ['each of its choices', { choices: 8 }, 800],
    ['a prediction that is rejected', { extraOutputTokensMax: 5_000 }, 5_100],
  ])('covers as output %s', async (_what, facts, output) => {
    expect((await held({ facts })).amount).toBe(5_200 + output)
  })

  test('covers 16,384 tokens of output where neither the request nor the price row says', async () => {
    expect(
      (await held({ facts: { outputTokensLimit: undefined }, price: { maxOutputTokens: null } })).amount,
    ).toBe(5_200 + 16_384)
  })

  test('never covers more input than the window takes', async () => {
    expect((await held({ input: { textBytes: 3e7, fixedTokensMax: 1_000 } })).amount).toBe(100_000 + 100)
    expect((await held({ referencedTokens: 1e9 })).amount).toBe(100_000 + 100)
  })

  test('covers the whole window where only that bounds the input, and nothing is counted then', async () => {
    expect(await held({ input: undefined })).toMatchObject({ amount: 100_100, counts: 0 })
    expect(await held({ input: undefined, balance: 50_000, counted: 10 })).toMatchObject({
      amount: undefined,
      counts: 0,
    })
    expect((await held({ input: undefined, price: { contextWindowTokens: null } })).amount).toBe(
      128_000 + 100,
    )
  })
})

describe('a balance that does not carry the bytes', () => {
  test('has the tokens counted before anyone is refused', async () => {
    const { amount, asked, counts, sent } = await held({
      balance: 2_000,
      counted: 1_250,
      referencedTokens: 50,
    })
    expect({ amount, counts }).toEqual({ amount: 200 + 1_250 + 50 + 100, counts: 1 })
    expect(asked).toEqual([5_350, 1_600])
    expect(sent).toBe(BODY.toString())
  })

  test('is given a quarter of what the input leaves over, and the limit is lowered to it', async () => {
    const few = await held({
      balance: 5_200 + 4_000,
      counted: undefined,
      facts: { outputTokensLimit: undefined },
      price: { maxOutputTokens: 8_000 },
    })
    expect(few.amount).toBe(5_200 + 1_000)
    expect(few.sent).toBe('{"model":"m","max_completion_tokens":1000}')
  })

  test('is refused where it does not carry the tokens either, by what they may cost', async () => {
    const { result } = await held({ balance: 1_000, counted: 1_250 })
    expect(result).toMatchObject({ ok: false, error: { code: 'insufficient_quota' } })
  })

  test('is refused by its bytes where counting failed', async () => {
    const { result, asked } = await held({ balance: 1_000, counted: undefined })
    expect(result).toMatchObject({ ok: false, error: { code: 'insufficient_quota' } })
    expect(asked).toEqual([5_300, 5_300])
  })

  test('because of other holds has the tokens counted as well, and waits only where these do not fit', async () => {
    const openHolds = 5_000
    expect((await held({ balance: 6_000, openHolds, counted: 10 })).amount).toBe(200 + 10 + 100)
    const { result } = await held({ balance: 6_000, openHolds, counted: 900 })
    expect(result).toMatchObject({ ok: false, error: { code: 'balance_on_hold' } })
  })
})

describe('calls of tools that a balance does not carry', () => {
  /** Two tools at 1,000 nano-dollars a call. */
  const tools = {
    dialect: 'responses',
    price: { codeInterpreterNanoUsdPerSession: 900, fileSearchNanoUsdPerCall: 100 },
    facts: {
      toolCallsMax: 10,
      hosted: {
        places: new Map([
          ['code_interpreter', 'tools[0]'],
          ['file_search', 'tools[1]'],
        ]),
      },
    },
  }
  const INPUT = 5_200

  test('are lowered to a share, and to one at last, which is sent along', async () => {
    expect(await held({ ...tools, balance: INPUT + 10_100 })).toMatchObject({ sent: BODY.toString() })
    const few = await held({ ...tools, balance: INPUT + 10_099 })
    expect(few).toMatchObject({ amount: INPUT + 2_000 + 100, sent: '{"model":"m","max_tool_calls":2}' })
    const one = await held({ ...tools, balance: INPUT + 1_100 })
    expect(one).toMatchObject({ amount: INPUT + 1_000 + 100, sent: '{"model":"m","max_tool_calls":1}' })
  })

  test('are refused where one is too many, by what one costs', async () => {
    const { result } = await held({ ...tools, balance: INPUT + 1_099 })
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'insufficient_quota', details: { shortByNanoUsd: 1 } },
    })
  })

  test('take the place of the limit that was named, or that was to be sent', async () => {
    const balance = INPUT + 10_099
    const named = Buffer.from('{"max_tool_calls":10,"model":"m"}')
    expect((await held({ ...tools, balance, body: named })).sent).toBe('{"max_tool_calls":2,"model":"m"}')
    const edit = { start: 1, end: 1, text: '"max_tool_calls":10,' }
    expect((await held({ ...tools, balance, edits: [edit] })).sent).toBe('{"model":"m","max_tool_calls":2}')
  })

  test('bring fewer results of searches along', async () => {
    const facts = { toolCallsMax: 10 }
    const input = { textBytes: 1_000, fixedTokensMax: 200 + 10 * 10_000 }
    const price = { contextWindowTokens: 1_000_000 }
    const { amount } = await held({
      dialect: 'responses',
      facts,
      input,
      price,
      balance: 30_000,
      counted: 500,
    })
    expect(amount).toBe(200 + 2 * 10_000 + 500 + 2 * 7 + 100)
  })

  test('stay as they are where no limit can be sent', async () => {
    const { result } = await held({ ...tools, dialect: 'chat', balance: INPUT + 10_099 })
    expect(result).toMatchObject({ ok: false, error: { details: { shortByNanoUsd: 1 } } })
  })
})
