// A file that is read page by page ends where whoever asked for it may no longer have the list, or does not read it; and nobody
// keeps others from theirs.
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { exportsDoor } from './exports-door.ts'

afterEach(() => {
  vi.useRealTimers()
})

const ANN = { user: { id: 'ann', role: 'admin' }, sessionId: 'ann' }
const BIG_PAGE = Array.from({ length: 200 }, () => ({ id: 'x'.repeat(1_000), operation: 'y'.repeat(1_000) }))

/** Whose cookie is `NAME` is the administrator NAME. */
async function openDoor(given: object = {}) {
  const world = {
    isSignedOut: (_: string): boolean => false,
    remoteAdministration: 'loopback' as 'loopback' | 'off',
    pages: 0,
    listenersMax: 0,
  }
  const deps = {
    clock: { now: () => 0 },
    isStopping: () => false,
    identify: async (token: string) => ({ ...ANN, user: { ...ANN.user, id: token }, sessionId: token }),
    lookUpSession: (id: string) =>
      world.isSignedOut(id) ? undefined : { user: { id, role: 'admin' }, sessionId: id },
    remoteAdministration: () => world.remoteAdministration,
    allowedHosts: () => [],
    dispatch: async () => {
      world.pages += 1
      return { ok: true, data: { rows: BIG_PAGE, nextCursor: 'more' } }
    },
    ...given,
  }
  const server = express()
    .get(
      '/api/export/:file',
      (_req, res, next) => {
        res.on('drain', () => {
          const counts = ['close', 'error', 'drain'].map((name) => res.listenerCount(name))
          world.listenersMax = Math.max(world.listenersMax, ...counts)
        })
        next()
      },
      // Only what the door asks for.
      exportsDoor(deps as never),
    )
    .listen(0, '127.0.0.1')
  const readers: Socket[] = []
  onTestFinished(() => {
    for (const reader of readers) reader.destroy()
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const get = (who: string) =>
    fetch(`http://127.0.0.1:${port}/api/export/audit.csv`, { headers: { cookie: `cg_session=${who}` } })
  const statusFor = async (who: string) => {
    const response = await get(who)
    await response.body?.cancel()
    return response.status
  }
  /** One who asks and then reads nothing. */
  async function stall(who: string): Promise<Socket> {
    const reader = connect(port, '127.0.0.1').on('error', () => undefined)
    readers.push(reader)
    const before = world.pages
    reader.pause()
    reader.write(
      `GET /api/export/audit.csv HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: cg_session=${who}\r\nconnection: close\r\n\r\n`,
    )
    await vi.waitFor(() => expect(world.pages).toBeGreaterThan(before), { timeout: 10_000 })
    return reader
  }
  /** Until nobody reads any more. */
  async function settled(): Promise<void> {
    let seen = -1
    while (seen !== world.pages) {
      seen = world.pages
      await sleep(200)
    }
  }
  return { world, get, statusFor, stall, settled }
}

test.each([
  ['is no administrator any more', { user: { id: 'ann', role: 'user' }, sessionId: 'ann' }],
  ['has signed out', undefined],
])('half a file is broken off for one who %s, and looks like no whole one', async (_, later) => {
  let pages = 0
  const { get } = await openDoor({
    lookUpSession: () => (pages < 2 ? ANN : later),
    dispatch: async () => {
      pages += 1
      return { ok: true, data: { rows: [], nextCursor: pages < 5 ? 'more' : null } }
    },
  })
  const whole = get('ann').then((response) => response.text())
  await expect(whole).rejects.toThrow()
  expect(pages).toBe(2)
})

test('half a file is broken off where administration is closed to the caller meanwhile', async () => {
  let pages = 0
  const { get } = await openDoor({
    remoteAdministration: () => (pages < 2 ? 'loopback' : 'off'),
    dispatch: async () => {
      pages += 1
      return { ok: true, data: { rows: [], nextCursor: pages < 5 ? 'more' : null } }
    },
  })
  await expect(get('ann').then((response) => response.text())).rejects.toThrow()
  expect(pages).toBe(2)
})

test('readers who take nothing for two minutes are cut, and others have their turn', async () => {
  const { stall, statusFor, settled } = await openDoor()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  for (const who of ['ann', 'ben', 'eve', 'fay']) await stall(who)
  await settled()
  expect(await statusFor('gus')).toBe(429)
  vi.advanceTimersByTime(121_000)
  await vi.waitFor(async () => expect(await statusFor('gus')).toBe(200))
})

test('whoever loses access while they do not read is cut in seconds', async () => {
  const { world, stall, statusFor, settled } = await openDoor()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  for (const who of ['ann', 'ben', 'eve', 'fay']) await stall(who)
  await settled()
  world.isSignedOut = (id) => id !== 'gus'
  vi.advanceTimersByTime(6_000)
  await vi.waitFor(async () => expect(await statusFor('gus')).toBe(200))
})

test('one person has two exports at a time, and leaves the others theirs', async () => {
  const { stall, statusFor } = await openDoor()
  await stall('ann')
  await stall('ann')
  expect(await statusFor('ann')).toBe(429)
  expect(await statusFor('ben')).toBe(200)
})

test('a slow reader of a long file leaves no listeners behind', async () => {
  let pages = 0
  const { world, stall } = await openDoor({
    dispatch: async () => {
      pages += 1
      world.pages = pages
      return { ok: true, data: { rows: BIG_PAGE, nextCursor: pages < 25 ? 'more' : null } }
    },
  })
  const reader = await stall('ann')
  reader.on('data', () => {
    reader.pause()
    setTimeout(() => reader.resume(), 2)
  })
  reader.resume()
  await once(reader, 'close')
  expect(pages).toBe(25)
  expect(world.listenersMax).toBeGreaterThan(0)
  expect(world.listenersMax).toBeLessThan(8)
}, 60_000)
