// Failure mode 2. An upstream that breaks off says nothing of its usage: what was relayed is estimated by the published
// formula, the client is told in the stream, and no end is made up. Before any text, nothing is owed.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { costByHand, TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { CHAT, DIALECTS, type OnePerson, RESPONSES, startOnePerson } from '../support/one-person.ts'

let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

const HOW = ['close', 'reset', 'end'] as const

describe.each(DIALECTS)('$path', ({ path, body }) => {
  test.each(HOW.slice(0, 2))(
    'failure mode 2: broken off before its headers (%s), it costs nothing and is a 502',
    async (cutBy) => {
      for (const stream of [true, false]) {
        await one.renew()
        // Twice, for a kept connection that closes without an answer is tried once more.
        one.gateway.upstream.script({ cut: 'before_headers', cutBy }, 2)
        const response = await one.ask(path, { ...body, stream })
        expect(response.status).toBe(502)
        expect(await response.json()).toMatchObject({ error: { code: 'upstream_failed' } })
        expect(await one.theRow()).toMatchObject({ costNanoUsd: 0, reason: 'upstream_failed' })
        expect(one.gateway.upstream.requests.length).toBeLessThanOrEqual(2)
      }
    },
  )

  test.each(HOW)(
    'failure mode 2: broken off behind its headers (%s), it costs nothing and says so',
    async (cutBy) => {
      one.gateway.upstream.script({ cut: 'after_headers', cutBy })
      const response = await one.ask(path, { ...body, stream: true })
      const text = await response.text()
      expect(text).toContain('upstream_failed')
      expect(text).not.toMatch(/\[DONE\]|response\.completed/)
      expect(await one.theRow()).toMatchObject({ costNanoUsd: 0, reason: 'upstream_failed' })
    },
  )

  test.each(HOW)(
    'failure mode 2: broken off between two events (%s), what came is estimated',
    async (cutBy) => {
      one.gateway.upstream.script({
        cut: { afterEvents: 8 },
        cutBy,
        // A reset takes with it what has not been read yet.
        delays: { silence: { afterEvents: 8, ms: cutBy === 'reset' ? 1_000 : 100 } },
      })
      const text = await (await one.ask(path, { ...body, stream: true })).text()
      expect(text).toContain('upstream_failed')
      expect(text).not.toMatch(/\[DONE\]|response\.completed/)
      const row = await one.theRow()
      expect(row).toMatchObject({ reason: 'upstream_failed', status: 200, errorCode: 'upstream_failed' })
      expect(row.costNanoUsd).toBe(costByHand(row))
      expect(row.outputTokens).toBeGreaterThan(0)
    },
  )

  test('failure mode 2: broken off within an event, the half of it reaches nobody', async () => {
    const answer = { answer: { text: 'One two three four five six.' } }
    one.gateway.upstream.script(answer)
    const whole = await (await one.ask(path, { ...body, stream: true })).text()
    const at = whole.indexOf('three')
    await one.renew()
    for (const cutBy of ['close', 'end'] as const) {
      one.gateway.upstream.script({ ...answer, cut: { afterBytes: at + 2 }, cutBy })
      const text = await (await one.ask(path, { ...body, stream: true })).text()
      for (const event of text.trim().split('\n\n')) {
        const data = event.slice(event.indexOf('data: ') + 6)
        expect(() => JSON.parse(data)).not.toThrow()
      }
      expect(text).toContain('upstream_failed')
    }
  })

  test('failure mode 2: an event whose blank line is missing when the stream ends is not run into by the error', async () => {
    one.gateway.upstream.script({ chunks: ['data: {"choices":[{"delta":{"content":"Hi"}}]}\n'] })
    const text = await (await one.ask(path, { ...body, stream: true })).text()
    const events = text.split('\n\n').filter((event) => event !== '')
    expect(events).toHaveLength(2)
    expect(events[1]).toContain('upstream_failed')
  })

  test('failure mode 2: a whole answer that is cut off is a 502, and costs nothing', async () => {
    for (const cutBy of ['close', 'reset'] as const) {
      await one.renew()
      one.gateway.upstream.script({ cut: { afterBytes: 60 }, cutBy })
      const response = await one.ask(path, body)
      expect(response.status).toBe(502)
      expect(await one.theRow()).toMatchObject({ costNanoUsd: 0, reason: 'upstream_failed' })
    }
  })
})

test('failure mode 2: a chat that ends in order, but without usage and without [DONE], has not ended well', async () => {
  const chunk = {
    id: 'chatcmpl-1',
    choices: [{ index: 0, delta: { content: 'Hi there' }, finish_reason: null }],
  }
  one.gateway.upstream.script({ chunks: [`data: ${JSON.stringify(chunk)}\n\n`] })
  const text = await (await one.ask(CHAT, { ...DIALECTS[0].body, stream: true })).text()
  expect(text).toContain('upstream_failed')
  expect(await one.theRow()).toMatchObject({ reason: 'upstream_failed', outputTokens: 2 })
})

test('failure mode 2: a response whose terminal event never comes has not ended well, however much it said', async () => {
  one.gateway.upstream.script({
    *editEvents(events) {
      for (const event of events) if (event.name !== 'response.completed') yield event
    },
  })
  const text = await (await one.ask(RESPONSES, { ...DIALECTS[1].body, stream: true })).text()
  expect(text).toContain('upstream_failed')
  const row = await one.theRow()
  expect(row).toMatchObject({ reason: 'upstream_failed' })
  expect(row.costNanoUsd).toBe(costByHand(row))
})

test('failure mode 2: nor has one that reported usage on the way: that is charged, and the client told', async () => {
  const usage = { input_tokens: 30, output_tokens: 7 }
  const event = { type: 'response.in_progress', response: { id: 'resp_1', status: 'in_progress', usage } }
  one.gateway.upstream.script({ chunks: [`data: ${JSON.stringify(event)}\n\n`] })
  const text = await (await one.ask(RESPONSES, { ...DIALECTS[1].body, stream: true })).text()
  expect(text).toContain('upstream_failed')
  expect(await one.theRow()).toMatchObject({ inputTokens: 30, outputTokens: 7, reason: 'completed' })
})

test('failure mode 2: an upstream that is silent behind its last event is not waited for', async () => {
  const done = `data: ${JSON.stringify({ id: 'c', model: TEST_MODEL, choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })}\n\ndata: [DONE]\n\n`
  one.gateway.upstream.script({ chunks: [done], stall: { afterEvents: 1 } })
  const startedMs = performance.now()
  const text = await (
    await one.ask(CHAT, { ...DIALECTS[0].body, stream: true, stream_options: { include_usage: true } })
  ).text()
  expect(text).toBe(done)
  expect(performance.now() - startedMs).toBeLessThan(15_000)
  expect(await one.theRow()).toMatchObject({ reason: 'completed', inputTokens: 3, outputTokens: 2 })
})
