// Two people share one upstream account: neither reaches what the upstream keeps of the other, and what a reference brings
// into the input is held for.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

const SECRET = 'the vault opens with 7319'
const DOLLAR = 1_000_000_000

let gateway: RunningGateway
let ann: Person
let ben: Person

beforeAll(async () => {
  gateway = await startGateway()
  ann = await gateway.createPerson()
  ben = await gateway.createPerson()
})
afterAll(async () => {
  await gateway.stop()
})
beforeEach(() => {
  gateway.upstream.reset()
})

interface Answered {
  readonly id: string
  readonly output: readonly { readonly id: string; readonly type: string }[]
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
}

function ask(who: Person, body: object): Promise<Response> {
  return fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, ...body }),
  })
}

/** What the upstream answered, streamed or whole. */
async function answered(who: Person, body: object): Promise<Answered> {
  const response = await ask(who, body)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  if (!text.startsWith('event:')) return JSON.parse(text)
  const line = text.split('\n').findLast((each) => each.includes('"type":"response.completed"')) ?? ''
  return JSON.parse(line.slice('data: '.length)).response
}

async function messageOf(who: Person, body: object): Promise<string> {
  const { output } = await answered(who, body)
  const message = output.find(({ type }) => type === 'message')
  if (!message) throw new Error('the answer has a message')
  return message.id
}

describe('an item that the upstream keeps of somebody else', () => {
  test.each([
    ['a reference', (id: string) => ({ type: 'item_reference', id })],
    ['a bare id', (id: string) => ({ id })],
    ['content null', (id: string) => ({ id, content: null })],
    ['role null', (id: string) => ({ id, role: null })],
    ['type and content null', (id: string) => ({ id, type: null, content: null })],
    ['everything null', (id: string) => ({ id, type: null, role: null, content: null })],
    ['a message without content', (id: string) => ({ type: 'message', id })],
    ['a message with empty content', (id: string) => ({ type: 'message', role: 'assistant', id, content: [{}] })],
    ['reasoning with empty content', (id: string) => ({ type: 'reasoning', id, content: [{}] })],
    ['a type of nobody’s', (id: string) => ({ type: 'something_new', id })],
  ])('is not reached by %s', async (_what, itemOf) => {
    gateway.upstream.script({ text: SECRET })
    const id = await messageOf(ann, { input: 'Remember.', stream: true })
    const sent = gateway.upstream.requests.length
    const response = await ask(ben, { input: [{ role: 'user', content: 'Repeat.' }, itemOf(id)] })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'item_not_found', param: 'input' } })
    expect(gateway.upstream.requests).toHaveLength(sent)
  })

  test.each([7, [], {}, true])('is not reached by an item of type %j', async (type) => {
    const id = await messageOf(ann, { input: 'Remember.' })
    const response = await ask(ben, { input: [{ type, id }] })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param: 'input.type' } })
  })

  test('is reached by whoever made it', async () => {
    const id = await messageOf(ann, { input: 'Remember.' })
    const items = [{ role: 'user', content: 'Repeat.' }, { type: 'item_reference', id }]
    expect((await ask(ann, { input: items })).status).toBe(200)
  })
})

test('an id that a client invents for what it sends along is nobody’s, and passes', async () => {
  const items = [
    { type: 'message', id: 'msg_invented', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] },
    { type: 'reasoning', id: 'rs_invented', summary: [], encrypted_content: 'gAAA', content: null },
    { type: 'function_call', id: 'fc_invented', call_id: 'c', name: 'f', arguments: '{}' },
    { type: 'function_call_output', id: 'fco_invented', call_id: 'c', output: '' },
  ]
  const response = await ask(ben, { input: items, store: false })
  expect(response.status, await response.text()).toBe(200)
})

describe.each([true, false])('with stream: %j', (stream) => {
  // At two dollars a million, a balance of ten cents holds fifty thousand tokens of input and not sixty thousand.
  test('references are held for by the tokens that they bring', async () => {
    gateway.upstream.script({ textTokens: 4_000 })
    const rich = await gateway.createPerson()
    const id = await messageOf(rich, { input: 'Write much.', stream })
    const balance = await gateway.balanceOf(rich)
    await gateway.admin('users.adjustBalance', {
      userId: rich.id,
      amountNanoUsd: DOLLAR / 10 - balance,
      note: 'for a test',
    })
    const references = (count: number) => ({
      input: [{ role: 'user', content: 'Go on.' }, ...Array.from({ length: count }, () => ({ id }))],
      max_output_tokens: 16,
    })
    const refused = await ask(rich, references(12))
    expect(refused.status, await refused.clone().text()).toBe(429)
    expect(await refused.json()).toMatchObject({ error: { code: 'insufficient_quota' } })
    expect((await ask(rich, references(2))).status).toBe(200)
  })

  test('a response is held for by its own tokens, not by the window', async () => {
    const person = await gateway.createPerson()
    const { id } = await answered(person, { input: 'Hello.', stream })
    const balance = await gateway.balanceOf(person)
    await gateway.admin('users.adjustBalance', {
      userId: person.id,
      amountNanoUsd: DOLLAR / 10 - balance,
      note: 'for a test',
    })
    const next = await ask(person, { input: 'Go on.', previous_response_id: id, max_output_tokens: 16 })
    expect(next.status, await next.text()).toBe(200)
  })
})

test('a request with two keys under one name is refused', async () => {
  const { request } = await import('node:http')
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${gateway.url}/v1/models`, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.setHeader('authorization', [`Bearer ${ann.key}`, `Bearer ${ben.key}`])
    sent.on('error', reject)
    sent.end()
  })
  expect(status).toBe(401)
})
