// The list of models, from our own tables, over a real connection.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PriceRow } from '../../contract/price.ts'
import { settingsSchema } from '../../contract/settings.ts'
import { answerModel, answerModels } from './models-list.ts'

const row = (model: string, effectiveFrom: number): PriceRow => ({
  id: `price_${model}`,
  model,
  effectiveFrom,
  createdAt: 0,
  origin: 'shipped',
  inputNanoUsdPerMTok: 1,
  outputNanoUsdPerMTok: 1,
})

const settings = settingsSchema.parse({
  modelAliases: { ours: 'gpt-6-sol', dangling: 'gpt-0', '我们 的': 'vendor/model:7b' },
})
const deps = {
  clock: { now: () => 1_800_000_000_000, monotonicMs: () => 0 },
  settings: { current: () => settings, update: () => settings, onChange: () => () => {} },
  planFunds: {
    sourcesFor: (_userId: string, { model }: { model: string }) =>
      model === 'not-paid-for' ? [] : [{ kind: 'balance', isUsedUp: false }],
  },
  prices: {
    models: () => [
      row('gpt-6-sol', 1_700_000_000_999),
      row('gpt-6-luna', 1_600_000_000_000),
      row('vendor/model:7b', 1_650_000_000_000),
      row('kept-away', 0),
      row('not-paid-for', 0),
    ],
  },
  models: { isAllowed: (model: string) => model !== 'kept-away' },
  upstreams: () => [],
} as unknown as Parameters<typeof answerModels>[0] // the calls that a list makes

type Asked = Parameters<typeof answerModels>[1]
const allowedModels: readonly string[] | null = null
const server = createServer((req, res) => {
  const answer = req.url?.startsWith('/v1/models/') ? answerModel : answerModels
  // Of a request only these members are looked at.
  answer(deps, {
    req,
    res,
    requestId: 'req_1',
    key: { userId: 'user_1', userRole: 'user', allowedModels },
  } as unknown as Asked)
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with that port.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/models`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

describe('the list of models', () => {
  test('names every model with a price that this person may use, and every alias of one, in order, with times in seconds', async () => {
    const response = await fetch(url)
    expect(response.headers.get('x-request-id')).toBe('req_1')
    const model = (id: string, created: number) => ({
      id,
      object: 'model',
      created,
      owned_by: 'codex-gateway',
    })
    expect(await response.json()).toEqual({
      object: 'list',
      data: [
        model('gpt-6-luna', 1_600_000_000),
        model('gpt-6-sol', 1_700_000_000),
        model('ours', 1_700_000_000),
        model('vendor/model:7b', 1_650_000_000),
        model('我们 的', 1_650_000_000),
      ],
    })
  })

  test.each(['?client_version=0.169.0', '?a=b&client_version=', '?client_version'])(
    'is for Codex (%s) an empty catalogue, which leaves it its own',
    async (query) => {
      expect(await (await fetch(url + query)).json()).toEqual({ models: [] })
    },
  )

  test.each(['?version=1', '?', '?xclient_version=1'])(
    'is for anyone else (%s) OpenAI’s list',
    async (query) => {
      expect(await (await fetch(url + query)).json()).toHaveProperty('data')
    },
  )

  test('is not sent again to whoever has it', async () => {
    const etag = (await fetch(url)).headers.get('etag') ?? ''
    const again = await fetch(url, { headers: { 'if-none-match': etag } })
    expect({ status: again.status, text: await again.text() }).toEqual({ status: 304, text: '' })
    expect((await fetch(`${url}?client_version=1`, { headers: { 'if-none-match': etag } })).status).toBe(200)
  })

  test('of a HEAD request has a length and no body', async () => {
    const response = await fetch(url, { method: 'HEAD' })
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100)
    expect(await response.text()).toBe('')
  })
})

describe('one model', () => {
  test.each([
    ['gpt-6-sol', 'gpt-6-sol', 1_700_000_000],
    ['ours', 'ours', 1_700_000_000],
    ['vendor%2Fmodel%3A7b', 'vendor/model:7b', 1_650_000_000],
    ['vendor/model:7b', 'vendor/model:7b', 1_650_000_000],
    [encodeURIComponent('我们 的'), '我们 的', 1_650_000_000],
    ['gpt-6-sol?x=1', 'gpt-6-sol', 1_700_000_000],
  ])('asked for as %s is %s', async (asked, id, created) => {
    const response = await fetch(`${url}/${asked}`)
    expect([response.status, await response.json()]).toEqual([
      200,
      { id, object: 'model', created, owned_by: 'codex-gateway' },
    ])
  })

  test('of a HEAD request has a length and no body', async () => {
    const response = await fetch(`${url}/gpt-6-sol`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(50)
  })

  test.each([
    'gpt-0',
    'dangling',
    'GPT-6-SOL',
    '%ff',
    '%zz',
    '__proto__',
    'toString',
    'gpt-6-sol%00',
    'x'.repeat(5_000),
  ])('that does not exist is no other: %s', async (asked) => {
    const response = await fetch(`${url}/${asked}`)
    expect(response.status).toBe(404)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model', type: 'invalid_request_error' })
    expect(String(error.message).length).toBeLessThan(400)
  })
})
