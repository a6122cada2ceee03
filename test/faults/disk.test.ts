// A disk that is full, and one that has become read-only, under a gateway that runs: clear refusals at both sides, no damage,
// and, once it takes writes again, the charges that were under way and everything else, without a restart.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { settingsSchema } from '../../contract/settings.ts'
import { openDatabase } from '../../server/db/open.ts'
import { readUpload } from '../../server/gateway/media/read-upload.ts'
import { createUploadSpool } from '../../server/gateway/media/upload-spool.ts'
import {
  ADMIN,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../integration/support/running-gateway.ts'
import { auditBooks } from './support/audit.ts'
import { closeOpened, makeReadOnly } from './support/opened-databases.ts'
import { startSlowUpstream } from './support/slow-upstream.ts'

vi.mock('../../server/db/open.ts', async (original) => {
  const { notingOpened } = await import('./support/opened-databases.ts')
  return notingOpened(await original<typeof import('../../server/db/open.ts')>())
})
/** The connection of the writer's thread is out of reach; where its driver is to refuse, the writer writes in this one. */
const thread = vi.hoisted(() => ({ isUsed: true }))
vi.mock('../../server/db/write.ts', async (original) => {
  const actual = await original<typeof import('../../server/db/write.ts')>()
  const createThreadedWriter: typeof actual.createThreadedWriter = (db, options) =>
    thread.isUsed
      ? actual.createThreadedWriter(db, options)
      : actual.createWriter(openDatabase(db.path), options)
  return { ...actual, createThreadedWriter }
})
afterEach(() => {
  closeOpened()
  thread.isUsed = true
})

const DOLLAR = 1_000_000_000
const PURSE = 100 * DOLLAR
const MEBIBYTE = 1024 * 1024

const mounted = (...args: string[]) => spawnSync('mount', args, { stdio: 'ignore' }).status === 0
const unmounted = (folder: string) => spawnSync('umount', [folder], { stdio: 'ignore' })

/** A folder on a file system of its own with this much room; undefined where this process may mount none. */
function smallDisk(bytes: number): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-disk-'))
  if (mounted('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder)) return folder
  rmSync(folder, { recursive: true })
  return undefined
}

function removeDisk(folder: string): void {
  unmounted(folder)
  rmSync(folder, { recursive: true, force: true })
}

const probe = smallDisk(MEBIBYTE)
const canMount = probe !== undefined
if (probe !== undefined) removeDisk(probe)

/** Takes all the room there is, so that not a byte of the log can be written. */
function fill(folder: string): () => void {
  const database = new Database(join(folder, 'gateway.db'))
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
  const filler = join(folder, 'filler')
  const isFull = (bytes: number): boolean => {
    try {
      writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' })
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
      return true
    }
  }
  for (const bytes of [MEBIBYTE, 4096, 1]) while (!isFull(bytes));
  return () => rmSync(filler)
}

test.skipIf(!canMount)(
  'a full disk refuses, keeps what is owed, and needs no restart',
  async () => {
    const folder = smallDisk(24 * MEBIBYTE) ?? ''
    onTestFinished(() => removeDisk(folder))
    await breakAndMend(folder, () => fill(folder), { 'backups.create': {} })
  },
  60_000,
)

test('a disk that became read-only refuses, keeps what is owed, and needs no restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-disk-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  thread.isUsed = false
  await breakAndMend(folder, makeReadOnly)
}, 60_000)

test.skipIf(!canMount)(
  'on a read-only disk the gateway does not start, and says why',
  async () => {
    const folder = smallDisk(24 * MEBIBYTE) ?? ''
    onTestFinished(() => removeDisk(folder))
    await (await startGateway({ dataDir: folder })).stop()
    expect(mounted('-o', 'remount,ro', folder)).toBe(true)
    await expect(startGateway({ dataDir: folder })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(folder),
    })
    expect(mounted('-o', 'remount,rw', folder)).toBe(true)
    await (await startGateway({ dataDir: folder })).stop()
  },
  60_000,
)

test.skipIf(!canMount)(
  'on a disk with little room forms are refused, and everything else goes on',
  async () => {
    const folder = smallDisk(24 * MEBIBYTE) ?? ''
    onTestFinished(() => removeDisk(folder))
    const gateway = await startGateway({ dataDir: folder })
    onTestFinished(() => gateway.stop())
    const person = await gateway.createPerson(PURSE)
    const post = (path: string, body: FormData | string) =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${person.key}`,
          ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        },
        body,
      })
    const refused = await post('/v1/audio/transcriptions', soundForm(MEBIBYTE))
    expect([refused.status, await codeOf(refused)]).toEqual([503, 'storage_unavailable'])
    const chat = { model: TEST_MODEL, messages: [{ role: 'user', content: 'Hello' }] }
    expect((await post('/v1/chat/completions', JSON.stringify(chat))).status).toBe(200)
  },
  60_000,
)

test.skipIf(!canMount)(
  'a disk that is full in the middle of a form refuses it, and has its room again',
  async () => {
    const folder = smallDisk(4 * MEBIBYTE) ?? ''
    onTestFinished(() => removeDisk(folder))
    const spool = createUploadSpool(join(folder, 'uploads'), () => settingsSchema.parse({}), {
      freeBytesMin: -64 * MEBIBYTE,
    })
    const server = createServer(async (req, res) => {
      const share = spool.shareFor('req_1', 'user_1')
      const read = await readUpload({ req, res }, 64 * MEBIBYTE, share)
      await share.release()
      res.end(read.ok || read.error === 'client_left' ? 'taken' : read.error.code)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    // A server that listens on a port has an address with that port.
    const { port } = server.address() as AddressInfo
    const send = async (bytes: number) =>
      (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: soundForm(bytes) })).text()
    expect(await send(8 * MEBIBYTE)).toBe('storage_unavailable')
    expect([spool.bytes, readdirSync(join(folder, 'uploads'))]).toEqual([0, []])
    expect(await send(2 * MEBIBYTE)).toBe('taken')
  },
  60_000,
)

function soundForm(bytes: number): FormData {
  const form = new FormData()
  form.set('model', TEST_MODEL)
  form.set('file', new Blob([Buffer.alloc(bytes)]), 'a.wav')
  return form
}

const codeOf = async (answer: Response): Promise<string> =>
  // Of an error only its code is looked at.
  ((await answer.json()) as { error: { code: string } }).error.code

/** What changes something, with an input that is right. */
const changes = ({ id, keyId }: Person): Readonly<Record<string, object>> => ({
  'users.create': { email: 'new@example.test', password: 'a long enough password' },
  'users.adjustBalance': { userId: id, amountNanoUsd: DOLLAR },
  'users.setStatus': { userId: id, status: 'suspended' },
  'users.update': { userId: id, creditLimitNanoUsd: DOLLAR },
  'keys.create': { userId: id, name: 'second' },
  'keys.update': { keyId, name: 'renamed', limits: [{ metric: 'requests', window: 'minute', value: 5 }] },
  'keys.rotate': { keyId },
  'prices.upsert': { model: 'new-model', inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 1 },
  'models.setAccess': { model: TEST_MODEL, access: { kind: 'nobody' } },
  'settings.update': { announcement: 'Lunch is at noon' },
  'limits.update': {
    scope: 'user',
    subjectId: id,
    rules: [{ metric: 'requests', window: 'minute', value: 5 }],
  },
  'plans.create': { name: 'New', priceNanoUsd: 0, days: 30 },
  'codes.generate': { kind: 'balance', amountNanoUsd: DOLLAR, count: 1 },
  'auth.login': ADMIN,
})
const READINGS: readonly string[] = ['me.get', 'me.overview', 'users.list', 'usage.list', 'settings.get']

/** `filling` is what needs room beside the database as well. */
async function breakAndMend(
  dataDir: string,
  breakDisk: () => () => void,
  filling: Readonly<Record<string, object>> = {},
): Promise<void> {
  const upstream = await startSlowUpstream()
  const gateway = await startGateway({ dataDir, upstreamBaseUrl: upstream.baseUrl })
  let taken = 0
  try {
    taken = await journey(gateway, upstream, breakDisk, filling)
  } finally {
    upstream.finish()
    await gateway.stop()
    await upstream.stop()
  }
  const books = await auditBooks(join(dataDir, 'gateway.db'), { isInOrder: false })
  expect(books.problems).toEqual([])
  expect(books.charges.size).toBe(4 + taken)
}

/** Resolves with how many requests the redo log took while the disk was at fault. */
async function journey(
  gateway: RunningGateway,
  upstream: Awaited<ReturnType<typeof startSlowUpstream>>,
  breakDisk: () => () => void,
  filling: Readonly<Record<string, object>>,
): Promise<number> {
  const person = await gateway.createPerson(PURSE)
  const ask = (path: string, body: object) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: TEST_MODEL, ...body }),
    })
  const chat = { messages: [{ role: 'user', content: 'Hello' }] }
  expect((await ask('/v1/chat/completions', chat)).status).toBe(200)
  const underWay = Promise.all(
    [true, false].map(async (stream) =>
      (await ask('/v1/chat/completions', { ...chat, user: 'slow', stream })).text(),
    ),
  )
  // Where the test fails before it looks at them, that is what it should say.
  underWay.catch(() => {})
  await upstream.slow(2)
  // The hold of one that is answered whole goes to disk a moment later: from then on there is a receipt of it.
  const receipts = async () => {
    const { data } = await gateway.admin<{ rows: { requestId: string }[] }>('holds.list')
    const seen = data.rows.map(({ requestId }) => gateway.admin('usage.receipt', { requestId }))
    return (await Promise.all(seen)).map(({ status }) => status)
  }
  await expect.poll(receipts).toEqual([200, 200])

  const mend = breakDisk()
  // The redo log has its room already, and takes what comes until the tables have refused what stands in it.
  const taken = (await ask('/v1/chat/completions', chat)).status === 200 ? 1 : 0
  const before = await stateOf(gateway)
  for (const [path, body] of [
    ['/v1/chat/completions', chat],
    ['/v1/chat/completions', { ...chat, stream: true }],
    ['/v1/responses', { input: 'Hello' }],
  ] as const) {
    const refused = await ask(path, body)
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'true'])
    expect(await refused.json()).toEqual({
      error: {
        message: expect.stringContaining('cannot write to its database'),
        type: 'server_error',
        param: null,
        code: 'storage_unavailable',
      },
    })
  }
  for (const [name, input] of Object.entries({ ...changes(person), ...filling })) {
    const answer = await gateway.admin(name, input)
    expect([name, answer.status, answer.error?.code]).toEqual([name, 503, 'storage_unavailable'])
  }
  for (const name of READINGS) expect([name, (await gateway.admin(name)).status]).toEqual([name, 200])
  const after = await stateOf(gateway)
  expect(LISTS.filter((name) => after[name] !== before[name])).toEqual([])
  upstream.finish()
  await upstream.finished()

  mend()
  const ended = await underWay
  expect(ended[0]).toMatch(/data: \[DONE\]\n\n$/)
  expect(ended[1]).toContain('"usage"')
  expect((await ask('/v1/chat/completions', chat)).status).toBe(200)
  const rows = await gateway.usageOf(person)
  const charged = rows.filter(({ status }) => status === 200)
  expect(charged.map(({ reason }) => reason)).toEqual(Array(4 + taken).fill('completed'))
  const spent = charged.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  expect(spent).toBe((4 + taken) * upstream.costNanoUsd)
  expect(await gateway.balanceOf(person)).toBe(PURSE - spent)
  for (const name of ['users.adjustBalance', 'keys.create', 'settings.update'])
    expect([name, (await gateway.admin(name, changes(person)[name])).status]).toEqual([name, 200])
  const errors = gateway.log.lines().filter(({ level }) => level === 50)
  expect(errors.map(({ msg }) => msg).filter((msg) => msg !== 'a write to the database failed')).toEqual([])
  return taken
}

const LISTS: readonly string[] = [
  'users.list',
  'keys.list',
  'prices.list',
  'models.list',
  'settings.get',
  'limits.list',
  'plans.list',
  'codes.list',
]

/** What an administrator sees of what the refused changes would have changed, as one text for each list. */
async function stateOf(gateway: RunningGateway): Promise<Readonly<Record<string, string>>> {
  const lists = await Promise.all(
    LISTS.map(async (name) => [name, JSON.stringify((await gateway.admin(name)).data)] as const),
  )
  return Object.fromEntries(lists)
}
