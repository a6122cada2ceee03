// Files that come in parts: whatever comes at once, no more reaches the upstream than was announced and has its place.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Person, type RunningGateway, startGateway } from './support/running-gateway.ts'

const ANNOUNCED = 100_000

let gateway: RunningGateway
let person: Person
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
})

const post = (path: string, body: FormData | object) =>
  fetch(`${gateway.url}/v1/uploads${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${person.key}`,
      ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
    },
    body: body instanceof FormData ? body : JSON.stringify(body),
  })

async function begin(): Promise<string> {
  const announced = { bytes: ANNOUNCED, filename: 'a.txt', mime_type: 'text/plain', purpose: 'user_data' }
  // Of the answer only the id is looked at.
  return ((await (await post('', announced)).json()) as { id: string }).id
}

async function addPart(id: string, bytes: number): Promise<number> {
  const form = new FormData()
  form.set('data', new Blob([Buffer.alloc(bytes, 97)]), 'part')
  const answer = await post(`/${id}/parts`, form)
  await answer.arrayBuffer()
  return answer.status
}

const partsSent = () => gateway.upstream.requests.filter(({ path }) => path.endsWith('/parts')).length

test('parts that come at once do not exceed what was announced, and those that are too many are not sent', async () => {
  const id = await begin()
  const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
  gateway.upstream.script({ delays: { headersBehind } }, 6)
  const statuses = Array.from({ length: 6 }, () => addPart(id, ANNOUNCED / 2))
  let refused = 0
  for (const status of statuses) void status.then((code) => (refused += Number(code === 400)))
  await expect.poll(() => refused).toBe(4)
  answer()
  expect((await Promise.all(statuses)).sort()).toEqual([200, 200, 400, 400, 400, 400])
  expect(partsSent()).toBe(2)
  expect(await addPart(id, 1)).toBe(400)
})

test('a part that the upstream did not take leaves its bytes to the next one', async () => {
  const id = await begin()
  gateway.upstream.script({ error: 400 })
  expect(await addPart(id, ANNOUNCED)).toBe(400)
  expect(await addPart(id, ANNOUNCED)).toBe(200)
})

test('parts of one upload take nothing of another one', async () => {
  const ids = [await begin(), await begin()]
  expect(await Promise.all(ids.map((id) => addPart(id, ANNOUNCED)))).toEqual([200, 200])
})

/** A form of which all but the last bytes are there; resolves when the gateway has begun to read it. */
async function holdBack(path: string, field: string) {
  const form = new FormData()
  if (field === 'file') form.set('purpose', 'user_data')
  form.set(field, new Blob([Buffer.alloc(1_000, 97)]), 'late.txt')
  const whole = new Response(form)
  const type = whole.headers.get('content-type') ?? ''
  const body = Buffer.from(await whole.arrayBuffer())
  const headers = {
    authorization: `Bearer ${person.key}`,
    'content-type': type,
    'content-length': body.length,
    expect: '100-continue',
  }
  const req = request(`${gateway.url}${path}`, { method: 'POST', headers })
  req.on('error', () => {})
  const answered = once(req, 'response')
  req.flushHeaders()
  await once(req, 'continue')
  req.write(body.subarray(0, 100))
  return {
    async finish() {
      req.end(body.subarray(100))
      const [res] = (await answered) as [IncomingMessage]
      res.resume()
      await once(res, 'end')
      return res.statusCode
    },
  }
}

test('nothing is put in for somebody who has lost access while it came', async () => {
  const id = await begin()
  const before = gateway.upstream.requests.length
  const part = await holdBack(`/v1/uploads/${id}/parts`, 'data')
  const file = await holdBack('/v1/files', 'file')
  expect(await gateway.admin('keys.update', { keyId: person.keyId, status: 'disabled' })).toMatchObject({
    ok: true,
  })
  expect([await part.finish(), await file.finish()]).toEqual([401, 401])
  await expect.poll(inFlight).toBe(0)
  expect(gateway.upstream.requests).toHaveLength(before)
})

async function inFlight(): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  return Number(/^codex_gateway_requests_in_flight (\d+)$/m.exec(text)?.[1])
}

test('a part whose answer never came may be sent again, and takes from the room of its person until the upload is over', async () => {
  expect((await gateway.admin('settings.update', { fileBytesPerUserMax: 2 * ANNOUNCED })).ok).toBe(true)
  const id = await begin()
  for (let lost = 1; lost <= 2; lost += 1) {
    gateway.upstream.script({ cut: 'after_headers', cutBy: 'reset' })
    expect(await addPart(id, ANNOUNCED)).toBe(502)
  }
  const sent = partsSent()
  expect(await addPart(id, ANNOUNCED)).toBe(409)
  expect(partsSent()).toBe(sent)
  // Another person has a room of their own.
  person = await gateway.createPerson()
  expect(await addPart(await begin(), ANNOUNCED)).toBe(200)
})

test('a part that was never sent takes from no room', async () => {
  expect((await gateway.admin('settings.update', { fileBytesPerUserMax: ANNOUNCED })).ok).toBe(true)
  const id = await begin()
  const { keyId } = person
  const part = await holdBack(`/v1/uploads/${id}/parts`, 'data')
  expect((await gateway.admin('keys.update', { keyId, status: 'disabled' })).ok).toBe(true)
  expect(await part.finish()).toBe(401)
  await expect.poll(inFlight).toBe(0)
  expect((await gateway.admin('keys.update', { keyId, status: 'active' })).ok).toBe(true)
  expect(await addPart(id, ANNOUNCED)).toBe(200)
})
