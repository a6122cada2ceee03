import { expect, onTestFinished, test, vi } from 'vitest'
import { addPerson, NOW, openTestDatabase } from '../../test/support/database.ts'
import { createWriter } from '../db/write.ts'
import { createKeyDirectory } from './key-directory.ts'

function startDirectory() {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann')
  addPerson(repositories, 'ben')
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const directory = createKeyDirectory({ writer, repository: repositories.keys })
  return { db, directory, writer, keys: repositories.keys, users: repositories.users }
}

test('a key is remembered until it is forgotten, because it or its owner changed', () => {
  const { directory, keys, users } = startDirectory()
  expect(directory.find('public-ann')).toMatchObject({
    keyId: 'key-ann',
    keyStatus: 'active',
    userStatus: 'active',
    userRole: 'user',
  })
  keys.update('key-ann', { status: 'disabled' })
  users.setStatus('user-ben', 'suspended')
  directory.forgetKey('key-ann')
  expect(directory.find('public-ann')?.keyStatus).toBe('disabled')
  users.setStatus('user-ann', 'suspended')
  expect(directory.find('public-ann')?.userStatus).toBe('active')
  directory.forgetUser('user-ann')
  expect(directory.find('public-ann')?.userStatus).toBe('suspended')
  keys.softDelete('key-ann', NOW)
  directory.forgetKey('key-ann')
  expect(directory.find('public-ann')).toBeUndefined()
})

test('a key that was asked for before it was made is found once it is there', () => {
  const { directory, keys } = startDirectory()
  expect(directory.find('public-new')).toBeUndefined()
  keys.create({
    id: 'key-new',
    userId: 'user-ann',
    publicId: 'public-new',
    name: 'new',
    secretHash: Buffer.alloc(32),
    createdAt: NOW,
    expiresAt: NOW + 5,
  })
  expect(directory.find('public-new')).toMatchObject({ keyId: 'key-new', expiresAt: NOW + 5 })
})

test('a known key is looked up without the database', () => {
  const { db, directory } = startDirectory()
  directory.find('public-ann')
  const asked = vi.spyOn(db.raw, 'prepare')
  db.raw.exec('BEGIN')
  db.raw.exec(`UPDATE api_keys SET name = 'other'`)
  expect(directory.find('public-ann')?.name).toBe('laptop')
  db.raw.exec('ROLLBACK')
  expect(asked).not.toHaveBeenCalled()
})

test('uses of keys are written in one batch after a few seconds, the last of each key', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { directory, keys, writer } = startDirectory()
  directory.noteUse('key-ann', { at: NOW, address: '10.0.0.1', client: 'codex' })
  directory.noteUse('key-ann', { at: NOW + 5, address: '10.0.0.2', client: 'x'.repeat(500) })
  directory.noteUse('key-ben', { at: NOW + 1, address: '10.0.0.3', client: 'openai-node' })
  await writer.flush()
  expect(keys.findById('key-ann')?.lastUsedAt).toBeNull()
  await vi.advanceTimersByTimeAsync(3_000)
  await writer.flush()
  expect(keys.findById('key-ann')).toMatchObject({ lastUsedAt: NOW + 5, lastUsedAddress: '10.0.0.2' })
  expect(keys.findById('key-ann')?.lastUsedClient).toHaveLength(200)
  expect(keys.findById('key-ben')).toMatchObject({ lastUsedAt: NOW + 1, lastUsedClient: 'openai-node' })
})

test('stopping writes the uses that are still noted, and an older use never replaces a newer one', async () => {
  const { directory, keys } = startDirectory()
  directory.noteUse('key-ann', { at: NOW + 5, address: 'new', client: 'c' })
  await directory.stop()
  expect(keys.findById('key-ann')?.lastUsedAddress).toBe('new')
  directory.noteUse('key-ann', { at: NOW, address: 'old', client: 'c' })
  await directory.stop()
  expect(keys.findById('key-ann')?.lastUsedAddress).toBe('new')
})
