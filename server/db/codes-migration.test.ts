// The step that let a code be redeemed by nobody who is known: a folder with codes in every state keeps them.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { MIGRATIONS_DIR, migrationsBefore, NOW, tempDir } from '../../test/support/database.ts'
import { migrateDatabase } from './migrate.ts'
import { openDatabase } from './open.ts'

test('a code whose redeemer a restore left out is redeemed at its moment, and the others are what they were', () => {
  const dir = tempDir()
  const db = openDatabase(join(dir, 'gateway.db'))
  onTestFinished(() => db.close())
  const migrate = (migrationsDir: string) =>
    migrateDatabase(db, { migrationsDir, backupDir: join(dir, 'backups'), now: NOW })
  migrate(migrationsBefore(dir, '_codes_and_sorting'))
  const hash = (digit: number) => `x'${String(digit).repeat(64)}'`
  db.raw.exec(`
    INSERT INTO users (id, email, email_key, role, status, created_at) VALUES ('ann', 'a@b.test', 'a@b.test', 'user', 'active', 1);
    INSERT INTO code_batches (id, name, prefix, kind, amount_nano_usd, count, created_at) VALUES ('batch', 'B', '', 'balance', 5, 5, 1);
    INSERT INTO codes (id, batch_id, hash, hint, disabled_at, redeemed_at, redeemed_by) VALUES
      ('unused', 'batch', ${hash(1)}, 'A', NULL, NULL, NULL),
      ('disabled', 'batch', ${hash(2)}, 'B', 3, NULL, NULL),
      ('redeemed', 'batch', ${hash(3)}, 'C', NULL, 4, 'ann'),
      ('left-out', 'batch', ${hash(4)}, 'D', -7, NULL, NULL),
      ('both', 'batch', ${hash(5)}, 'E', 3, 8, 'ann')`)
  migrate(MIGRATIONS_DIR)
  const rows = db.raw
    .prepare('SELECT id, disabled_at, redeemed_at, redeemed_by FROM codes ORDER BY 1')
    .raw()
    .all()
  expect(rows).toEqual([
    ['both', null, 8, 'ann'],
    ['disabled', 3, null, null],
    ['left-out', null, 7, null],
    ['redeemed', null, 4, 'ann'],
    ['unused', null, null, null],
  ])
})
