import { expect, test } from 'vitest'
import { addPerson, NOW, openTestDatabase } from '../../../test/support/database.ts'

function keysOfTwo() {
  const { repositories } = openTestDatabase()
  addPerson(repositories, 'ann')
  addPerson(repositories, 'ben')
  return repositories
}

test('the request path finds a key by its public part, with its owner’s status', () => {
  const { keys, users } = keysOfTwo()
  users.setStatus('user-ann', 'suspended')
  expect(keys.findByPublicId('public-ann')).toEqual({
    keyId: 'key-ann',
    userId: 'user-ann',
    name: 'laptop',
    secretHash: Buffer.alloc(32, 7),
    keyStatus: 'active',
    expiresAt: null,
    userStatus: 'suspended',
    userRole: 'user',
  })
  expect(keys.findByPublicId('public-nobody')).toBeUndefined()
})

test('a key changes in what is named and keeps the rest', () => {
  const { keys } = keysOfTwo()
  expect(keys.update('key-ann', { status: 'disabled', name: undefined })).toMatchObject({
    name: 'laptop',
    status: 'disabled',
  })
  expect(keys.update('key-ann', { name: 'desk', expiresAt: NOW })).toMatchObject({
    name: 'desk',
    expiresAt: NOW,
  })
  expect(keys.update('key-ann', { expiresAt: null })).toMatchObject({
    name: 'desk',
    status: 'disabled',
    expiresAt: null,
  })
  expect(keys.update('key-ann', {})).toEqual(keys.findById('key-ann'))
  expect(keys.update('no-such-key', { name: 'x' })).toBeUndefined()
})

test('a deleted key is found nowhere, and is deleted once', () => {
  const { keys } = keysOfTwo()
  expect(keys.softDelete('key-ann', NOW)).toBe(true)
  expect(keys.softDelete('key-ann', NOW)).toBe(false)
  expect(keys.findById('key-ann')).toBeUndefined()
  expect(keys.findByPublicId('public-ann')).toBeUndefined()
  expect(keys.update('key-ann', { name: 'x' })).toBeUndefined()
  expect(keys.countOfUser('user-ann')).toBe(0)
  expect(keys.list({ limit: 9 }).rows.map(({ id }) => id)).toEqual(['key-ben'])
})

test('keys are listed of one person or of all, page by page, and a row carries no hash', () => {
  const { keys } = keysOfTwo()
  const first = keys.list({ limit: 1 })
  expect(first).toMatchObject({ total: 2, rows: [{ id: 'key-ben' }] })
  expect(first.rows[0]).not.toHaveProperty('secretHash')
  const second = keys.list({ limit: 1, cursor: first.nextCursor ?? '' })
  expect(second).toMatchObject({ rows: [{ id: 'key-ann' }], nextCursor: null })
  expect(keys.list({ limit: 9, userId: 'user-ann' })).toMatchObject({ total: 1, rows: [{ id: 'key-ann' }] })
  expect(keys.countOfUser('user-ann')).toBe(1)
})
