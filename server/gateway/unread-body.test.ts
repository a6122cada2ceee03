// A connection whose body nobody reads, over real sockets.
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endUnlessSent } from './unread-body.ts'

const UNREAD_MS = 100
let server: Server
beforeEach(async () => {
  server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    res.end('refused')
    endUnlessSent(req, UNREAD_MS)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function open(head: string) {
  // A server that listens on a port has an address with that port.
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let received = ''
  socket.on('data', (bytes) => {
    received += bytes.toString()
  })
  socket.on('error', () => {})
  const closed = new Promise<number>((resolve) => socket.on('close', () => resolve(performance.now())))
  socket.write(head)
  return { socket, closed, received: () => received }
}

test('a body that never ends has its connection ended, answered though it is', async () => {
  const startedMs = performance.now()
  const { socket, closed, received } = open('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n')
  const dripping = setInterval(() => socket.write('x'), 10)
  const closedMs = await closed
  clearInterval(dripping)
  expect(closedMs - startedMs).toBeGreaterThanOrEqual(UNREAD_MS - 5)
  expect(received()).toContain('refused')
})

test('a body that comes in time leaves the connection to the next request', async () => {
  const { socket, received } = open('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n')
  while (!received().includes('refused')) await new Promise((resolve) => setTimeout(resolve, 5))
  socket.write('body')
  await new Promise((resolve) => setTimeout(resolve, UNREAD_MS * 2))
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  while (received().split('refused').length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
  socket.destroy()
})
