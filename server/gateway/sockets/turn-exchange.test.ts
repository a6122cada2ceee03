// A turn looks like an exchange of HTTP to whoever answers it, with a client that may be slow, stall, or leave.
import { text } from 'node:stream/consumers'
import { afterEach, expect, test, vi } from 'vitest'
import { TurnExchange } from './turn-exchange.ts'

afterEach(() => vi.useRealTimers())

function begin() {
  const taken: Buffer[] = []
  const room: (() => void)[] = []
  const ends: boolean[] = []
  let stalls = 0
  const exchange = new TurnExchange(
    {
      address: '192.0.2.7',
      path: '/v1/responses',
      headers: { authorization: 'Bearer k' },
      body: Buffer.from('{"a":1}'),
      generates: true,
      onStoring: () => {},
    },
    {
      take(bytes, done) {
        taken.push(bytes)
        room.push(done)
      },
      ended: (isWhole) => void ends.push(isWhole),
      stalled: () => {
        stalls += 1
      },
    },
  )
  const makeRoom = () => {
    for (let done = room.shift(); done; done = room.shift()) done()
  }
  return { ...exchange, exchange, taken, ends, makeRoom, stalls: () => stalls }
}

const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))

test('its request has the body, the headers and the address of a POST', async () => {
  const { req } = begin()
  expect([req.method, req.url, req.socket.remoteAddress]).toEqual(['POST', '/v1/responses', '192.0.2.7'])
  expect(req.headers).toEqual({
    authorization: 'Bearer k',
    'content-type': 'application/json',
    'content-length': '7',
  })
  expect(req.rawHeaders).toHaveLength(6)
  expect([await text(req), req.complete]).toEqual(['{"a":1}', true])
})

test('bytes that nobody takes yet tell the writer to wait, and to go on when they are taken', async () => {
  const { res, ends, makeRoom } = begin()
  res.writeHead(200)
  expect(res.write(Buffer.alloc(200_000))).toBe(false)
  let hasDrained = false
  res.once('drain', () => {
    hasDrained = true
  })
  await turnOfLoop()
  expect(hasDrained).toBe(false)
  while (!hasDrained) {
    makeRoom()
    await turnOfLoop()
  }
  res.end('x')
  while (ends.length === 0) {
    makeRoom()
    await turnOfLoop()
  }
  expect(ends).toEqual([true])
})

test('the answer is a head, and the bytes of the body with nothing between them', async () => {
  const { res, taken, ends, makeRoom } = begin()
  res.writeHead(200, { 'x-a': 'b' })
  res.write('one ')
  res.end('two')
  while (ends.length === 0) {
    makeRoom()
    await turnOfLoop()
  }
  expect(Buffer.concat(taken).toString()).toMatch(/^HTTP\/1\.1 200 OK\r\nx-a: b\r\n(?:.+\r\n)*\r\none two$/)
})

test('a client that leaves closes the answer, which has not ended', async () => {
  const { exchange, res, ends } = begin()
  const closed = new Promise((resolve) => res.once('close', resolve))
  res.writeHead(200)
  res.write('x')
  exchange.leave()
  await closed
  expect([res.destroyed, res.writableFinished, ends]).toEqual([true, false, [false]])
})

test('a client that takes nothing for as long as it may has stalled', async () => {
  vi.useFakeTimers()
  const { res, stalls } = begin()
  res.writeHead(200)
  res.write('x')
  await vi.advanceTimersByTimeAsync(10)
  res.socket?.setTimeout(1_000)
  await vi.advanceTimersByTimeAsync(999)
  expect(stalls()).toBe(0)
  await vi.advanceTimersByTimeAsync(2)
  expect(stalls()).toBe(1)
})
