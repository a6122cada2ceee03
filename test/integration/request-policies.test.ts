// Request policies and hosted tools over the real server: what is set is what holds from the next request on, no key escapes
// what its owner may do, and every tool is charged to the nano-dollar and explained on its receipt.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Receipt } from '../../contract/receipt.ts'
import type { SubjectPolicyView } from '../../contract/request-policy.ts'
import { type Person, type RunningGateway, startGateway, TEST_RATES } from './support/running-gateway.ts'

const MODEL = 'tool-model'
const PASSWORD = 'a long enough password'
/** $10 and $25 for a thousand searches, $2.50 for a thousand in files, $0.03 for a container. */
const RATES = {
  ...TEST_RATES,
  webSearchNanoUsdPerCall: 10_000_000,
  webSearchPreviewNanoUsdPerCall: 25_000_000,
  fileSearchNanoUsdPerCall: 2_500_000,
  codeInterpreterNanoUsdPerSession: 30_000_000,
}
const IMAGE_RATES = {
  ...TEST_RATES,
  imageInputNanoUsdPerMTok: 10_000_000_000,
  imageOutputNanoUsdPerMTok: 40_000_000_000,
}

interface Sent {
  readonly [name: string]: unknown
}

let gateway: RunningGateway
let upstream: Server
/** What the next answer says beside its text and its tokens. */
let says: { readonly output: readonly object[]; readonly tool_usage?: object } = { output: [] }
const sent: Sent[] = []
let responses = 0

/** A response as OpenAI writes it, whole or as a stream. */
function answer(body: Sent): string {
  responses += 1
  const response = {
    id: `resp_${responses}`,
    object: 'response',
    status: 'completed',
    model: MODEL,
    output: says.output,
    usage: { input_tokens: 1_000, output_tokens: 100, total_tokens: 1_100 },
    ...(says.tool_usage ? { tool_usage: says.tool_usage } : {}),
  }
  if (body.stream !== true) return JSON.stringify(response)
  const events = [
    { type: 'response.created', response: { ...response, output: [], usage: null } },
    ...says.output.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
    { type: 'response.completed', response },
  ]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

const FILE = { id: 'file-of-ann', object: 'file', bytes: 1, filename: 'a.csv', purpose: 'user_data' }
const IMAGES = { data: [{ b64_json: 'AA==' }], usage: { input_tokens: 10, output_tokens: 10 } }

beforeAll(async () => {
  upstream = createServer((req, res) => {
    let text = ''
    req.on('data', (chunk) => {
      text += String(chunk)
    })
    req.on('end', () => {
      if (req.headers['content-type']?.startsWith('multipart/')) {
        sent.push({ form: text })
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify(req.url?.endsWith('/files') ? FILE : IMAGES))
        return
      }
      const body: Sent = JSON.parse(text)
      sent.push(body)
      res.setHeader('content-type', body.stream === true ? 'text/event-stream' : 'application/json')
      res.end(answer(body))
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with one.
  const { port } = upstream.address() as AddressInfo
  gateway = await startGateway({ upstreamBaseUrl: `http://127.0.0.1:${port}/v1` })
  await gateway.admin('prices.upsert', { model: MODEL, ...RATES })
  await gateway.admin('prices.upsert', { model: 'image-model', ...IMAGE_RATES })
})
afterAll(async () => {
  await gateway.stop()
  upstream.close()
})

async function ask(key: string, more: object, path = '/v1/responses') {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body:
      typeof more === 'string'
        ? more
        : JSON.stringify({ model: MODEL, input: 'Hi', max_output_tokens: 200, ...more }),
  })
  const text = await response.text()
  const code: unknown = response.ok ? undefined : JSON.parse(text).error.code
  return { status: response.status, code, text }
}

async function sendForm(key: string, path: string, fields: Readonly<Record<string, string | Blob>>) {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  const headers = { authorization: `Bearer ${key}` }
  const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body })
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
}

const setPolicy = (scope: string, subjectId: string, policy: object, cookie?: string) => {
  const input = { scope, subjectId, policy }
  return cookie === undefined
    ? gateway.admin<SubjectPolicyView>('policies.update', input)
    : gateway.call<SubjectPolicyView>('policies.update', input, cookie)
}

async function receiptOf(person: Person): Promise<Receipt> {
  const [row] = await gateway.usageOf(person)
  const { data } = await gateway.admin<Receipt>('usage.receipt', { requestId: row?.requestId })
  return data
}

const SEARCH = { type: 'web_search' }
const FILES = { type: 'file_search', vector_store_ids: ['vs_shared'] }
const RUN = { type: 'code_interpreter', container: { type: 'auto' } }
const DRAW = { type: 'image_generation', model: 'image-model' }
const EVERYTHING = {
  fileSearch: true,
  codeInterpreter: true,
  imageGeneration: true,
  vectorStoreIds: ['vs_shared'],
}

describe.each([false, true])('an answer, streamed: %s,', (stream) => {
  /** 1,000 × $2 and 100 × $10 a million. */
  const tokens = 1_000 * 2_000 + 100 * 10_000
  test.each([
    [
      'that searched twice, by its own report',
      SEARCH,
      { output: [], tool_usage: { web_search: { num_requests: 2 } } },
      'web_search',
      2 * 10_000_000,
    ],
    [
      'that searched once and opened a page, of which nothing was reported',
      SEARCH,
      {
        output: [
          { type: 'web_search_call', id: 'ws_1', action: { type: 'search', query: 'x' } },
          { type: 'web_search_call', id: 'ws_2', action: { type: 'open_page', url: 'https://x.test' } },
        ],
      },
      'web_search',
      10_000_000,
    ],
    [
      'that searched with the preview tool',
      { type: 'web_search_preview' },
      { output: [], tool_usage: { web_search: { num_requests: 3 } } },
      'web_search_preview',
      3 * 25_000_000,
    ],
    [
      'that looked into files twice',
      FILES,
      { output: [1, 2].map((id) => ({ type: 'file_search_call', id: `fs_${id}`, queries: ['x'] })) },
      'file_search',
      2 * 2_500_000,
    ],
    [
      'that ran code three times in two containers',
      RUN,
      {
        output: ['a', 'a', 'b'].map((name, id) => ({
          type: 'code_interpreter_call',
          id: `ci_${id}`,
          container_id: `cntr_${name}`,
          code: '1',
        })),
      },
      'code_interpreter',
      2 * 30_000_000,
    ],
    [
      'that made an image',
      DRAW,
      {
        output: [{ type: 'image_generation_call', id: 'ig_1', result: 'A'.repeat(stream ? 1_500_000 : 100) }],
        tool_usage: {
          image_gen: {
            input_tokens: 300,
            input_tokens_details: { image: 200, text: 100 },
            output_tokens: 4_160,
          },
        },
      },
      'tool_image_output',
      100 * 2_000 + 200 * 10_000 + 4_160 * 40_000,
    ],
  ])(
    '%s, costs its tokens and that, and the receipt says so',
    async (_what, tool, scripted, line, byHand) => {
      const person = await gateway.createPerson()
      await setPolicy('user', person.id, EVERYTHING)
      says = scripted
      expect(await ask(person.key, { stream, tools: [tool], max_tool_calls: 5 })).toMatchObject({
        status: 200,
      })
      const { charge, entries } = await receiptOf(person)
      expect(charge).toMatchObject({
        reason: 'completed',
        amountNanoUsd: tokens + byHand,
        formula: { basis: 'usage', roundedNanoUsd: tokens + byHand },
      })
      expect(charge?.formula.lines.map(({ kind }) => kind)).toContain(line)
      const held = entries.find(({ kind }) => kind === 'hold')?.heldNanoUsd ?? 0
      expect(held).toBeGreaterThanOrEqual(tokens + byHand)
    },
  )
})

test('a tool that makes images is open to a small balance, as often as that carries', async () => {
  says = { output: [], tool_usage: { image_gen: { input_tokens: 0, output_tokens: 0 } } }
  const calls: unknown[] = []
  for (const dollars of [100, 4, 1]) {
    const person = await gateway.createPerson(dollars * 1_000_000_000)
    await setPolicy('user', person.id, EVERYTHING)
    expect(await ask(person.key, { tools: [DRAW] })).toMatchObject({ status: 200 })
    calls.push(sent.at(-1)?.['max_tool_calls'])
    const { entries } = await receiptOf(person)
    expect(entries.find(({ kind }) => kind === 'hold')?.heldNanoUsd).toBeLessThanOrEqual(
      dollars * 1_000_000_000,
    )
  }
  expect(calls).toEqual([10, 2, 1])
})

describe('a policy', () => {
  test('of a plan, a person and a key: the most specific says it, and the key only narrows', async () => {
    const person = await gateway.createPerson()
    const search = { tools: [SEARCH] }
    says = { output: [] }
    expect(await ask(person.key, search)).toMatchObject({ status: 200 })
    expect(await setPolicy('role', 'user', { webSearch: false })).toMatchObject({ ok: true })
    expect(await ask(person.key, search)).toMatchObject({ status: 400, code: 'tool_not_permitted' })
    // Whoever looks for the reason finds the request, with the model that it asked for.
    expect((await gateway.usageOf(person))[0]).toMatchObject({
      model: MODEL,
      errorCode: 'tool_not_permitted',
    })
    await setPolicy('user', person.id, { webSearch: true })
    expect(await ask(person.key, search)).toMatchObject({ status: 200 })
    const view = await gateway.admin<SubjectPolicyView>('policies.get', {
      scope: 'key',
      subjectId: person.keyId,
    })
    expect(view.data.inherited.webSearch).toEqual({ value: true, from: 'user' })
    await setPolicy('key', person.keyId, { webSearch: false, fileSearch: true })
    expect(await ask(person.key, search)).toMatchObject({ code: 'tool_not_permitted' })
    // A key that says more than its owner may is no way around that.
    expect(await ask(person.key, { tools: [FILES] })).toMatchObject({ code: 'tool_not_permitted' })
    await setPolicy('role', 'user', {})
  })

  test('goes on with a key that is rotated', async () => {
    const person = await gateway.createPerson()
    await setPolicy('key', person.keyId, { webSearch: false, serviceTiers: [] })
    const rotated = await gateway.admin<{ id: string; secret: string }>('keys.rotate', {
      keyId: person.keyId,
    })
    gateway.secrets.used('a rotated key', rotated.data.secret)
    expect(await ask(rotated.data.secret, { tools: [SEARCH] })).toMatchObject({ code: 'tool_not_permitted' })
    expect(await gateway.admin('policies.get', { scope: 'key', subjectId: rotated.data.id })).toMatchObject({
      data: { policy: { webSearch: false, serviceTiers: [] } },
    })
  })

  test('is a person’s own to narrow for their keys, and nothing else is theirs', async () => {
    const bob = await gateway.createPerson()
    const { data } = await gateway.admin<{ id: string }>('users.create', {
      email: 'carol@example.test',
      password: PASSWORD,
    })
    const cookie = await gateway.signIn('carol@example.test', PASSWORD)
    const own = await gateway.call<{ id: string; secret: string }>('keys.create', { name: 'mine' }, cookie)
    expect(await setPolicy('key', own.data.id, { webSearch: false }, cookie)).toMatchObject({
      ok: true,
      data: { policy: { webSearch: false } },
    })
    expect(await setPolicy('key', bob.keyId, {}, cookie)).toMatchObject({ error: { code: 'key_not_found' } })
    for (const [scope, subjectId] of [
      ['user', data.id],
      ['role', 'user'],
      ['plan', 'any'],
    ] as const) {
      expect(await setPolicy(scope, subjectId, { fileSearch: true }, cookie)).toMatchObject({
        error: { code: 'forbidden' },
      })
    }
  })

  test('that names somebody who is not there, or a rule that is none, is refused', async () => {
    expect(await setPolicy('user', 'nobody', {})).toMatchObject({ error: { code: 'user_not_found' } })
    expect(await setPolicy('plan', 'none', {})).toMatchObject({ error: { code: 'plan_not_found' } })
    expect(await setPolicy('role', 'guest', {})).toMatchObject({ error: { code: 'invalid_input' } })
    for (const policy of [
      { mcp: true },
      { serviceTiers: ['batch'] },
      { maxToolCalls: 0 },
      { store: 'keep' },
    ]) {
      expect(await setPolicy('role', 'user', policy)).toMatchObject({ error: { code: 'invalid_input' } })
    }
  })
})

describe('what belongs to another person', () => {
  test('is not reached through a container, nor through one that is written into an item', async () => {
    const [ann, bob] = [await gateway.createPerson(), await gateway.createPerson()]
    for (const { id } of [ann, bob]) await setPolicy('user', id, EVERYTHING)
    const run = {
      type: 'code_interpreter_call',
      id: 'ci_ann',
      container_id: 'cntr_ann',
      code: '1',
      outputs: null,
    }
    says = { output: [run] }
    expect(await ask(ann.key, { tools: [RUN], store: false })).toMatchObject({ status: 200 })
    says = { output: [] }
    const inContainer = { tools: [{ ...RUN, container: 'cntr_ann' }] }
    const inItem = { tools: [RUN], input: [run] }
    for (const more of [inContainer, inItem]) {
      expect(await ask(ann.key, more)).toMatchObject({ status: 200 })
      expect(await ask(bob.key, more)).toMatchObject({ status: 404, code: 'item_not_found' })
    }
    expect(await ask(bob.key, { tools: [{ ...FILES, vector_store_ids: ['vs_other'] }] })).toMatchObject({
      code: 'unsupported_parameter',
    })
  })

  test('is not put into a container of somebody else as a file', async () => {
    const [ann, bob] = [await gateway.createPerson(), await gateway.createPerson()]
    for (const { id } of [ann, bob]) await setPolicy('user', id, EVERYTHING)
    await sendForm(ann.key, '/v1/files', { purpose: 'user_data', file: new Blob(['a']) })
    says = { output: [] }
    const withFile = { tools: [{ ...RUN, container: { type: 'auto', file_ids: [FILE.id] } }] }
    expect(await ask(ann.key, withFile)).toMatchObject({ status: 200 })
    expect(await ask(bob.key, withFile)).toMatchObject({ status: 404, code: 'file_not_found' })
  })

  test('is not hidden from the policy by a tool that stands twice', async () => {
    const person = await gateway.createPerson()
    const twice = `{"model":"${MODEL}","input":"x","tools":[],"tools":[{"type":"file_search"}]}`
    const response = await fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
      body: twice,
    })
    expect(await response.json()).toMatchObject({ error: { code: 'duplicate_member' } })
  })
})

describe('an upstream that is told people apart', () => {
  const last = () => sent.at(-1) ?? {}

  test('learns of each a pseudonym and a cache key of their own; another learns nothing', async () => {
    const [ann, bob] = [await gateway.createPerson(), await gateway.createPerson()]
    says = { output: [] }
    const named = { prompt_cache_key: 'thread-1', user: 'ann@example.test' }
    await ask(ann.key, named)
    expect(last()).toMatchObject(named)
    expect(last()).not.toHaveProperty('safety_identifier')
    await gateway.admin('upstreams.change', { upstreamId: 'primary', identifiesUsers: true })
    await ask(ann.key, named)
    const asAnn = last()
    expect(asAnn.safety_identifier).toMatch(/^[\w-]{24}$/)
    expect(asAnn).toMatchObject({
      user: asAnn.safety_identifier,
      prompt_cache_key: `${asAnn.safety_identifier}-thread-1`,
      max_output_tokens: 200,
    })
    await ask(ann.key, {})
    expect(last()).toMatchObject({
      safety_identifier: asAnn.safety_identifier,
      prompt_cache_key: asAnn.safety_identifier,
    })
    await ask(bob.key, { prompt_cache_key: asAnn.prompt_cache_key })
    expect(last().safety_identifier).not.toBe(asAnn.safety_identifier)
    expect(String(last().prompt_cache_key)).toContain(String(last().safety_identifier))
    const edit = { model: 'image-model', prompt: 'x', user: 'ann@example.test', image: new Blob(['a']) }
    await sendForm(ann.key, '/v1/images/edits', edit)
    expect(last().form).toContain(`name="user"\r\n\r\n${asAnn.safety_identifier}\r\n`)
    await gateway.admin('upstreams.change', { upstreamId: 'primary', identifiesUsers: null })
    await sendForm(ann.key, '/v1/images/edits', edit)
    expect(last().form).toContain('name="user"\r\n\r\nann@example.test\r\n')
  })
})
