// A restore that is killed: at every step of it, and at random moments. What is there afterwards is the old database or the
// restored one, whole, and the next start needs no help.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createBackupFolder } from '../../server/backups/backup-folder.ts'
import type { RestoreStep } from '../../server/backups/restore.ts'
import { openMigrated } from '../../server/data-folder.ts'
import { copyDatabase, finishBackup } from '../../server/db/backup-file.ts'
import { createRepositories } from '../../server/db/repositories/repositories.ts'
import { addPerson, cellOf, MIGRATIONS_DIR, NOW, tempDir } from '../support/database.ts'

const CHILD = fileURLToPath(new URL('../support/restore.child.ts', import.meta.url))
const THREADS_AS_BUILT = new URL('../support/threads-as-built.mjs', import.meta.url).href
const BACKUP_ID = '2026-11-25T12-00-00-abc123'

/** A data folder with a backup of one administrator, and a present with one person more, of whom the backup knows nothing. */
async function prepared(): Promise<string> {
  const dataDir = tempDir()
  const db = openMigrated(dataDir, MIGRATIONS_DIR, NOW)
  const repositories = createRepositories(db)
  addPerson(repositories, 'root')
  repositories.users.setRole('user-root', 'admin')
  repositories.users.setPassword('user-root', 'hash')
  const folder = createBackupFolder(join(dataDir, 'backups'))
  mkdirSync(join(dataDir, 'backups'), { recursive: true })
  await copyDatabase(db, folder.databaseOf(BACKUP_ID))
  const facts = await finishBackup(folder.databaseOf(BACKUP_ID))
  await folder.writeManifest({ id: BACKUP_ID, createdAt: NOW, reason: 'manual', version: '0.0.0', ...facts })
  addPerson(repositories, 'later')
  db.close()
  return dataDir
}

interface Ended {
  readonly isKilled: boolean
  readonly output: string
}

function runChild(dataDir: string, killAt: string, killAfterMs?: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', THREADS_AS_BUILT, CHILD, dataDir, MIGRATIONS_DIR, BACKUP_ID, killAt],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (_code, signal) => resolve({ isKilled: signal === 'SIGKILL', output }))
  })
}

/** What the next start finds; throws where the database is not whole. */
function stateAfter(dataDir: string): 'present' | 'restored' {
  const db = openMigrated(dataDir, MIGRATIONS_DIR, NOW)
  try {
    expect(db.raw.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.raw.pragma('foreign_key_check')).toEqual([])
    const people = cellOf(db, 'SELECT group_concat(id) FROM (SELECT id FROM users ORDER BY id)')
    const restores = cellOf(db, `SELECT count(*) FROM audit WHERE operation = 'backups.restore'`)
    expect([people, restores]).toBeOneOf([
      ['user-later,user-root', 0],
      ['user-root', 1],
    ])
    // It can be written to, by the rules of this product.
    addPerson(createRepositories(db), `after-${Math.random()}`)
    return restores === 0 ? 'present' : 'restored'
  } finally {
    db.close()
  }
}

const STEPS: readonly (readonly [RestoreStep, 'present' | 'restored'])[] = [
  ['checked', 'present'],
  ['copied', 'present'],
  ['prepared', 'present'],
  ['log removed', 'present'],
  ['renamed', 'restored'],
]

test.each(STEPS)('killed when it has "%s", the %s database is there', async (step, expected) => {
  const dataDir = await prepared()
  expect(await runChild(dataDir, step)).toMatchObject({ isKilled: true })
  expect(stateAfter(dataDir)).toBe(expected)
  expect(readdirSync(dataDir).filter((name) => name.includes('restoring'))).toEqual([])
})

test('not killed at all, it is restored, and the state of before is a backup', async () => {
  const dataDir = await prepared()
  const { isKilled, output } = await runChild(dataDir, 'never')
  expect([isKilled, output]).toEqual([false, 'begun\nrestored\n'])
  expect(stateAfter(dataDir)).toBe('restored')
  const copies = await createBackupFolder(join(dataDir, 'backups')).list()
  expect(copies.map(({ reason }) => reason).sort()).toEqual(['before_restore', 'manual'])
})

test('killed at any moment, one of the two is there, whole', async () => {
  const outcomes = new Set<string>()
  for (let round = 0; round < 12; round += 1) {
    const dataDir = await prepared()
    await runChild(dataDir, 'never', round * 40)
    expect(existsSync(join(dataDir, 'gateway.db'))).toBe(true)
    outcomes.add(stateAfter(dataDir))
  }
  expect(outcomes).toContain('present')
}, 120_000)
