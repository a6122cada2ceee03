// What is pushed to screens over HTTP: to whom, how often, how long, and what it may cost.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type PushedEvent, pushedEvent } from '../../contract/events.ts'
import { type EventReader, readEvents } from './support/event-stream.ts'
import {
  ADMIN,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from './support/running-gateway.ts'

let gateway: RunningGateway
let port = 0
let adminCookie = ''
let ann: Person
let bob: Person
const open: EventReader[] = []
const PASSWORD = 'a long enough password'

beforeAll(async () => {
  gateway = await startGateway()
  port = Number(new URL(gateway.url).port)
  adminCookie = await gateway.signIn(ADMIN.email, ADMIN.password)
  ann = await gateway.createPerson()
  bob = await gateway.createPerson()
})
afterEach(() => {
  for (const reader of open.splice(0)) reader.close()
})
afterAll(() => gateway.stop())

async function watch(cookie: string, options: Parameters<typeof readEvents>[2] = {}): Promise<EventReader> {
  const reader = await readEvents(port, cookie, options)
  open.push(reader)
  return reader
}
const cookieOf = (person: Person) => gateway.signIn(person.email, PASSWORD)

async function ask(person: Person): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: TEST_MODEL,
      messages: [{ role: 'user', content: 'hello' }],
      max_completion_tokens: 20,
    }),
  })
  await response.arrayBuffer()
  return response.status
}
const ofType = <Type extends PushedEvent['type']>(reader: EventReader, type: Type) =>
  reader.events().filter((event): event is Extract<PushedEvent, { type: Type }> => event.type === type)

test('a signed-in person is greeted, and told of their own requests and balance at once', async () => {
  const cookie = await cookieOf(ann)
  const reader = await watch(cookie)
  expect(reader.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  })
  expect(await reader.next('hello')).toMatchObject({ version: expect.stringMatching(/^\d/) })
  await ask(bob)
  await ask(ann)
  const [row] = await gateway.usageOf(ann)
  expect(await reader.next('requests.finished')).toMatchObject({
    count: 1,
    costNanoUsd: row?.costNanoUsd,
    rows: [{ userId: ann.id, requestId: row?.requestId }],
  })
  expect(await reader.next('balance.changed')).toMatchObject({
    userId: ann.id,
    balanceNanoUsd: await gateway.balanceOf(ann),
  })
  for (const event of reader.events()) expect(() => pushedEvent.parse(event)).not.toThrow()
  expect(reader.text()).not.toContain(bob.id)
})

test('an administrator is told of everyone’s, of changes by any operation, and of models without a price', async () => {
  const reader = await watch(adminCookie)
  await ask(bob)
  await gateway.admin('keys.create', { userId: bob.id, name: 'second' })
  await gateway.admin('settings.update', { announcement: 'Watched' })
  await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'not-priced', messages: [] }),
  })
  expect(await reader.next('requests.running')).toMatchObject({ running: expect.any(Number) })
  expect(await reader.next('key.changed')).toMatchObject({ userId: bob.id, operation: 'keys.create' })
  expect(await reader.next('settings.changed')).toBeTruthy()
  expect(await reader.next('price.missing')).toMatchObject({ model: 'not-priced', askedBy: ann.id })
})

test('a burst of requests is a few deliveries with sums, and each request is counted once', async () => {
  const reader = await watch(adminCookie)
  await reader.next('hello')
  const startedAt = performance.now()
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(Array.from({ length: 10 }, () => ask(bob)))
  }
  await gateway.usageOf(bob)
  await expect
    .poll(() => ofType(reader, 'requests.finished').reduce((sum, { count }) => sum + count, 0))
    .toBe(100)
  const seconds = (performance.now() - startedAt) / 1000
  expect(ofType(reader, 'requests.finished').length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
})

test('nobody without a session, from a foreign page, or with another method gets a stream', async () => {
  const refusedWith = async (cookie: string, headers: Record<string, string> = {}) => {
    const reader = await watch(cookie, { headers })
    await reader.ended
    return [reader.status, JSON.parse(reader.text()).error.code]
  }
  expect(await refusedWith('')).toEqual([401, 'unauthenticated'])
  expect(await refusedWith('cg_session=junk')).toEqual([401, 'unauthenticated'])
  expect(await refusedWith(adminCookie, { origin: 'http://evil.example' })).toEqual([403, 'origin_rejected'])
  expect(await refusedWith(adminCookie, { 'sec-fetch-site': 'cross-site' })).toEqual([403, 'origin_rejected'])
  expect(await refusedWith(adminCookie, { host: 'evil.example' })).toEqual([403, 'host_rejected'])
  const response = await fetch(`${gateway.url}/api/events`, {
    method: 'POST',
    headers: { cookie: adminCookie },
  })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
})

test('who is no administrator any more is told nothing further of others, from that moment on', async () => {
  const cara = await gateway.createPerson()
  await gateway.admin('users.setRole', { userId: cara.id, role: 'admin' })
  const reader = await watch(await cookieOf(cara))
  await reader.next('hello')
  await gateway.admin('users.setRole', { userId: cara.id, role: 'user' })
  await gateway.admin('keys.create', { userId: bob.id, name: 'made after that' })
  await reader.ended
  expect(await reader.next('session.ended')).toBeTruthy()
  expect(ofType(reader, 'key.changed')).toEqual([])
})

test('an administrator whose call came through a proxy watches as the person they are', async () => {
  const reader = await watch(adminCookie, { headers: { 'x-forwarded-for': '127.0.0.1' } })
  await reader.next('hello')
  await ask(bob)
  await gateway.usageOf(bob)
  await gateway.admin('settings.update', { announcement: 'For everyone' })
  await reader.next('settings.changed')
  expect(reader.text()).not.toContain(bob.id)
})

test('a stream ends with its session: at once for whoever is suspended, and soon for whoever signs out', async () => {
  const carol = await gateway.createPerson()
  const first = await watch(await cookieOf(carol))
  await first.next('hello')
  await gateway.admin('users.setStatus', { userId: carol.id, status: 'suspended' })
  await first.next('session.ended')
  await first.ended
  const cookie = await cookieOf(ann)
  const second = await watch(cookie)
  await gateway.call('auth.logout', {}, cookie)
  await second.next('session.ended')
  await second.ended
})

test('one session has six streams at most, and a closed one makes room', async () => {
  const cookie = await cookieOf(ann)
  const readers = await Promise.all(Array.from({ length: 6 }, () => watch(cookie)))
  expect(readers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  expect((await watch(cookie)).status).toBe(429)
  readers[0]?.close()
  await expect.poll(async () => (await watch(cookie)).status).toBe(200)
})

test('two hundred watchers cost neither the requests nor the memory much', async () => {
  const people = await Promise.all(Array.from({ length: 34 }, () => gateway.createPerson(0)))
  const cookies: string[] = []
  // One after the other: so many at once would look like guessing.
  for (const person of people) cookies.push(await cookieOf(person))
  const readers = await Promise.all(
    cookies.flatMap((cookie) => Array.from({ length: 6 }, () => watch(cookie))),
  )
  expect(readers.every(({ status }) => status === 200)).toBe(true)
  const startedAt = performance.now()
  for (let n = 0; n < 20; n += 1) await gateway.admin('settings.update', { announcement: `Round ${n}` })
  await Promise.all(readers.map((reader) => reader.next('settings.changed')))
  // Twenty changes in a row are told a few times, to each of them.
  const seconds = (performance.now() - startedAt) / 1000
  for (const reader of readers)
    expect(ofType(reader, 'settings.changed').length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
  expect(await ask(ann)).toBe(200)
})

test('stopping the server ends the streams instead of waiting for them', async () => {
  const other = await startGateway()
  const reader = await readEvents(
    Number(new URL(other.url).port),
    await other.signIn(ADMIN.email, ADMIN.password),
  )
  await reader.next('hello')
  const startedAt = performance.now()
  await Promise.all([other.stop(20_000), reader.ended])
  expect(performance.now() - startedAt).toBeLessThan(15_000)
})

test('an administrator is told of somebody who has registered and waits', async () => {
  const reader = await watch(adminCookie)
  await reader.next('hello')
  const newcomer = { email: 'newcomer@example.test', password: PASSWORD }
  expect((await gateway.call('auth.register', newcomer)).data).toEqual({ outcome: 'awaiting_approval' })
  const { rows } = (await gateway.admin<{ rows: { id: string }[] }>('users.list', { status: 'pending' })).data
  expect(await reader.next('user.changed')).toMatchObject({ userId: rows[0]?.id, operation: 'auth.register' })
})
