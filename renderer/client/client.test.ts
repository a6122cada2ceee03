// The client over both transports: what a call becomes, what its failures are called, and what the page learns on the side.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { PushedEvent } from '../../contract/events.ts'
import { CallError, createClient, createStaleness } from './client.ts'
import { createHttpTransport } from './http-transport.ts'
import { createIpcTransport, type GatewayBridge } from './ipc-transport.ts'

afterEach(() => vi.unstubAllGlobals())

function overHttp(answer: () => Promise<Response>, callTimeoutMs = 1000) {
  const sent = vi.fn((_url: string, _init: RequestInit) => answer())
  vi.stubGlobal('fetch', sent)
  const staleness = createStaleness('mine')
  const transport = createHttpTransport({ onBuild: (id) => staleness.note(id), callTimeoutMs })
  return { client: createClient({ transport, staleness }), sent }
}

const json = (body: unknown, headers: Record<string, string> = {}) =>
  Promise.resolve(new Response(JSON.stringify(body), { headers }))

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof CallError ? error.failure.code : error),
  )

describe('over HTTP', () => {
  test('a call is a POST of JSON with the header that foreign pages cannot set', async () => {
    const { client, sent } = overHttp(() => json({ ok: true, data: { rows: [], nextCursor: null } }))
    expect(await client.call('keys.list', { userId: 'u1' })).toEqual({ rows: [], nextCursor: null })
    const [url, init] = sent.mock.calls[0] ?? []
    expect(url).toBe('/api/keys.list')
    expect(init).toMatchObject({
      method: 'POST',
      headers: { 'x-requested-with': 'codex-gateway', 'content-type': 'application/json' },
      body: '{"userId":"u1"}',
    })
  })

  test('a refusal is thrown with its code and details', async () => {
    const { client } = overHttp(() =>
      json({
        ok: false,
        error: { code: 'too_many_attempts', message: 'x', details: { retryAfterSeconds: 3 } },
      }),
    )
    await expect(client.call('me.get', {})).rejects.toMatchObject({
      failure: { code: 'too_many_attempts', details: { retryAfterSeconds: 3 } },
    })
  })

  test.each([
    ['offline', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['unreadable_answer', () => Promise.resolve(new Response('<html>hotel login</html>'))],
    ['unreadable_answer', () => json({ message: 'not ours' })],
  ])('what is no answer of the gateway is %s', async (code, answer) => {
    const { client } = overHttp(answer)
    expect(await codeOf(client.call('me.get', {}))).toBe(code)
  })

  test('a gateway that does not answer is given up', async () => {
    const { client, sent } = overHttp(() => json({}), 20)
    sent.mockImplementation(
      (_url, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    )
    expect(await codeOf(client.call('me.get', {}))).toBe('timed_out')
  })

  test('a call that is no longer wanted is no failure of the gateway', async () => {
    const { client, sent } = overHttp(() => json({}))
    sent.mockImplementation(
      (_url, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    )
    const stop = new AbortController()
    const call = codeOf(client.call('me.get', {}, stop.signal))
    stop.abort()
    expect(await call).toBeInstanceOf(DOMException)
  })

  test('the page is told once that its session has ended, and once that it is stale', async () => {
    let build = 'mine'
    const { client } = overHttp(() =>
      json(
        { ok: false, error: { code: 'unauthenticated', message: '' } },
        { 'x-codex-gateway-build': build },
      ),
    )
    const told: string[] = []
    client.onChange((change) => told.push(change))
    await codeOf(client.call('me.get', {}))
    expect([told, client.isStale()]).toEqual([['signed_out'], false])
    build = 'newer'
    await codeOf(client.call('me.get', {}))
    await codeOf(client.call('me.get', {}))
    expect(told.filter((change) => change === 'stale')).toHaveLength(1)
    expect(client.isStale()).toBe(true)
  })
})

describe('over the bridge', () => {
  test('a call passes as plain data, and a rejection means that nobody is there', async () => {
    const bridge: GatewayBridge = {
      call: vi.fn(() => Promise.resolve({ ok: true as const, data: { id: 'u1' } })),
      subscribe: () => () => {},
    }
    const client = createClient({ transport: createIpcTransport(bridge), staleness: createStaleness('mine') })
    expect(await client.call('me.get', {})).toEqual({ id: 'u1' })
    expect(bridge.call).toHaveBeenCalledWith('me.get', {})
    vi.mocked(bridge.call).mockRejectedValue(new Error('Error invoking remote method'))
    expect(await codeOf(client.call('me.get', {}))).toBe('offline')
  })

  test('one stream serves all listeners: opened with the first, closed after the last', async () => {
    let push: (event: PushedEvent) => void = () => {}
    const close = vi.fn()
    const subscribe = vi.fn((listener: (event: PushedEvent) => void) => {
      push = listener
      return close
    })
    const bridge = { call: vi.fn(), subscribe }
    const client = createClient({ transport: createIpcTransport(bridge), staleness: createStaleness('mine') })
    const heard: unknown[] = []
    const running = { type: 'requests.running', running: 2, at: 1 } as const
    const stopOne = client.onEvent('requests.running', (event) => heard.push(event))
    const stopOther = client.onEvent('hello', ({ type }) => heard.push(type))
    push(running)
    push({ type: 'settings.changed', operation: 'settings.update', at: 1 })
    await Promise.resolve()
    expect([heard, subscribe.mock.calls.length]).toEqual([[running, 'hello'], 1])
    stopOne()
    push(running)
    expect([heard.length, close.mock.calls.length]).toEqual([2, 0])
    stopOther()
    expect(close).toHaveBeenCalledTimes(1)
  })
})
