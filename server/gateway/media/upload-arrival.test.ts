// Forms that are made to cost more than they say: slow ones, crumbs, and a disk that takes no more.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { type ArrivalBounds, SLOWEST } from '../body-arrival.ts'
import { uploadOf } from './upload-arrival.ts'
import type { SpoolFile } from './upload-spool.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const MEMORY: SpoolFile = {
  bytes: 0,
  grow: () => true,
  write: () => Promise.resolve(),
  stream: () => Readable.from([]),
}

/** What becomes of one form that is sent by hand to a reader with these bounds and this disk. */
async function arrival(bounds: Partial<ArrivalBounds>, file: Partial<SpoolFile> = {}) {
  const { promise, resolve } = Promise.withResolvers<string>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const server = createServer((req: IncomingMessage, res) => {
    const arriving = {
      req,
      bounds: { ...SLOWEST, bytesMax: 10_000_000, ...bounds },
      boundary: 'b',
      file: { ...MEMORY, ...file },
      watch: () => undefined,
    }
    begin()
    void uploadOf(arriving).then((form) => {
      res.end()
      if (form.ok) resolve('read')
      else resolve(form.error === 'client_left' ? 'client_left' : form.error.code)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address with that port.
  const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {})
  cleanups.push(() => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
  const send = (text: string) => socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
  return { send, end: () => socket.write('0\r\n\r\n'), socket, outcome: promise, begun }
}

const FILE = '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'

test('a form that comes is read', async () => {
  const form = await arrival({})
  form.send(`${FILE}sound\r\n--b--\r\n`)
  form.end()
  expect(await form.outcome).toBe('read')
})

test('a sender that stops sending is told so after a window', async () => {
  const form = await arrival({ windowMs: 50 })
  form.send(FILE)
  expect(await form.outcome).toBe('request_timeout')
})

test('a disk that is slower than its sender makes the sender wait, and nobody too slow', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  cleanups.push(() => vi.useRealTimers())
  const { promise: isWriting, resolve: begin } = Promise.withResolvers<() => void>()
  const write = () => new Promise<void>((resolve) => begin(resolve))
  const form = await arrival({ windowMs: 150 }, { write })
  form.send(`${FILE}sound\r\n--b--\r\n`)
  const written = await isWriting
  // Three windows pass while the disk is at work, and most of the fourth.
  vi.advanceTimersByTime(590)
  written()
  await Promise.resolve()
  // What is left of that window is not all that the sender gets.
  vi.advanceTimersByTime(100)
  form.end()
  expect(await form.outcome).toBe('read')
})

test('a disk that is full refuses the form clearly', async () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const form = await arrival({}, { write: () => Promise.reject(full) })
  form.send(`${FILE}sound`)
  expect(await form.outcome).toBe('storage_unavailable')
})

test('a share that is used up refuses the form for now', async () => {
  const form = await arrival({}, { grow: () => false })
  form.send(FILE)
  expect(await form.outcome).toBe('upload_limit_exceeded')
})

test('a form in crumbs, and one that is larger than may be, are refused while they come', async () => {
  const large = await arrival({ bytesMax: 1_000 })
  large.send(FILE + 'x'.repeat(1_000))
  expect(await large.outcome).toBe('request_too_large')
  const broken = await arrival({})
  broken.send('no form at all')
  expect(await broken.outcome).toBe('invalid_form')
})

test('a sender that leaves ends it', async () => {
  const form = await arrival({})
  form.send(FILE)
  await form.begun
  form.socket.destroy()
  expect(await form.outcome).toBe('client_left')
})
