// The endpoints beside chat and responses, through the whole gateway: what each costs to the nano-dollar, what is free, whose
// ids may be named, and what becomes of a balance that is too small.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from './support/running-gateway.ts'

const EMBEDDING = 'test-embedding'
const DOLLARS = 100_000_000_000

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway({ settings: { modelAliases: { 'our-embedding': EMBEDDING } } })
  const rates = { inputNanoUsdPerMTok: 20_000_000, outputNanoUsdPerMTok: 0, contextWindowTokens: 8_192 }
  await gateway.admin('prices.upsert', { model: EMBEDDING, ...rates })
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
})

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Record<string, unknown>
  readonly code: unknown
}

async function post(path: string, body: unknown, by = person): Promise<Reply> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${by.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const parsed = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  const error = parsed.error as { code?: unknown } | undefined
  return { status: response.status, headers: response.headers, text, body: parsed, code: error?.code }
}

async function theRow(by = person) {
  const rows = await gateway.usageOf(by)
  expect(rows).toHaveLength(1)
  return rows[0] as (typeof rows)[number]
}

describe('a legacy completion', () => {
  const asked = {
    model: TEST_MODEL,
    prompt: ['Once upon a time', 'The end'],
    n: 2,
    best_of: 3,
    max_tokens: 10,
  }

  test('is charged for all that was generated, also for what was not chosen', async () => {
    const { status, body } = await post('/v1/completions', asked)
    expect([status, (body.choices as unknown[]).length]).toEqual([200, 4])
    const row = await theRow()
    expect(row).toMatchObject({
      endpoint: '/v1/completions',
      inputTokens: 6,
      outputTokens: 60,
      reason: 'completed',
    })
    expect(row.costNanoUsd).toBe(costByHand(row))
    expect(await gateway.balanceOf(person)).toBe(DOLLARS - row.costNanoUsd)
  })

  test('streamed is charged by the usage that the gateway asked for, and the client sees none', async () => {
    const { text } = await post('/v1/completions', { model: TEST_MODEL, prompt: 'Once', stream: true })
    expect(text).toContain('data: [DONE]')
    expect(text).not.toContain('usage')
    const row = await theRow()
    expect(row).toMatchObject({ outputTokens: 16, stream: true, reason: 'completed' })
    expect(row.costNanoUsd).toBe(costByHand(row))
  })

  test('whose usage is missing is charged by the published formula', async () => {
    gateway.upstream.script({ usage: 'missing', answer: { text: 'x'.repeat(40) } })
    const asked = { model: TEST_MODEL, prompt: 'Once', max_tokens: 100 }
    await post('/v1/completions', asked)
    expect(await theRow()).toMatchObject({
      reason: 'estimated',
      inputTokens: Math.ceil(JSON.stringify(asked).length / 4),
      outputTokens: 10,
    })
  })

  test('holds for each prompt times the best of, before anything is sent', async () => {
    // Three answers for each of two prompts, 10 tokens each at $10 a million, and less than a cent of input.
    const tight = await gateway.createPerson(2_000_000)
    const large = { ...asked, max_tokens: 1_000 }
    expect((await post('/v1/completions', large, tight)).status).toBe(429)
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test('on a small balance is given a lower limit, in its own member', async () => {
    const small = await gateway.createPerson(30_000_000)
    expect((await post('/v1/completions', { model: TEST_MODEL, prompt: 'Once' }, small)).status).toBe(200)
    const sent = gateway.upstream.requests[0]?.json() as { max_tokens?: number }
    expect(sent.max_tokens).toBeGreaterThan(255)
    expect(sent.max_tokens).toBeLessThan(TEST_RATES.maxOutputTokens)
  })
})

describe('embeddings', () => {
  test('are charged for their input alone, whatever form their vectors have', async () => {
    const { body } = await post('/v1/embeddings', {
      model: EMBEDDING,
      input: ['some text', 'more'],
      encoding_format: 'base64',
    })
    expect(body).toMatchObject({ object: 'list', usage: { prompt_tokens: 4, total_tokens: 4 } })
    const row = await theRow()
    expect(row).toMatchObject({
      endpoint: '/v1/embeddings',
      inputTokens: 4,
      outputTokens: 0,
      reason: 'completed',
    })
    // 4 tokens at $0.02 a million are 80 nano-dollars.
    expect(row.costNanoUsd).toBe(80)
  })

  test('of many inputs hold for all of them, beyond the window that each has', async () => {
    // 20 texts of 8,000 tokens: 160,000 tokens at $0.02 a million, 0.32 cents; a hold of one window would be 0.02 cents.
    const input = Array.from({ length: 20 }, () => 'text '.repeat(6_400))
    const poor = await gateway.createPerson(1_000_000)
    expect(await post('/v1/embeddings', { model: EMBEDDING, input }, poor)).toMatchObject({
      status: 429,
      code: 'insufficient_quota',
    })
    expect(gateway.upstream.requests).toHaveLength(0)
    expect((await post('/v1/embeddings', { model: EMBEDDING, input })).status).toBe(200)
    expect((await theRow()).inputTokens).toBe(160_000)
  })

  test('whose usage is missing are charged by the published formula, without output', async () => {
    gateway.upstream.script({ usage: 'missing' })
    const asked = { model: EMBEDDING, input: 'some text' }
    await post('/v1/embeddings', asked)
    expect(await theRow()).toMatchObject({
      reason: 'estimated',
      inputTokens: Math.ceil(JSON.stringify(asked).length / 4),
      outputTokens: 0,
    })
  })

  test('answer under the alias that they were asked for', async () => {
    const { body } = await post('/v1/embeddings', { model: 'our-embedding', input: 'some text' })
    expect(body.model).toBe('our-embedding')
    expect(gateway.upstream.requests[0]?.json()).toMatchObject({ model: EMBEDDING })
  })
})

describe('a moderation', () => {
  test('is free, also on an empty balance, and listed', async () => {
    const poor = await gateway.createPerson(0)
    const { status, body } = await post('/v1/moderations', { input: 'Hello.' }, poor)
    expect([status, body.model]).toEqual([200, 'omni-moderation-latest'])
    expect(await theRow(poor)).toMatchObject({
      endpoint: '/v1/moderations',
      model: 'omni-moderation-latest',
      costNanoUsd: 0,
      inputTokens: 0,
      status: 200,
      reason: 'completed',
    })
    expect(await gateway.balanceOf(poor)).toBe(0)
  })

  test('of a model without a price is refused, for free is a price too', async () => {
    expect(await post('/v1/moderations', { model: 'someone-elses', input: 'x' })).toMatchObject({
      status: 404,
      code: 'model_not_priced',
    })
  })

  test('counts as a request, and not as tokens', async () => {
    const { headers } = await post('/v1/moderations', { input: 'x'.repeat(50_000) })
    const left = (name: string) => Number(headers.get(`x-ratelimit-remaining-${name}`))
    expect(left('requests')).toBe(Number(headers.get('x-ratelimit-limit-requests')) - 1)
    expect(left('tokens')).toBe(Number(headers.get('x-ratelimit-limit-tokens')))
  })
})

describe('a conversation', () => {
  const input = [{ role: 'user', content: 'What is a gate?' }]

  test('is compacted and charged, and goes on from what came of it', async () => {
    const { body } = await post('/v1/responses/compact', { model: TEST_MODEL, input })
    expect(body).toMatchObject({ object: 'response.compaction' })
    const row = await theRow()
    expect(row).toMatchObject({ endpoint: '/v1/responses/compact', reason: 'completed' })
    expect(row.outputTokens).toBeGreaterThan(0)
    expect(row.costNanoUsd).toBe(costByHand(row))
    const output = body.output as readonly object[]
    const next = await post('/v1/responses', {
      model: TEST_MODEL,
      input: [...output, { role: 'user', content: 'And?' }],
    })
    expect(next.status).toBe(200)
    // What has nothing but its id is looked up, and belongs to whoever compacted it.
    const [message] = output as readonly { id: string }[]
    const stranger = await gateway.createPerson()
    const reference = { model: TEST_MODEL, input: [{ type: 'item_reference', id: message?.id }] }
    expect(await post('/v1/responses', reference, stranger)).toMatchObject({
      status: 404,
      code: 'item_not_found',
    })
  })

  test('is not compacted on a balance that does not carry the whole output, for nothing would limit it', async () => {
    const small = await gateway.createPerson(30_000_000)
    expect((await post('/v1/responses', { model: TEST_MODEL, input, store: false }, small)).status).toBe(200)
    expect(await post('/v1/responses/compact', { model: TEST_MODEL, input }, small)).toMatchObject({
      status: 429,
      code: 'insufficient_quota',
    })
    expect(gateway.upstream.requests).toHaveLength(1)
  })

  test('is counted for free, also on an empty balance', async () => {
    const poor = await gateway.createPerson(0)
    const { body } = await post('/v1/responses/input_tokens', { model: TEST_MODEL, input }, poor)
    expect(body).toMatchObject({ object: 'response.input_tokens' })
    expect(body.input_tokens).toBeGreaterThan(3)
    expect(await theRow(poor)).toMatchObject({ costNanoUsd: 0, inputTokens: 0, outputTokens: 0, status: 200 })
  })

  test.each(['/v1/responses', '/v1/responses/compact', '/v1/responses/input_tokens'])(
    'of somebody else is not gone on with at %s',
    async (path) => {
      const first = await post('/v1/responses', { model: TEST_MODEL, input })
      const id = String(first.body.id)
      const item = (first.body.output as readonly { id: string }[])[0]?.id
      const stranger = await gateway.createPerson()
      const sent = gateway.upstream.requests.length
      for (const [more, code] of [
        [{ previous_response_id: id }, 'previous_response_not_found'],
        [{ input: [{ type: 'item_reference', id: item }] }, 'item_not_found'],
        [{ input: [{ type: 'message', role: 'assistant', id: item }] }, 'item_not_found'],
      ] as const) {
        expect(await post(path, { model: TEST_MODEL, input, ...more }, stranger)).toMatchObject({
          status: 404,
          code,
        })
      }
      expect(gateway.upstream.requests).toHaveLength(sent)
      expect((await post(path, { model: TEST_MODEL, input, previous_response_id: id })).status).toBe(200)
    },
  )

  test('that is referred to is in the hold: item by item, as many tokens as each has', async () => {
    const first = await post('/v1/responses', { model: TEST_MODEL, input: 'x'.repeat(40_000) })
    const items = (first.body.output as readonly { id: string }[]).map(({ id }) => ({
      type: 'item_reference',
      id,
    }))
    const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
    gateway.upstream.script({ delays: { headersBehind } })
    const running = post('/v1/responses', { model: TEST_MODEL, input: items, max_output_tokens: 16 })
    let held = 0
    while (held === 0) {
      const user = await gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person.id })
      held = user.data.openHoldsNanoUsd
    }
    answer()
    await running
    const output = (first.body.usage as { output_tokens: number }).output_tokens
    const bodyBytes = gateway.upstream.requests.at(-1)?.body.length ?? 0
    // Bytes and templates and references at the dearest input rate, $2.50 a million, and the output limit at $10.
    expect(held).toBe((bodyBytes + 1_024 + output * items.length) * 2_500 + 16 * 10_000)
  })
})
