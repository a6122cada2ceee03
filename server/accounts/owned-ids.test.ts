import { expect, onTestFinished, test, vi } from 'vitest'
import { openTestDatabase, testClock } from '../../test/support/database.ts'
import { createWriter } from '../db/write.ts'
import { createOwnedIds } from './owned-ids.ts'

const ANN = { userId: 'user-ann', upstreamId: 'upstream-1' }
const BEN = { userId: 'user-ben', upstreamId: null }

function startOwnedIds() {
  const { db, repositories } = openTestDatabase()
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  onTestFinished(() => writer.stop())
  const repository = repositories.ownedIds
  const deps = { writer, repository, clock: testClock }
  return { writer, repository, start: () => createOwnedIds(deps) }
}

test('an id is its maker’s at once, and still after the next start', async () => {
  const { writer, start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', ANN, 1_234)
  ownedIds.record('item', 'msg_1', ANN)
  expect(ownedIds.find('response', 'resp_1')).toEqual({ ...ANN, tokens: 1_234 })
  await writer.flush()
  const next = start()
  expect(next.find('response', 'resp_1')).toEqual({ ...ANN, tokens: 1_234 })
  expect(next.find('item', 'msg_1')).toEqual({ ...ANN, tokens: null })
})

test('an id that nobody made is nobody’s, and a response is no item', () => {
  const { start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', ANN)
  expect(ownedIds.find('item', 'resp_1')).toBeUndefined()
  expect(ownedIds.find('response', 'resp_2')).toBeUndefined()
})

test('an id stays with the first who made it, in memory and on disk', async () => {
  const { writer, start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', ANN)
  ownedIds.record('response', 'resp_1', BEN)
  expect(ownedIds.find('response', 'resp_1')?.userId).toBe(ANN.userId)
  await writer.flush()
  expect(start().find('response', 'resp_1')?.userId).toBe(ANN.userId)
})

test('the tokens of an id that was announced before they were known come with a later call, in memory and on disk', async () => {
  const { writer, start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', ANN)
  ownedIds.record('response', 'resp_1', ANN, 1_234)
  expect(ownedIds.find('response', 'resp_1')).toEqual({ ...ANN, tokens: 1_234 })
  // A later event that names the id without tokens takes nothing away.
  ownedIds.record('response', 'resp_1', ANN)
  await writer.flush()
  expect(start().find('response', 'resp_1')).toEqual({ ...ANN, tokens: 1_234 })
  const next = start()
  next.record('response', 'resp_1', ANN)
  await writer.flush()
  for (const ids of [next, start()]) expect(ids.find('response', 'resp_1')?.tokens).toBe(1_234)
})

test('tokens of somebody else change nothing, in memory and on disk', async () => {
  const { writer, start } = startOwnedIds()
  const ownedIds = start()
  ownedIds.record('item', 'rs_1', ANN, 1_000)
  ownedIds.record('item', 'rs_1', BEN, 1)
  expect(ownedIds.find('item', 'rs_1')).toEqual({ ...ANN, tokens: 1_000 })
  await writer.flush()
  // After a start the id is not in memory, and what is on disk decides.
  start().record('item', 'rs_1', BEN, 1)
  await writer.flush()
  expect(start().find('item', 'rs_1')).toEqual({ ...ANN, tokens: 1_000 })
})

test('who is given an id that is somebody else’s does not come by it, though the start has emptied the memory', async () => {
  const { writer, start } = startOwnedIds()
  start().record('response', 'resp_1', ANN, 1_000)
  await writer.flush()
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', BEN)
  ownedIds.record('response', 'resp_1', BEN, 1)
  expect(ownedIds.find('response', 'resp_1')).toEqual({ ...ANN, tokens: 1_000 })
  // Nor afterwards, when the table has been asked.
  ownedIds.record('response', 'resp_1', BEN, 2)
  expect(ownedIds.find('response', 'resp_1')).toEqual({ ...ANN, tokens: 1_000 })
})

test('the table is asked for nothing while ids are recorded, and once for each that is referred to', async () => {
  const { writer, repository, start } = startOwnedIds()
  const asked = vi.spyOn(repository, 'find')
  const ownedIds = start()
  ownedIds.record('response', 'resp_1', ANN)
  ownedIds.record('response', 'resp_1', ANN, 1_000)
  await writer.flush()
  expect(asked).not.toHaveBeenCalled()
  for (let time = 0; time < 3; time += 1)
    expect(ownedIds.find('response', 'resp_1')).toEqual({ ...ANN, tokens: 1_000 })
  ownedIds.record('response', 'resp_1', ANN, 2_000)
  expect(ownedIds.find('response', 'resp_1')).toEqual({ ...ANN, tokens: 2_000 })
  expect(asked).toHaveBeenCalledTimes(1)
})
