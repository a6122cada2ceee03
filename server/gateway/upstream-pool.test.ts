// The connections to the upstream, seen from the upstream's side.
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { upstreamTarget } from '../../test/support/upstream-target.ts'
import type { UpstreamTarget } from './request.ts'
import { UpstreamExchange } from './upstream-exchange.ts'
import { createUpstreamPools, type UpstreamPool, type UpstreamPools } from './upstream-pool.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const target = (baseUrl: string, more: Partial<UpstreamTarget> = {}): UpstreamTarget =>
  upstreamTarget({ baseUrl, ...more })

function openPools(): UpstreamPools {
  const pools = createUpstreamPools()
  cleanups.push(() => pools.close())
  return pools
}

async function listen(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  // A server that listens on a port has an address with that port.
  return (server.address() as AddressInfo).port
}

async function request({ pool, basePath }: UpstreamPool): Promise<void> {
  const exchange = new UpstreamExchange()
  pool.dispatch({ method: 'POST', path: `${basePath}/responses`, body: Buffer.from('{}') }, exchange)
  const head = await exchange.head
  if (!head.ok) throw head.fault.cause
  await new Promise<void>((resolve) => {
    exchange.consume({ onData: () => {}, onEnd: resolve, onFault: () => resolve() })
  })
  // A connection is free for the next request one turn of the event loop later.
  await new Promise((resolve) => setTimeout(resolve, 10))
}

/** An upstream that counts its connections and remembers the paths it was asked for. */
async function countingUpstream() {
  const seen = { connections: 0, closed: 0, paths: [] as string[] }
  const server = createServer((req, res) => {
    seen.paths.push(req.url ?? '')
    req.resume().on('end', () => res.end('ok'))
  })
  server.on('connection', (socket) => {
    seen.connections += 1
    socket.on('close', () => {
      seen.closed += 1
    })
  })
  cleanups.push(() => server.closeAllConnections())
  return { seen, baseUrl: `http://127.0.0.1:${await listen(server)}` }
}

describe('requests to one upstream', () => {
  test('share its connections, whatever its key becomes', async () => {
    const { seen, baseUrl } = await countingUpstream()
    const pools = openPools()
    for (const version of [1, 2, 3]) {
      await request(
        pools.poolFor(target(`${baseUrl}/v1`, { version, apiKey: `sk-upstream-test-${version}` })),
      )
    }
    expect(seen.connections).toBe(1)
  })

  test('that run at once do not wait for each other', async () => {
    const { seen, baseUrl } = await countingUpstream()
    const pools = openPools()
    await Promise.all(Array.from({ length: 20 }, () => request(pools.poolFor(target(`${baseUrl}/v1`)))))
    expect(seen.connections).toBe(20)
  })

  test.each([
    ['/v1', '/v1/responses'],
    ['/v1/', '/v1/responses'],
    ['', '/responses'],
    ['/', '/responses'],
    ['/proxy/openai/v1//', '/proxy/openai/v1/responses'],
  ])('with the base path %j go to %s', async (basePath, expected) => {
    const { seen, baseUrl } = await countingUpstream()
    await request(openPools().poolFor(target(`${baseUrl}${basePath}`)))
    expect(seen.paths).toEqual([expected])
  })
})

test('two upstreams on one origin keep their own base paths, and share its connections', async () => {
  const { seen, baseUrl } = await countingUpstream()
  const pools = openPools()
  await request(pools.poolFor(target(`${baseUrl}/a/v1`)))
  await request(pools.poolFor(target(`${baseUrl}/b/v1`)))
  expect(seen.paths).toEqual(['/a/v1/responses', '/b/v1/responses'])
  expect(seen.connections).toBe(1)
})

test('closing the pools closes every connection', async () => {
  const { seen, baseUrl } = await countingUpstream()
  const pools = openPools()
  await request(pools.poolFor(target(`${baseUrl}/v1`)))
  expect(seen.closed).toBe(0)
  await pools.close()
  await expect.poll(() => seen.closed).toBe(1)
})

test('an upstream is spoken to in HTTP/1.1, and HTTP/2 is not offered to it', async () => {
  const hello = new Promise<Buffer>((resolve) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', (bytes) => {
        resolve(bytes)
        socket.destroy()
      })
    })
    void listen(server).then((port) => {
      const { pool, basePath } = openPools().poolFor(target(`https://127.0.0.1:${port}/v1`))
      pool.dispatch({ method: 'POST', path: basePath, body: Buffer.from('{}') }, new UpstreamExchange())
    })
  })
  // The protocols stand in the first message of the TLS handshake, each behind its length.
  expect((await hello).includes('\x08http/1.1')).toBe(true)
  expect((await hello).includes('\x02h2')).toBe(false)
})
