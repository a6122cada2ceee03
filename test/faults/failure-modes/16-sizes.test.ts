// Failure modes 16 and 17: events of tens of megabytes, and clients that read slowly or not at all. Memory is bounded, and
// what ends an answer is measured whatever its size.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { StreamEvent } from '../../../server/demo-upstream/scenario.ts'
import { costByHand, TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { SocketClient } from '../../integration/support/socket-client.ts'
import { CHAT, DIALECTS, type OnePerson, RESPONSES, startOnePerson, until } from '../support/one-person.ts'

const MEBIBYTE = 1024 * 1024

let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson({ settings: { modelAliases: { 'our-model': TEST_MODEL } } })
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

/** The events, with megabytes of sealed reasoning in the last one's output. */
/** What the sockets between the three hold, each of two up to 36 MB on a common Linux, and a little of ours; not what the upstream has. */
const UNREAD_BYTES_MAX = 80 * MEBIBYTE

function* inflated(events: Iterable<StreamEvent>): Generator<StreamEvent> {
  for (const event of events) {
    if (event.name !== 'response.completed') yield event
    else
      yield {
        ...event,
        data: event.data.replace(
          '"output":[',
          `"output":[{"type":"reasoning","id":"rs_big","encrypted_content":"${'x'.repeat(20 * MEBIBYTE)}"},`,
        ),
      }
  }
}

test('failure mode 16: a last event of 20 MB is charged exactly, and reaches the client byte for byte', async () => {
  let sent = ''
  one.gateway.upstream.script({
    *editEvents(events) {
      for (const event of inflated(events)) {
        sent += `${event.name === undefined ? '' : `event: ${event.name}\n`}data: ${event.data}\n\n`
        yield event
      }
    },
  })
  const text = await (await one.ask(RESPONSES, { input: 'Hi', stream: true })).text()
  expect(text.length).toBeGreaterThan(20 * MEBIBYTE)
  expect(text === sent).toBe(true)
  const [request] = one.gateway.upstream.requests
  const row = await one.theRow()
  expect(row).toMatchObject({
    reason: 'completed',
    errorCode: null,
    inputTokens: request?.usage?.inputTokens,
    outputTokens: request?.usage?.outputTokens,
  })
  expect(row.costNanoUsd).toBe(costByHand(row))
}, 60_000)

test('failure mode 16: within an event of 20 MB an alias is renamed back, and the operator’s error is replaced', async () => {
  one.gateway.upstream.script({ editEvents: inflated })
  const text = await (await one.ask(RESPONSES, { model: 'our-model', input: 'Hi', stream: true })).text()
  expect(text).not.toContain(`"model":"${TEST_MODEL}`)
  expect(text.endsWith('\n\n')).toBe(true)
  await one.renew()
  one.gateway.upstream.script({
    *editEvents(events) {
      const error = {
        code: 'insufficient_quota',
        message: 'You exceeded your current quota, org-abcdef123456',
      }
      for (const event of inflated(events))
        yield { ...event, data: event.data.replace('"error":null', `"error":${JSON.stringify(error)}`) }
    },
  })
  const failed = await (await one.ask(RESPONSES, { input: 'Hi', stream: true })).text()
  expect(failed).toContain('"error":{"code":"upstream_rejected"')
  expect(failed).not.toMatch(/org-abcdef|exceeded your current quota/)
}, 60_000)

test('failure mode 16: one delta of 20 MB passes while it comes, and is estimated whole', async () => {
  const content = 'x'.repeat(20 * MEBIBYTE)
  const delta = `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content } }] })}\n\n`
  const chunks = [delta, 'data: [DONE]\n\n']
  one.gateway.upstream.script({ chunks, framing: { writeBytes: 65_536 } })
  const text = await (await one.ask(CHAT, { ...DIALECTS[0].body, stream: true })).text()
  expect(text === chunks.join('')).toBe(true)
  expect(await one.theRow()).toMatchObject({ reason: 'estimated', outputTokens: (20 * MEBIBYTE) / 4 })
}, 60_000)

test('failure mode 16: a stream that breaks within such an event is broken for the client too: nothing is made up', async () => {
  one.gateway.upstream.script({ editEvents: inflated, cut: { afterBytes: 5 * MEBIBYTE } })
  const response = await one.ask(RESPONSES, { input: 'Hi', stream: true })
  await expect(response.text()).rejects.toThrow()
  expect(await one.theRow()).toMatchObject({ reason: 'upstream_failed', errorCode: 'upstream_failed' })
}, 60_000)

test('failure mode 17: a client that reads slowly slows the upstream down, and memory does not grow', async () => {
  const total = 150
  one.gateway.upstream.script({
    chunks: [
      ...Array.from(
        { length: total },
        () =>
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(MEBIBYTE) } }] })}\n\n`,
      ),
      `data: ${JSON.stringify({ id: 'c', choices: [], usage: { prompt_tokens: 5, completion_tokens: 6 } })}\n\n`,
      'data: [DONE]\n\n',
    ],
  })
  const body = JSON.stringify({ model: TEST_MODEL, ...DIALECTS[0].body, stream: true })
  const socket = connect(Number(new URL(one.gateway.url).port), '127.0.0.1')
  socket.pause()
  socket.on('error', () => {})
  socket.write(
    `POST ${CHAT} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${one.person().key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
  await until(() => (one.gateway.upstream.requests[0]?.bytesSent ?? 0) > 0)
  const sent = () => one.gateway.upstream.requests[0]?.bytesSent ?? 0
  for (let before = -1; before !== sent(); await sleep(300)) before = sent()
  expect(sent()).toBeLessThan(UNREAD_BYTES_MAX)
  let received = 0
  socket.on('data', (chunk) => {
    received += chunk.length
  })
  socket.resume()
  await new Promise((resolve) => socket.on('close', resolve))
  expect(received).toBeGreaterThan(total * MEBIBYTE)
  expect(await one.theRow()).toMatchObject({ reason: 'completed', outputTokens: 6 })
}, 60_000)

test('failure mode 17: a WebSocket that is read slowly slows the upstream down, and gets a last event of 20 MB whole', async () => {
  const total = 120
  const delta = JSON.stringify({ type: 'response.output_text.delta', delta: 'x'.repeat(MEBIBYTE - 200) })
  one.gateway.upstream.script({
    *editEvents(events) {
      for (const event of inflated(events)) {
        yield event
        if (event.name !== 'response.created') continue
        for (let sent = 0; sent < total; sent += 1) yield { name: 'response.output_text.delta', data: delta }
      }
    },
  })
  const client = await new SocketClient(one.gateway.url, one.person().key).opened()
  client.create({ input: 'Hi' })
  client.ws.pause()
  const sent = () => one.gateway.upstream.requests[0]?.bytesSent ?? 0
  await until(() => sent() > 0)
  for (let before = -1; before !== sent(); await sleep(300)) before = sent()
  expect(sent()).toBeLessThan(UNREAD_BYTES_MAX)
  client.ws.resume()
  const turn = await client.turn()
  expect(turn.filter(({ delta: text }) => (text?.length ?? 0) > 1_000)).toHaveLength(total)
  expect(JSON.stringify(turn.at(-1)?.response?.output[0]).length).toBeGreaterThan(20 * MEBIBYTE)
  const row = await one.theRow()
  expect(row).toMatchObject({ reason: 'completed', errorCode: null })
  expect(row.costNanoUsd).toBe(costByHand(row))
  await client.close()
}, 60_000)

test('failure mode 17: one that stops reading and leaves has its upstream read on, and is charged', async () => {
  one.gateway.upstream.script({
    answer: { text: 'word '.repeat(60_000), ignoresOutputLimit: true },
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  })
  const leaving = new AbortController()
  const response = await one.ask(CHAT, { ...DIALECTS[0].body, stream: true }, { signal: leaving.signal })
  await response.body?.getReader().read()
  const sent = () => one.gateway.upstream.requests[0]?.bytesSent ?? 0
  for (let before = -1; before !== sent(); await sleep(200)) before = sent()
  leaving.abort()
  expect(await one.theRow()).toMatchObject({ reason: 'client_left', outputTokens: 7 })
}, 60_000)
