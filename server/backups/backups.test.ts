// Backups on their own: made whole or not at all, on a schedule, and forgotten in time.
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addPerson, listeningLogger, NOW, openTestDatabase, tempDir } from '../../test/support/database.ts'
import { copyDatabase } from '../db/backup-file.ts'
import { createBackupFolder } from './backup-folder.ts'
import { type Backups, type BackupsDeps, createBackups } from './backups.ts'

const HOUR_MS = 3_600_000
let now = NOW
let running: Backups[] = []
beforeEach(() => {
  now = NOW
})
afterEach(() => {
  vi.useRealTimers()
  for (const backups of running) backups.stop()
  running = []
})

function open(more: Partial<BackupsDeps> = {}, settings = { everyHours: 24, kept: 2 }) {
  const dataDir = tempDir()
  const { db, repositories } = openTestDatabase(dataDir)
  addPerson(repositories)
  const { logger, lines } = listeningLogger()
  let count = 0
  const folder = createBackupFolder(join(dataDir, 'backups'))
  const finished: (string | null)[] = []
  const backups = createBackups({
    folder,
    dataDir,
    copy: (target) => copyDatabase(db, target),
    version: '1.2.3',
    schema: 1_000,
    settings: () => settings,
    clock: { now: () => now, monotonicMs: () => now - NOW },
    ids: { randomBytes: () => Buffer.from([0, 0, count++]) },
    logger,
    onFinished: (id) => finished.push(id),
    ...more,
  })
  running.push(backups)
  return { dataDir, folder, backups, lines, finished, settings }
}
const made = async (backups: Backups, reason: Parameters<Backups['create']>[0] = 'manual') => {
  const result = await backups.create(reason)
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

test('a copy that breaks off is no backup, leaves nothing behind, and is told', async () => {
  const { dataDir, backups, finished } = open({
    copy: async (target) => {
      writeFileSync(`${target}.partial`, 'half')
      throw new Error('disk full')
    },
  })
  await expect(backups.create('manual')).rejects.toThrow('disk full')
  expect(await backups.list()).toEqual([])
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([])
  expect(finished).toEqual([null])
  expect(backups.state()).toMatchObject({ isRunning: false, last: null })
})

test('a copy that is not whole is found out before it counts', async () => {
  const { dataDir, backups } = open({
    copy: async (target) => writeFileSync(`${target}.partial`, Buffer.alloc(8192, 7)),
  })
  await expect(backups.create('manual')).rejects.toThrow()
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([])
})

test('a file without its manifest is no backup, nor is a manifest that says something else', async () => {
  const { dataDir, folder, backups } = open()
  const { id } = await made(backups)
  const dir = join(dataDir, 'backups')
  writeFileSync(join(dir, 'gateway-2026-01-01T00-00-00-aaaaaa.json'), '{"id":"2026-01-01T00-00-00-bbbbbb"}')
  writeFileSync(join(dir, 'gateway-2026-01-01T00-00-00-cccccc.json'), 'not json')
  writeFileSync(join(dir, 'gateway-../../etc.json'.replaceAll('/', '_')), '{}')
  expect((await backups.list()).map((backup) => backup.id)).toEqual([id])
  expect(existsSync(folder.databaseOf(id))).toBe(true)
})

test('a backup that was cut, or is of a newer version, is refused', async () => {
  const { folder, backups } = open()
  const { id } = await made(backups)
  expect(await backups.check(id)).toMatchObject({ ok: true })
  truncateSync(folder.databaseOf(id), 4096)
  expect(await backups.check(id)).toMatchObject({ ok: false, error: { code: 'backup_damaged' } })
  const older = open({ schema: 1 })
  const newer = await made(older.backups)
  expect(await older.backups.check(newer.id)).toMatchObject({ error: { code: 'backup_newer' } })
})

test('those that the schedule made are forgotten beyond their number, and no others', async () => {
  const { backups } = open({}, { everyHours: 24, kept: 2 })
  await made(backups, 'manual')
  for (let n = 0; n < 4; n += 1) {
    now += HOUR_MS
    await made(backups, 'schedule')
  }
  const reasons = (await backups.list()).map(({ reason }) => reason)
  expect(reasons).toEqual(['schedule', 'schedule', 'manual'])
})

test('an old one that cannot be deleted stays listed, and keeps none from being made', async () => {
  const { dataDir, backups, finished, lines } = open({}, { everyHours: 24, kept: 1 })
  const old = await made(backups, 'schedule')
  // Stands for a file that another program holds open (Windows), or of another owner.
  const file = join(dataDir, 'backups', `gateway-${old.id}.db`)
  rmSync(file)
  mkdirSync(file)
  now += HOUR_MS
  const next = await made(backups, 'schedule')
  expect(finished).toEqual([old.id, next.id])
  expect((await backups.list()).map(({ id }) => id)).toEqual([next.id, old.id])
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'warn', about: expect.objectContaining({ backupId: old.id }) }),
  )
  rmSync(file, { recursive: true })
  now += HOUR_MS
  const last = await made(backups, 'schedule')
  expect((await backups.list()).map(({ id }) => id)).toEqual([last.id])
})

test('a backup that is told to have failed is not listed, also where its manifest has its name already', async () => {
  const { dataDir, folder, backups } = open()
  const { writeManifest } = folder
  const written = vi.spyOn(folder, 'writeManifest').mockImplementation(async (manifest) => {
    await writeManifest(manifest)
    throw new Error('the folder cannot be synced')
  })
  await expect(backups.create('manual')).rejects.toThrow('cannot be synced')
  written.mockRestore()
  expect(await backups.list()).toEqual([])
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([])
})

test('a copy whose manifest cannot be written takes no place on the disk', async () => {
  const { dataDir, folder, backups } = open()
  const writeManifest = vi.spyOn(folder, 'writeManifest').mockRejectedValue(new Error('disk full'))
  await expect(backups.create('manual')).rejects.toThrow('disk full')
  writeManifest.mockRestore()
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([])
})

test('the schedule makes one when it is due, also after a restart, and none where it is off', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { backups, settings } = open()
  /** Lets so many minutes pass, and whatever they start come to its end. */
  const pass = async (minutes: number) => {
    for (let n = 0; n < minutes; n += 1) {
      now += 60_000
      vi.advanceTimersByTime(60_000)
      await vi.waitFor(() => expect(backups.state().isRunning).toBe(false), { timeout: 20_000, interval: 20 })
    }
  }
  await backups.list()
  await pass(4)
  expect(await backups.list()).toHaveLength(0)
  await pass(2)
  expect(await backups.list()).toHaveLength(1)
  expect(backups.state().nextAt).toBe((backups.state().last?.createdAt ?? 0) + 24 * HOUR_MS)
  await pass(20)
  expect(await backups.list()).toHaveLength(1)
  now += 24 * HOUR_MS
  await pass(1)
  expect(await backups.list()).toHaveLength(2)
  settings.everyHours = 0
  now += 100 * HOUR_MS
  await pass(2)
  expect(await backups.list()).toHaveLength(2)
  expect(backups.state().nextAt).toBeNull()
})

test('one that fails by schedule is tried again in an hour, not every minute', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let tries = 0
  const { backups, lines } = open({
    copy: async () => {
      tries += 1
      throw new Error('disk full')
    },
  })
  await backups.list()
  for (let n = 0; n < 90; n += 1) {
    now += 60_000
    vi.advanceTimersByTime(60_000)
    await new Promise((resolve) => setImmediate(resolve))
    await vi.waitFor(() => expect(backups.state().isRunning).toBe(false))
  }
  expect(tries).toBe(2)
  expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2)
})

/** As many as may be made by hand. */
async function fillByHand({ dataDir, backups }: Pick<ReturnType<typeof open>, 'dataDir' | 'backups'>) {
  const { id: _, ...rest } = await made(backups)
  for (let n = 0; n < 200; n += 1) {
    const id = `2026-01-01T00-00-00-${n.toString(16).padStart(6, '0')}`
    writeFileSync(join(dataDir, 'backups', `gateway-${id}.json`), JSON.stringify({ id, ...rest }))
  }
}

test('there is an end to those made by hand', async () => {
  const opened = open()
  await fillByHand(opened)
  expect(await opened.backups.create('manual')).toMatchObject({
    ok: false,
    error: { code: 'too_many_backups' },
  })
})

test('however many were made by hand, the schedule and restores make theirs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const opened = open()
  await fillByHand(opened)
  await opened.backups.list()
  now += HOUR_MS
  vi.advanceTimersByTime(60_000)
  await vi.waitFor(() => expect(opened.backups.state().last?.reason).toBe('schedule'), { timeout: 20_000 })
  await vi.waitFor(() => expect(opened.backups.state().isRunning).toBe(false))
  expect(await opened.backups.create('before_restore')).toMatchObject({ ok: true })
})

test('backups of a clock that was ahead keep none from being made, and are the first to go', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { backups } = open({}, { everyHours: 24, kept: 2 })
  await backups.list()
  const passMinutes = async (minutes: number) => {
    now += minutes * 60_000
    vi.advanceTimersByTime(60_000)
    await vi.waitFor(() => expect(backups.state().isRunning).toBe(false), { timeout: 20_000, interval: 20 })
  }
  now += 10_000 * HOUR_MS
  const ahead = [await made(backups, 'schedule'), await made(backups, 'schedule')].map(({ id }) => id)
  now -= 10_000 * HOUR_MS
  expect(backups.state().nextAt).toBeLessThanOrEqual(now + 5 * 60_000)
  await passMinutes(6)
  const first = backups.state().last?.id ?? ''
  expect(ahead).not.toContain(first)
  expect((await backups.list()).map(({ id }) => id)).toContain(first)
  expect(backups.state().nextAt).toBeLessThanOrEqual(now + 24 * HOUR_MS)
  await passMinutes(24 * 60)
  const second = backups.state().last?.id ?? ''
  expect((await backups.list()).map(({ id }) => id).toSorted()).toEqual([first, second].toSorted())
})
