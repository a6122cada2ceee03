// Vercel's AI SDK against a running gateway: its tool loop, whose second turn refers to what the upstream has kept of the first
// (`item_reference`), and, where nothing is to be kept, sends its reasoning along.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, jsonSchema, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../integration/support/running-gateway.ts'

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
})

const look = tool({
  description: 'Looks at a gate.',
  inputSchema: jsonSchema<{ at?: string }>({ type: 'object', properties: { at: { type: 'string' } } }),
  execute: () => 'It is open.',
})

function loop(store?: boolean) {
  const openai = createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: person.key })
  return generateText({
    model: openai(TEST_MODEL),
    prompt: 'Use the tool look, then say what you saw.',
    tools: { look },
    stopWhen: isStepCount(3),
    maxRetries: 0,
    ...(store === undefined ? {} : { providerOptions: { openai: { store } } }),
  })
}

interface Sent {
  readonly store?: boolean
  readonly input: readonly {
    readonly type?: string
    readonly id?: string
    readonly encrypted_content?: string
  }[]
}

/** The first turn thinks and calls the tool; the second one answers. */
function scriptToolCall(): void {
  gateway.upstream.script({ answer: { reasoningTokens: 40, toolCalls: [{ name: 'look' }] } })
}

const turns = () => gateway.upstream.requests.map((request) => request.json() as unknown as Sent)
const setStore = (store: string) =>
  gateway.admin('policies.update', { scope: 'user', subjectId: person.id, policy: { store } })

test('a tool loop that refers to its stored reasoning comes to its end, and each turn is charged once', async () => {
  scriptToolCall()
  const result = await loop()
  expect(result.steps.length).toBe(2)
  expect(result.text).not.toBe('')
  const [, second] = turns()
  expect(second?.input.map(({ type }) => type)).toContain('item_reference')
  expect((await gateway.usageOf(person)).map(({ reason }) => reason)).toEqual(['completed', 'completed'])
})

test('nobody else’s stored reasoning is reached by its id', async () => {
  scriptToolCall()
  await loop()
  const reference = turns()[1]?.input.find(({ type }) => type === 'item_reference')
  const other = await gateway.createPerson()
  const response = await fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${other.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, input: [reference] }),
  })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'item_not_found' } })
})

test('where storing is refused, the loop learns what to send, and with that it comes to its end', async () => {
  await setStore('refuse')
  await expect(loop()).rejects.toThrow(/Send "store": false/)
  expect(gateway.upstream.requests).toHaveLength(0)
  scriptToolCall()
  const result = await loop(false)
  expect(result.steps.length).toBe(2)
  const [first, second] = turns()
  expect([first?.store, second?.store]).toEqual([false, false])
  expect(second?.input.map(({ type }) => type)).not.toContain('item_reference')
})

test('where storing is off, a single turn goes on as before, and a loop that refers back is told so', async () => {
  await setStore('off')
  scriptToolCall()
  await expect(loop()).rejects.toThrow(/was not found/)
  expect(turns().map(({ store }) => store)).toEqual([false])
})
