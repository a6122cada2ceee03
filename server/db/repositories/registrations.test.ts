// Registrations that wait: bounded, found by their link's hash alone, and gone when their time is over.
import { expect, test } from 'vitest'
import { NOW, openTestDatabase } from '../../../test/support/database.ts'
import type { RegistrationRow } from './registrations.ts'

const registration = (id: string, more: Partial<RegistrationRow> = {}): RegistrationRow => ({
  id,
  email: 'ann@example.test',
  passwordHash: `hash of ${id}`,
  locale: 'zh-CN',
  secretHash: Buffer.alloc(32, id),
  createdAt: NOW,
  expiresAt: NOW + 1_000,
  ...more,
})

const start = () => openTestDatabase().repositories.registrations

test('one is found by the hash of its secret, and by its address in any case', () => {
  const registrations = start()
  registrations.create(registration('a'))
  expect(registrations.findBySecretHash(Buffer.alloc(32, 'a'))).toEqual(registration('a'))
  expect(registrations.newestOf(' ANN@example.test', NOW)?.id).toBe('a')
  expect(registrations.newestOf('ben@example.test', NOW)).toBeUndefined()
  expect(registrations.newestOf('ann@example.test', NOW + 1_000)).toBeUndefined()
})

test('of one address three wait at most, and the oldest gives way', () => {
  const registrations = start()
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries())
    registrations.create(registration(id, { createdAt: NOW + index }))
  registrations.create(registration('x', { email: 'ben@example.test' }))
  const areThere = ['a', 'b', 'c', 'd', 'x'].map(
    (id) => registrations.findBySecretHash(Buffer.alloc(32, id)) !== undefined,
  )
  expect(areThere).toEqual([false, true, true, true, true])
  expect(registrations.newestOf('ann@example.test', NOW)?.id).toBe('d')
})

test('a new link ends the old one, and the address’s whole past goes with the one that was used', () => {
  const registrations = start()
  registrations.create(registration('a'))
  registrations.create(registration('b'))
  registrations.renew('b', Buffer.alloc(32, 'n'), NOW + 5_000)
  expect(registrations.findBySecretHash(Buffer.alloc(32, 'b'))).toBeUndefined()
  expect(registrations.findBySecretHash(Buffer.alloc(32, 'n'))).toMatchObject({
    id: 'b',
    expiresAt: NOW + 5_000,
  })
  expect(registrations.deleteExpired(NOW + 1_000)).toBe(1)
  registrations.deleteOf('Ann@example.test')
  expect(registrations.findBySecretHash(Buffer.alloc(32, 'n'))).toBeUndefined()
})
