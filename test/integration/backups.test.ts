// Backups and restores of a running gateway, over HTTP: made under traffic, compared, damaged, put back; and what a restore
// must not bring back.
import { appendFileSync, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readEvents } from './support/event-stream.ts'
import {
  ADMIN,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from './support/running-gateway.ts'

// Each restore makes and checks whole databases, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 })

const DOLLAR = 1_000_000_000
const PASSWORD = 'a long enough password'
let gateway: RunningGateway
let ann: Person
let cookie = ''

beforeEach(async () => {
  gateway = await startGateway()
  ann = await gateway.createPerson(5 * DOLLAR)
  cookie = await gateway.signIn(ADMIN.email, ADMIN.password)
})
afterEach(() => gateway.stop())

const admin = <T = Record<string, never>>(name: string, input?: unknown) =>
  gateway.call<T>(name, input, cookie)
const signInAgain = async () => {
  cookie = await gateway.signIn(ADMIN.email, ADMIN.password)
}

async function ask(
  person: Person,
  content = 'hello',
): Promise<{ status: number; code: string | undefined; message: string | undefined }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: TEST_MODEL,
      messages: [{ role: 'user', content }],
      max_completion_tokens: 20,
    }),
  })
  const body = (await response.json()) as { error?: { code: string; message: string } }
  return { status: response.status, code: body.error?.code, message: body.error?.message }
}
const create = async () => (await admin<{ id: string; ledgerSeq: number }>('backups.create')).data
const restore = (backupId: string) => admin('backups.restore', { backupId, confirm: backupId })
const fileOf = (id: string) => join(gateway.dataDir, 'backups', `gateway-${id}.db`)

test('a backup is one checked file with a manifest, made while requests run', async () => {
  let isOver = false
  const traffic = (async () => {
    const statuses = new Set<number>()
    while (!isOver) statuses.add((await ask(ann)).status)
    return statuses
  })()
  const made = await admin('backups.create')
  isOver = true
  expect(await traffic).toEqual(new Set([200]))
  expect(made).toMatchObject({
    status: 200,
    data: {
      reason: 'manual',
      schema: expect.any(Number),
      ledgerSeq: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  })
  const { id, bytes } = made.data as unknown as { id: string; bytes: number }
  expect(statSync(fileOf(id)).size).toBe(bytes)
  expect(statSync(fileOf(id)).mode & 0o077).toBe(0)
  const copy = new Database(fileOf(id), { readonly: true })
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(copy.prepare('SELECT count(*) FROM users').pluck().get()).toBe(2)
  copy.close()
  expect(readdirSync(join(gateway.dataDir, 'backups')).filter((name) => name.endsWith('.partial'))).toEqual(
    [],
  )
  expect((await admin<{ rows: unknown[] }>('backups.list')).data.rows).toEqual([made.data])
  expect(await admin('backups.delete', { backupId: id })).toMatchObject({ status: 200 })
  expect(existsSync(fileOf(id))).toBe(false)
  expect(await admin('backups.delete', { backupId: id })).toMatchObject({
    error: { code: 'backup_not_found' },
  })
})

test('none is made without what the tables do not take yet', async () => {
  await ask(ann)
  const before = await create()
  const other = new Database(join(gateway.dataDir, 'gateway.db'))
  // As somebody does who looks into the database with a program of their own, and leaves a change open.
  other.exec('BEGIN IMMEDIATE')
  expect((await ask(ann)).status).toBe(200)
  expect(await admin('backups.create')).toMatchObject({ error: { code: 'storage_unavailable' } })
  other.close()
  expect((await admin<{ rows: unknown[] }>('backups.list')).data.rows).toEqual([before])
  expect((await create()).ledgerSeq).toBeGreaterThan(before.ledgerSeq)
})

test('two at once are one, and the event says when it is done', async () => {
  const reader = await readEvents(Number(new URL(gateway.url).port), cookie)
  const answers = await Promise.all([admin('backups.create'), admin('backups.create')])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(answers.find(({ status }) => status === 409)?.error.code).toBe('backup_running')
  expect(await reader.next('backup.finished')).toMatchObject({ isDone: true, backupId: expect.any(String) })
  reader.close()
})

describe('a preview', () => {
  test('says what a restore would take back, and what stays', async () => {
    const { id, ledgerSeq } = await create()
    await ask(ann)
    await gateway.usageOf(ann)
    const bob = await gateway.createPerson(2 * DOLLAR)
    await admin('users.setStatus', { userId: ann.id, status: 'suspended' })
    await admin('keys.update', { keyId: ann.keyId, status: 'disabled' })
    await admin('settings.update', { announcement: 'Changed since' })
    await admin('prices.upsert', { model: 'priced-since', inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 1 })
    const now = await gateway.balanceOf(ann)
    const preview = await admin<{ differences: Record<string, unknown> }>('backups.preview', { backupId: id })
    expect(preview.data.differences).toMatchObject({
      ledger: {
        thenSeq: ledgerSeq,
        entriesLost: 3,
        thenBalanceNanoUsd: 5 * DOLLAR,
        nowBalanceNanoUsd: now + 2 * DOLLAR,
      },
      balances: [{ userId: ann.id, email: ann.email, thenNanoUsd: 5 * DOLLAR, nowNanoUsd: now }],
      balancesChanged: 1,
      users: {
        lost: [{ userId: bob.id }],
        lostCount: 1,
        changed: [
          {
            userId: ann.id,
            inBackup: { status: 'active' },
            now: { status: 'suspended' },
            after: { status: 'suspended' },
          },
        ],
      },
      keys: { lostCount: 1, keptOffCount: 1 },
      settings: [{ name: 'announcement', inBackup: null, now: 'Changed since' }],
      prices: { lostCount: 1 },
      usage: { lostCount: 1 },
    })
    // Nothing has changed by looking.
    expect(await gateway.balanceOf(ann)).toBe(now)
  })

  test('and a restore of a damaged backup are refused, and nothing changes', async () => {
    const { id } = await create()
    appendFileSync(fileOf(id), 'x')
    for (const refused of [await admin('backups.preview', { backupId: id }), await restore(id)]) {
      expect(refused).toMatchObject({ status: 409, error: { code: 'backup_damaged' } })
    }
    const missing = '2026-01-01T00-00-00-abcdef'
    expect(await restore(missing)).toMatchObject({ status: 404, error: { code: 'backup_not_found' } })
    expect((await ask(ann)).status).toBe(200)
    expect(await admin('me.get')).toMatchObject({ status: 200 })
  })
})

describe('a restore', () => {
  test('has to be confirmed by the name of the backup', async () => {
    const { id } = await create()
    for (const confirm of ['', 'yes', `${id} `]) {
      expect(await admin('backups.restore', { backupId: id, confirm })).toMatchObject({
        error: { code: 'restore_not_confirmed' },
      })
    }
    expect(await admin('me.get')).toMatchObject({ status: 200 })
  })

  test('puts people, money, prices and settings back, ends every session, and the gateway goes on', async () => {
    const { id } = await create()
    await ask(ann)
    await gateway.usageOf(ann)
    const bob = await gateway.createPerson(2 * DOLLAR)
    await admin('settings.update', { announcement: 'Changed since' })
    await admin('users.adjustBalance', { userId: ann.id, amountNanoUsd: DOLLAR, note: 'since' })
    const annCookie = await gateway.signIn(ann.email, PASSWORD)
    const done = await restore(id)
    expect(done).toMatchObject({
      status: 200,
      data: { restored: { id }, safetyCopy: { reason: 'before_restore' } },
    })
    expect(await admin('me.get')).toMatchObject({ status: 401 })
    expect(await gateway.call('me.get', {}, annCookie)).toMatchObject({ status: 401 })
    await signInAgain()
    expect((await admin<{ announcement: string }>('settings.get')).data.announcement).toBe('')
    expect(
      (await admin<{ balanceNanoUsd: number }>('users.get', { userId: ann.id })).data.balanceNanoUsd,
    ).toBe(5 * DOLLAR)
    expect(await admin('users.get', { userId: bob.id })).toMatchObject({ status: 404 })
    expect((await ask(bob)).code).toBe('invalid_api_key')
    expect((await ask(ann)).status).toBe(200)
    const audit = await admin<{ rows: unknown[] }>('audit.list', { operation: 'backups.restore' })
    expect(audit.data.rows).toMatchObject([{ targetId: id, actorEmail: ADMIN.email, address: '127.0.0.1' }])
  })

  test('can itself be taken back with the copy that it made', async () => {
    const { id } = await create()
    await admin('users.adjustBalance', { userId: ann.id, amountNanoUsd: DOLLAR, note: 'since' })
    const { data } = await admin<{ safetyCopy: { id: string } }>('backups.restore', {
      backupId: id,
      confirm: id,
    })
    await signInAgain()
    await restore(data.safetyCopy.id)
    await signInAgain()
    expect(
      (await admin<{ balanceNanoUsd: number }>('users.get', { userId: ann.id })).data.balanceNanoUsd,
    ).toBe(6 * DOLLAR)
  })

  test('brings back no suspended person, no disabled, deleted or expired key, and no old password', async () => {
    const bob = await gateway.createPerson()
    const carol = await gateway.createPerson()
    const dave = await gateway.createPerson()
    const { id } = await create()
    await admin('users.setStatus', { userId: ann.id, status: 'suspended' })
    await admin('keys.update', { keyId: bob.keyId, status: 'disabled' })
    await admin('keys.delete', { keyId: carol.keyId })
    await admin('keys.update', { keyId: dave.keyId, expiresAt: Date.now() + 1_500 })
    await restore(id)
    await signInAgain()
    expect((await ask(ann)).code).toBe('account_suspended')
    expect((await ask(bob)).code).toBe('api_key_disabled')
    expect((await ask(carol)).status).toBe(401)
    await expect.poll(async () => (await ask(dave)).code, { timeout: 5_000 }).toBe('api_key_expired')
  })

  test('keeps the upstream of now, whose key is in the secret store', async () => {
    const { id } = await create()
    await admin('upstreams.update', { kind: 'demo' })
    await restore(id)
    await signInAgain()
    expect((await admin<{ kind: string }>('upstreams.get')).data.kind).toBe('demo')
  })

  test('lets running answers end and be charged, and asks new ones to wait', async () => {
    const { id } = await create()
    const slow = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: TEST_MODEL,
        stream: true,
        messages: [{ role: 'user', content: 'hello [[demo:wait=1500]]' }],
        max_completion_tokens: 20,
      }),
    })
    const heldNow = async () =>
      (await admin<{ openHolds: { count: number } }>('system.status')).data.openHolds.count
    await expect.poll(heldNow).toBe(1)
    const restoring = restore(id)
    const refused = new Set<string | undefined>()
    let isDone = false
    void restoring.then(() => {
      isDone = true
    })
    while (!isDone) {
      const { status, code, message } = await ask(ann)
      if (status !== 200) refused.add(`${status} ${code}: ${message}`)
    }
    expect((await (await slow).text()).length).toBeGreaterThan(0)
    expect((await restoring).status).toBe(200)
    // It stops for nobody for good, and says so.
    expect([...refused]).toEqual([
      '503 gateway_stopping: The gateway is stopping, or goes back to a backup. Try again in a moment.',
    ])
    expect((await ask(ann)).status).toBe(200)
    // Nothing is held that nobody will end.
    await signInAgain()
    await expect.poll(heldNow).toBe(0)
    expect(
      (await admin<{ openHoldsNanoUsd: number }>('users.get', { userId: ann.id })).data.openHoldsNanoUsd,
    ).toBe(0)
  })

  test('is done once where two are asked for at the same moment, and the other is asked to come again', async () => {
    const { id } = await create()
    const answers = await Promise.all([restore(id), restore(id)])
    // The second one finds the first copying what is there, or the server going down for it.
    expect(answers.map(({ status, error }) => `${status} ${error?.code}`).sort()).toEqual([
      '200 undefined',
      expect.stringMatching(/^(409 backup_running|503 gateway_stopping)$/),
    ])
    expect((await ask(ann)).status).toBe(200)
  })

  test('that would leave nobody to administer is refused, and nothing changes', async () => {
    const { id } = await create()
    const other = await admin<{ id: string }>('users.create', {
      email: 'second@example.test',
      password: PASSWORD,
      role: 'admin',
    })
    const [first] = (await admin<{ rows: { id: string }[] }>('users.list', { search: ADMIN.email })).data.rows
    await admin('users.setStatus', { userId: first?.id, status: 'suspended' })
    cookie = await gateway.signIn('second@example.test', PASSWORD)
    expect(await restore(id)).toMatchObject({ status: 409, error: { code: 'backup_without_administrator' } })
    expect(await admin('users.get', { userId: other.data.id })).toMatchObject({ status: 200 })
    expect((await ask(ann)).status).toBe(200)
  })
})
