// What is held now, over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway()
  person = await gateway.createPerson()
})
afterAll(() => gateway.stop())

interface Holds {
  readonly rows: { requestId: string; amountNanoUsd: number; ageMs: number }[]
  readonly nextCursor: string | null
  readonly total: number
  readonly sumNanoUsd: number
}

test('open holds are listed with their age while requests run, the oldest first, and gone afterwards', async () => {
  const { promise: headersBehind, resolve: answerAll } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } }, 3)
  const requests = [1, 2, 3].map(() =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: TEST_MODEL,
        max_tokens: 10,
        messages: [{ role: 'user', content: 'Hi' }],
      }),
    }),
  )
  const holds = async (input: Record<string, unknown> = {}) =>
    (await gateway.admin<Holds>('holds.list', input)).data
  let seen = await holds()
  for (let tries = 0; seen.rows.length < 3 && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    seen = await holds()
  }
  expect(seen.rows).toHaveLength(3)
  expect(seen.rows[0]).toEqual({
    requestId: expect.stringMatching(/^req_/),
    userId: person.id,
    userEmail: person.email,
    keyId: person.keyId,
    keyName: 'test',
    model: TEST_MODEL,
    amountNanoUsd: expect.any(Number),
    planSubscriptionId: null,
    createdAt: expect.any(Number),
    ageMs: expect.any(Number),
  })
  expect(seen.total).toBe(3)
  expect(seen.sumNanoUsd).toBe(seen.rows.reduce((sum, row) => sum + row.amountNanoUsd, 0))
  const ages = seen.rows.map(({ ageMs }) => ageMs)
  expect(ages).toEqual(ages.toSorted((a, b) => b - a))
  const first = await holds({ limit: 2 })
  const second = await holds({ limit: 2, cursor: first.nextCursor })
  expect([...first.rows, ...second.rows].map(({ requestId }) => requestId)).toEqual(
    seen.rows.map(({ requestId }) => requestId),
  )
  expect((await holds({ userId: 'nobody' })).rows).toEqual([])
  answerAll()
  for (const response of await Promise.all(requests)) await response.text()
  await gateway.usageOf(person)
  expect(await holds()).toEqual({ rows: [], nextCursor: null, total: 0, sumNanoUsd: 0 })
})

test('a list of holds is refused for junk', async () => {
  for (const input of [{ limit: 0 }, { limit: 201 }, { cursor: '5' }, { userId: '' }, { state: 'open' }]) {
    expect(await gateway.admin('holds.list', input)).toMatchObject({
      status: 400,
      error: { code: 'invalid_input' },
    })
  }
})
