// A refused upgrade is answered in HTTP, at once and for good: Codex CLI then falls back without trying again.
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { refusal } from '../../../contract/errors.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

let close = () => Promise.resolve()
afterEach(() => close())

async function upgrade(isReset = false) {
  let openSockets = 0
  const server = createServer()
  server.on('connection', (socket) => {
    openSockets += 1
    socket.on('close', () => {
      openSockets -= 1
    })
  })
  server.on('upgrade', (_, socket) => refuseUpgrade(socket, 'req_1', refusal('upgrade_required')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => new Promise((resolve) => server.close(() => resolve()))
  // A server that listens on a port has an address with that port.
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString()
  })
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.write(
    'GET /v1/responses HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n',
    () => void (isReset && socket.resetAndDestroy()),
  )
  await closed
  await new Promise((resolve) => setTimeout(resolve, 30))
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { head, body, openSockets }
}

test('it has its status, its reason and its id, and is closed', async () => {
  const { head, body, openSockets } = await upgrade()
  expect(head).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/)
  expect(head).toContain('x-request-id: req_1')
  expect(head).toContain('connection: close')
  expect(head).toContain('x-should-retry: false')
  expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`)
  expect(JSON.parse(body)).toMatchObject({
    error: { code: 'upgrade_required', type: 'invalid_request_error', param: null },
  })
  expect(openSockets).toBe(0)
})

test('a client that leaves at once breaks nothing', async () => {
  expect((await upgrade(true)).openSockets).toBe(0)
})
