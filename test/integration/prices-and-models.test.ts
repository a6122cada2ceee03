// What an operator steers of prices and models, through the HTTP door and with real requests.
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from './support/running-gateway.ts'

let gateway: RunningGateway
let ann: Person
let bob: Person
const HOUR_MS = 3_600_000
const RATES = { inputNanoUsdPerMTok: 1_000_000_000, outputNanoUsdPerMTok: 2_000_000_000 }

beforeAll(async () => {
  gateway = await startGateway()
  ann = await gateway.createPerson()
  bob = await gateway.createPerson()
})
afterAll(() => gateway.stop())

async function ask(person: Person, model: string) {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'hello' }],
      max_completion_tokens: 50,
    }),
  })
  const body = (await response.json()) as { error?: { code: string } }
  return { status: response.status, code: body.error?.code }
}
const modelsOf = async (person: Person): Promise<string[]> => {
  const response = await fetch(`${gateway.url}/v1/models`, {
    headers: { authorization: `Bearer ${person.key}` },
  })
  const list = (await response.json()) as { data: { id: string }[] }
  return list.data.map(({ id }) => id)
}
const priceRows = async (input: object) =>
  (
    await gateway.admin<{ rows: { model: string; state: string; id: string }[]; nextCursor: string | null }>(
      'prices.list',
      input,
    )
  ).data

test('a model without a price that was asked for is listed, priced with one call, and then answers', async () => {
  expect(await ask(ann, 'gpt-99')).toEqual({ status: 404, code: 'model_not_priced' })
  expect(await ask(ann, 'gpt-99')).toEqual({ status: 404, code: 'model_not_priced' })
  // Who asked last stands first, and a millisecond has room for both.
  await setTimeout(2)
  await ask(bob, 'gpt-99')
  const listed = await gateway.admin<{ rows: unknown[] }>('prices.unpriced')
  expect(listed.data.rows).toMatchObject([
    {
      model: 'gpt-99',
      count: 3,
      userCount: 2,
      users: [{ email: bob.email }, { email: ann.email, count: 2 }],
    },
  ])
  expect((await gateway.admin('prices.upsert', { model: 'gpt-99', ...RATES })).status).toBe(200)
  expect((await gateway.admin<{ rows: unknown[] }>('prices.unpriced')).data.rows).toEqual([])
  expect((await ask(ann, 'gpt-99')).status).toBe(200)
})

test('a preview shows old and new, and what recent use would have cost, and changes nothing', async () => {
  expect((await ask(ann, TEST_MODEL)).status).toBe(200)
  await gateway.usageOf(ann)
  const { effectiveFrom: _, ...doubled } = { ...TEST_RATES, effectiveFrom: 0, model: TEST_MODEL }
  const rows = [
    { ...doubled, inputNanoUsdPerMTok: 4_000_000_000, outputNanoUsdPerMTok: 20_000_000_000 },
    { model: 'new-model', ...RATES },
    { model: 'new-model', ...RATES, effectiveFrom: 1 },
  ]
  const before = (await priceRows({ history: true })).rows.length
  const preview = await gateway.admin<Record<string, never>>('prices.preview', { rows })
  expect(preview.data).toMatchObject({
    rows: [
      {
        model: TEST_MODEL,
        outcome: 'added',
        columns: [
          {
            column: 'inputNanoUsdPerMTok',
            before: 2_000_000_000,
            after: 4_000_000_000,
            changePpm: 1_000_000,
          },
          { column: 'outputNanoUsdPerMTok', changePpm: 1_000_000 },
        ],
      },
      { model: 'new-model', outcome: 'added', before: null, recentUse: { requests: 0, beforeNanoUsd: null } },
      { model: 'new-model', outcome: 'refused', problem: { code: 'price_in_past', param: 'effectiveFrom' } },
    ],
  })
  const [row] = await gateway.usageOf(ann)
  const [first] = (preview.data as unknown as { rows: { recentUse: Record<string, number> }[] }).rows
  expect(first?.recentUse).toMatchObject({
    requests: 1,
    beforeNanoUsd: row?.costNanoUsd,
    afterNanoUsd: 2 * (row?.costNanoUsd ?? 0),
  })
  expect((await priceRows({ history: true })).rows).toHaveLength(before)
})

test('many rows are imported together, after their preview and never after another one', async () => {
  const rows = [
    { model: 'import-1', ...RATES },
    { model: 'import-2', ...RATES, effectiveFrom: Date.now() + HOUR_MS },
  ]
  const previewed = async () =>
    (await gateway.admin<{ fingerprint: string }>('prices.preview', { rows })).data.fingerprint
  const first = await previewed()
  expect(await gateway.admin('prices.import', { rows: rows.slice(0, 1), fingerprint: first })).toMatchObject({
    status: 409,
    error: { code: 'preview_outdated' },
  })
  await gateway.admin('prices.upsert', { model: 'import-1', ...RATES, inputNanoUsdPerMTok: 5 })
  expect(await gateway.admin('prices.import', { rows, fingerprint: first })).toMatchObject({
    error: { code: 'preview_outdated' },
  })
  const done = await gateway.admin('prices.import', { rows, fingerprint: await previewed() })
  expect(done).toMatchObject({
    status: 200,
    data: { added: 2, rows: [{ model: 'import-1' }, { model: 'import-2' }] },
  })
  const again = await gateway.admin('prices.import', { rows, fingerprint: await previewed() })
  expect(again).toMatchObject({ data: { added: 0 } })
})

test('one bad row of an import adds none of them, and is named', async () => {
  const rows = [
    { model: 'half', ...RATES },
    { model: 'half-2', ...RATES, flexInputNanoUsdPerMTok: 1 },
  ]
  const { fingerprint } = (await gateway.admin<{ fingerprint: string }>('prices.preview', { rows })).data
  expect(await gateway.admin('prices.import', { rows, fingerprint })).toMatchObject({
    status: 400,
    error: {
      code: 'invalid_input',
      details: { row: 1, model: 'half-2', param: 'rows.1.flexOutputNanoUsdPerMTok' },
    },
  })
  expect((await priceRows({ model: 'half' })).rows).toEqual([])
})

test('a price of tomorrow can be withdrawn until it begins, and stays in the history', async () => {
  const effectiveFrom = Date.now() + HOUR_MS
  const added = await gateway.admin<{ id: string }>('prices.upsert', {
    model: TEST_MODEL,
    ...RATES,
    effectiveFrom,
  })
  const states = async () =>
    Object.fromEntries(
      (await priceRows({ model: TEST_MODEL, history: true })).rows.map(({ id, state }) => [id, state]),
    )
  expect((await states())[added.data.id]).toBe('upcoming')
  expect(await priceRows({ model: TEST_MODEL, at: effectiveFrom })).toMatchObject({
    rows: [{ id: added.data.id }],
  })
  expect(await gateway.admin('prices.withdraw', { priceId: added.data.id })).toMatchObject({
    data: { state: 'withdrawn' },
  })
  expect((await states())[added.data.id]).toBe('withdrawn')
  const inForce = (await priceRows({ model: TEST_MODEL })).rows[0]?.id
  expect(await gateway.admin('prices.withdraw', { priceId: inForce })).toMatchObject({
    status: 409,
    error: { code: 'price_in_force' },
  })
  expect(await gateway.admin('prices.withdraw', { priceId: 'nothing' })).toMatchObject({ status: 404 })
})

test('a teammate sees the prices in force of what they may use, and neither history nor plans', async () => {
  await gateway.admin('models.setAccess', {
    model: 'gpt-6-astra',
    access: { kind: 'users', userIds: [bob.id] },
  })
  const annCookie = await gateway.signIn(ann.email, 'a long enough password')
  const bobCookie = await gateway.signIn(bob.email, 'a long enough password')
  const seenBy = async (cookie: string) =>
    (await gateway.call<{ rows: { model: string }[] }>('prices.list', {}, cookie)).data.rows.map(
      ({ model }) => model,
    )
  expect(await seenBy(bobCookie)).toContain('gpt-6-astra')
  expect(await seenBy(annCookie)).not.toContain('gpt-6-astra')
  expect((await priceRows({})).rows.map(({ model }) => model)).toContain('gpt-6-astra')
  for (const input of [{ history: true }, { at: Date.now() + HOUR_MS }]) {
    expect(await gateway.call('prices.list', input, annCookie)).toMatchObject({ status: 403 })
  }
})

test('the operator’s rows are found, narrowed and sorted by the gateway', async () => {
  const own = async (input: object) =>
    (await priceRows({ history: true, origin: 'operator', ...input })).rows.map(({ model }) => model)
  for (const [model, dollars, hours] of [
    ['sorted-b', 3, 3],
    ['sorted-a', 1, 2],
    ['sorted-c', 2, 1],
  ] as const) {
    await gateway.admin('prices.upsert', {
      model,
      inputNanoUsdPerMTok: dollars * 1_000_000_000,
      outputNanoUsdPerMTok: (4 - dollars) * 1_000_000_000,
      effectiveFrom: Date.now() + hours * HOUR_MS,
    })
  }
  const search = 'SORTED'
  expect(await own({ search })).toEqual(['sorted-a', 'sorted-b', 'sorted-c'])
  expect(await own({ search, sort: 'input' })).toEqual(['sorted-a', 'sorted-c', 'sorted-b'])
  expect(await own({ search, sort: 'output', direction: 'desc' })).toEqual([
    'sorted-a',
    'sorted-c',
    'sorted-b',
  ])
  expect(await own({ search, sort: 'effectiveFrom' })).toEqual(['sorted-c', 'sorted-a', 'sorted-b'])
  expect(await own({ search, state: 'in_force' })).toEqual([])
  expect(await own({ search, state: 'upcoming', limit: 1 })).toEqual(['sorted-a'])
})

test('the price book comes in pages', async () => {
  const first = await priceRows({ limit: 3 })
  expect(first.rows).toHaveLength(3)
  const second = await priceRows({ limit: 3, cursor: first.nextCursor })
  const whole = await priceRows({})
  expect([...first.rows, ...second.rows]).toEqual(whole.rows.slice(0, 6))
  expect(whole.nextCursor).toBeNull()
})

test('a model that is not for somebody does not exist for them, neither in requests nor in their list', async () => {
  await gateway.admin('prices.upsert', { model: 'team-only', ...RATES })
  await gateway.admin('models.setAccess', {
    model: 'team-only',
    access: { kind: 'users', userIds: [bob.id] },
  })
  expect(await ask(ann, 'team-only')).toEqual({ status: 404, code: 'model_not_found' })
  expect((await ask(bob, 'team-only')).status).toBe(200)
  expect(await modelsOf(ann)).not.toContain('team-only')
  expect(await modelsOf(bob)).toContain('team-only')
  await gateway.admin('models.setAccess', { model: 'team-only', access: { kind: 'nobody' } })
  expect(await ask(bob, 'team-only')).toEqual({ status: 404, code: 'model_not_found' })
  await gateway.admin('models.setAccess', { model: 'team-only', access: { kind: 'everyone' } })
  expect((await ask(ann, 'team-only')).status).toBe(200)
})

test('a model denied by its name is denied by an alias of it, and by its dated snapshots', async () => {
  await gateway.admin('settings.update', { modelAliases: { 'sol-please': 'gpt-6.1-sol' } })
  await gateway.admin('models.setAccess', { model: 'gpt-6.1-sol', access: { kind: 'nobody' } })
  for (const model of ['gpt-6.1-sol', 'sol-please', 'gpt-6.1-sol-2026-09-29']) {
    expect(await ask(ann, model)).toEqual({ status: 404, code: 'model_not_found' })
  }
})

test("a model's multiplier and that of the settings are charged together, and the charge says both", async () => {
  const model = 'multiplied'
  await gateway.admin('prices.upsert', { model, ...RATES, maxOutputTokens: 100 })
  const costOf = async () => {
    expect((await ask(ann, model)).status).toBe(200)
    return (await gateway.usageOf(ann))[0]
  }
  const plain = await costOf()
  await gateway.admin('settings.update', { multiplierPpm: 1_250_000 })
  await gateway.admin('models.setMultiplier', { model, multiplierPpm: 900_001 })
  const multiplied = await costOf()
  await gateway.admin('settings.update', { multiplierPpm: 1_000_000 })
  expect([multiplied?.inputTokens, multiplied?.outputTokens]).toEqual([
    plain?.inputTokens,
    plain?.outputTokens,
  ])
  const exact = BigInt(plain?.costNanoUsd ?? 0) * 1_250_000n * 900_001n
  expect(multiplied?.costNanoUsd).toBe(Number((exact + 999_999_999_999n) / 1_000_000_000_000n))
})

test('the list of models says price, access, multiplier and aliases', async () => {
  await gateway.admin('models.setAccess', { model: 'not-priced', access: { kind: 'role', role: 'admin' } })
  const { rows } = (await gateway.admin<{ rows: { model: string }[] }>('models.list')).data
  const of = (model: string) => rows.find((row) => row.model === model)
  expect(of('gpt-6.1-sol')).toMatchObject({
    price: { origin: 'shipped' },
    access: { kind: 'nobody' },
    aliases: ['sol-please'],
    ruledBy: null,
  })
  expect(of('gpt-6.1-sol-2026-09-29')).toMatchObject({ access: { kind: 'nobody' }, ruledBy: 'gpt-6.1-sol' })
  expect(of('multiplied')).toMatchObject({ multiplierPpm: 900_001, price: { origin: 'operator' } })
  expect(of('not-priced')).toMatchObject({ price: null, access: { kind: 'role', role: 'admin' } })
  expect(of('import-2')).toMatchObject({ price: null, nextPriceAt: expect.any(Number) })
})

test('an alias of a name that no model can have is listed beside all models, without a price', async () => {
  const modelAliases = { quick: 'gpt 99', 快速: '模型' }
  expect((await gateway.admin('settings.update', { modelAliases })).status).toBe(200)
  const listed = await gateway.admin<{ rows: object[] }>('models.list')
  expect(listed.status).toBe(200)
  expect(listed.data.rows).toContainEqual(
    expect.objectContaining({ model: 'gpt 99', price: null, aliases: ['quick'] }),
  )
  expect(listed.data.rows).toContainEqual(
    expect.objectContaining({ model: '模型', price: null, aliases: ['快速'] }),
  )
  expect((await ask(ann, 'quick')).status).toBe(404)
  await gateway.admin('settings.update', { modelAliases: {} })
})
