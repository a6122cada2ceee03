// The key of the primary upstream and the host that it is for: they stay together whatever fails between the two.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import { createEncryptedSecretFile } from '../../server/host/encrypted-secret-file.ts'
import { createSystemIds } from '../../server/host/system-ids.ts'
import { onBooks, withoutAudit } from './support/books.ts'
import { ADMIN, type Portal, startPortal } from './support/portal.ts'
import { UPSTREAM_KEY } from './support/running-gateway.ts'

const OTHER_KEY = 'sk-other-0123456789abcdefWXYZ'

/** Two upstreams, each with a key of its own, and a gateway that is started anew on the same folder. */
async function twoUpstreams() {
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-upstreams-'))
  const [first, second] = await Promise.all([
    startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true }),
    startDemoUpstream({ apiKey: OTHER_KEY, acceptAnyModel: true }),
  ])
  const running: Portal[] = []
  onTestFinished(async () => {
    for (const portal of running) await portal.stop()
    await Promise.all([first.stop(), second.stop()])
    rmSync(dataDir, { recursive: true, force: true })
  })
  return {
    dataDir,
    first,
    second,
    secrets: createEncryptedSecretFile(dataDir, createSystemIds()),
    async start(): Promise<Portal> {
      await running.pop()?.stop()
      const portal = await startPortal({ dataDir })
      running.push(portal)
      return portal
    },
  }
}

test('a key whose address could not be stored is for that one, and the key of before goes on working', async () => {
  const { dataDir, first, second, start } = await twoUpstreams()
  const portal = await start()
  const setUp = (upstream: object) =>
    portal.call('setup.complete', { token: portal.token, admin: ADMIN, upstream })
  const ofSecond = { kind: 'openai', baseUrl: second.baseUrl, apiKey: OTHER_KEY }
  expect((await withoutAudit(dataDir, () => setUp(ofSecond))).ok).toBe(false)
  const withoutKey = await setUp({ kind: 'openai', baseUrl: first.baseUrl })
  expect(withoutKey.error).toMatchObject({ details: { reason: 'upstream_key_missing' } })
  await setUp({ kind: 'demo' })
  const cookie = await portal.signIn(ADMIN)
  const call = async (name: string, input: object = {}) => await portal.call(name, input, { cookie })

  await call('upstreams.update', { kind: 'openai', baseUrl: first.baseUrl, apiKey: UPSTREAM_KEY })
  expect((await withoutAudit(dataDir, () => call('upstreams.update', ofSecond))).ok).toBe(false)
  expect((await call('upstreams.update', { kind: 'openai' })).data).toMatchObject({
    baseUrl: first.baseUrl,
    isConfigured: true,
    key: { isSet: true, lastFour: UPSTREAM_KEY.slice(-4) },
  })
  expect((await call('upstreams.test')).data.isWorking).toBe(true)
  for (const { headers } of first.requests) expect(JSON.stringify(headers)).not.toContain(OTHER_KEY)
})

test('a key that a crash left beside the address of before is not sent there', async () => {
  const { first, second, secrets, start } = await twoUpstreams()
  let portal = await start()
  const upstream = { kind: 'openai', baseUrl: first.baseUrl, apiKey: UPSTREAM_KEY }
  await portal.call('setup.complete', { token: portal.token, admin: ADMIN, upstream })
  await secrets.set('upstream-key:primary', `${new URL(second.baseUrl).origin} ${OTHER_KEY}`)
  portal = await start()
  const cookie = await portal.signIn(ADMIN)
  const view = { baseUrl: first.baseUrl, isConfigured: false, key: { isSet: false } }
  expect((await portal.call('upstreams.get', {}, { cookie })).data).toMatchObject(view)
  const kept = await portal.call('upstreams.update', { kind: 'openai' }, { cookie })
  expect(kept.error).toMatchObject({ details: { reason: 'upstream_key_missing' } })
  await portal.call('upstreams.test', {}, { cookie })
  expect(first.requests.length).toBeGreaterThan(0)
  for (const { headers } of first.requests) expect(JSON.stringify(headers)).not.toContain(OTHER_KEY)
})

test('a key of an earlier version goes on working, for the host that the database names at the first start', async () => {
  const { first, second, secrets, start, dataDir } = await twoUpstreams()
  let portal = await start()
  const upstream = { kind: 'openai', baseUrl: first.baseUrl, apiKey: UPSTREAM_KEY }
  await portal.call('setup.complete', { token: portal.token, admin: ADMIN, upstream })
  // As it was kept once.
  await secrets.delete('upstream-key:primary')
  await secrets.set('upstream-key', UPSTREAM_KEY)
  for (const isConfigured of [true, false]) {
    portal = await start()
    const cookie = await portal.signIn(ADMIN)
    expect((await portal.call('upstreams.get', {}, { cookie })).data).toMatchObject({ isConfigured })
    // As a database that is put back may.
    await onBooks(dataDir, ({ raw }) =>
      raw
        .prepare(`UPDATE settings SET value = ? WHERE name = 'upstream'`)
        .run(JSON.stringify({ kind: 'openai', baseUrl: second.baseUrl })),
    )
  }
  expect(second.requests).toEqual([])
})
