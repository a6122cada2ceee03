// Failure mode 20. Whoever loses access in the middle of an answer gets no more of it, and is told why; the upstream is read
// on and charged. A key that expires is noticed although nobody does anything.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { costByHand, type Person } from '../../integration/support/running-gateway.ts'
import { DIALECTS, type OnePerson, startOnePerson } from '../support/one-person.ts'

let one: OnePerson
let person: Person

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(async () => {
  person = await one.renew()
})

const admin = (name: string, input: object) => one.gateway.admin(name, input)

const LOSSES: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  [
    'the person is suspended',
    () => admin('users.setStatus', { userId: person.id, status: 'suspended' }),
    'account_suspended',
  ],
  [
    'the key is disabled',
    () => admin('keys.update', { keyId: person.keyId, status: 'disabled' }),
    'api_key_disabled',
  ],
  ['the key is deleted', () => admin('keys.delete', { keyId: person.keyId }), 'api_key_disabled'],
  [
    'the key expires',
    () => admin('keys.update', { keyId: person.keyId, expiresAt: Date.now() + 500 }),
    'api_key_expired',
  ],
]

describe.each(DIALECTS)('$path', ({ path, body }) => {
  test.each(LOSSES)(
    'failure mode 20: when %s, a running stream is cut with the reason, and charged to its true end',
    async (_what, lose, code) => {
      one.gateway.upstream.script({ delays: { silence: { afterEvents: 5, ms: 3_000 } } })
      const response = await one.ask(path, { ...body, stream: true })
      const reader = response.body?.getReader()
      let text = Buffer.from((await reader?.read())?.value ?? '').toString()
      await lose()
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
        text += Buffer.from(read.value).toString()
      expect(text).toContain(code)
      expect(text).not.toMatch(/\[DONE\]|response\.completed/)
      const row = await one.theRow()
      expect(row).toMatchObject({ reason: 'client_left', errorCode: code })
      expect(row.outputTokens).toBe(one.gateway.upstream.requests[0]?.usage?.outputTokens)
      expect(row.costNanoUsd).toBe(costByHand(row))
      expect((await one.ask(path, body)).status).toBe(401)
    },
    30_000,
  )

  test.each(LOSSES)(
    'failure mode 20: when %s before the upstream has answered, the client is told at once',
    async (_what, lose, code) => {
      one.gateway.upstream.script({ delays: { beforeHeadersMs: 2_500 } })
      const asked = one.ask(path, body)
      while (one.gateway.upstream.requests.length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5))
      await lose()
      const response = await asked
      expect([response.status, await response.json()]).toMatchObject([401, { error: { code } }])
      expect(await one.theRow()).toMatchObject({ reason: 'client_left', errorCode: code, status: 401 })
    },
    30_000,
  )
})

test('failure mode 20: a key whose date is put off in the middle goes on', async () => {
  await admin('keys.update', { keyId: person.keyId, expiresAt: Date.now() + 3_000 })
  one.gateway.upstream.script({ delays: { silence: { afterEvents: 5, ms: 5_000 } } })
  const response = await one.ask(DIALECTS[1].path, { ...DIALECTS[1].body, stream: true })
  await admin('keys.update', { keyId: person.keyId, expiresAt: null })
  expect(await response.text()).toContain('response.completed')
  expect((await one.theRow()).reason).toBe('completed')
}, 30_000)
