// A connection is looked after: pinged, counted, and closed when it is idle, silent, too old, or sends what nobody can answer.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { refusal } from '../../../contract/errors.ts'
import { createBodyMemory } from '../body-memory.ts'
import { Socket } from './socket.ts'

const MINUTE_MS = 60_000
const FRAME = JSON.stringify({ type: 'response.create', model: 'm', input: 'x' })

let end = () => {}
afterEach(() => end())

/** A client and the socket that it is connected to; what it asks is answered with `answer`. */
async function connected(bytesMax = 1_000_000, answer: string | null = 'event: error\ndata: {}\n\n') {
  let nowMs = 0
  const bodies = createBodyMemory(bytesMax, bytesMax)
  const closes: number[] = []
  const server = createServer().listen(0, '127.0.0.1')
  const sockets = new WebSocketServer({ server, autoPong: false })
  await once(server, 'listening')
  const made = once(sockets, 'connection')
  // A server that listens on a port has an address with that port.
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const frames: { readonly status: number; readonly error: { readonly code: string } }[] = []
  client.on('message', (data) => frames.push(JSON.parse(String(data))))
  const closed = once(client, 'close').then(([code]) => Number(code))
  end = () => {
    client.terminate()
    server.close()
  }
  const [ws, req] = await made
  const socket = new Socket(
    {
      ws,
      connection: req.socket,
      address: '192.0.2.7',
      path: '/v1/responses',
      endpoint: { name: '/v1/responses' },
      headers: {},
      userId: 'ada',
      keyId: 'key',
      requestId: 'req_1',
      lostAccess: () => undefined,
    },
    {
      clock: { monotonicMs: () => nowMs },
      bodies,
      remembered: createBodyMemory(),
      answer({ res }) {
        if (answer === null) return
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.end(answer)
      },
      recordRefused: () => 'req_2',
      closed: (_, code) => void closes.push(code),
    },
  )
  await once(client, 'open')
  const pass = (ms: number) => {
    nowMs += ms
    socket.tick()
  }
  /** Time passes, and the client answers every ping. */
  const stay = async (ms: number) => {
    for (let passed = 0; passed < ms && client.readyState === WebSocket.OPEN; passed += MINUTE_MS) {
      const pinged = Promise.race([once(client, 'ping'), closed])
      pass(MINUTE_MS)
      await pinged
      // What was sent before this ping has come when its pong has.
      if (client.readyState === WebSocket.OPEN) client.ping()
      await Promise.race([once(client, 'pong'), closed])
    }
  }
  return { client, socket, frames, closed, pass, stay, bodies, closes }
}

test('a client of which nothing was heard through three pings is given up', async () => {
  const { pass, closed, closes, stay } = await connected()
  await stay(3 * MINUTE_MS)
  pass(91_000)
  expect(await closed).toBe(1006)
  await expect.poll(() => closes).toEqual([1006])
})

test('after 15 minutes without a request it is closed', async () => {
  const { stay, closed, client, frames, socket } = await connected()
  await stay(14 * MINUTE_MS)
  client.send(FRAME)
  await expect.poll(() => frames.length === 1 && socket.isIdle).toBe(true)
  await stay(14 * MINUTE_MS)
  expect(client.readyState).toBe(WebSocket.OPEN)
  await stay(MINUTE_MS)
  expect(await closed).toBe(1000)
})

test('a turn that runs keeps it open beyond its time', async () => {
  const { client, socket, frames } = await connected(1_000_000, null)
  client.send(FRAME)
  await expect.poll(() => socket.turnsBegun).toBe(1)
  socket.goAway(refusal('gateway_stopping'))
  client.send(FRAME)
  await expect.poll(() => frames).toMatchObject([{ status: 503, error: { code: 'gateway_stopping' } }])
  expect(client.readyState).toBe(WebSocket.OPEN)
})

test('what has come of a frame counts as the body that it will be, and for want of memory ends the connection', async () => {
  const { client, closed, frames, bodies } = await connected(1_000)
  client.send('x'.repeat(600), { fin: false })
  await expect.poll(() => bodies.bytes).toBeGreaterThan(600)
  // A control frame in between begins no new count.
  client.ping()
  await once(client, 'pong')
  client.send('x'.repeat(600), { fin: false })
  expect(await closed).toBe(1013)
  expect(frames).toMatchObject([{ status: 429, error: { code: 'upload_limit_exceeded' } }])
  await expect.poll(() => bodies.bytes).toBe(0)
})

test('fifty frames in a row that nobody can answer end it', async () => {
  const { client, closed, frames } = await connected()
  for (let sent = 0; sent < 50; sent += 1) client.send('{}')
  expect(await closed).toBe(1008)
  expect(frames).toHaveLength(50)
})

test('it names 32 streams, and keeps 32 frames waiting', async () => {
  const { client, frames } = await connected(1_000_000, null)
  const create = (stream_id?: string) => client.send(JSON.stringify({ ...JSON.parse(FRAME), stream_id }))
  for (let id = 0; id < 33; id += 1) create(`id-${id}`)
  await expect.poll(() => frames).toMatchObject([{ error: { code: 'websocket_stream_limit_reached' } }])
  for (let more = 0; more < 17; more += 1) create('id-0')
  await expect.poll(() => frames[1]).toMatchObject({ error: { code: 'concurrency_limit_exceeded' } })
})

test('access that is lost drops what waits, and ends what runs within ten seconds', async () => {
  const { client, socket, closed, frames } = await connected()
  socket.cut(refusal('api_key_disabled'))
  socket.cut(refusal('api_key_disabled'))
  expect(await closed).toBe(1008)
  expect(frames).toMatchObject([{ status: 401, error: { code: 'api_key_disabled' } }])
  expect(client.readyState).toBe(WebSocket.CLOSED)
})
