// Clients that leave, or are cut, where the upstream has nothing to bill: nothing was sent to it, or it has refused. However
// many answers are being read on for the same person, such a request is no drain, and costs nothing.
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import type { Clock } from '../../server/ports.ts'
import { FAULTS_IN_A_ROW, OPEN_MS } from '../../server/upstreams/circuit-breaker.ts'
import { createMovableClock } from './support/movable-clock.ts'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

const BALANCE = 100_000_000_000
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function gatewayBefore(
  upstreamBaseUrl: string,
  clock?: Clock,
): Promise<{ gateway: RunningGateway; person: Person }> {
  const settings = { drainsPerUserMax: 1, drainBytesMax: 64 * 1024 }
  const gateway = await startGateway({ upstreamBaseUrl, settings, ...(clock && { clock }) })
  cleanups.push(() => gateway.stop())
  return { gateway, person: await gateway.createPerson(BALANCE) }
}

function ask({ url }: RunningGateway, { key }: Person, stream: boolean, signal: AbortSignal) {
  return fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, input: 'Tell me about gates.', stream }),
    signal,
  })
}

interface SilentServer {
  readonly baseUrl: string
  readonly sockets: readonly Socket[]
  /** Whether it ends connections at once instead. */
  isBroken: boolean
}

/** Takes connections, and never says a word: a handshake that does not end. */
async function silentServer(): Promise<SilentServer> {
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    if (silent.isBroken) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // it listens on a port
  const silent: SilentServer = { baseUrl: `https://127.0.0.1:${port}/v1`, sockets, isBroken: false }
  return silent
}

describe('before the upstream is connected', () => {
  test('whoever leaves has nothing sent in their name, and pays nothing', async () => {
    const upstream = await silentServer()
    const { gateway, person } = await gatewayBefore(upstream.baseUrl)
    // More of them than may be read on.
    for (let n = 1; n <= 3; n += 1) {
      const leaving = new AbortController()
      const asked = ask(gateway, person, n === 1, leaving.signal)
      await expect.poll(() => upstream.sockets.length).toBe(n)
      leaving.abort()
      await expect(asked).rejects.toThrow()
    }
    const rows = await gateway.usageOf(person)
    expect(rows).toHaveLength(3)
    for (const row of rows)
      expect(row).toMatchObject({ status: 499, reason: 'client_left', errorCode: null, costNanoUsd: 0 })
    expect(await gateway.balanceOf(person)).toBe(BALANCE)
  })

  test('whose access is lost meanwhile is told so, and pays nothing', async () => {
    const upstream = await silentServer()
    const { gateway, person } = await gatewayBefore(upstream.baseUrl)
    const asked = ask(gateway, person, false, new AbortController().signal)
    await expect.poll(() => upstream.sockets.length).toBe(1)
    await gateway.admin('keys.update', { keyId: person.keyId, status: 'disabled' })
    expect((await asked).status).toBe(401)
    expect(await gateway.usageOf(person)).toMatchObject([
      { status: 401, reason: 'client_left', errorCode: 'api_key_disabled', costNanoUsd: 0 },
    ])
    expect(await gateway.balanceOf(person)).toBe(BALANCE)
  })

  test('whoever leaves has found out nothing about it: the next request asks whether it is back', async () => {
    const upstream = await silentServer()
    const clock = createMovableClock()
    const { gateway, person } = await gatewayBefore(upstream.baseUrl, clock)
    const spare = await startDemoUpstream({ apiKey: 'sk-spare', acceptAnyModel: true })
    cleanups.push(() => spare.stop())
    const further = { name: 'Spare', baseUrl: spare.baseUrl, apiKey: 'sk-spare', priority: 200 }
    expect(await gateway.admin('upstreams.create', further)).toMatchObject({ ok: true })
    const stays = new AbortController().signal
    const answered = async () => (await ask(gateway, person, false, stays)).status
    upstream.isBroken = true
    for (let n = 1; n <= FAULTS_IN_A_ROW; n += 1) expect(await answered()).toBe(200)
    expect(upstream.sockets).toHaveLength(FAULTS_IN_A_ROW)
    // The breaker is open, and all go to the other one, until its time is up and one request finds out.
    expect(await answered()).toBe(200)
    expect(upstream.sockets).toHaveLength(FAULTS_IN_A_ROW)
    upstream.isBroken = false
    clock.pass(OPEN_MS)
    for (let n = 1; n <= 2; n += 1) {
      const leaving = new AbortController()
      const asked = ask(gateway, person, false, leaving.signal)
      await expect.poll(() => upstream.sockets.length).toBe(FAULTS_IN_A_ROW + n)
      leaving.abort()
      await expect(asked).rejects.toThrow()
      await gateway.usageOf(person)
    }
    const { data } = await gateway.admin<{ rows: { breaker: { state: string } }[] }>('upstreams.list')
    expect(data.rows[0]?.breaker.state).toBe('half_open')
  })
})

test('whoever is still sending when the gateway stops is asked to come again, and nothing is sent for them', async () => {
  const gateway = await startGateway()
  const person = await gateway.createPerson(BALANCE)
  const body = JSON.stringify({ model: TEST_MODEL, input: 'Tell me about gates.' })
  const headers = {
    authorization: `Bearer ${person.key}`,
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  }
  const req = request(`${gateway.url}/v1/responses`, { method: 'POST', headers })
  const answered = once(req, 'response')
  req.flushHeaders()
  await once(req, 'continue')
  req.write(body.slice(0, 10))
  const stopped = gateway.stop(200)
  const [answer] = (await answered) as [IncomingMessage]
  req.end(body.slice(10))
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += piece
  expect([answer.statusCode, text]).toEqual([503, expect.stringContaining('gateway_stopping')])
  await stopped
  expect(gateway.upstream.requests).toEqual([])
})

test('an error page that is not read to its end is charged nothing', async () => {
  const answers: ServerResponse[] = []
  const server = createServer((req, res) => {
    req.resume()
    answers.push(res.writeHead(500, { 'content-type': 'text/html' }))
    res.write('<html>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // it listens on a port
  const { gateway, person } = await gatewayBefore(`http://127.0.0.1:${port}/v1`)
  const leaving = new AbortController()
  const asked = ask(gateway, person, false, leaving.signal)
  await expect.poll(() => answers.length).toBe(1)
  leaving.abort()
  await expect(asked).rejects.toThrow()
  const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text()
  await expect.poll(metrics).toMatch(/^codex_gateway_drains 1$/m)
  // More of it than is read on for.
  answers[0]?.write('x'.repeat(256 * 1024))
  const rows = await gateway.usageOf(person)
  expect(rows).toMatchObject([{ status: 499, reason: 'upstream_failed', costNanoUsd: 0 }])
  expect(await metrics()).toMatch(/^codex_gateway_drain_cuts_total\{bound="bytes"\} 1$/m)
  expect(await gateway.balanceOf(person)).toBe(BALANCE)
})
