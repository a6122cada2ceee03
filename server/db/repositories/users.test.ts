import { expect, test } from 'vitest'
import { addPerson, cellOf, NOW, openTestDatabase } from '../../../test/support/database.ts'
import type { NewUser } from './users.ts'

const person = (id: string, changes: Partial<NewUser> = {}): NewUser => ({
  id,
  email: `${id}@example.test`,
  passwordHash: null,
  role: 'user',
  status: 'active',
  createdAt: NOW,
  ...changes,
})

test('a person is found by their email in any spelling', () => {
  const { users } = openTestDatabase().repositories
  const created = users.create(person('ann', { email: ' Ann@Example.Test ' }))
  expect(created).toMatchObject({ ok: true, value: { email: 'Ann@Example.Test', lastSeenAt: null } })
  expect(users.findByEmail('  ANN@example.TEST')?.id).toBe('ann')
  expect(users.findById('ann')).toEqual(users.findByEmail('ann@example.test'))
  expect(users.findById('nobody')).toBeUndefined()
})

test('an email belongs to one person, in any spelling', () => {
  const { db, repositories } = openTestDatabase()
  repositories.users.create(person('ann'))
  const again = repositories.users.create(person('other', { email: 'ANN@example.test' }))
  expect(again).toEqual({ ok: false, error: { code: 'email_taken' } })
  expect(cellOf(db, 'SELECT count(*) FROM users')).toBe(1)
})

test('a new person has an empty balance and the credit limit they were given', () => {
  const { users, ledger } = openTestDatabase().repositories
  users.create(person('ann'))
  users.create(person('ben', { creditLimitNanoUsd: 5_000 }))
  expect(ledger.balanceOf('ann')).toEqual({ balanceNanoUsd: 0, creditLimitNanoUsd: 0 })
  expect(ledger.balanceOf('ben')).toEqual({ balanceNanoUsd: 0, creditLimitNanoUsd: 5_000 })
  expect(ledger.balanceOf('nobody')).toBeUndefined()
})

test('people are listed newest first, page by page, without a gap at equal times', () => {
  const { users } = openTestDatabase().repositories
  for (let n = 0; n < 7; n += 1) users.create(person(`p${n}`, { createdAt: NOW + Math.floor(n / 3) }))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = users.list({ limit: 2, cursor })
    seen.push(...page.rows.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(users.count({})).toBe(7)
  expect(seen).toEqual(['p6', 'p5', 'p4', 'p3', 'p2', 'p1', 'p0'])
})

test('people are found by part of their email, taken literally, and by status and role', () => {
  const { users } = openTestDatabase().repositories
  users.create(person('ann', { email: 'ann_lee@example.test', role: 'admin' }))
  users.create(person('ben', { email: 'annxlee@example.test', status: 'suspended' }))
  const ids = (filter: object) => users.list({ limit: 10, ...filter }).rows.map(({ id }) => id)
  expect(ids({ search: 'ANN_' })).toEqual(['ann'])
  expect(ids({ search: '%' })).toEqual([])
  expect(ids({ status: 'suspended' })).toEqual(['ben'])
  expect(ids({ role: 'admin', status: 'active' })).toEqual(['ann'])
  expect(users.count({ search: 'lee' })).toBe(2)
})

test('status, role and password change, and only active administrators count', () => {
  const { users } = openTestDatabase().repositories
  users.create(person('ann', { role: 'admin' }))
  users.create(person('ben', { role: 'admin', status: 'pending' }))
  const administrators = () => users.activeAdministrators().map(({ id }) => id)
  expect(administrators()).toEqual(['ann'])
  expect(users.setStatus('ben', 'active')).toMatchObject({ id: 'ben', status: 'active' })
  expect(administrators()).toEqual(['ann', 'ben'])
  expect(users.setRole('ann', 'user')).toMatchObject({ role: 'user' })
  expect(administrators()).toEqual(['ben'])
  expect(users.setPassword('ann', '$argon2id$x')).toMatchObject({ passwordHash: '$argon2id$x' })
  expect(users.setStatus('nobody', 'active')).toBeUndefined()
  users.touch('ann', NOW + 5)
  expect(users.findById('ann')).toMatchObject({ lastSeenAt: NOW + 5, role: 'user' })
})

test('what a transaction began is undone where it throws', () => {
  const { repositories } = openTestDatabase()
  const work = () =>
    repositories.transaction(() => {
      addPerson(repositories)
      throw new Error('no')
    })
  expect(work).toThrow('no')
  expect(repositories.users.count({})).toBe(0)
  expect(repositories.transaction(() => addPerson(repositories))).toBe('user-ann')
})
