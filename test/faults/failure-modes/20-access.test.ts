// Failure mode 20. Whoever loses access in the middle of an answer gets no more of it, and is told why; the upstream is read
// on and charged. A key that expires is noticed although nobody does anything.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { costByHand, type Person } from '../../integration/support/running-gateway.ts'
import { DIALECTS, type OnePerson, startOnePerson, until } from '../support/one-person.ts'

let first: OnePerson

beforeAll(async () => {
  first = await startOnePerson()
})
afterAll(() => first.gateway.stop())

const admin = (name: string, input: object) => first.gateway.admin(name, input)

const LOSSES: readonly (readonly [string, (person: Person) => Promise<unknown>, string])[] = [
  [
    'the person is suspended',
    ({ id }) => admin('users.setStatus', { userId: id, status: 'suspended' }),
    'account_suspended',
  ],
  [
    'the key is disabled',
    ({ keyId }) => admin('keys.update', { keyId, status: 'disabled' }),
    'api_key_disabled',
  ],
  ['the key is deleted', ({ keyId }) => admin('keys.delete', { keyId }), 'api_key_disabled'],
  [
    'the key expires',
    ({ keyId }) => admin('keys.update', { keyId, expiresAt: Date.now() + 500 }),
    'api_key_expired',
  ],
]

// Everybody has answers to wait for, and waits beside the others; the upstream treats all of them alike.
describe.each(DIALECTS)('$path', ({ path, body }) => {
  describe('in the middle of a stream', () => {
    beforeAll(() => {
      first.gateway.upstream.reset()
      first.gateway.upstream.script({ delays: { silence: { afterEvents: 5, ms: 3_000 } } }, LOSSES.length)
    })

    test.concurrent.each(LOSSES)(
      'failure mode 20: when %s, a running stream is cut with the reason, and charged to its true end',
      async (_what, lose, code) => {
        const one = await first.another()
        const response = await one.ask(path, { ...body, stream: true })
        const reader = response.body?.getReader()
        let text = Buffer.from((await reader?.read())?.value ?? '').toString()
        await lose(one.person())
        for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
          text += Buffer.from(read.value).toString()
        expect(text).toContain(code)
        expect(text).not.toMatch(/\[DONE\]|response\.completed/)
        const row = await one.theRow()
        expect(row).toMatchObject({ reason: 'client_left', errorCode: code })
        for (const { usage } of first.gateway.upstream.requests)
          expect(row.outputTokens).toBe(usage?.outputTokens)
        expect(row.costNanoUsd).toBe(costByHand(row))
        expect((await one.ask(path, body)).status).toBe(401)
      },
      30_000,
    )
  })

  describe('before the upstream has answered', () => {
    beforeAll(() => {
      first.gateway.upstream.reset()
      first.gateway.upstream.script({ delays: { beforeHeadersMs: 2_500 } }, LOSSES.length)
    })

    test.concurrent.each(LOSSES)(
      'failure mode 20: when %s before the upstream has answered, the client is told at once',
      async (_what, lose, code) => {
        const one = await first.another()
        const asked = one.ask(path, body)
        await until(() => first.gateway.upstream.requests.length === LOSSES.length)
        await lose(one.person())
        const response = await asked
        expect([response.status, await response.json()]).toMatchObject([401, { error: { code } }])
        expect(await one.theRow()).toMatchObject({ reason: 'client_left', errorCode: code, status: 401 })
      },
      30_000,
    )
  })
})

test('failure mode 20: a key whose date is put off in the middle goes on', async () => {
  const one = first
  const person = await one.renew()
  await admin('keys.update', { keyId: person.keyId, expiresAt: Date.now() + 2_000 })
  one.gateway.upstream.script({ delays: { silence: { afterEvents: 5, ms: 3_000 } } })
  const response = await one.ask(DIALECTS[1].path, { ...DIALECTS[1].body, stream: true })
  await admin('keys.update', { keyId: person.keyId, expiresAt: null })
  expect(await response.text()).toContain('response.completed')
  expect((await one.theRow()).reason).toBe('completed')
}, 30_000)
