// Programs that are written for OpenAI at Azure: the class of the official SDK, with no more than its endpoint and key changed.
import OpenAI, { AzureOpenAI, toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
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
let client: AzureOpenAI

beforeAll(async () => {
  gateway = await startGateway({ settings: { modelAliases: { 'ours/best': TEST_MODEL } } })
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
  client = new AzureOpenAI({
    endpoint: gateway.url,
    apiKey: person.key,
    apiVersion: '2025-04-01-preview',
    maxRetries: 0,
  })
})

const messages = [{ role: 'user' as const, content: 'Say something about gates.' }]
async function theRow() {
  const rows = await gateway.usageOf(person)
  expect(rows).toHaveLength(1)
  const [row] = rows
  if (!row) throw new Error('there is a row')
  expect(row.costNanoUsd).toBe(costByHand(row, 0))
  expect(row.costNanoUsd).toBeGreaterThan(0)
  return row
}

test('a chat is answered and charged as under /v1, and nothing of Azure is sent on', async () => {
  const answer = await client.chat.completions.create({ model: TEST_MODEL, messages })
  expect(answer.choices[0]?.message.content).toBeTruthy()
  expect(await theRow()).toMatchObject({ endpoint: '/v1/chat/completions', model: TEST_MODEL })
  const [sent] = gateway.upstream.requests
  expect(sent).toMatchObject({ path: '/v1/chat/completions' })
  expect(sent?.headers).toMatchObject({ authorization: `Bearer ${UPSTREAM_KEY}` })
  expect(sent?.headers).not.toHaveProperty('api-key')
})

test('a streamed chat with an alias that has a slash in it', async () => {
  const stream = await client.chat.completions.create({ model: 'ours/best', messages, stream: true })
  const models = new Set<string>()
  for await (const chunk of stream) models.add(chunk.model)
  expect([...models]).toEqual(['ours/best'])
  await theRow()
})

test('responses, embeddings, models and files are where that class looks for them', async () => {
  expect((await client.responses.create({ model: TEST_MODEL, input: 'Hello.' })).output_text).toBeTruthy()
  await theRow()
  expect((await client.models.list()).data.map(({ id }) => id)).toContain(TEST_MODEL)
  const file = await client.files.create({
    file: await toFile(Buffer.from('a'), 'a.txt'),
    purpose: 'user_data',
  })
  expect((await client.files.list()).data.map(({ id }) => id)).toEqual([file.id])
  await client.files.delete(file.id)
})

test('the deployment in the path is the model that is run and charged, whatever the body says', async () => {
  const deployed = new AzureOpenAI({
    endpoint: gateway.url,
    apiKey: person.key,
    apiVersion: '2025-04-01-preview',
    deployment: 'ours/best',
    maxRetries: 0,
  })
  const answer = await deployed.chat.completions.create({ model: 'gpt-4', messages })
  expect(answer.model).toBe('ours/best')
  expect(await theRow()).toMatchObject({ model: 'ours/best' })
  expect(String(gateway.upstream.requests[0]?.body)).toContain(`"model":"${TEST_MODEL}"`)
})

test.each([
  ['none', '{"messages":[{"role":"user","content":"Hello."}]}'],
  ['null', '{"model":null,"messages":[{"role":"user","content":"Hello."}]}'],
  ['it', `{"model":"${TEST_MODEL}","messages":[{"role":"user","content":"Hello."}]}`],
])('a body that names %s is given the model of its path', async (_what, body) => {
  const ask = (sent: string, name = TEST_MODEL) =>
    fetch(`${gateway.url}/openai/deployments/${name}/chat/completions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': person.key, 'content-type': 'application/json' },
      body: sent,
    })
  expect((await ask(body)).status).toBe(200)
  await theRow()
  const missing = await ask(body, 'nobody%2Fhas-this')
  expect(missing.status).toBe(404)
  expect(await missing.text()).toContain('nobody/has-this')
  expect((await ask(`${body.slice(0, -1)},"model":"a","model":"b"}`)).status).toBe(400)
  expect((await ask('[]')).status).toBe(400)
  expect(gateway.upstream.requests).toHaveLength(1)
})

test.each([
  ['another', '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n'],
  ['none', ''],
])('a form that names %s model is run and charged as the model of its path', async (_what, model) => {
  const form = `${model}--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nsound\r\n--b--\r\n`
  const ask = (name: string) =>
    fetch(`${gateway.url}/openai/deployments/${name}/audio/transcriptions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': person.key, 'content-type': 'multipart/form-data; boundary=b' },
      body: form,
    })
  expect((await ask('nobody-has-this')).status).toBe(404)
  expect((await ask(`gpt-4o-transcribe%0d%0a--b--`)).status).toBe(404)
  expect(gateway.upstream.requests).toHaveLength(0)
  expect((await ask('gpt-4o-transcribe')).status).toBe(200)
  const [row] = (await gateway.usageOf(person)).filter(({ status }) => status === 200)
  expect(row).toMatchObject({ endpoint: '/v1/audio/transcriptions', model: 'gpt-4o-transcribe' })
  const sent = String(gateway.upstream.requests[0]?.body)
  expect(sent).toContain('name="model"\r\n\r\ngpt-4o-transcribe\r\n')
  expect(sent).not.toContain('whisper-1')
})

test('a key that is none is refused in the shape that the class reads', async () => {
  const stranger = new AzureOpenAI({
    endpoint: gateway.url,
    apiKey: 'no key at all',
    apiVersion: '1',
    maxRetries: 0,
  })
  await expect(stranger.chat.completions.create({ model: TEST_MODEL, messages })).rejects.toMatchObject({
    status: 401,
    code: 'invalid_api_key',
  })
  expect(gateway.upstream.requests).toHaveLength(0)
})

test('the plain class answers under the base URL that Azure gives it', async () => {
  const plain = new OpenAI({ baseURL: `${gateway.url}/openai/v1/`, apiKey: person.key })
  expect((await plain.responses.create({ model: TEST_MODEL, input: 'Hello.' })).output_text).toBeTruthy()
  await theRow()
})

test('what is not offered says why', async () => {
  await expect(client.batches.list()).rejects.toMatchObject({ status: 404, code: 'endpoint_not_offered' })
})
