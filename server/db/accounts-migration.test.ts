// The step that brought registration: a database with people in it keeps them, and nobody is given a default balance twice.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cellOf, MIGRATIONS_DIR, migrationsBefore, NOW, tempDir } from '../../test/support/database.ts'
import { migrateDatabase } from './migrate.ts'
import { openDatabase } from './open.ts'
import { createUsersRepository } from './repositories/users.ts'

test('people stay as they were; those who are in have had their default balance, those who wait have not', () => {
  const dir = tempDir()
  const db = openDatabase(join(dir, 'gateway.db'))
  onTestFinished(() => db.close())
  const migrate = (migrationsDir: string) =>
    migrateDatabase(db, { migrationsDir, backupDir: join(dir, 'backups'), now: NOW })
  migrate(migrationsBefore(dir, '_accounts'))
  for (const status of ['active', 'suspended', 'pending']) {
    db.raw
      .prepare(
        `INSERT INTO users (id, email, email_key, role, status, created_at)
         VALUES (@status, @status || '@example.test', @status || '@example.test', 'user', @status, 1)`,
      )
      .run({ status })
  }
  db.raw
    .prepare(
      `INSERT INTO sessions (id, user_id, created_at, expires_at, address, client) VALUES ('s', 'active', 1, 2, 'a', 'c')`,
    )
    .run()

  migrate(MIGRATIONS_DIR)
  const users = createUsersRepository(db)
  const states = ['active', 'suspended', 'pending'].map((id) => users.findById(id)?.defaultBalance)
  expect(states).toEqual(['settled', 'settled', 'waiting'])
  expect(users.findById('active')).toMatchObject({
    email: 'active@example.test',
    locale: null,
    emailVerifiedAt: null,
    deletedAt: null,
  })
  expect(cellOf(db, 'SELECT last_seen_at FROM sessions')).toBeNull()
  expect(users.withDefaultBalanceDue()).toEqual([])
})

test('a mail that waits has its content and its time, one that was sent has neither: the table says so itself', () => {
  const dir = tempDir()
  const db = openDatabase(join(dir, 'gateway.db'))
  onTestFinished(() => db.close())
  migrateDatabase(db, { migrationsDir: MIGRATIONS_DIR, backupDir: join(dir, 'backups'), now: NOW })
  const insert = db.raw.prepare(
    `INSERT INTO mails (id, created_at, recipient, template, status, sealed_content, attempts, next_attempt_at)
     VALUES (?, 1, 'a@b.test', 'test', ?, ?, 0, ?)`,
  )
  insert.run('fine', 'waiting', Buffer.alloc(1), 1)
  expect(() => insert.run('no content', 'waiting', null, 1)).toThrow('mails_content')
  expect(() => insert.run('no time', 'waiting', Buffer.alloc(1), null)).toThrow('mails_due_when')
  expect(() => insert.run('kept content', 'sent', Buffer.alloc(1), null)).toThrow('mails_content')
})
