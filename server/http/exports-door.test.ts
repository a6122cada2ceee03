// A file that is read page by page ends where whoever asked for it may no longer have the list.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { exportsDoor } from './exports-door.ts'

test.each([
  ['is no administrator any more', { user: { id: 'ann', role: 'user' }, sessionId: 'session' }],
  ['has signed out', undefined],
])('half a file is broken off for one who %s, and looks like no whole one', async (_, later) => {
  let pages = 0
  const identity = { user: { id: 'ann', role: 'admin' }, sessionId: 'session' }
  const deps = {
    clock: { now: () => 0 },
    isStopping: () => false,
    identify: async () => identity,
    lookUpSession: () => later,
    remoteAdministration: () => 'loopback',
    allowedHosts: () => [],
    dispatch: async () => {
      pages += 1
      return { ok: true, data: { rows: [], nextCursor: pages === 1 ? 'more' : null } }
    },
  }
  const server = express()
    // Only what the door asks for.
    .get('/api/export/:file', exportsDoor(deps as never))
    .listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const whole = fetch(`http://127.0.0.1:${port}/api/export/users.csv`, {
    headers: { cookie: 'cg_session=x' },
  }).then((response) => response.text())
  await expect(whole).rejects.toThrow()
  expect(pages).toBe(1)
})
