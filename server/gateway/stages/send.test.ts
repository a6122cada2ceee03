// Sending a request upstream, and sending it again: only where no upstream can have begun to work on it.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { upstreamTarget } from '../../../test/support/upstream-target.ts'
import type { MeteredEndpoint } from '../endpoints.ts'
import type { Exchange } from '../live-requests.ts'
import type { Sending } from '../request.ts'
import { type Sent, UpstreamExchange } from '../upstream-exchange.ts'
import { createUpstreamPools } from '../upstream-pool.ts'
import { dispatch, send } from './send.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

const ENDPOINT: MeteredEndpoint = {
  kind: 'metered',
  path: '/responses',
  name: '/v1/responses',
  methods: ['POST'],
  dialect: 'responses',
  upstreamPath: '/responses',
  maxBodyBytes: 1_000,
  isFree: false,
}

/** An upstream on bare sockets: `answers` in the order of all requests, whatever connection they come on. */
async function upstream(...answers: ((socket: Socket) => void)[]) {
  const requests: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      requests.push(bytes.toString())
      answers[requests.length - 1]?.(socket)
    })
    cleanups.push(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.address() as AddressInfo
  const pools = createUpstreamPools()
  cleanups.push(() => pools.close())
  const held = {
    req: {
      headers: {
        authorization: 'Bearer sk-cg-client',
        host: 'gateway.test',
        'user-agent': 'codex',
        cookie: 'cg_session=1',
      },
    },
    endpoint: ENDPOINT,
    facts: { isStream: false },
    upstream: upstreamTarget({ baseUrl: `http://127.0.0.1:${port}/v1` }),
    upstreamBody: Buffer.from('{"model":"门"}'),
  } as unknown as Sending // what sending looks at; the rest of a held request plays no part in it
  return { requests, pools, held }
}

type Upstream = Awaited<ReturnType<typeof upstream>>

async function sendOnce({ pools, held }: Upstream, monotonicMs = () => 0, isGone = false) {
  const attached: UpstreamExchange[] = []
  const clock = { now: () => 0, monotonicMs }
  const live = {
    isGone,
    attach(again: Exchange) {
      if (again instanceof UpstreamExchange) attached.push(again)
    },
  }
  const sent = await send({ pools, clock }, held, dispatch({ pools }, held), live)
  if (sent.ok)
    await new Promise<void>((done) =>
      sent.exchange.consume({ onData: () => {}, onEnd: done, onFault: () => done() }),
    )
  await sleep(20)
  return { sent, attached }
}

const statusOf = (sent: Sent) => (sent.ok ? sent.head.status : sent.fault.kind)
const answerOk = (socket: Socket) => void socket.write(OK)
const close = (socket: Socket) => void socket.destroy()
const reset = (socket: Socket) => void socket.resetAndDestroy()

test('a request goes to the table’s path with the operator’s key, and nothing of the client’s account', async () => {
  const up = await upstream(answerOk)
  const { sent } = await sendOnce(up)
  expect(statusOf(sent)).toBe(200)
  const [request = ''] = up.requests
  expect(request).toMatch(/^POST \/v1\/responses HTTP\/1\.1\r\n/)
  expect(request).toContain('authorization: Bearer sk-upstream-test-1\r\n')
  expect(request).toContain('content-length: 15\r\n')
  expect(request.endsWith('\r\n\r\n{"model":"门"}')).toBe(true)
  expect(request).not.toMatch(/sk-cg-|cookie|gateway\.test/i)
})

describe.each([
  ['closed', close],
  ['reset', reset],
])('a connection that the upstream %s while it was idle', (_how, breakOff) => {
  test('costs nobody anything: the request is sent once more, on a new one', async () => {
    const up = await upstream(answerOk, breakOff, answerOk)
    await sendOnce(up)
    const { sent, attached } = await sendOnce(up)
    expect(statusOf(sent)).toBe(200)
    expect(up.requests).toHaveLength(3)
    expect(up.requests[2]).toBe(up.requests[1])
    // Whoever aborts from now on has to reach the second exchange.
    expect(sent.ok && attached).toEqual([sent.ok && sent.exchange])
  })

  test('is met once, and no third time', async () => {
    const up = await upstream(answerOk, breakOff, breakOff, answerOk)
    await sendOnce(up)
    expect(statusOf((await sendOnce(up)).sent)).toBe('broken')
    expect(up.requests).toHaveLength(3)
  })

  test('is not met again for somebody who has left', async () => {
    const up = await upstream(answerOk, breakOff, answerOk)
    await sendOnce(up)
    expect(statusOf((await sendOnce(up, undefined, true)).sent)).toBe('broken')
    expect(up.requests).toHaveLength(2)
  })

  test('is not what breaks off seconds after the request: by then the upstream was at work', async () => {
    const up = await upstream(answerOk, breakOff, answerOk)
    await sendOnce(up)
    let nowMs = 0
    const { sent, attached } = await sendOnce(up, () => (nowMs += 2_001))
    expect(statusOf(sent)).toBe('broken')
    expect(attached).toEqual([])
    expect(up.requests).toHaveLength(2)
  })
})

describe('a request is sent once only', () => {
  test.each([
    ['a new connection is closed', close],
    ['a new connection is reset', reset],
    ['an answer breaks off in its head', (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-')],
    ['the answer is no HTTP', (socket: Socket) => void socket.end('hello\r\n\r\n')],
  ])('where %s', async (_why, answer) => {
    const up = await upstream(answer, answerOk)
    expect(statusOf((await sendOnce(up)).sent)).toBe('broken')
    expect(up.requests).toHaveLength(1)
  })

  test('where the upstream answers with an error', async () => {
    const up = await upstream(
      (socket) => void socket.write('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n'),
      answerOk,
    )
    expect(statusOf((await sendOnce(up)).sent)).toBe(503)
    expect(up.requests).toHaveLength(1)
  })
})
