// An upstream that nobody here wrote, with its key check on: the client's key never reaches it, the operator's always does.
import { LLMock } from '@copilotkit/aimock'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  UPSTREAM_KEY,
} from '../integration/support/running-gateway.ts'

const mock = new LLMock({ host: '127.0.0.1', port: 0, auth: { apiKeys: [UPSTREAM_KEY] } })
let gateway: RunningGateway
let person: Person
let client: OpenAI

beforeAll(async () => {
  mock.onMessage(/gate/, { content: 'The gate is open.' })
  await mock.start()
  gateway = await startGateway({ upstreamBaseUrl: `${mock.url}/v1` })
  person = await gateway.createPerson()
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: person.key })
})
afterAll(async () => {
  await gateway.stop()
  await mock.stop()
})

const messages = [{ role: 'user' as const, content: 'Is the gate open?' }]

test('the upstream refuses the client key itself, so that the next tests can fail', async () => {
  const direct = new OpenAI({ baseURL: `${mock.url}/v1`, apiKey: person.key })
  await expect(direct.chat.completions.create({ model: TEST_MODEL, messages })).rejects.toMatchObject({
    status: 401,
  })
})

test('chat completions answer, whole and streamed, under the operator key', async () => {
  const whole = await client.chat.completions.create({ model: TEST_MODEL, messages })
  expect(whole.choices[0]?.message.content).toBe('The gate is open.')
  const stream = await client.chat.completions.create({ model: TEST_MODEL, messages, stream: true })
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  expect(text).toBe('The gate is open.')
})

test('responses answer, whole and streamed, under the operator key', async () => {
  const whole = await client.responses.create({ model: TEST_MODEL, input: 'Is the gate open?' })
  expect(whole.output_text).toBe('The gate is open.')
  const stream = await client.responses.create({
    model: TEST_MODEL,
    input: 'Is the gate open?',
    stream: true,
  })
  let text = ''
  for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta
  expect(text).toBe('The gate is open.')
})

test('nothing of the client key is in any request that the upstream journalled', async () => {
  expect(mock.getRequests().length).toBeGreaterThanOrEqual(4)
  expect(JSON.stringify(mock.getRequests())).not.toContain(person.key.slice(0, 16))
})

test('each of the four is one row, charged by exactly what the upstream reported', async () => {
  const rows = await gateway.usageOf(person)
  expect(rows).toHaveLength(4)
  for (const row of rows) {
    expect(row).toMatchObject({ status: 200, reason: 'completed' })
    expect(row.costNanoUsd).toBe(costByHand(row))
  }
  // This upstream reports a stream of responses as zero tokens: an explicit zero is a report, and costs nothing.
  expect(rows.filter((row) => row.costNanoUsd > 0).length).toBeGreaterThanOrEqual(2)
})
