import { expect, test } from 'vitest'
import { addPerson, NOW, openTestDatabase } from '../../../test/support/database.ts'
import { NO_CAPS } from '../../limits/decide-spending-cap.ts'

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
    familyId: 'key-ann',
    name: 'laptop',
    secretHash: Buffer.alloc(32, 7),
    keyStatus: 'active',
    expiresAt: null,
    allowedModels: null,
    caps: NO_CAPS,
    userStatus: 'suspended',
    userRole: 'user',
  })
  expect(keys.findByPublicId('public-nobody')).toBeUndefined()
})

test('a key changes in what is named and keeps the rest', () => {
  const { keys } = keysOfTwo()
  expect(keys.update('key-ann', { status: 'disabled', disabledBy: 'owner', name: undefined })).toMatchObject({
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
  expect(first).toMatchObject({ rows: [{ id: 'key-ben' }] })
  expect(first.rows[0]).not.toHaveProperty('secretHash')
  const second = keys.list({ limit: 1, cursor: first.nextCursor ?? '' })
  expect(second).toMatchObject({ rows: [{ id: 'key-ann' }], nextCursor: null })
  expect(keys.list({ limit: 9, userId: 'user-ann' })).toMatchObject({ rows: [{ id: 'key-ann' }] })
  expect([keys.count({}), keys.count({ userId: 'user-ann' })]).toEqual([2, 1])
  expect(keys.countOfUser('user-ann')).toBe(1)
})

test('what narrows a key is its family’s: every key of it changes at once, and nobody else’s', () => {
  const { keys } = keysOfTwo()
  keys.create({
    id: 'key-next',
    userId: 'user-ann',
    publicId: 'public-next',
    name: 'laptop',
    secretHash: Buffer.alloc(32),
    createdAt: NOW + 1,
    expiresAt: null,
    familyId: 'key-ann',
  })
  const narrowing = {
    allowedModels: ['gpt-6-sol', 'with "quotes"'],
    caps: { dayNanoUsd: 5, monthNanoUsd: null, totalNanoUsd: 0 },
  }
  keys.narrow('key-ann', narrowing)
  expect(keys.findById('key-ann')).toMatchObject(narrowing)
  expect(keys.findByPublicId('public-next')).toMatchObject({ familyId: 'key-ann', ...narrowing })
  expect(keys.findById('key-ben')).toMatchObject({ allowedModels: null, caps: NO_CAPS })
  expect(keys.ownerOfFamily('key-ann')).toBe('user-ann')
  expect(keys.ownerOfFamily('key-next')).toBeUndefined()
})

test('keys are found by name, by their public part, by their owner, and by whether they work', () => {
  const { keys } = keysOfTwo()
  keys.update('key-ann', { name: 'CI_build', expiresAt: NOW })
  const ids = (filter: object) => keys.list({ limit: 9, ...filter }).rows.map(({ id }) => id)
  expect(ids({ search: 'ci_B' })).toEqual(['key-ann'])
  expect(ids({ search: '%' })).toEqual([])
  expect(ids({ search: 'sk-cg-public-b' })).toEqual(['key-ben'])
  expect(ids({ search: 'BEN@example' })).toEqual(['key-ben'])
  expect(ids({ status: { is: 'expired', at: NOW } })).toEqual(['key-ann'])
  expect(ids({ status: { is: 'active', at: NOW } })).toEqual(['key-ben'])
  expect(ids({ status: { is: 'active', at: NOW - 1 } })).toEqual(['key-ben', 'key-ann'])
  keys.update('key-ann', { status: 'disabled', disabledBy: 'administrator' })
  expect(keys.list({ limit: 9, status: { is: 'disabled', at: NOW } })).toMatchObject({
    rows: [{ id: 'key-ann', userEmail: 'ann@example.test', disabledBy: 'administrator' }],
  })
  expect(keys.count({ status: { is: 'disabled', at: NOW }, search: 'ann@' })).toBe(1)
})
