// Failure modes 5, 6 and 24. What a request may cost is held before it is sent; a request of a client that tries again is
// another request with a charge of its own, and the gateway itself sends nothing twice that may have been begun; a charge
// belongs to one request, whatever ids an upstream repeats.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHAT, DIALECTS, type OnePerson, RESPONSES, startOnePerson } from '../support/one-person.ts'

let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

test('failure mode 5: requests at once never spend what is not there, and what they hold comes back whatever they end in', async () => {
  const purse = 120_000_000
  await one.renew(purse)
  const endings = [
    {},
    { error: 500 },
    { cut: 'before_headers' },
    { cut: { afterEvents: 6 } },
    { usage: 'absurd' },
  ] as const
  let next = 0
  one.gateway.upstream.script(() => endings[next++ % endings.length] ?? {}, 50)
  await Promise.allSettled(
    Array.from({ length: 50 }, async (_, index) => {
      const { path, body } = DIALECTS[index % 2] ?? DIALECTS[0]
      await (await one.ask(path, { ...body, stream: index % 3 > 0 })).text()
    }),
  )
  const rows = await one.gateway.usageOf(one.person())
  const charged = rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  expect(rows).toHaveLength(50)
  expect(await one.gateway.balanceOf(one.person())).toBe(purse - charged)
  expect(charged).toBeLessThanOrEqual(purse)
  const user = await one.gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: one.person().id })
  expect(user.data.openHoldsNanoUsd).toBe(0)
})

test('failure mode 6: nothing that the upstream may have begun is sent twice, and a client that tries again is charged again', async () => {
  one.gateway.upstream.script({ cut: { afterEvents: 8 }, delays: { silence: { afterEvents: 8, ms: 50 } } }, 2)
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await (await one.ask(RESPONSES, { input: 'Hi', stream: true })).text()
    expect(one.gateway.upstream.requests).toHaveLength(attempt)
  }
  const rows = await one.gateway.usageOf(one.person())
  expect(rows).toHaveLength(2)
  expect(rows.every(({ reason, costNanoUsd }) => reason === 'upstream_failed' && costNanoUsd > 0)).toBe(true)
  expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(2)
})

test('failure mode 24: an upstream that repeats the id of a response is charged for each request once', async () => {
  one.gateway.upstream.script({ answer: { responseId: 'resp_again' } }, 3)
  for (let count = 0; count < 3; count += 1) await (await one.ask(RESPONSES, { input: 'Hi' })).json()
  const rows = await one.gateway.usageOf(one.person())
  expect(rows).toHaveLength(3)
  expect(new Set(rows.map(({ costNanoUsd }) => costNanoUsd)).size).toBe(1)
  expect(rows[0]?.costNanoUsd).toBeGreaterThan(0)
})

test('failure mode 24: a last event that comes again, or usage behind it, charges nothing more', async () => {
  one.gateway.upstream.script({
    *editEvents(events) {
      for (const event of events) {
        yield event
        if (event.name === 'response.completed') yield event
      }
    },
  })
  const text = await (await one.ask(RESPONSES, { input: 'Hi', stream: true })).text()
  expect(text.match(/event: response\.completed/g)).toHaveLength(2)
  await one.theRow()
  await one.renew()
  const late = { id: 'c', choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 1_000 } }
  one.gateway.upstream.script({
    *editEvents(events) {
      yield* events
      yield { data: JSON.stringify(late) }
    },
  })
  await (await one.ask(CHAT, { ...DIALECTS[0].body, stream: true })).text()
  expect((await one.theRow()).outputTokens).toBeLessThan(1_000)
})
