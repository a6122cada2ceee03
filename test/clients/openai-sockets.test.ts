// OpenAI's SDK over WebSocket against a running gateway: turns that go on from each other, and a refusal as it shows it.
import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../integration/support/running-gateway.ts'

let gateway: RunningGateway

beforeAll(async () => {
  gateway = await startGateway({ settings: { modelAliases: { 'our-model': TEST_MODEL } } })
})
afterAll(() => gateway.stop())

const connect = ({ key }: Person) =>
  new ResponsesWS(new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key }))

/** Sends one request and resolves with the text that was streamed, and the response that ended it. */
async function turn(ws: ResponsesWS, more: object) {
  const ended = new Promise<{ text: string; response: OpenAI.Responses.Response }>((resolve, reject) => {
    let text = ''
    ws.on('response.output_text.delta', ({ delta }) => {
      text += delta
    })
    ws.once('response.completed', ({ response }) => resolve({ text, response }))
    ws.once('error', reject)
  })
  ws.send({ type: 'response.create', model: 'our-model', store: false, ...more })
  return ended
}

test('turns go on from each other by their ids, under the alias, and are charged to the token', async () => {
  const person = await gateway.createPerson()
  const ws = connect(person)
  const first = await turn(ws, { input: 'Say something about gates.' })
  expect(first.text).toBe(first.response.output_text ?? first.text)
  expect(first.response.model).toBe('our-model')
  const second = await turn(ws, { input: 'And about walls.', previous_response_id: first.response.id })
  expect(second.response.usage?.input_tokens).toBeGreaterThan(
    first.response.usage?.input_tokens ?? Number.NaN,
  )
  ws.close()
  const rows = await gateway.usageOf(person)
  expect(rows.map((row) => row.inputTokens)).toEqual(
    [second, first].map(({ response }) => response.usage?.input_tokens),
  )
  for (const row of rows) expect(row.costNanoUsd).toBe(costByHand(row))
})

test('a refusal is an error with the message of the gateway, and the next turn is answered', async () => {
  const ws = connect(await gateway.createPerson())
  await expect(turn(ws, { model: 'no-such-model', input: 'x' })).rejects.toMatchObject({
    message: expect.stringMatching(/^The model "no-such-model" has no price yet/),
    error: { status: 404, error: { code: 'model_not_priced' } },
  })
  expect((await turn(ws, { input: 'Say hello.' })).response.status).toBe('completed')
  ws.close()
})
