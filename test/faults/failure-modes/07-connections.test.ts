// Failure modes 7, 8, 10 and 22: connections that are closed while they are idle, silences that are longer than any
// library's patience, headers that would break the way upstream, and one request on each connection.
import { get } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from '../../../server/demo-upstream/demo-upstream.ts'
import { createUpstreamPools } from '../../../server/gateway/upstream-pool.ts'
import { UPSTREAM_KEY } from '../../integration/support/running-gateway.ts'
import { upstreamTarget } from '../../support/upstream-target.ts'
import { atItsOwn, CHAT, DIALECTS, type OnePerson, RESPONSES, startOnePerson } from '../support/one-person.ts'
import { jsonAnswer, sendRaw, startRawUpstream } from '../support/raw-http.ts'

const ANSWER = {
  id: 'chatcmpl-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' } }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
}

describe('an upstream that closes idle connections', () => {
  let one: OnePerson
  let upstream: DemoUpstream
  beforeAll(async () => {
    upstream = await startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true, keepAliveMs: 1_000 })
    one = await startOnePerson({ upstreamBaseUrl: upstream.baseUrl })
  })
  afterAll(async () => {
    await one.gateway.stop()
    await upstream.stop()
  })

  test('failure mode 7: requests that meet the moment of its closing are answered all the same, and charged once', async () => {
    // Around the second after which the upstream closes, in steps finer than the race.
    const gapsMs = [990, 995, 998, 1_000, 1_002, 1_005, 1_010]
    for (const gapMs of gapsMs) {
      const answers = await Promise.all(Array.from({ length: 6 }, () => one.ask(CHAT, DIALECTS[0].body)))
      for (const answer of answers) {
        expect(answer.status).toBe(200)
        await answer.text()
      }
      await sleep(gapMs)
    }
    const rows = await one.gateway.usageOf(one.person())
    expect(rows).toHaveLength(gapsMs.length * 6)
    expect(rows.every(({ status, costNanoUsd }) => status === 200 && costNanoUsd > 0)).toBe(true)
  })

  test('failure mode 7: a connection that turns out to be closed is tried once more, and then the upstream has failed', async () => {
    const raw = await startRawUpstream((socket, _request, count) => {
      if (count === 1) socket.write(jsonAnswer(ANSWER))
      else socket.destroy()
    })
    const own = await startOnePerson({ upstreamBaseUrl: raw.baseUrl })
    try {
      for (let round = 0; round < 3; round += 1)
        expect((await own.ask(CHAT, DIALECTS[0].body)).status).toBe(200)
      expect(raw.requests.length).toBe(5)
      const rows = await own.gateway.usageOf(own.person())
      expect(rows.map(({ costNanoUsd }) => costNanoUsd)).toEqual([16_000, 16_000, 16_000])
    } finally {
      await own.gateway.stop()
      await raw.stop()
    }
  })
})

/** Each is waited for at a gateway of its own, beside the others. */
describe.concurrent('a silence', () => {
  const withHeartbeats = (run: (one: OnePerson) => Promise<void>) =>
    atItsOwn(run, { settings: { heartbeatSeconds: 1 } })

  test('failure mode 8: no time-out of a library ends twenty minutes of silent reasoning', async () => {
    const pools = createUpstreamPools()
    const { pool } = pools.poolFor(upstreamTarget())
    expect(pool.silenceMsMax).toBe(35 * 60_000)
    await pools.close()
  })

  test.for(DIALECTS)(
    'failure mode 8: in a silence of $path the client is kept alive, and the answer is untouched',
    { timeout: 30_000 },
    ({ path, body }, context) =>
      withHeartbeats(async (one) => {
        const asked = {
          ...body,
          stream: true,
          ...(path === CHAT ? { stream_options: { include_usage: true } } : {}),
        }
        one.gateway.upstream.script({
          delays: { beforeFirstEventMs: 2_500, silence: { afterEvents: 3, ms: 3_500 } },
        })
        const text = await (await one.ask(path, asked)).text()
        const events = text.split('\n\n').filter((event) => event !== '')
        const isHeartbeat = (event: string) =>
          event === ': keepalive' || event.startsWith('event: keepalive\n')
        expect(events.filter(isHeartbeat).length).toBeGreaterThanOrEqual(3)
        // Before the first event only comments; behind it, in responses, events that are numbered as the last one was.
        expect(events[0]).toBe(': keepalive')
        const first = events.findIndex((event) => !isHeartbeat(event))
        expect(events.slice(0, first).every((event) => event === ': keepalive')).toBe(true)
        const later = events.slice(first).filter(isHeartbeat)
        expect(later.length).toBeGreaterThanOrEqual(1)
        for (const heartbeat of later) {
          if (path === CHAT) expect(heartbeat).toBe(': keepalive')
          else expect(heartbeat).toBe('event: keepalive\ndata: {"type":"keepalive","sequence_number":2}')
        }
        const row = await one.theRow()
        expect(row.reason).toBe('completed')
        expect(row.firstTokenMs).toBeGreaterThanOrEqual(2_400)
        const [request] = one.gateway.upstream.requests
        expect(row.outputTokens).toBe(request?.usage?.outputTokens)
      })(context),
  )

  test(
    'failure mode 8: no heartbeat before the upstream has answered: the request can still be refused',
    withHeartbeats(async (one) => {
      one.gateway.upstream.script({ delays: { beforeHeadersMs: 2_600 }, error: 500 })
      const response = await one.ask(RESPONSES, { input: 'Hi', stream: true })
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({ error: { type: 'server_error' } })
    }),
  )

  test(
    'failure mode 8: heartbeats that are off are off',
    withHeartbeats(async (one) => {
      await one.gateway.admin('settings.update', { heartbeatSeconds: 0 })
      one.gateway.upstream.script({ delays: { silence: { afterEvents: 3, ms: 2_500 } } })
      expect(await (await one.ask(RESPONSES, { input: 'Hi', stream: true })).text()).not.toContain(
        'keepalive',
      )
    }),
  )

  test(
    'failure mode 8: a connection that a client keeps is not closed under its next request',
    withHeartbeats(async (one) => {
      const { headers } = await new Promise<{ headers: NodeJS.Dict<string | string[]> }>(
        (resolve, reject) => {
          get(`${one.gateway.url}/healthz`, (response) => {
            response.resume()
            resolve(response)
          }).on('error', reject)
        },
      )
      // Node tells for how long it keeps a connection; 5 s, its default, is less than clients do.
      expect(Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1])).toBeGreaterThanOrEqual(65)
    }),
  )
})

describe('what stands in a request', () => {
  let one: OnePerson
  beforeAll(async () => {
    one = await startOnePerson()
  })
  afterAll(() => one.gateway.stop())
  beforeEach(() => one.renew())

  test('failure mode 10: headers of one connection stay on it, and never break the next', async () => {
    const body = JSON.stringify({ model: 'test-model', ...DIALECTS[0].body })
    const head = [
      `POST ${CHAT} HTTP/1.1`,
      'host: 127.0.0.1',
      `authorization: Bearer ${one.person().key}`,
      'content-type: application/json',
      'connection: keep-alive, x-hop',
      'x-hop: 1',
      'keep-alive: timeout=5',
      'te: trailers',
      'proxy-connection: keep-alive',
      'upgrade-insecure-requests: 1',
      'transfer-encoding: chunked',
      'trailer: x-late',
    ]
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\nx-late: 1\r\n\r\n`
    const answer = await sendRaw(one.gateway.url, `${head.join('\r\n')}\r\n\r\n${chunked}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    const [request] = one.gateway.upstream.requests
    expect(String(request?.body)).toBe(body)
    for (const name of [
      'keep-alive',
      'te',
      'upgrade',
      'transfer-encoding',
      'trailer',
      'x-hop',
      'x-late',
      'expect',
    ])
      expect(request?.headers).not.toHaveProperty(name)
  })

  test('failure mode 22: the upstream is spoken to in HTTP/1.1, one request on a connection at a time', async () => {
    const waiting: Socket[] = []
    const raw = await startRawUpstream((socket, request) => {
      expect(request).toMatch(/^POST \/v1\/chat\/completions HTTP\/1\.1\r\n/)
      // None is answered before all are there.
      if (waiting.push(socket) === 6) for (const asked of waiting) asked.write(jsonAnswer(ANSWER))
    })
    const own = await startOnePerson({ upstreamBaseUrl: raw.baseUrl })
    try {
      const answers = await Promise.all(Array.from({ length: 6 }, () => own.ask(CHAT, DIALECTS[0].body)))
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
      expect(raw.connections).toBe(6)
    } finally {
      await own.gateway.stop()
      await raw.stop()
    }
  })
})
