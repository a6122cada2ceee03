// The file that is to take a database's place: what of the present it keeps, and when it cannot be made.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { addPerson, cellOf, MIGRATIONS_DIR, NOW, tempDir } from '../../test/support/database.ts'
import { copyDatabase, finishBackup } from './backup-file.ts'
import { migrateDatabase } from './migrate.ts'
import { type Db, openDatabase } from './open.ts'
import { createRepositories } from './repositories/repositories.ts'
import { writeRestoreFile } from './restore-file.ts'

const AUDIT = {
  id: 'audit-restore',
  createdAt: NOW,
  actorUserId: 'user-root',
  operation: 'backups.restore',
  targetType: 'backup',
  targetId: 'b',
  before: null,
  after: null,
  address: 'test',
}

function open(dir: string, migrationsDir = MIGRATIONS_DIR): Db {
  const db = openDatabase(join(dir, 'gateway.db'))
  migrateDatabase(db, { migrationsDir, backupDir: join(dir, 'backups'), now: NOW })
  return db
}

/** A backup of a database with an administrator and a person; `change` makes the present another one than `prepare` did. */
async function restored(change: (db: Db) => void, prepare: (db: Db) => void = () => undefined) {
  const dir = tempDir()
  const db = open(dir)
  const repositories = createRepositories(db)
  for (const name of ['root', 'second', 'ann']) addPerson(repositories, name)
  for (const id of ['user-root', 'user-second']) {
    repositories.users.setRole(id, 'admin')
    repositories.users.setPassword(id, `old hash of ${id}`)
  }
  repositories.users.setPassword('user-ann', 'old hash')
  repositories.sessions.create({
    id: 'session',
    userId: 'user-ann',
    createdAt: NOW,
    expiresAt: NOW + 1e9,
    address: '',
    client: '',
  })
  prepare(db)
  const backup = join(dir, 'backup.db')
  await copyDatabase(db, backup)
  await finishBackup(backup)
  change(db)
  db.close()
  const target = join(dir, 'gateway.db.restoring')
  const write = (migrationsDir = MIGRATIONS_DIR) =>
    writeRestoreFile({ backup, present: join(dir, 'gateway.db'), target, migrationsDir, audit: AUDIT })
  return { dir, target, write, open: () => openDatabase(target) }
}

test('it is one file, of this schema, that says what happened, and nobody is signed in to it', async () => {
  const { dir, write, open: openRestored } = await restored(() => undefined)
  write()
  expect(readdirSync(dir).filter((name) => name.includes('restoring'))).toEqual(['gateway.db.restoring'])
  const db = openRestored()
  expect(cellOf(db, 'SELECT count(*) FROM sessions')).toBe(0)
  expect(cellOf(db, `SELECT target_id FROM audit WHERE id = 'audit-restore'`)).toBe('b')
  db.close()
})

test('what a file brings along that acts by itself does not come with it, and only its owner can read it', async () => {
  const { dir, target, write, open: openRestored } = await restored(() => undefined)
  const db = new Database(join(dir, 'backup.db'))
  db.exec(`CREATE TRIGGER ledger_entries_bonus AFTER INSERT ON audit
    BEGIN UPDATE users SET role = 'admin' WHERE id = 'user-ann'; END;
    DROP TRIGGER audit_no_delete;
    CREATE VIEW "everyone" AS SELECT * FROM users`)
  db.close()
  chmodSync(join(dir, 'backup.db'), 0o644)
  write()
  const restoredDb = openRestored()
  expect(cellOf(restoredDb, `SELECT role FROM users WHERE id = 'user-ann'`)).toBe('user')
  const acting = `SELECT group_concat(name) FROM sqlite_schema WHERE type = 'view' OR name IN`
  expect(cellOf(restoredDb, `${acting} ('ledger_entries_bonus', 'audit_no_delete')`)).toBe('audit_no_delete')
  restoredDb.close()
  if (process.platform !== 'win32') expect(statSync(target).mode & 0o777).toBe(0o600)
})

test('who was suspended, deleted or made no administrator stays so, and a changed password stays changed', async () => {
  const { write, open: openRestored } = await restored((db) => {
    const { users } = createRepositories(db)
    users.forget('user-ann', NOW)
    users.setRole('user-second', 'user')
    users.setPassword('user-root', 'new hash')
  })
  write()
  const db = openRestored()
  const people = db.raw
    .prepare('SELECT id, email, role, status, password_hash FROM users ORDER BY id')
    .raw()
    .all()
  expect(people).toEqual([
    ['user-ann', 'deleted-user-ann@deleted.invalid', 'user', 'deleted', null],
    ['user-root', 'root@example.test', 'admin', 'active', 'new hash'],
    ['user-second', 'second@example.test', 'user', 'active', 'old hash of user-second'],
  ])
  db.close()
})

test('addresses are those of now, also where people have exchanged them', async () => {
  const { write, open: openRestored } = await restored(
    (db) => {
      const { users } = createRepositories(db)
      users.setEmail('user-ann', 'away@example.test', NOW + 5)
      users.setEmail('user-second', 'ann@example.test', NOW + 6)
      users.setEmail('user-ann', 'second@example.test', null)
    },
    (db) => void createRepositories(db).users.noteEmailVerified('user-ann', NOW),
  )
  write()
  const db = openRestored()
  expect(
    db.raw.prepare('SELECT id, email, email_key, email_verified_at FROM users ORDER BY id').raw().all(),
  ).toEqual([
    ['user-ann', 'second@example.test', 'second@example.test', null],
    ['user-root', 'root@example.test', 'root@example.test', null],
    ['user-second', 'ann@example.test', 'ann@example.test', NOW + 6],
  ])
  db.close()
})

test('of a person who was deleted since, nothing comes back that says who they were or lets them in', async () => {
  const hash = (digit: number) => `x'${String(digit).repeat(64)}'`
  const { write, open: openRestored } = await restored(
    (db) => createRepositories(db).users.forget('user-ann', NOW + 7),
    (db) =>
      db.raw.exec(
        `UPDATE users SET locale = 'en', theme = 'dark', last_seen_at = 1, email_verified_at = 1, deletion_requested_at = 1
           WHERE id = 'user-ann';
         UPDATE api_keys SET name = 'laptop of Ann', last_used_address = '10.0.0.1', last_used_client = 'Ann/1'
           WHERE user_id = 'user-ann';
         INSERT INTO key_addresses (family_id, network, first_seen_at) VALUES ('key-ann', '10.0.0.1', 1), ('key-root', '10.0.0.2', 1);
         INSERT INTO notices (id, created_at, user_id, once_for, content) VALUES ('n', 1, 'user-ann', 'x', '{}');
         INSERT INTO mails (id, created_at, user_id, recipient, template, status, attempts, sent_at)
           VALUES ('to-her', 1, 'user-ann', 'old@ann.test', 'test', 'sent', 1, 1),
             ('before-she-came', 1, NULL, 'ann@example.test', 'invitation', 'sent', 1, 1),
             ('to-root', 1, 'user-root', 'root@example.test', 'test', 'sent', 1, 1);
         INSERT INTO invitations (id, secret_hash, email, role, note, created_by, created_at, expires_at, used_at, used_by)
           VALUES ('bound', ${hash(1)}, 'ann@example.test', 'admin', 'Ann', 'user-root', 1, 99, NULL, NULL),
             ('used', ${hash(2)}, 'ann@old.test', 'user', 'Ann', 'user-root', 1, 99, 5, 'user-ann'),
             ('other', ${hash(3)}, 'x@example.test', 'user', 'X', 'user-root', 1, 99, NULL, NULL)`,
      ),
  )
  write()
  const db = openRestored()
  const rows = (sql: string) => db.raw.prepare(sql).raw().all()
  expect(
    rows(
      `SELECT locale, theme, last_seen_at, email_verified_at, deletion_requested_at, deleted_at FROM users WHERE id = 'user-ann'`,
    ),
  ).toEqual([[null, null, null, null, null, NOW + 7]])
  expect(
    rows(
      `SELECT name, deleted_at, last_used_address, last_used_client FROM api_keys WHERE user_id = 'user-ann'`,
    ),
  ).toEqual([['deleted', NOW + 7, null, null]])
  expect(rows('SELECT family_id FROM key_addresses')).toEqual([['key-root']])
  expect(rows('SELECT id FROM notices')).toEqual([])
  expect(rows('SELECT id FROM mails')).toEqual([['to-root']])
  expect(rows('SELECT id, email, note, revoked_at FROM invitations ORDER BY 1')).toEqual([
    ['bound', null, '', NOW + 7],
    ['other', 'x@example.test', 'X', null],
    ['used', null, '', null],
  ])
  db.close()
})

test('nor of somebody who came and was deleted since, where they had been invited by then', async () => {
  const { write, open: openRestored } = await restored(
    (db) => {
      addPerson(createRepositories(db), 'eve')
      createRepositories(db).users.forget('user-eve', NOW + 7)
    },
    (db) =>
      db.raw.exec(
        `INSERT INTO invitations (id, secret_hash, email, role, note, created_by, created_at, expires_at)
           VALUES ('bound', zeroblob(32), 'eve@example.test', 'admin', 'Eve', 'user-root', 1, 99);
         INSERT INTO mails (id, created_at, recipient, template, status, attempts, sent_at)
           VALUES ('invitation', 1, 'eve@example.test', 'invitation', 'sent', 1, 1)`,
      ),
  )
  write()
  const db = openRestored()
  expect(db.raw.prepare('SELECT email, note, revoked_at FROM invitations').raw().all()).toEqual([
    [null, '', NOW + 7],
  ])
  expect(cellOf(db, 'SELECT count(*) FROM mails')).toBe(0)
  db.close()
})

test('no link, registration or waiting mail of then comes back, and second factors are those of now', async () => {
  const hash = (digit: number) => `x'${String(digit).repeat(64)}'`
  const { write, open: openRestored } = await restored(
    (db) =>
      db.raw.exec(
        `UPDATE second_factors SET sealed_secret = x'02' WHERE user_id = 'user-root';
         INSERT INTO second_factors (user_id, sealed_secret, created_at) VALUES ('user-second', x'03', 2);
         DELETE FROM recovery_codes WHERE user_id = 'user-root';
         INSERT INTO recovery_codes (user_id, code_hash) VALUES ('user-second', ${hash(2)});
         UPDATE invitations SET used_at = 7, used_by = 'user-ann' WHERE id = 'used';
         UPDATE invitations SET revoked_at = 8 WHERE id = 'revoked';
         UPDATE users SET deletion_requested_at = 9 WHERE id = 'user-ann'`,
      ),
    (db) =>
      db.raw.exec(
        `INSERT INTO account_links (id, kind, user_id, secret_hash, created_at, expires_at)
           VALUES ('link', 'reset_password', 'user-ann', ${hash(3)}, 1, 2);
         INSERT INTO registrations (id, email, email_key, password_hash, secret_hash, created_at, expires_at)
           VALUES ('registration', 'x@example.test', 'x@example.test', 'hash', ${hash(4)}, 1, 2);
         INSERT INTO mails (id, created_at, recipient, template, status, sealed_content, attempts, next_attempt_at)
           VALUES ('waiting', 1, 'x@example.test', 'test', 'waiting', x'00', 0, 1),
             ('failed', 1, 'x@example.test', 'test', 'failed', x'00', 9, NULL);
         INSERT INTO invitations (id, secret_hash, role, note, created_by, created_at, expires_at)
           VALUES ('open', ${hash(5)}, 'user', '', 'user-root', 1, 99), ('used', ${hash(6)}, 'user', '', 'user-root', 1, 99),
             ('revoked', ${hash(7)}, 'user', '', 'user-root', 1, 99);
         INSERT INTO second_factors (user_id, sealed_secret, created_at) VALUES ('user-root', x'01', 1);
         INSERT INTO recovery_codes (user_id, code_hash) VALUES ('user-root', ${hash(1)})`,
      ),
  )
  write()
  const db = openRestored()
  const rows = (sql: string) => db.raw.prepare(sql).raw().all()
  expect(rows('SELECT id FROM account_links UNION SELECT id FROM registrations')).toEqual([])
  expect(rows('SELECT id FROM mails')).toEqual([['failed']])
  expect(rows('SELECT user_id, hex(sealed_secret) FROM second_factors ORDER BY 1')).toEqual([
    ['user-root', '02'],
    ['user-second', '03'],
  ])
  expect(rows('SELECT user_id FROM recovery_codes')).toEqual([['user-second']])
  expect(rows('SELECT id, revoked_at FROM invitations ORDER BY 1')).toEqual([
    ['open', null],
    ['revoked', 8],
    ['used', 7],
  ])
  expect(rows(`SELECT deletion_requested_at FROM users WHERE id = 'user-ann'`)).toEqual([[9]])
  db.close()
})

test('a code redeemed since stays redeemed, also where who redeemed it is gone, and is not enabled again', async () => {
  const hash = (digit: number) => `x'${String(digit).repeat(64)}'`
  const { write, open: openRestored } = await restored(
    (db) => {
      addPerson(createRepositories(db), 'new')
      db.raw.exec(
        `UPDATE codes SET redeemed_at = 7, redeemed_by = 'user-ann' WHERE id = 'a';
         UPDATE codes SET redeemed_at = 8, redeemed_by = 'user-new', disabled_at = NULL WHERE id IN ('b', 'c');
         UPDATE codes SET disabled_at = 9 WHERE id = 'd'`,
      )
    },
    (db) =>
      db.raw.exec(
        `INSERT INTO code_batches (id, name, prefix, kind, amount_nano_usd, count, created_at)
           VALUES ('batch', 'Batch', 'X', 'balance', 5, 5, 1);
         INSERT INTO codes (id, batch_id, hash, hint, disabled_at)
           VALUES ('a', 'batch', ${hash(1)}, 'A', NULL), ('b', 'batch', ${hash(2)}, 'B', NULL),
             ('c', 'batch', ${hash(3)}, 'C', 3), ('d', 'batch', ${hash(4)}, 'D', NULL),
             ('e', 'batch', ${hash(5)}, 'E', NULL)`,
      ),
  )
  write()
  const db = openRestored()
  const { codes } = createRepositories(db)
  for (const id of ['a', 'b', 'c', 'd', 'e']) codes.switchCode(id, null)
  expect(
    codes
      .codesOf('batch', { now: 0, limit: 9 })
      .rows.map(({ id, status, redeemedAt, redeemedBy }) => [id, status, redeemedAt, redeemedBy]),
  ).toEqual([
    ['a', 'redeemed', 7, 'user-ann'],
    ['b', 'redeemed', 8, null],
    ['c', 'redeemed', 8, null],
    ['d', 'unused', null, null],
    ['e', 'unused', null, null],
  ])
  expect(codes.findBatch('batch')).toMatchObject({ redeemed: 3, disabled: 0 })
  const found = ['b', 'c'].map((_, index) => codes.findByHash(Buffer.alloc(32, (index + 2) * 0x11)))
  expect(found.map((code) => code?.isRedeemed)).toEqual([true, true])
  db.close()
})

test('where nobody would be left to administer, it is not made', async () => {
  const { target, write } = await restored((db) => {
    const { users } = createRepositories(db)
    users.setStatus('user-root', 'suspended')
    users.setRole('user-second', 'user')
  })
  expect(write).toThrow('Nobody who is an administrator')
  expect(existsSync(target)).toBe(false)
})

test('a backup of a newer schema is not made into one', async () => {
  const { dir, write } = await restored(() => undefined)
  const older = join(dir, 'older')
  cpSync(MIGRATIONS_DIR, older, { recursive: true })
  const path = join(older, 'meta/_journal.json')
  // The tool's own format.
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { readonly entries: readonly unknown[] }
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, -1) }))
  expect(() => write(older)).toThrow('newer version')
  expect(readdirSync(dir).filter((name) => name.includes('restoring'))).toEqual([])
})

test('a backup of an older schema is brought up to this one', async () => {
  const dir = tempDir()
  const old = join(dir, 'old')
  mkdirSync(old)
  const migrations = join(dir, 'migrations')
  cpSync(MIGRATIONS_DIR, migrations, { recursive: true })
  const path = join(migrations, 'meta/_journal.json')
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { readonly entries: readonly unknown[] }
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }))
  const then = open(old, migrations)
  then.raw.exec(
    `INSERT INTO users (id, email, email_key, password_hash, role, status, created_at)
     VALUES ('user-root', 'root@example.test', 'root@example.test', 'hash', 'admin', 'active', 1)`,
  )
  const backup = join(dir, 'backup.db')
  await copyDatabase(then, backup)
  await finishBackup(backup)
  then.close()
  const now = open(dir)
  addPerson(createRepositories(now), 'ann')
  now.close()
  const target = join(dir, 'gateway.db.restoring')
  writeRestoreFile({
    backup,
    present: join(dir, 'gateway.db'),
    target,
    migrationsDir: MIGRATIONS_DIR,
    audit: AUDIT,
  })
  const db = openDatabase(target)
  expect(cellOf(db, 'SELECT group_concat(id) FROM users')).toBe('user-root')
  expect(cellOf(db, 'SELECT count(*) FROM model_rules')).toBe(0)
  db.close()
})
