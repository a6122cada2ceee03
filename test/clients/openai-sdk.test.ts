// The official OpenAI SDK against a running gateway: what a teammate's program does, and what it is charged.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  UPSTREAM_KEY,
} from '../integration/support/running-gateway.ts'

let gateway: RunningGateway
let person: Person
let client: OpenAI

beforeAll(async () => {
  gateway = await startGateway({
    settings: { modelAliases: { 'our-model': TEST_MODEL, 'vendor/our-model:1': TEST_MODEL } },
  })
})
afterAll(async () => {
  await gateway.stop()
})

async function freshClient(balanceNanoUsd?: number): Promise<void> {
  gateway.upstream.reset()
  person = await gateway.createPerson(balanceNanoUsd)
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: person.key })
}

/** The one row of this person, whose cost equals its tokens at the model's price, and left the balance. */
async function theChargedRow(webSearchCalls = 0) {
  const rows = await gateway.usageOf(person)
  expect(rows).toHaveLength(1)
  const [row] = rows
  if (!row) throw new Error('there is a row')
  expect(row.costNanoUsd).toBe(costByHand(row, webSearchCalls))
  expect(row.costNanoUsd).toBeGreaterThan(0)
  expect(await gateway.balanceOf(person)).toBe(100_000_000_000 - row.costNanoUsd)
  return row
}

async function textOf(asked: PromiseLike<AsyncIterable<OpenAI.ChatCompletionChunk>>): Promise<string> {
  let text = ''
  for await (const chunk of await asked) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

const QUESTION = [{ role: 'user' as const, content: 'Say something about gates.' }]

describe('chat completions', () => {
  test('a whole answer arrives and is charged by the usage that it reports', async () => {
    await freshClient()
    const answer = await client.chat.completions.create({ model: TEST_MODEL, messages: QUESTION })
    expect(answer.choices[0]?.message.content).toBeTruthy()
    const row = await theChargedRow()
    expect(row.inputTokens).toBe(answer.usage?.prompt_tokens)
    expect(row.outputTokens).toBe(answer.usage?.completion_tokens)
    expect(row).toMatchObject({
      endpoint: '/v1/chat/completions',
      stream: false,
      status: 200,
      reason: 'completed',
    })
  })

  test('a stream without a wish for usage shows none, and is charged by it all the same', async () => {
    await freshClient()
    const stream = await client.chat.completions.create({
      model: TEST_MODEL,
      messages: QUESTION,
      stream: true,
    })
    let text = ''
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1)
      expect(chunk).not.toHaveProperty('usage')
      text += chunk.choices[0]?.delta.content ?? ''
    }
    expect(text.length).toBeGreaterThan(10)
    const row = await theChargedRow()
    expect(row).toMatchObject({ stream: true, reason: 'completed' })
    expect(row.firstTokenMs).not.toBeNull()
  })

  test('a stream that asks for usage gets the chunk that it asked for', async () => {
    await freshClient()
    const stream = await client.chat.completions.create({
      model: TEST_MODEL,
      messages: QUESTION,
      stream: true,
      stream_options: { include_usage: true },
    })
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of stream) usage = chunk.usage ?? usage
    const row = await theChargedRow()
    expect(row.inputTokens).toBe(usage?.prompt_tokens)
    expect(row.outputTokens).toBe(usage?.completion_tokens)
  })

  test('an alias answers under its own name, whole and streamed', async () => {
    await freshClient()
    const whole = await client.chat.completions.create({ model: 'our-model', messages: QUESTION })
    expect(whole.model).toBe('our-model')
    const stream = await client.chat.completions.create({
      model: 'our-model',
      messages: QUESTION,
      stream: true,
    })
    for await (const chunk of stream) expect(chunk.model).toBe('our-model')
    expect(String(gateway.upstream.requests.at(-1)?.body)).toContain(`"${TEST_MODEL}"`)
  })
})

describe('responses', () => {
  test('a whole answer arrives and is charged by the usage that it reports', async () => {
    await freshClient()
    const answer = await client.responses.create({ model: TEST_MODEL, input: 'Say something about gates.' })
    expect(answer.output_text).toBeTruthy()
    const row = await theChargedRow()
    expect(row.inputTokens).toBe(answer.usage?.input_tokens)
    expect(row.reasoningTokens).toBe(answer.usage?.output_tokens_details.reasoning_tokens)
    expect(row).toMatchObject({ endpoint: '/v1/responses', stream: false, reason: 'completed' })
  })

  test('a stream is understood by the SDK event by event and is charged', async () => {
    await freshClient()
    const stream = client.responses.stream({ model: TEST_MODEL, input: 'Say something about gates.' })
    const types = new Set<string>()
    for await (const event of stream) types.add(event.type)
    const final = await stream.finalResponse()
    expect([...types]).toEqual(
      expect.arrayContaining(['response.created', 'response.output_text.delta', 'response.completed']),
    )
    const row = await theChargedRow()
    expect(row.outputTokens).toBe(final.usage?.output_tokens)
  })

  test('an aliased stream carries its alias in every response object', async () => {
    await freshClient()
    const stream = await client.responses.create({ model: 'our-model', input: 'Hello.', stream: true })
    for await (const event of stream) if ('response' in event) expect(event.response.model).toBe('our-model')
  })

  test('heartbeats in the silences of a stream disturb nobody who reads it', async () => {
    await freshClient()
    await gateway.admin('settings.update', { heartbeatSeconds: 1 })
    const silences = { beforeFirstEventMs: 2_500, silence: { afterEvents: 5, ms: 2_500 } }
    gateway.upstream.script({ delays: silences }, 2)
    const stream = client.responses.stream({ model: TEST_MODEL, input: 'Say something about gates.' })
    // Both are silent at the same time.
    const chat = textOf(
      client.chat.completions.create({ model: TEST_MODEL, messages: QUESTION, stream: true }),
    )
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    // Comments before the first event, which no reader sees; events behind it, which this one hands on.
    expect(types[0]).toBe('response.created')
    expect(types).toContain('keepalive')
    const final = await stream.finalResponse()
    expect(final.output_text).toBeTruthy()
    expect(await chat).toBeTruthy()
    const rows = await gateway.usageOf(person)
    expect(rows.map(({ reason }) => reason)).toEqual(['completed', 'completed'])
    const ofResponses = rows.find(({ endpoint }) => endpoint.includes('responses'))
    expect(ofResponses?.outputTokens).toBe(final.usage?.output_tokens)
  })

  test('a previous response may be continued by the one who made it, and by nobody else', async () => {
    await freshClient()
    const first = await client.responses.create({ model: TEST_MODEL, input: 'Hello.' })
    const next = await client.responses.create({
      model: TEST_MODEL,
      input: 'Go on.',
      previous_response_id: first.id,
    })
    expect(next.previous_response_id).toBe(first.id)
    const item = first.output[0]?.id ?? ''
    await freshClient()
    const foreign = client.responses.create({
      model: TEST_MODEL,
      input: 'Go on.',
      previous_response_id: first.id,
    })
    await expect(foreign).rejects.toMatchObject({ status: 404, code: 'previous_response_not_found' })
    const stolen = client.responses.create({
      model: TEST_MODEL,
      input: [{ type: 'item_reference', id: item }],
    })
    await expect(stolen).rejects.toMatchObject({ status: 404, code: 'item_not_found' })
    const reasoning = client.responses.create({
      model: TEST_MODEL,
      input: [{ type: 'reasoning', id: item, summary: [] }],
    })
    await expect(reasoning).rejects.toMatchObject({ status: 404, code: 'item_not_found' })
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

describe('legacy completions', () => {
  test('arrive whole and streamed, and are charged by the usage that they report', async () => {
    await freshClient()
    const whole = await client.completions.create({
      model: TEST_MODEL,
      prompt: ['Once', 'Twice'],
      n: 2,
      best_of: 3,
    })
    expect(whole.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    const row = await theChargedRow()
    expect(row).toMatchObject({ endpoint: '/v1/completions', outputTokens: whole.usage?.completion_tokens })

    await freshClient()
    const stream = await client.completions.create({
      model: TEST_MODEL,
      prompt: 'Once',
      max_tokens: 30,
      stream: true,
    })
    let text = ''
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1)
      text += chunk.choices[0]?.text ?? ''
    }
    expect(text.length).toBeGreaterThan(30)
    expect(await theChargedRow()).toMatchObject({ stream: true, outputTokens: 30, reason: 'completed' })
  })
})

describe('embeddings', () => {
  test('come in the form that the SDK asks for by itself, and in numbers', async () => {
    await freshClient()
    const asked = { model: TEST_MODEL, input: ['some text', 'more'], dimensions: 8 }
    const byDefault = await client.embeddings.create(asked)
    expect(String(gateway.upstream.requests.at(-1)?.body)).toContain('"encoding_format":"base64"')
    const row = await theChargedRow()
    expect(row).toMatchObject({
      endpoint: '/v1/embeddings',
      inputTokens: byDefault.usage.prompt_tokens,
      outputTokens: 0,
    })
    const numbers = await client.embeddings.create({ ...asked, encoding_format: 'float' })
    expect(byDefault.data.map(({ embedding }) => embedding)).toEqual(
      numbers.data.map(({ embedding }) => embedding),
    )
    const bytes = await client.embeddings.create({ ...asked, encoding_format: 'base64' })
    expect(Buffer.from(String(bytes.data[0]?.embedding), 'base64').readFloatLE(0)).toBe(
      numbers.data[0]?.embedding[0],
    )
  })

  test('that are too many are refused by the SDK’s own kind of error, before anything is sent', async () => {
    await freshClient()
    const asked = client.embeddings.create({ model: TEST_MODEL, input: Array(2_049).fill('x') as string[] })
    await expect(asked).rejects.toMatchObject({ status: 400, code: 'invalid_parameter', param: 'input' })
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

describe('moderations', () => {
  test('are free, with a model and without', async () => {
    await freshClient(0)
    const judged = await client.moderations.create({ input: ['Hello.', 'I will kill you.'] })
    expect(judged.results.map(({ flagged }) => flagged)).toEqual([false, true])
    await client.moderations.create({ model: 'omni-moderation-latest', input: 'Hello.' })
    const rows = await gateway.usageOf(person)
    expect(rows.map(({ endpoint, costNanoUsd, status }) => [endpoint, costNanoUsd, status])).toEqual([
      ['/v1/moderations', 0, 200],
      ['/v1/moderations', 0, 200],
    ])
  })
})

describe('conversations', () => {
  test('are compacted and charged, and what comes of it is the input of the next turn', async () => {
    await freshClient()
    const input = [
      { role: 'user' as const, content: 'What is a gate?' },
      { role: 'assistant' as const, content: 'An opening.' },
    ]
    const compacted = await client.responses.compact({ model: TEST_MODEL, input })
    expect(compacted.object).toBe('response.compaction')
    const row = await theChargedRow()
    expect(row).toMatchObject({
      endpoint: '/v1/responses/compact',
      inputTokens: compacted.usage.input_tokens,
      outputTokens: compacted.usage.output_tokens,
    })
    const next = await client.responses.create({
      model: TEST_MODEL,
      // What the SDK types as output is accepted as input again.
      input: [
        ...compacted.output,
        { role: 'user', content: 'And a gateway?' },
      ] as OpenAI.Responses.ResponseInput,
    })
    expect(next.output_text).toBeTruthy()
  })

  test('are counted for free', async () => {
    await freshClient(0)
    const counted = await client.responses.inputTokens.count({ model: TEST_MODEL, input: 'What is a gate?' })
    expect(counted).toMatchObject({ object: 'response.input_tokens', input_tokens: expect.any(Number) })
    expect(await gateway.balanceOf(person)).toBe(0)
  })
})

describe('one model', () => {
  test('is found by its name or an alias, and is not found as OpenAI says so', async () => {
    await freshClient()
    expect(await client.models.retrieve(TEST_MODEL)).toMatchObject({ id: TEST_MODEL, object: 'model' })
    expect((await client.models.retrieve('vendor/our-model:1')).id).toBe('vendor/our-model:1')
    await expect(client.models.retrieve('no/such model')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
  })
})

describe('refusals and retries', () => {
  test('a wrong key is refused once, with the reason', async () => {
    await freshClient()
    const stranger = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: `${person.key}x` })
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
  })

  test('an empty balance is refused at once and is not tried again', async () => {
    await freshClient(0)
    const asked = client.chat.completions.create({ model: TEST_MODEL, messages: QUESTION })
    await expect(asked).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
    expect(gateway.upstream.requests).toHaveLength(0)
    const rows = await gateway.usageOf(person)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      reason: 'refused',
      errorCode: 'insufficient_quota',
      costNanoUsd: 0,
      status: 429,
    })
  })

  test('a tool, a tier and storing that are not open are refused once each, by their names', async () => {
    await freshClient()
    const policy = { serviceTiers: [], store: 'refuse' }
    await gateway.admin('policies.update', { scope: 'user', subjectId: person.id, policy })
    const ask = { model: TEST_MODEL, input: 'Hi', store: false }
    for (const [more, code, param] of [
      [{ tools: [{ type: 'image_generation' as const }] }, 'tool_not_permitted', 'tools[0]'],
      [{ service_tier: 'priority' as const }, 'service_tier_not_permitted', 'service_tier'],
      [{ store: true }, 'storing_not_permitted', 'store'],
    ] as const) {
      const asked = client.responses.create({
        ...ask,
        ...more,
        tools: 'tools' in more ? [...more.tools] : [],
      })
      await expect(asked).rejects.toMatchObject({ status: 400, code, param })
    }
    expect(gateway.upstream.requests).toHaveLength(0)
    expect(await gateway.usageOf(person)).toHaveLength(3)
  })

  test('a stored prompt is refused until it is listed, and then answered for what it was filled with', async () => {
    await freshClient()
    const prompt = { id: 'pmpt_welcome', variables: { city: 'Oslo' } }
    const ask = () => client.responses.create({ model: TEST_MODEL, prompt })
    await expect(ask()).rejects.toMatchObject({ status: 400, param: 'prompt.id' })
    await gateway.admin('policies.update', {
      scope: 'user',
      subjectId: person.id,
      policy: { promptIds: [prompt.id] },
    })
    const answer = await ask()
    expect(answer.output_text).toMatch(/pmpt_welcome\s*city: Oslo/)
    expect(answer.prompt).toEqual(prompt)
    const [row] = await gateway.usageOf(person)
    expect(row).toMatchObject({ status: 200, inputTokens: answer.usage?.input_tokens })
  })

  test('a model without a price is refused by its name', async () => {
    await freshClient()
    const asked = client.chat.completions.create({ model: 'never-priced', messages: QUESTION })
    await expect(asked).rejects.toMatchObject({ status: 404, code: 'model_not_priced', param: 'model' })
    expect(gateway.upstream.requests).toHaveLength(0)
  })

  test("an upstream that refuses the operator's key is no riddle and no leak for the client", async () => {
    await freshClient()
    gateway.upstream.script({
      status: 401,
      body: {
        error: {
          message: `Incorrect API key provided: ${UPSTREAM_KEY.slice(0, 8)}`,
          code: 'invalid_api_key',
          type: 'x',
          param: null,
        },
      },
    })
    const asked = client.chat.completions.create({ model: TEST_MODEL, messages: QUESTION })
    const error = await asked.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ status: 400, code: 'upstream_rejected' })
    expect(String(error)).not.toContain(UPSTREAM_KEY.slice(0, 8))
    expect(gateway.upstream.requests).toHaveLength(1)
    expect(await gateway.balanceOf(person)).toBe(100_000_000_000)
  })

  test('an upstream that stumbles is tried again by the SDK, and only the answer is charged', async () => {
    await freshClient()
    gateway.upstream.script({ error: 500 })
    const answer = await client.chat.completions.create({ model: TEST_MODEL, messages: QUESTION })
    expect(answer.choices).toHaveLength(1)
    const rows = await gateway.usageOf(person)
    expect(rows.map((row) => [row.status, row.costNanoUsd > 0])).toEqual([
      [200, true],
      [500, false],
    ])
  })

  test('the list of models holds what has a price, aliases included', async () => {
    await freshClient()
    const models = await client.models.list()
    const ids = models.data.map((model) => model.id)
    expect(ids).toEqual(expect.arrayContaining([TEST_MODEL, 'our-model']))
    expect(ids.some((id) => id.startsWith('demo-'))).toBe(false)
  })
})

describe('stored responses', () => {
  test('are read, listed, played again and deleted by whoever made them, and not found by anybody else', async () => {
    await freshClient()
    const theirs = client
    const made = await theirs.responses.create({ model: TEST_MODEL, input: 'Say hello.' })
    expect((await theirs.responses.retrieve(made.id)).output_text).toBe(made.output_text)
    const events: string[] = []
    for await (const event of await theirs.responses.retrieve(made.id, { stream: true }))
      events.push(event.type)
    expect(events.at(-1)).toBe('response.completed')
    expect((await theirs.responses.inputItems.list(made.id)).data).toHaveLength(1)
    const other = await gateway.createPerson()
    const strangers = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: other.key })
    await expect(strangers.responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 })
    await expect(strangers.responses.delete(made.id)).rejects.toMatchObject({ code: 'response_not_found' })
    await theirs.responses.delete(made.id)
    await expect(theirs.responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 })
    await theChargedRow()
  })
})

describe('over HTTPS', () => {
  test('a program that is given the authority the way Node reads it is served, and one that is not sends nothing', async () => {
    await freshClient()
    await gateway.admin('settings.update', { https: 'beside_http' })
    const file = join(mkdtempSync(join(tmpdir(), 'gateway-ca-')), 'ca.crt')
    writeFileSync(file, await (await fetch(`${gateway.url}/ca.crt`)).text())
    const program = `
      import OpenAI from 'openai'
      const client = new OpenAI({ baseURL: process.env.BASE_URL, maxRetries: 0 })
      const answer = await client.responses.create({ model: '${TEST_MODEL}', input: 'Say hello.' })
      console.log(answer.status)`
    const run = (env: Record<string, string>) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
        cwd: import.meta.dirname,
        env: {
          ...env,
          BASE_URL: `${gateway.url.replace('http:', 'https:')}/v1`,
          OPENAI_API_KEY: person.key,
        },
      })
    await expect(run({})).rejects.toThrow(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|unable to verify/)
    expect(gateway.upstream.requests).toHaveLength(0)
    expect((await run({ NODE_EXTRA_CA_CERTS: file })).stdout).toBe('completed\n')
    await theChargedRow()
    rmSync(dirname(file), { recursive: true })
  })
})
