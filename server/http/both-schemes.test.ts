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
let port = 0

beforeAll(async () => {
  const nowMs = Date.now()
  const name = 'a'
  const authority = { ...issueAuthority({ name, permittedNames: ['localhost'], nowMs, randomBytes }), name }
  const leaf = issueLeaf({ authority, name, subjects: ['localhost'], nowMs, randomBytes })
  answerBothSchemes(server, { leaf: () => leaf, onChange() {} }, (socket) =>
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece.toString())
      socket.end()
    }),
  )
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

test('a connection that was reset before it was accepted is waited for by nobody', () => {
  // As such a one comes: nothing is known of its other end.
  const socket = new Socket()
  server.emit('connection', socket)
  expect(socket.destroyed).toBe(true)
})
