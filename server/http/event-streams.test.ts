// A reader that does not read: what the server keeps for it has a bound, and then it is dropped.

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { usageOf } from '../../test/support/database.ts'
import { createEventBus } from '../events/event-bus.ts'
import { createEventStreams } from './event-streams.ts'

test('a reader that takes nothing is dropped before it costs more than a bounded memory', async () => {
  const clock = { now: () => Date.now() }
  const events = createEventBus(clock)
  const identity = { user: { id: 'user-ann', role: 'admin' as const }, sessionId: 'session' }
  const streams = createEventStreams({
    events,
    clock,
    identify: async () => identity,
    lookUpSession: () => identity,
    remoteAdministration: () => 'loopback',
    allowedHosts: () => [],
    isStopping: () => false,
    version: '1',
  })
  let owed = 0
  let isDropped = false
  const server = createServer((req, res) => {
    res.on('close', () => {
      isDropped = true
    })
    const timer = setInterval(() => {
      owed = Math.max(owed, res.writableLength)
    }, 5)
    res.on('close', () => clearInterval(timer))
    // Express hands over the same two objects, with more on them.
    void streams.handler(req as never, res as never, () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    streams.stop()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const req = request({ port, host: '127.0.0.1', agent: false, headers: { cookie: 'cg_session=x' } })
  req.on('error', () => undefined)
  req.end()
  const [response] = await once(req, 'response')
  response.pause()
  response.on('error', () => undefined)
  // Each delivery carries twenty rows, of as many bytes as names can be long.
  const row = usageOf('req', { model: 'm'.repeat(10_000) })
  for (let n = 0; n < 400 && !isDropped; n += 1) {
    for (let k = 0; k < 20; k += 1) events.publish({ type: 'request.finished', userId: 'user-ann', row })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await expect.poll(() => isDropped, { timeout: 20_000 }).toBe(true)
  // One delivery may still pass when the bound is just not reached.
  expect(owed).toBeLessThan(256 * 1024 + 20 * 11_000)
})
