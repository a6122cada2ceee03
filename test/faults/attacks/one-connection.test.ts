// Attack: on one connection that stays open, heads that are alike are read once. Whose each request is, and whether it may be
// asked, is found out every time all the same, and the operator's own key is never an old one.
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../../integration/support/running-gateway.ts'
import { jsonAnswer, type RawUpstream, startRawUpstream } from '../support/raw-http.ts'

const FIRST_KEY = 'sk-upstream-first-0123456789'
const SECOND_KEY = 'sk-upstream-second-0123456789'
const ANSWER = {
  id: 'chatcmpl-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' } }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
}

let upstream: RawUpstream
let gateway: RunningGateway
let person: Person
let other: Person
let socket: Socket

beforeAll(async () => {
  upstream = await startRawUpstream((from) => from.write(jsonAnswer(ANSWER)))
  gateway = await startGateway({ upstreamBaseUrl: upstream.baseUrl, upstreamKey: FIRST_KEY })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})
beforeEach(async () => {
  person = await gateway.createPerson()
  other = await gateway.createPerson()
  socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  socket.setEncoding('latin1')
})
afterEach(() => void socket.destroy())

/** The status of the answer, with the code of its error where it is one; all on the one connection. */
async function ask(key: string, text = 'Hello.'): Promise<string> {
  const body = JSON.stringify({
    model: TEST_MODEL,
    messages: [{ role: 'user', content: text }],
    max_tokens: 9,
  })
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'Host: 127.0.0.1',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'User-Agent: attacker',
  ].join('\r\n')
  const answered = new Promise<string>((resolve, reject) => {
    let answer = ''
    socket.on('close', () => reject(new Error(`closed after ${answer}`)))
    socket.on('data', (piece: string) => {
      answer += piece
      if (answer.endsWith('}')) resolve(answer)
    })
  })
  socket.write(`${head}\r\n\r\n${body}`)
  const answer = await answered.finally(() => socket.removeAllListeners())
  return [answer.slice(9, 12), /"code":"(\w+)"/.exec(answer)?.[1]].join(' ').trim()
}

const wrong = (key: string): string => key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')
const lastKey = (): string | undefined =>
  /^authorization: Bearer (.*)\r$/im.exec(upstream.requests.at(-1) ?? '')?.[1]

test('attack: a connection that was let in with one key lets in no other, and charges each person their own', async () => {
  const asked = [
    person.key,
    wrong(person.key),
    person.key,
    other.key,
    wrong(other.key),
    person.key,
    person.key,
  ]
  const answers: string[] = []
  for (const [at, key] of asked.entries()) answers.push(await ask(key, 'z'.repeat(at * 7)))
  const refused = '401 invalid_api_key'
  expect(answers).toEqual(['200', refused, '200', '200', refused, '200', '200'])
  expect((await gateway.usageOf(person)).filter(({ status }) => status === 200)).toHaveLength(4)
  expect((await gateway.usageOf(other)).filter(({ status }) => status === 200)).toHaveLength(1)
})

test('attack: a key that was let in is asked for again with every request on the same connection', async () => {
  const steer = async (name: string, input: object): Promise<void> => {
    expect(await gateway.admin(name, input)).toMatchObject({ ok: true })
  }
  expect([await ask(person.key), await ask(person.key)]).toEqual(['200', '200'])
  await steer('users.setStatus', { userId: person.id, status: 'suspended' })
  expect(await ask(person.key)).toBe('401 account_suspended')
  await steer('users.setStatus', { userId: person.id, status: 'active' })
  expect(await ask(person.key)).toBe('200')
  await steer('keys.update', { keyId: person.keyId, status: 'disabled' })
  expect(await ask(person.key)).toBe('401 api_key_disabled')
  await steer('keys.update', { keyId: person.keyId, status: 'active' })
  expect(await ask(person.key)).toBe('200')
  await steer('keys.delete', { keyId: person.keyId })
  expect(await ask(person.key)).toBe('401 invalid_api_key')
})

test('attack: the upstream is asked with the key that the operator has now', async () => {
  expect(await ask(person.key)).toBe('200')
  expect(await ask(person.key)).toBe('200')
  expect(lastKey()).toBe(FIRST_KEY)
  const changed = { kind: 'openai', apiKey: SECOND_KEY, baseUrl: upstream.baseUrl }
  expect(await gateway.admin('upstreams.update', changed)).toMatchObject({ ok: true })
  expect(await ask(person.key)).toBe('200')
  expect(lastKey()).toBe(SECOND_KEY)
})
