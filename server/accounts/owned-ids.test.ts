import { expect, onTestFinished, test } from 'vitest'
import { openTestDatabase, testClock } from '../../test/support/database.ts'
import { createWriter } from '../db/write.ts'
import { createOwnedIds } from './owned-ids.ts'

function startOwnedIds() {
  const { db, repositories } = openTestDatabase()
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  onTestFinished(() => writer.stop())
  const deps = { writer, repository: repositories.ownedIds, clock: testClock }
  return { writer, start: () => createOwnedIds(deps) }
}

test('an id is its maker’s at once, and still after the next start', async () => {
  const { writer, start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', 'user-ann', 1_234)
  ownedIds.record('item', 'msg_1', 'user-ann')
  expect(ownedIds.find('response', 'resp_1')).toEqual({ userId: 'user-ann', tokens: 1_234 })
  await writer.flush()
  const next = start()
  expect(next.find('response', 'resp_1')).toEqual({ userId: 'user-ann', tokens: 1_234 })
  expect(next.find('item', 'msg_1')).toEqual({ userId: 'user-ann', tokens: null })
})

test('an id that nobody made is nobody’s, and a response is no item', () => {
  const { start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', 'user-ann')
  expect(ownedIds.find('item', 'resp_1')).toBeUndefined()
  expect(ownedIds.find('response', 'resp_2')).toBeUndefined()
})

test('an id stays with the first who made it, in memory and on disk', async () => {
  const { writer, start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', 'user-ann')
  ownedIds.record('response', 'resp_1', 'user-ben')
  expect(ownedIds.find('response', 'resp_1')?.userId).toBe('user-ann')
  await writer.flush()
  expect(start().find('response', 'resp_1')?.userId).toBe('user-ann')
})
