// The step that revoked what deletions had left open: invitations that were for one address and had lost it.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { MIGRATIONS_DIR, migrationsBefore, NOW, tempDir } from '../../test/support/database.ts'
import { migrateDatabase } from './migrate.ts'
import { openDatabase } from './open.ts'

test('an invitation that lost its address to a deletion is open to nobody, and all others are what they were', () => {
  const dir = tempDir()
  const db = openDatabase(join(dir, 'gateway.db'))
  onTestFinished(() => db.close())
  const migrate = (migrationsDir: string) =>
    migrateDatabase(db, { migrationsDir, backupDir: join(dir, 'backups'), now: NOW })
  migrate(migrationsBefore(dir, '_orphaned_invitations'))
  db.raw.exec(
    `INSERT INTO users (id, email, email_key, role, status, created_at) VALUES ('ann', 'a@b.test', 'a@b.test', 'user', 'active', 1)`,
  )
  const invite = db.raw.prepare(
    `INSERT INTO invitations (id, secret_hash, email, role, note, created_by, created_at, expires_at, used_at, used_by, revoked_at)
     VALUES (@id, randomblob(32), @email, 'admin', '', 'ann', 1, 2, @usedAt, CASE WHEN @usedAt THEN 'ann' END, @revokedAt)`,
  )
  const audit = db.raw.prepare(
    `INSERT INTO audit (id, created_at, operation, target_type, target_id, before, after, address)
     VALUES (@id, 1, 'users.invite', 'invitation', @id, 'null', json_object('email', @boundTo, 'role', 'admin'), '')`,
  )
  const given = { email: null, boundTo: 'eve@b.test', usedAt: null, revokedAt: null }
  for (const row of [
    { ...given, id: 'bound', email: 'eve@b.test' },
    { ...given, id: 'for-whoever', boundTo: null },
    { ...given, id: 'lost' },
    { ...given, id: 'revoked', revokedAt: 5 },
    { ...given, id: 'used', usedAt: 6 },
  ]) {
    invite.run(row)
    audit.run(row)
  }
  migrate(MIGRATIONS_DIR)
  const rows = db.raw.prepare('SELECT id, email, used_at, revoked_at FROM invitations ORDER BY 1').raw().all()
  expect(rows).toEqual([
    ['bound', 'eve@b.test', null, null],
    ['for-whoever', null, null, null],
    ['lost', null, null, expect.any(Number)],
    ['revoked', null, null, 5],
    ['used', null, 6, null],
  ])
})
