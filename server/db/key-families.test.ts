// A database from before key families: every key becomes the first of its own, and what it has spent is not forgotten.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { MIGRATIONS_DIR, NOW, tempDir } from '../../test/support/database.ts'
import { migrateDatabase } from './migrate.ts'
import { openDatabase } from './open.ts'
import { createRepositories } from './repositories/repositories.ts'

interface Journal {
  readonly entries: readonly { readonly tag: string }[]
}

/** The migrations up to and without the one of this name. */
function migrationsBefore(topic: string, dir: string): string {
  const copy = join(dir, 'migrations')
  cpSync(MIGRATIONS_DIR, copy, { recursive: true })
  const path = join(copy, 'meta/_journal.json')
  // The tool's own format.
  const journal = JSON.parse(readFileSync(path, 'utf8')) as Journal
  const index = journal.entries.findIndex(({ tag }) => tag.endsWith(topic))
  expect(index).toBeGreaterThan(0)
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, index) }))
  return copy
}

const OLD_ROWS = `
  INSERT INTO users VALUES ('ann', 'ann@example.test', 'ann@example.test', NULL, 'user', 'active', 1, NULL);
  INSERT INTO api_keys (id, user_id, public_id, name, secret_hash, status, created_at, expires_at, deleted_at) VALUES
    ('on', 'ann', 'public-on', 'laptop', zeroblob(32), 'active', 1, 99, NULL),
    ('off', 'ann', 'public-off', 'old', zeroblob(32), 'disabled', 2, NULL, NULL),
    ('gone', 'ann', 'public-gone', 'gone', zeroblob(32), 'active', 3, NULL, 4);
  INSERT INTO prices (id, model, origin, effective_from, created_at, input_nano_usd_per_mtok, output_nano_usd_per_mtok)
    VALUES ('p', 'm', 'operator', 1, 1, 1, 1);
  INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id) VALUES
    (5, 'ann', 'settle', -30, 0, 'r1'), (6, 'ann', 'settle', -12, 0, 'r2');
  INSERT INTO charges (entry_seq, request_id, created_at, user_id, key_id, endpoint, model, price_id, hold_nano_usd,
      amount_nano_usd, write_off_nano_usd, multiplier_ppm, reason, input_tokens, cached_input_tokens, cache_write_tokens,
      output_tokens, reasoning_tokens, web_search_calls, is_flagged, is_demo)
    SELECT seq, request_id, created_at, 'ann', 'gone', '/v1/responses', 'm', 'p', 50, 0 - amount_nano_usd, 0, 1000000,
      'completed', 7, 0, 0, 3, 0, 0, 0, 0 FROM ledger_entries;`

test('keys from before families have one each, and go on from what they have spent', () => {
  const dir = tempDir()
  const db = openDatabase(join(dir, 'gateway.db'))
  onTestFinished(() => db.close())
  const options = { backupDir: join(dir, 'backups'), now: NOW }
  migrateDatabase(db, { ...options, migrationsDir: migrationsBefore('key_families', dir) })
  db.raw.exec(OLD_ROWS)
  migrateDatabase(db, { ...options, migrationsDir: MIGRATIONS_DIR })

  const { keys, spending } = createRepositories(db)
  expect(keys.findByPublicId('public-on')).toMatchObject({
    familyId: 'on',
    expiresAt: 99,
    allowedModels: null,
  })
  expect(keys.findById('off')).toMatchObject({ familyId: 'off', status: 'disabled', disabledBy: 'owner' })
  expect(keys.findById('gone')).toBeUndefined()
  expect(spending.find('key', 'gone')).toMatchObject({ totalNanoUsd: 42, totalTokens: 20, totalRequests: 2 })
  expect(spending.find('key', 'on')).toBeUndefined()
  expect(db.raw.pragma('foreign_key_check')).toEqual([])
})
