// Attack: thousands of connections that say nothing, or begin a request and never go on. Whoever asks is answered all the
// same, and what they take of memory is little.
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../../integration/support/running-gateway.ts'

const CONNECTIONS = 3_000
/** Both ends of each connection are in this process. */
const BYTES_EACH_MAX = 96 * 1024

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway()
  person = await gateway.createPerson()
})
afterAll(() => gateway.stop())

const BEGINNINGS = ['', 'POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a', 'G']

function opened(port: number, beginning: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (beginning !== '') socket.write(beginning)
      resolve(socket)
    })
    socket.on('error', reject)
  })
}

test('attack: thousands of idle connections keep nobody from being answered', async () => {
  const port = Number(new URL(gateway.url).port)
  const before = process.memoryUsage().rss
  const sockets: Socket[] = []
  while (sockets.length < CONNECTIONS) {
    const more = Array.from({ length: 100 }, (_, n) => opened(port, BEGINNINGS[n % BEGINNINGS.length] ?? ''))
    sockets.push(...(await Promise.all(more)))
  }
  const answer = await fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, input: 'Hi' }),
  })
  expect(answer.status).toBe(200)
  await answer.text()
  expect((await gateway.admin('me.get')).status).toBe(200)
  expect(process.memoryUsage().rss - before).toBeLessThan(CONNECTIONS * BYTES_EACH_MAX)
  for (const socket of sockets) socket.destroy()
})
