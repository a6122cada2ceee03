import { expect, test } from 'vitest'
import { addPerson, NOW, openTestDatabase } from '../../../test/support/database.ts'

const session = (id: string, userId = 'user-ann', expiresAt = NOW + 1_000) => ({
  id,
  userId,
  createdAt: NOW,
  expiresAt,
  address: '127.0.0.1',
  client: 'a browser',
})

function sessionsOfTwo() {
  const { repositories } = openTestDatabase()
  addPerson(repositories, 'ann')
  addPerson(repositories, 'ben')
  return repositories.sessions
}

test('a session is found as it was made, and says when it was revoked first', () => {
  const sessions = sessionsOfTwo()
  sessions.create(session('s'))
  expect(sessions.find('s')).toEqual({ ...session('s'), revokedAt: null, lastSeenAt: null })
  sessions.revoke('s', NOW + 1)
  sessions.revoke('s', NOW + 2)
  expect(sessions.find('s')?.revokedAt).toBe(NOW + 1)
  expect(sessions.find('other')).toBeUndefined()
})

test('all sessions of a person end, except perhaps their own, and nobody else’s', () => {
  const sessions = sessionsOfTwo()
  for (const id of ['a', 'b', 'c']) sessions.create(session(id))
  sessions.create(session('of-ben', 'user-ben'))
  expect(sessions.revokeAllOf('user-ann', NOW, 'b')).toBe(2)
  expect(['a', 'b', 'c', 'of-ben'].map((id) => sessions.find(id)?.revokedAt)).toEqual([NOW, null, NOW, null])
  expect(sessions.revokeAllOf('user-ann', NOW)).toBe(1)
})

test('sessions that ended are forgotten, the others stay', () => {
  const sessions = sessionsOfTwo()
  sessions.create(session('old', 'user-ann', NOW - 1))
  sessions.create(session('new', 'user-ann', NOW))
  expect(sessions.deleteExpired(NOW)).toBe(1)
  expect(sessions.find('old')).toBeUndefined()
  expect(sessions.find('new')).toBeDefined()
})

test('those that are alive are listed, the one used last first, and a use is noted with its place', () => {
  const sessions = sessionsOfTwo()
  for (const id of ['a', 'b', 'c']) sessions.create(session(id))
  sessions.create(session('old', 'user-ann', NOW))
  sessions.create(session('of-ben', 'user-ben'))
  sessions.revoke('c', NOW)
  sessions.touch('a', NOW + 5, '10.0.0.9')
  expect(sessions.listLive('user-ann', NOW).map(({ id, address }) => [id, address])).toEqual([
    ['a', '10.0.0.9'],
    ['b', '127.0.0.1'],
  ])
})
