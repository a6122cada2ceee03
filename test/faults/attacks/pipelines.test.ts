// Attack: requests of all kinds are sent behind one another, with and without keys, cut wherever it happens, over HTTP and
// HTTPS. Which of them are read by which server is nobody's business: each has its own answer, in its place.
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../../integration/support/running-gateway.ts'
import { createSeeded, type Seeded } from '../support/seeded.ts'

const CONNECTIONS = 120
const SEED = 20261126

let gateway: RunningGateway
let person: Person
let port = 0

beforeAll(async () => {
  gateway = await startGateway()
  person = await gateway.createPerson()
  port = Number(new URL(gateway.url).port)
  await gateway.admin('settings.update', { https: 'beside_http' })
})
afterAll(() => gateway.stop())

interface Asked {
  readonly text: string
  /** What its answer has and no other one. */
  readonly answer: RegExp
}

const head = (start: string, lines: readonly string[]) =>
  `${start} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`

function made(chance: Seeded, tag: string): Asked {
  const key = `Authorization: Bearer ${person.key}`
  const input = 'z'.repeat(chance.pick([1, 1, 1, 5_000, 70_000, 150_000]))
  const body = JSON.stringify({ model: TEST_MODEL, input })
  const unknown = JSON.stringify({ model: tag, input })
  const start = 'POST /v1/responses'
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  return chance.weighted<Asked>([
    [4, { text: head(start, [key, `Content-Length: ${unknown.length}`]) + unknown, answer: new RegExp(tag) }],
    [4, { text: head(start, [key, `Content-Length: ${body.length}`]) + body, answer: /"total_tokens"/ }],
    [2, { text: head(start, [`Content-Length: ${body.length}`]) + body, answer: /"missing_api_key"/ }],
    [1, { text: head(start, [key, 'Transfer-Encoding: chunked']) + chunk, answer: /"total_tokens"/ }],
    [1, { text: head(`GET /v1/${tag}`, [key]), answer: new RegExp(tag) }],
  ])
}

async function ask(open: () => Socket, chance: Seeded, name: string): Promise<void> {
  const asked = Array.from({ length: chance.int(1, 7) }, (_, at) => made(chance, `tag-${name}-${at}-`))
  const socket = open()
  let text = ''
  socket.setEncoding('latin1')
  const answers = () => text.split(/(?=HTTP\/1\.1 \d{3} )/)
  const answered = new Promise<void>((resolve, reject) => {
    socket.on('data', (piece: string) => {
      text += piece
      const last = answers()
      if (last.length === asked.length && last.at(-1)?.endsWith('}')) resolve()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed after ${text.slice(-300)}`)))
  })
  const all = asked.map((one) => one.text).join('')
  for (let at = 0; at < all.length; ) {
    const size = chance.pick([1, 40, 150, 3_000, 20_000, 200_000, 200_000])
    socket.write(all.slice(at, at + size))
    at += size
    if (chance.percent(50)) await new Promise((resolve) => setImmediate(resolve))
  }
  await answered
  for (const [at, one] of answers().entries()) expect(one).toMatch(asked[at]?.answer ?? /^$/)
  socket.destroy()
}

test('attack: mixed requests behind one another, however they are cut, have each their own answer', async () => {
  const opens = [
    () => connect({ port, host: '127.0.0.1', noDelay: true }),
    () => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }),
  ]
  const chance = createSeeded(SEED)
  for (let round = 0; round < CONNECTIONS / 10; round += 1)
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => {
        const open = opens[n % 2]
        return open && ask(open, createSeeded(chance.int(1, 1e9)), `${round}-${n}`)
      }),
    )
})
