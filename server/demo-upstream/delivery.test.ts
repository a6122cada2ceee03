import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, type Scenario, startDemoUpstream } from './demo-upstream.ts'
import { chatStream, eventsIn, post, postRaw } from './test-client.ts'

const CHAT = '/chat/completions'
const hello = { model: 'demo-fast', messages: [{ role: 'user', content: 'Hello!' }] }
const streaming = {
  ...hello,
  stream: true,
  stream_options: { include_usage: true, include_obfuscation: false },
}

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startDemoUpstream()
})
afterAll(() => upstream.stop())
beforeEach(() => upstream.reset())

const lastRequest = () => upstream.requests.at(-1)

describe('a connection that breaks', () => {
  test('before headers', async () => {
    upstream.script({ cut: 'before_headers' })
    await expect(post(upstream, CHAT, hello)).rejects.toThrow()
    expect(lastRequest()).toMatchObject({ status: undefined, outcome: 'cut' })
  })

  test('after headers, after events, and after bytes: exactly there', async () => {
    upstream.script({ cut: 'after_headers' })
    expect((await postRaw(upstream, CHAT, streaming)).text).toMatch(/\r\n\r\n$/)
    upstream.script({ cut: { afterEvents: 2 } })
    const after = await postRaw(upstream, CHAT, streaming)
    expect(after.text.match(/data: /g)).toHaveLength(2)
    expect(after.text.endsWith('\r\n0\r\n\r\n')).toBe(false)
    upstream.script({ cut: { afterBytes: 10 }, chunks: ['12345678', '90abc'] })
    expect((await postRaw(upstream, CHAT, streaming)).text).toMatch(/8\r\n12345678\r\n2\r\n90\r\n$/)
    expect(lastRequest()).toMatchObject({ bytesSent: 10, outcome: 'cut', clientGoneAt: undefined })
  })

  test('in the middle of a whole body', async () => {
    upstream.script({ cut: { afterEvents: 1 } })
    const response = await post(upstream, CHAT, hello)
    await expect(response.text()).rejects.toThrow()
  })

  test('by reset, or with a proper end', async () => {
    upstream.script({ cut: { afterEvents: 1 }, cutBy: 'reset' })
    expect((await postRaw(upstream, CHAT, streaming)).hasReset).toBe(true)
    upstream.script({ cut: { afterEvents: 1 }, cutBy: 'end' })
    expect(eventsIn(await (await post(upstream, CHAT, streaming)).text())).toHaveLength(1)
    expect(lastRequest()?.outcome).toBe('cut')
  })

  test('or stalls until the client leaves, which the record notes', async () => {
    upstream.script({ stall: { afterEvents: 1 } })
    const abort = new AbortController()
    const response = await post(upstream, CHAT, streaming, { signal: abort.signal })
    await response.body?.getReader().read()
    abort.abort()
    expect(await lastRequest()?.ended).toBe('client_gone')
    expect(lastRequest()?.clientGoneAt).toBeGreaterThanOrEqual(lastRequest()?.receivedAt ?? 0)
    expect(lastRequest()?.eventsSent).toBe(1)
  })

  test('stalls before and after headers as well', async () => {
    for (const stall of ['before_headers', 'after_headers'] as const) {
      upstream.script({ stall })
      await expect(
        post(upstream, CHAT, streaming, { signal: AbortSignal.timeout(100) }).then((r) => r.text()),
      ).rejects.toThrow()
      expect(await lastRequest()?.ended).toBe('client_gone')
    }
  })

  test('refused connections, until they are accepted again on the same port', async () => {
    const before = upstream.baseUrl
    await upstream.refuse()
    const socket = connect(Number(new URL(before).port), '127.0.0.1')
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
    await upstream.accept()
    expect(upstream.baseUrl).toBe(before)
    expect((await post(upstream, CHAT, hello)).status).toBe(200)
  })
})

describe('time', () => {
  const timed = async (scenario: Scenario, body: unknown = streaming) => {
    upstream.script({ answer: { text: 'one two' }, ...scenario })
    const start = performance.now()
    const response = await post(upstream, CHAT, body)
    const headersMs = performance.now() - start
    await response.text()
    return { headersMs, wholeMs: performance.now() - start }
  }

  test('delays fall where they are asked for', async () => {
    const before = await timed({ delays: { beforeHeadersMs: 80 } })
    expect(before.headersMs).toBeGreaterThan(75)
    const first = await timed({ delays: { beforeFirstEventMs: 600 } })
    expect(first.headersMs).toBeLessThan(500)
    expect(first.wholeMs).toBeGreaterThan(590)
    // Six events: role, two words, end, usage, [DONE].
    const between = await timed({ delays: { betweenEventsMs: 20 } })
    expect(between.wholeMs).toBeGreaterThan(95)
    const silence = await timed({ delays: { silence: { afterEvents: 3, ms: 80 } } })
    expect(silence.wholeMs).toBeGreaterThan(75)
  })

  test('a paced upstream streams word by word, and takes as long for a whole body', async () => {
    const paced = await startDemoUpstream({ pace: { firstWordMs: 40, wordMs: 20 } })
    try {
      paced.script({ answer: { text: 'one two three' } }, 2)
      for (const body of [streaming, hello]) {
        const start = performance.now()
        await (await post(paced, CHAT, body)).text()
        expect(performance.now() - start).toBeGreaterThan(75)
      }
    } finally {
      await paced.stop()
    }
  })

  test('headers wait for what they are to come behind', async () => {
    const { promise: headersBehind, resolve } = Promise.withResolvers<void>()
    upstream.script({ delays: { headersBehind } })
    const asked = post(upstream, CHAT, hello)
    while (!lastRequest()) await sleep(5)
    await sleep(30)
    expect(lastRequest()?.status).toBeUndefined()
    resolve()
    expect((await asked).status).toBe(200)
  })

  test('stop ends everything at once, however long it was to take', async () => {
    const stopped = await startDemoUpstream()
    stopped.script({ delays: { beforeHeadersMs: 60_000 } })
    stopped.script({ stall: { afterEvents: 1 } })
    stopped.script({ delays: { headersBehind: new Promise(() => {}) } })
    const slow = post(stopped, CHAT, streaming).catch((error: Error) => error)
    const stalled = post(stopped, CHAT, streaming)
      .then((response) => response.text())
      .catch((error: Error) => error)
    while (stopped.requests.length < 2 || stopped.requests[1]?.eventsSent !== 1) await sleep(5)
    const held = post(stopped, CHAT, streaming).catch((error: Error) => error)
    while (stopped.requests.length < 3) await sleep(5)
    const start = performance.now()
    await stopped.stop()
    expect(performance.now() - start).toBeLessThan(20_000)
    expect(await slow).toBeInstanceOf(Error)
    expect(await stalled).toBeInstanceOf(Error)
    expect(await held).toBeInstanceOf(Error)
    expect(await Promise.all(stopped.requests.map(({ ended }) => ended))).toEqual([
      'stopped',
      'stopped',
      'stopped',
    ])
  })
})

test('a slow reader is waited for instead of buffered for', async () => {
  const size = 64 * 1024 * 1024
  const piece = 'x'.repeat(64 * 1024)
  upstream.script({
    editEvents: function* () {
      for (let at = 0; at < size / piece.length; at += 1) yield { data: piece }
    },
  })
  const { hostname, port } = new URL(upstream.baseUrl)
  const body = JSON.stringify(streaming)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST /v1${CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${upstream.apiKey}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  socket.pause()
  while (!lastRequest()?.bytesSent) await sleep(5)
  let seen = -1
  while (seen !== lastRequest()?.bytesSent) {
    seen = lastRequest()?.bytesSent ?? 0
    await sleep(100)
  }
  // What the kernel buffers on both sides, and no more than that.
  expect(seen).toBeLessThan(size / 4)
  socket.destroy()
  expect(await lastRequest()?.ended).toBe('client_gone')
})

test('an event of 20 megabytes arrives whole', async () => {
  upstream.script({
    answer: { text: 'y'.repeat(20 * 1024 * 1024), pieces: 'whole', ignoresOutputLimit: true },
  })
  const chunks = await chatStream(upstream, hello)
  expect(chunks[1].choices[0].delta.content).toHaveLength(20 * 1024 * 1024)
})
