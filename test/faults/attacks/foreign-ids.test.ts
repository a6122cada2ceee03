// Attack: the ids of one person, used by another. Every operation that takes an id from a person is tried with somebody
// else's, and what belongs to them is afterwards as it was. The endpoints are in test/integration/further-endpoints.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { CATALOGUE, operationNames } from '../../../contract/catalogue.ts'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../../integration/support/running-gateway.ts'

const PASSWORD = 'a long enough password'

interface Things {
  readonly userId: string
  readonly keyId: string
  readonly sessionId: string
  readonly requestId: string
  readonly noticeId: string
  readonly cursor: string
}

let gateway: RunningGateway
let ann: Person
let annCookie: string
let mallory: string
let things: Things

beforeAll(async () => {
  gateway = await startGateway()
  ann = await gateway.createPerson(1_100_000_000)
  annCookie = await gateway.signIn(ann.email, PASSWORD)
  mallory = await gateway.signIn((await gateway.createPerson()).email, PASSWORD)
  await gateway.admin('users.adjustBalance', { userId: ann.id, amountNanoUsd: 1 })
  // Brings the balance below what a notice is written at.
  for (let count = 0; count < 2; count += 1) {
    gateway.upstream.script({ answer: { textTokens: 8_000 } })
    await (await ask()).text()
  }
  const [row] = await gateway.usageOf(ann)
  const sessions = await rowsOf<{ id: string }>('sessions.list', annCookie)
  const notices = await rowsOf<{ id: string }>('notices.list', annCookie)
  const page = await gateway.call<{ nextCursor: string | null }>('me.ledger', { limit: 1 }, annCookie)
  things = {
    userId: ann.id,
    keyId: ann.keyId,
    sessionId: sessions[0]?.id ?? '',
    requestId: row?.requestId ?? '',
    noticeId: notices[0]?.id ?? '',
    cursor: page.data.nextCursor ?? '',
  }
})
afterAll(() => gateway.stop())

const ask = () =>
  fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, input: 'Hi' }),
  })

async function rowsOf<Row>(name: string, cookie: string): Promise<readonly Row[]> {
  return (await gateway.call<{ rows: readonly Row[] }>(name, {}, cookie)).data.rows
}

const LAST_DAY = { from: Date.now() - 86_400_000, to: Date.now() }

type Attempt = readonly [input: (things: Things) => object, code: string]

/** What is refused, and as what: a thing of somebody else's is one that is not there. */
const REFUSED: Readonly<Record<string, readonly Attempt[]>> = {
  'keys.create': [[({ userId }) => ({ userId, name: 'mine' }), 'forbidden']],
  'keys.list': [[({ userId }) => ({ userId }), 'forbidden']],
  'keys.update': [[({ keyId }) => ({ keyId, name: 'mine' }), 'key_not_found']],
  'keys.rotate': [[({ keyId }) => ({ keyId }), 'key_not_found']],
  'keys.delete': [[({ keyId }) => ({ keyId }), 'key_not_found']],
  'usage.list': [[({ userId }) => ({ userId }), 'forbidden']],
  'usage.summary': [[({ userId }) => ({ userId }), 'forbidden']],
  'usage.series': [[({ userId }) => ({ userId, ...LAST_DAY, bucket: 'hour' }), 'forbidden']],
  'usage.top': [[({ userId }) => ({ userId, by: 'key' }), 'forbidden']],
  'usage.receipt': [[({ requestId }) => ({ requestId }), 'request_not_found']],
  'limits.usage': [
    [({ userId }) => ({ scope: 'user', subjectId: userId }), 'forbidden'],
    [({ keyId }) => ({ scope: 'key', subjectId: keyId }), 'key_not_found'],
  ],
  'policies.get': [
    [({ userId }) => ({ scope: 'user', subjectId: userId }), 'forbidden'],
    [({ keyId }) => ({ scope: 'key', subjectId: keyId }), 'key_not_found'],
  ],
  'policies.update': [
    [({ userId }) => ({ scope: 'user', subjectId: userId, policy: {} }), 'forbidden'],
    [({ keyId }) => ({ scope: 'key', subjectId: keyId, policy: {} }), 'key_not_found'],
  ],
  'sessions.list': [[({ userId }) => ({ userId }), 'forbidden']],
  'sessions.revoke': [[({ sessionId }) => ({ sessionId }), 'session_not_found']],
  'sessions.revokeOthers': [[({ userId }) => ({ userId }), 'forbidden']],
  'plans.subscriptions': [[({ userId }) => ({ userId }), 'forbidden']],
  'codes.history': [[({ userId }) => ({ userId }), 'forbidden']],
  'notices.list': [[({ userId }) => ({ userId }), 'forbidden']],
  'notices.dismiss': [[({ noticeId }) => ({ noticeId }), 'notice_not_found']],
}

/** Ids that narrow a list of one's own: whoever names somebody else's finds nothing of theirs. */
const NARROWING: Readonly<Record<string, (things: Things) => object>> = {
  'usage.list': ({ keyId }) => ({ keyId }),
  'usage.summary': ({ keyId }) => ({ keyId }),
  'usage.series': ({ keyId }) => ({ keyId, ...LAST_DAY, bucket: 'hour', groupBy: 'key' }),
  'usage.top': ({ keyId }) => ({ keyId, by: 'key' }),
  'keys.list': ({ keyId }) => ({ familyId: keyId }),
  'me.ledger': ({ cursor }) => ({ cursor }),
}

/** Plans and prices are nobody's own. */
const OF_EVERYBODY = ['plans.buy', 'prices.list']

test('every operation that takes an id from a person is tried below', () => {
  const taking = operationNames.filter((name) => {
    const operation = CATALOGUE.get(name)
    if (operation?.audience !== 'user') return false
    const schema = JSON.stringify(z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' }))
    return /"(\w+Id|cursor)":\{/.test(schema)
  })
  const tried = [...Object.keys(REFUSED), ...Object.keys(NARROWING), ...OF_EVERYBODY]
  expect(taking.filter((name) => !tried.includes(name))).toEqual([])
  expect(Object.values(things).filter((id) => id === '')).toEqual([])
})

test.each(Object.entries(REFUSED))('%s with the ids of somebody else is refused', async (name, attempts) => {
  for (const [inputOf, code] of attempts) {
    const answer = await gateway.call(name, inputOf(things), mallory)
    expect([name, answer.ok, answer.error?.code]).toEqual([name, false, code])
    expect(JSON.stringify(answer)).not.toContain(ann.email)
  }
})

test.each(Object.entries(NARROWING))(
  '%s narrowed to what is somebody else’s shows nothing of theirs',
  async (name, inputOf) => {
    const own = await gateway.call(name, inputOf(things), annCookie)
    expect(own.ok).toBe(true)
    const answer = JSON.stringify(await gateway.call(name, inputOf(things), mallory))
    const { userId, keyId, requestId } = things
    const mayEcho = name === 'keys.list'
    for (const id of [userId, requestId, ...(mayEcho ? [] : [keyId])]) expect(answer).not.toContain(id)
  },
)

test('everything of theirs is as it was', async () => {
  const keys = await rowsOf<{ id: string; name: string; status: string }>('keys.list', annCookie)
  expect(keys).toMatchObject([{ id: ann.keyId, name: 'test', status: 'active' }])
  expect(await rowsOf('sessions.list', annCookie)).toHaveLength(1)
  expect(await rowsOf<{ id: string }>('notices.list', annCookie)).toMatchObject([{ id: things.noticeId }])
  expect((await ask()).status).toBe(200)
})
