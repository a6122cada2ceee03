// HTTP and HTTPS on one port: what is served of a connection once it is known what it speaks.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issueAuthority, issueLeaf } from '../tls/certificates.ts'
import { answerBothSchemes } from './both-schemes.ts'

const server = createServer()
const pieces: string[] = []
const counted = new Set<Socket>()
const countedAtTaking: number[] = []
let port = 0

beforeAll(async () => {
  const nowMs = Date.now()
  const name = 'a'
  const authority = { ...issueAuthority({ name, permittedNames: ['localhost'], nowMs, randomBytes }), name }
  const leaf = issueLeaf({ authority, name, subjects: ['localhost'], nowMs, randomBytes })
  const door = {
    count(socket: Socket) {
      counted.add(socket)
      return () => counted.delete(socket)
    },
    take(socket: Socket) {
      countedAtTaking.push(counted.size)
      socket.on('data', (piece: Buffer) => {
        pieces.push(piece.toString())
        socket.end()
      })
    },
  }
  answerBothSchemes(server, { leaf: () => leaf, onChange() {} }, door)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port // it listens on a port
})
afterAll(() => server.close())

test.each([
  ['in clear', () => connect({ port, host: '127.0.0.1' }), 'connect'],
  ['encrypted', () => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }), 'secureConnect'],
])('what came at once is served at once, %s', async (_how, open, event) => {
  pieces.length = 0
  const socket = open()
  await once(socket, event)
  socket.write('POST / HTTP/1.1')
  socket.resume()
  await once(socket, 'close')
  expect(pieces).toEqual(['POST / HTTP/1.1'])
})

test('a connection is counted from its first byte on, and not twice once it is served', async () => {
  countedAtTaking.length = 0
  const silent = connect({ port, host: '127.0.0.1' })
  await once(silent, 'connect')
  const half = connect({ port, host: '127.0.0.1' })
  await once(half, 'connect')
  half.write(Buffer.from([0x16, 3, 1]))
  await expect.poll(() => counted.size).toBe(2)
  for (const open of [
    () => connect({ port, host: '127.0.0.1' }),
    () => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }),
  ]) {
    const socket = open()
    socket.write('POST / HTTP/1.1')
    socket.resume()
    await once(socket, 'close')
  }
  expect(countedAtTaking).toEqual([2, 2])
  for (const socket of counted) socket.destroy()
  silent.destroy()
  half.destroy()
})

test('a connection that was reset before it was accepted is waited for by nobody', () => {
  // As such a one comes: nothing is known of its other end.
  const socket = new Socket()
  server.emit('connection', socket)
  expect(socket.destroyed).toBe(true)
})
