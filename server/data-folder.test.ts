// What the last process left in the data folder, at the next start.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MIGRATIONS_DIR, NOW, tempDir } from '../test/support/database.ts'
import { openMigrated } from './data-folder.ts'

test('a start removes the half of a backup that a crash left, and nothing else', () => {
  const dataDir = tempDir()
  const backupDir = join(dataDir, 'backups')
  mkdirSync(backupDir)
  const id = 'gateway-2026-01-01T00-00-00-aaaaaa'
  const kept = [`${id}.db`, `${id}.json`, 'mine.db.partial', 'notes.txt']
  const left = [
    `${id}.db.partial`,
    `${id}.db.partial-journal`,
    `${id}.json.partial`,
    'before-migration-from-schema-3-2026-01-01T00-00-00-000Z.db.partial',
  ]
  for (const name of [...kept, ...left]) writeFileSync(join(backupDir, name), 'half')
  openMigrated(dataDir, MIGRATIONS_DIR, NOW).close()
  expect(readdirSync(backupDir).toSorted()).toEqual(kept.toSorted())
})
