// The ways in which a restore ends that a running server seldom sees.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import {
  addPerson,
  cellOf,
  listeningLogger,
  MIGRATIONS_DIR,
  NOW,
  tempDir,
} from '../../test/support/database.ts'
import { openMigrated } from '../data-folder.ts'
import { copyDatabase } from '../db/backup-file.ts'
import { redoLogOf } from '../db/redo-log.ts'
import { createRepositories } from '../db/repositories/repositories.ts'
import { createBackupFolder } from './backup-folder.ts'
import { createBackups } from './backups.ts'
import { type RestartWork, restore } from './restore.ts'

// Each restore makes and checks whole databases, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 })

const AUDIT = {
  id: 'a',
  createdAt: NOW,
  actorUserId: null,
  operation: 'backups.restore',
  targetType: 'backup',
  targetId: 'b',
  before: null,
  after: null,
  address: '',
}

async function prepared(beforeCopy: () => Promise<void> = async () => undefined) {
  const dataDir = tempDir()
  const db = openMigrated(dataDir, MIGRATIONS_DIR, NOW)
  const repositories = createRepositories(db)
  addPerson(repositories, 'root')
  repositories.users.setRole('user-root', 'admin')
  repositories.users.setPassword('user-root', 'hash')
  const { logger, lines } = listeningLogger()
  const folder = createBackupFolder(join(dataDir, 'backups'))
  let count = 0
  const backups = createBackups({
    folder,
    dataDir,
    async copy(target) {
      await beforeCopy()
      await copyDatabase(db, target)
    },
    version: '1.0.0',
    schema: 1_000,
    settings: () => ({ everyHours: 0, kept: 7 }),
    clock: { now: () => NOW + count, monotonicMs: () => 0 },
    ids: { randomBytes: () => Buffer.from([0, 0, count++]) },
    logger,
    onFinished: () => undefined,
  })
  backups.stop()
  const made = await backups.create('manual')
  if (!made.ok) throw new Error(made.error.code)
  addPerson(repositories, 'later')
  const run = (restart: (work: RestartWork) => Promise<void>, backupId = made.value.id) =>
    restore({ backups, folder, dataDir, migrationsDir: MIGRATIONS_DIR, restart, logger }, backupId, AUDIT)
  const people = () => {
    const opened = openMigrated(dataDir, MIGRATIONS_DIR, NOW)
    try {
      return cellOf(opened, 'SELECT group_concat(id) FROM (SELECT id FROM users ORDER BY id)')
    } finally {
      opened.close()
    }
  }
  return { dataDir, db, lines, backups, run, people }
}

test('a database on which the server does not start gives way to the copy that was made first', async () => {
  const { db, lines, run, people } = await prepared()
  const restoring = run(async (work) => {
    await work.beforeClosing()
    db.close()
    await work.whileClosed()
    await work.undo()
    throw new Error('did not start')
  })
  await expect(restoring).rejects.toThrow('did not start')
  expect(people()).toBe('user-later,user-root')
  expect(lines.some(({ message }) => message.includes('going back'))).toBe(true)
})

test('a log that somebody still writes to is never left beside another database', async () => {
  const { db, run, people } = await prepared()
  const restoring = run(async (work) => {
    await work.beforeClosing()
    db.close()
    // Whoever stops brings into the tables what stands in the redo log, and removes it.
    writeFileSync(redoLogOf(db.path), '')
    await expect(work.whileClosed()).rejects.toThrow('it has a redo log')
    rmSync(redoLogOf(db.path))
    await work.whileClosed()
  })
  await restoring
  expect(people()).toBe('user-root')
  const other = await prepared()
  const refused = other.run(async (work) => {
    await work.beforeClosing()
    // The connection stays open: its log is not empty.
    addPerson(createRepositories(other.db), 'busy')
    await work.whileClosed()
  })
  await expect(refused).rejects.toThrow('still in use')
  other.db.close()
  expect(other.people()).toBe('user-busy,user-later,user-root')
})

test('the oldest copy that a restore made can be restored, and is there afterwards', async () => {
  const { db, backups, run, people } = await prepared()
  const copies: string[] = []
  for (let n = 0; n < 5; n += 1) {
    const copied = await backups.create('before_restore')
    if (!copied.ok) throw new Error(copied.error.code)
    copies.push(copied.value.id)
  }
  addPerson(createRepositories(db), 'last')
  const done = await run(async (work) => {
    await work.beforeClosing()
    db.close()
    await work.whileClosed()
  }, copies[0])
  expect(done).toMatchObject({ ok: true, value: { restored: { id: copies[0] } } })
  expect(people()).toBe('user-later,user-root')
  expect((await backups.list()).map(({ id }) => id)).toContain(copies[0])
})

test('a restore while a backup is being made is refused before anything ends for it', async () => {
  let gate = Promise.resolve()
  const { run, backups, lines } = await prepared(() => gate)
  const { promise, resolve } = Promise.withResolvers<void>()
  gate = promise
  const making = backups.create('manual')
  let isRestarted = false
  const refused = await run(async (work) => {
    isRestarted = true
    await work.beforeClosing()
  })
  expect([refused.ok, isRestarted]).toEqual([false, false])
  expect(refused).toMatchObject({ error: { code: 'backup_running' } })
  resolve()
  expect(await making).toMatchObject({ ok: true })
  expect(lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('no backup begins while a restore waits for requests to end', async () => {
  const { db, run, backups } = await prepared()
  const done = await run(async (work) => {
    expect(await backups.create('schedule')).toMatchObject({ ok: false, error: { code: 'backup_running' } })
    await work.beforeClosing()
    db.close()
    await work.whileClosed()
  })
  expect(done.ok).toBe(true)
  expect(backups.state().isRunning).toBe(false)
})
