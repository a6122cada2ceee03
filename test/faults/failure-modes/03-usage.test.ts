// Failure modes 3 and 4. Usage may be missing, zero, null, repeated, cumulative or beside its place: zero is a report, the
// last report counts, and none is ever added to another. Chat streams are asked for it, which nobody else sees.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Scenario } from '../../../server/demo-upstream/demo-upstream.ts'
import { costByHand, TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { CHAT, DIALECTS, type OnePerson, RESPONSES, startOnePerson } from '../support/one-person.ts'

let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

async function streamed(path: string, body: object, scenario: Scenario): Promise<string> {
  one.gateway.upstream.script(scenario)
  return (await one.ask(path, { ...body, stream: true })).text()
}

const event = (data: object) => `event: ${(data as { type: string }).type}\ndata: ${JSON.stringify(data)}\n\n`
const chunk = (data: object) => `data: ${JSON.stringify({ id: 'chatcmpl-1', ...data })}\n\n`
const said = (content: string, more: object = {}) =>
  chunk({ choices: [{ index: 0, delta: { content } }], ...more })

describe.each(DIALECTS)('$path', ({ path, body }) => {
  test.each(['missing', null] as const)(
    'failure mode 3: usage that is %s is estimated, streamed or not',
    async (usage) => {
      for (const stream of [true, false]) {
        await one.renew()
        one.gateway.upstream.script({ usage, answer: { text: 'Sixteen letters!' } })
        await (await one.ask(path, { ...body, stream })).text()
        const row = await one.theRow()
        const requestBytes = JSON.stringify({ model: TEST_MODEL, ...body, stream }).length
        const inputTokens = Math.ceil(requestBytes / 4)
        expect(row).toMatchObject({ reason: 'estimated', inputTokens, outputTokens: 4 })
        expect(row.costNanoUsd).toBe(costByHand(row))
      }
    },
  )

  test('failure mode 3: an explicit zero is free, streamed or not', async () => {
    for (const stream of [true, false]) {
      await one.renew()
      one.gateway.upstream.script({ usage: 'zero' })
      await (await one.ask(path, { ...body, stream })).text()
      expect(await one.theRow()).toMatchObject({
        costNanoUsd: 0,
        reason: 'completed',
        inputTokens: 0,
        outputTokens: 0,
      })
    }
  })

  test('failure mode 3: usage that comes twice, or on every event, counts once, as it came last', async () => {
    for (const usageOn of ['every_event', 'twice'] as const) {
      await one.renew()
      await streamed(path, body, { usageOn })
      const row = await one.theRow()
      const [request] = one.gateway.upstream.requests
      expect(row).toMatchObject({
        reason: 'completed',
        inputTokens: request?.usage?.inputTokens,
        outputTokens: request?.usage?.outputTokens,
      })
    }
  })
})

test('failure mode 3: of cumulative usage on chunks with text, and none at the end, the last one counts', async () => {
  const usage = (completion_tokens: number) => ({ usage: { prompt_tokens: 9, completion_tokens } })
  const chunks = [said('a', usage(1)), said('b', usage(2)), said('c', usage(3)), 'data: [DONE]\n\n']
  const text = await streamed(CHAT, DIALECTS[0].body, { chunks })
  expect(text).toBe(`${said('a')}${said('b')}${said('c')}data: [DONE]\n\n`)
  expect(await one.theRow()).toMatchObject({ reason: 'completed', inputTokens: 9, outputTokens: 3 })
})

test('failure mode 3: one usage covers all choices of n, and without one their texts are estimated together', async () => {
  const answer = { answer: { text: 'Sixteen letters!' } }
  const text = await streamed(CHAT, { ...DIALECTS[0].body, n: 3 }, answer)
  expect(text).toContain('"index":2')
  const [request] = one.gateway.upstream.requests
  expect(await one.theRow()).toMatchObject({
    reason: 'completed',
    outputTokens: request?.usage?.outputTokens,
  })

  for (const stream of [true, false]) {
    await one.renew()
    one.gateway.upstream.script({ ...answer, usage: 'missing' })
    await (await one.ask(CHAT, { ...DIALECTS[0].body, n: 3, stream })).text()
    expect(await one.theRow()).toMatchObject({ reason: 'estimated', outputTokens: 12 })
  }
})

test.each(['response.completed', 'response.incomplete', 'response.failed'])(
  'failure mode 3: the usage of %s is charged, with its searches and in its tier',
  async (type) => {
    const usage = {
      input_tokens: 40,
      output_tokens: 7,
      total_tokens: 47,
      output_tokens_details: { reasoning_tokens: 5 },
    }
    const response = {
      id: 'resp_1',
      usage,
      tool_usage: { web_search: { num_requests: 2 } },
      service_tier: 'default',
    }
    const chunks = [
      event({ type: 'response.created', sequence_number: 0, response: { id: 'resp_1', usage: null } }),
      event({ type: 'response.made.up', sequence_number: 1, anything: [1, { usage: 'no' }] }),
      event({ type, sequence_number: 2, response }),
    ]
    const text = await streamed(RESPONSES, { input: 'Hi', tools: [{ type: 'web_search' }] }, { chunks })
    // Events that nobody here knows pass untouched.
    expect(text).toBe(chunks.join(''))
    const row = await one.theRow()
    expect(row).toMatchObject({ inputTokens: 40, outputTokens: 7, reasoningTokens: 5 })
    expect(row.costNanoUsd).toBe(costByHand(row, 2))
  },
)

test('failure mode 3: usage that stands beside the response, and not in it, is found', async () => {
  const usage = { input_tokens: 40, output_tokens: 7, total_tokens: 47 }
  const chunks = [
    event({ type: 'response.completed', sequence_number: 1, usage, response: { id: 'resp_1' } }),
  ]
  await streamed(RESPONSES, DIALECTS[1].body, { chunks })
  expect(await one.theRow()).toMatchObject({ reason: 'completed', inputTokens: 40, outputTokens: 7 })
})

test('failure mode 3: a bare error ends a response; what was said before it is estimated', async () => {
  const chunks = [
    event({ type: 'response.created', sequence_number: 0, response: { id: 'resp_1', usage: null } }),
    event({ type: 'response.output_text.delta', sequence_number: 1, delta: 'Sixteen letters!' }),
    event({ type: 'error', sequence_number: 2, code: 'server_error', message: 'Sorry.', param: null }),
  ]
  expect(await streamed(RESPONSES, DIALECTS[1].body, { chunks })).toBe(chunks.join(''))
  expect(await one.theRow()).toMatchObject({ reason: 'upstream_failed', outputTokens: 4 })
})

test('failure mode 4: usage is asked for, and of what only we asked for nothing is left in the stream', async () => {
  for (const usageOn of ['end', 'every_event', 'twice'] as const) {
    await one.renew()
    const text = await streamed(CHAT, DIALECTS[0].body, { usageOn })
    expect(String(one.gateway.upstream.requests[0]?.body)).toContain(
      '"stream_options":{"include_usage":true}',
    )
    expect(text).not.toContain('"usage"')
    expect(text).not.toContain('"choices":[]')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(await one.theRow()).toMatchObject({ reason: 'completed' })
  }
})

test('failure mode 4: whoever asks for usage gets it, and a response is never asked with what it does not know', async () => {
  const asked = { ...DIALECTS[0].body, stream_options: { include_usage: true } }
  expect(await streamed(CHAT, asked, {})).toContain('"prompt_tokens"')
  expect(String(one.gateway.upstream.requests[0]?.body)).toContain(JSON.stringify(asked).slice(1, -1))
  await one.renew()
  await streamed(RESPONSES, DIALECTS[1].body, {})
  expect(String(one.gateway.upstream.requests[0]?.body)).not.toContain('stream_options')
})

test('failure mode 4: an upstream that refuses to be asked for usage is asked without, once, and not asked again', async () => {
  const own = await startOnePerson()
  try {
    const refuses = (body: string): Scenario =>
      body.includes('stream_options')
        ? { error: { status: 400, message: 'Unknown parameter: stream_options.', code: 'unknown_parameter' } }
        : { usage: 'missing', answer: { text: 'Sixteen letters!' } }
    own.gateway.upstream.script(({ body }) => refuses(String(body)), 4)
    const first = await own.ask(CHAT, { ...DIALECTS[0].body, stream: true })
    expect([first.status, (await first.text()).endsWith('data: [DONE]\n\n')]).toEqual([200, true])
    expect(await own.theRow()).toMatchObject({ reason: 'estimated', outputTokens: 4 })
    expect(own.gateway.upstream.requests).toHaveLength(2)
    await (await own.ask(CHAT, { ...DIALECTS[0].body, stream: true })).text()
    expect(own.gateway.upstream.requests).toHaveLength(3)
    // A client that asks by itself is told by the upstream itself.
    const asking = { ...DIALECTS[0].body, stream: true, stream_options: { include_usage: true } }
    expect((await own.ask(CHAT, asking)).status).toBe(400)
    expect(own.gateway.upstream.requests).toHaveLength(4)
  } finally {
    await own.gateway.stop()
  }
})

test('failure mode 4: nobody can make the gateway stop asking by an error of their own', async () => {
  one.gateway.upstream.script(
    { error: { status: 400, message: 'No tool named stream_options.', code: 'invalid_value' } },
    2,
  )
  expect((await one.ask(CHAT, { ...DIALECTS[0].body, stream: true })).status).toBe(400)
  await one.renew()
  await streamed(CHAT, DIALECTS[0].body, {})
  expect(String(one.gateway.upstream.requests[0]?.body)).toContain('stream_options')
})
