// Stored prompts of the operator's over the real server: who may name which, over both doors; what is held for what nobody here
// can see; and that what the answer tells is charged to the nano-dollar.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Receipt } from '../../contract/receipt.ts'
import type { SubjectPolicyView } from '../../contract/request-policy.ts'
import { type Person, type RunningGateway, startGateway, TEST_RATES } from './support/running-gateway.ts'
import { SocketClient } from './support/socket-client.ts'

const MODEL = 'test-model'
/** $10 for a thousand searches, $2.50 for a thousand in files, $0.03 for a container. */
const RATES = {
  ...TEST_RATES,
  fileSearchNanoUsdPerCall: 2_500_000,
  codeInterpreterNanoUsdPerSession: 30_000_000,
}
const painter = (imageOutputNanoUsdPerMTok: number) => ({
  ...TEST_RATES,
  imageInputNanoUsdPerMTok: 10_000_000_000,
  imageOutputNanoUsdPerMTok,
})
const PROMPT = { id: 'pmpt_handbook', version: '2', variables: { city: 'Oslo' } }
const REFUSED = { status: 400, code: 'unsupported_parameter', param: 'prompt.id' }

let gateway: RunningGateway
let upstream: Server
let says: object = {}
/** Says a word, breaks off, and reports nothing. */
let breaksOff = false
const sent: Readonly<Record<string, unknown>>[] = []

/** 1,000 × $2 and 100 × $10 a million. */
const OF_TOKENS = 1_000 * 2_000 + 100 * 10_000

function answer(isStream: boolean): string {
  const response = {
    id: `resp_${sent.length}`,
    object: 'response',
    status: 'completed',
    output: [],
    usage: { input_tokens: 1_000, output_tokens: 100, total_tokens: 1_100 },
    ...says,
  }
  if (breaksOff) {
    const begun = { type: 'response.created', response: { ...response, usage: null } }
    const word = {
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      delta: 'Sixteen letters!',
    }
    return [begun, word].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  }
  if (!isStream) return JSON.stringify(response)
  return ['response.created', 'response.completed']
    .map((type) => `event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`)
    .join('')
}

beforeAll(async () => {
  upstream = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      if (req.url?.endsWith('/files')) {
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify({ id: 'file-of-ann', object: 'file', bytes: 1, purpose: 'user_data' }))
        return
      }
      const body: Readonly<Record<string, unknown>> = JSON.parse(Buffer.concat(chunks).toString())
      sent.push(body)
      res.setHeader('content-type', body['stream'] === true ? 'text/event-stream' : 'application/json')
      res.end(answer(body['stream'] === true))
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with one.
  const { port } = upstream.address() as AddressInfo
  gateway = await startGateway({ upstreamBaseUrl: `http://127.0.0.1:${port}/v1` })
  await gateway.admin('prices.upsert', { model: MODEL, ...RATES })
  await gateway.admin('prices.upsert', { model: 'cheap-painter', ...painter(40_000_000_000) })
  await gateway.admin('prices.upsert', { model: 'dear-painter', ...painter(90_000_000_000) })
})
afterAll(async () => {
  await gateway.stop()
  upstream.close()
})

async function ask({ key }: Person, more: object | string = {}, path = '/v1/responses') {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body:
      typeof more === 'string'
        ? more
        : JSON.stringify({ model: MODEL, prompt: PROMPT, max_output_tokens: 200, ...more }),
  })
  const text = await response.text()
  const error = response.ok ? undefined : JSON.parse(text).error
  return { status: response.status, code: error?.code, param: error?.param, message: String(error?.message) }
}

const setPolicy = (scope: string, subjectId: string, policy: object) =>
  gateway.admin<SubjectPolicyView>('policies.update', { scope, subjectId, policy })

/** Somebody for whom the prompt is listed. */
async function reader(policy: object = {}): Promise<Person> {
  const person = await gateway.createPerson()
  await setPolicy('user', person.id, { promptIds: [PROMPT.id], ...policy })
  return person
}

async function receiptOf(person: Person): Promise<Receipt> {
  const [row] = await gateway.usageOf(person)
  return (await gateway.admin<Receipt>('usage.receipt', { requestId: row?.requestId })).data
}

describe('a stored prompt', () => {
  test('is refused to everybody, opened by a plan, and closed again by a key, on both doors', async () => {
    const person = await gateway.createPerson()
    const before = sent.length
    expect(await ask(person)).toMatchObject(REFUSED)
    expect((await ask(person)).message).toContain('pmpt_handbook')
    expect(sent.length).toBe(before)
    const plan = { name: 'Studio', priceNanoUsd: 0, days: 30 }
    const { data } = await gateway.admin<{ id: string }>('plans.create', plan)
    await gateway.admin('users.grantPlan', { userId: person.id, planId: data.id })
    await setPolicy('plan', data.id, { promptIds: ['pmpt_other', PROMPT.id] })
    const socket = await new SocketClient(gateway.url, person.key).opened()
    const overSocket = async (more: object = {}) => (await socket.ask({ prompt: PROMPT, ...more })).at(-1)
    expect(await ask(person)).toMatchObject({ status: 200 })
    expect(await overSocket()).toMatchObject({ type: 'response.completed' })
    expect(sent.slice(-2)).toMatchObject([PROMPT, PROMPT].map((prompt) => ({ prompt, max_tool_calls: 10 })))
    expect(await ask(person, { prompt: { id: 'pmpt_unlisted' } })).toMatchObject(REFUSED)
    for (const path of ['/v1/responses/compact', '/v1/responses/input_tokens'])
      expect(await ask(person, {}, path)).toMatchObject({ ...REFUSED, param: 'prompt' })
    // What a key says beyond that list opens nothing.
    await setPolicy('key', person.keyId, { promptIds: ['pmpt_other', 'pmpt_more'] })
    expect(await ask(person)).toMatchObject(REFUSED)
    expect(await overSocket()).toMatchObject({ status: 400, error: { code: 'unsupported_parameter' } })
    expect(await ask(person, { prompt: { id: 'pmpt_more' } })).toMatchObject(REFUSED)
    expect(await ask(person, { prompt: { id: 'pmpt_other' } })).toMatchObject({ status: 200 })
    await socket.close()
    const view = await gateway.admin<SubjectPolicyView>('policies.get', {
      scope: 'key',
      subjectId: person.keyId,
    })
    expect(view.data.inherited.promptIds).toEqual({ value: ['pmpt_other', PROMPT.id], from: 'plan' })
  })

  test('is not hidden from the policy by standing twice, in a body or a frame', async () => {
    const person = await gateway.createPerson()
    const twice = `"model":"${MODEL}","prompt":null,"pr\\u006fmpt":{"id":"pmpt_handbook"}`
    expect(await ask(person, `{${twice}}`)).toMatchObject({ status: 400, code: 'duplicate_member' })
    const inside = `"model":"${MODEL}","prompt":{"id":"pmpt_listed","id":"pmpt_handbook"}`
    expect(await ask(person, `{${inside}}`)).toMatchObject({ status: 400, code: 'duplicate_member' })
    const socket = await new SocketClient(gateway.url, person.key).opened()
    socket.send(`{"type":"response.create",${twice}}`)
    expect((await socket.turn()).at(-1)).toMatchObject({ error: { code: 'duplicate_member' } })
    await socket.close()
  })

  test('needs a model that the request names, and the shape that it has', async () => {
    const person = await reader()
    expect(await ask(person, { model: undefined })).toMatchObject({
      status: 400,
      code: 'missing_parameter',
      param: 'model',
    })
    expect(await ask(person, { prompt: { ...PROMPT, variables: ['x'] } })).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
      param: 'prompt.variables',
    })
  })

  test('may be asked to use an image tool that stands in it, by whoever may use one', async () => {
    const choice = { tool_choice: { type: 'image_generation' }, max_tool_calls: 1 }
    expect(await ask(await reader(), choice)).toMatchObject({
      status: 400,
      code: 'tool_not_permitted',
      param: 'tool_choice',
    })
    const person = await reader({ imageGeneration: true })
    expect(await ask(person, { ...choice, prompt: undefined, input: 'x' })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'tool_choice',
    })
    expect(await ask(person, choice)).toMatchObject({ status: 200 })
    const { entries } = await receiptOf(person)
    const held = entries.find(({ kind }) => kind === 'hold')?.heldNanoUsd ?? 0
    expect(held).toBeGreaterThanOrEqual(128_000 * 2_500 + 200 * 10_000 + 8_192 * 90_000)
  })

  test('is not filled with a file of somebody else', async () => {
    const [ann, bob] = [await reader(), await reader()]
    const form = new FormData()
    form.append('purpose', 'user_data')
    form.append('file', new Blob(['a']))
    const headers = { authorization: `Bearer ${ann.key}` }
    await fetch(`${gateway.url}/v1/files`, { method: 'POST', headers, body: form })
    const variables = { report: { type: 'input_file', file_id: 'file-of-ann' } }
    expect(await ask(ann, { prompt: { ...PROMPT, variables } })).toMatchObject({ status: 200 })
    expect(await ask(bob, { prompt: { ...PROMPT, variables } })).toMatchObject({
      status: 404,
      code: 'file_not_found',
      param: 'prompt.variables.report.file_id',
    })
  })
})

test('what broke off is charged what was held for its prompt, its file or what it goes on from, and its words', async () => {
  const person = await reader()
  says = {}
  const file = { type: 'input_file', file_url: 'https://example.test/long.pdf' }
  const content = [{ type: 'input_text', text: 'x' }, file]
  expect(await ask(person, { stream: true })).toMatchObject({ status: 200 })
  const first = `resp_${sent.length}`
  breaksOff = true
  onTestFinished(() => {
    breaksOff = false
  })
  for (const [more, inputTokens] of [
    [{}, 128_000],
    [{ prompt: undefined, input: [{ role: 'user', content }] }, 128_000],
    // 1,100 of the response that it goes on from, beside its own bytes.
    [{ prompt: undefined, input: 'x', previous_response_id: first }, 1_100 + 26],
  ] as const) {
    await ask(person, { stream: true, ...more })
    const [row] = await gateway.usageOf(person)
    expect(row).toMatchObject({ reason: 'upstream_failed', inputTokens, outputTokens: 4 })
    expect(row?.costNanoUsd).toBe(inputTokens * 2_000 + 4 * 10_000)
  }
})

describe.each([false, true])('an answer of a stored prompt, streamed: %s,', (stream) => {
  test('is held as the whole window and every tool that is open, and costs what it tells', async () => {
    const person = await reader({ fileSearch: true, codeInterpreter: true })
    says = {
      output: [{ type: 'file_search_call', id: 'fs_1', queries: ['x'] }],
      tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }],
    }
    expect(await ask(person, { stream, max_tool_calls: 3 })).toMatchObject({ status: 200 })
    const { charge, entries } = await receiptOf(person)
    expect(charge).toMatchObject({ reason: 'completed', amountNanoUsd: OF_TOKENS + 2_500_000 })
    const held = 128_000 * 2_500 + 200 * 10_000 + 3 * (10_000_000 + 2_500_000 + 30_000_000)
    expect(entries.find(({ kind }) => kind === 'hold')?.heldNanoUsd).toBe(held)
  })

  test.each([
    ['as its answer tells', [{ type: 'image_generation', model: 'cheap-painter' }], 40_000],
    ['the dearest, where it tells none', undefined, 90_000],
  ])('that made an image is charged at the model %s', async (_what, tools, rate) => {
    const person = await reader({ imageGeneration: true })
    says = {
      output: [{ type: 'image_generation_call', id: 'ig_1', result: 'AAAA' }],
      ...(tools ? { tools } : {}),
      tool_usage: { image_gen: { input_tokens: 100, output_tokens: 1_000 } },
    }
    expect(await ask(person, { stream, max_tool_calls: 1 })).toMatchObject({ status: 200 })
    const { charge, entries } = await receiptOf(person)
    expect(charge?.amountNanoUsd).toBe(OF_TOKENS + 100 * 2_000 + 1_000 * rate)
    const held = entries.find(({ kind }) => kind === 'hold')?.heldNanoUsd ?? 0
    // Its size is not known: 32,768 tokens are bounded by the row's 8,192.
    expect(held).toBeGreaterThanOrEqual(128_000 * 2_500 + 200 * 10_000 + 10_000_000 + 8_192 * 90_000)
  })
})
