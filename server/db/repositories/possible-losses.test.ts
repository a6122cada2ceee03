// Possible losses: each is charged once or dismissed once, and which of the two came first is final.
import { expect, test } from 'vitest'
import { addPerson, holdOf, NOW, openTestDatabase } from '../../../test/support/database.ts'
import { BookedBeforeError, createWriter } from '../write.ts'

async function startLosses(ids: readonly string[]) {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann')
  addPerson(repositories, 'ben')
  const writer = createWriter(db, { onError: () => {} })
  for (const id of ids)
    await writer.submit({ kind: 'hold', hold: holdOf(id, 4_000, id[0] === 'b' ? 'ben' : 'ann') })
  repositories.ledger.releaseOpenHolds(NOW + 9)
  const charge = (requestId: string, amountNanoUsd: number) =>
    writer.submit({
      kind: 'balance_change',
      userId: 'user-ann',
      changeKind: 'charge',
      amountNanoUsd: -amountNanoUsd,
      note: 'it ran',
      actorUserId: 'user-ben',
      createdAt: NOW + 20,
      requestId,
    })
  const dismiss = (requestId: string) =>
    repositories.possibleLosses.dismiss({
      requestId,
      createdAt: NOW + 30,
      actorUserId: null,
      note: 'no trace',
    })
  return { writer, charge, dismiss, losses: repositories.possibleLosses, ledger: repositories.ledger }
}

test('a loss says whose it was, what it held, and what became of it', async () => {
  const { charge, dismiss, losses } = await startLosses(['a1', 'a2', 'b1'])
  expect(losses.open()).toEqual({ count: 3, sumNanoUsd: 12_000 })
  expect(losses.find('a1')).toEqual({
    ...holdOf('a1', 4_000),
    userEmail: 'ann@example.test',
    keyName: 'laptop',
    foundAt: NOW + 9,
    state: 'open',
    chargedNanoUsd: 0,
    resolvedAt: null,
    actorUserId: null,
    note: null,
  })
  await charge('a1', 1_500)
  expect(dismiss('b1')).toBe(true)
  const told = { resolvedAt: NOW + 20, actorUserId: 'user-ben', note: 'it ran' }
  expect(losses.find('a1')).toMatchObject({ state: 'charged', chargedNanoUsd: 1_500, ...told })
  expect(losses.find('b1')).toMatchObject({ state: 'dismissed', chargedNanoUsd: 0, note: 'no trace' })
  expect(losses.open()).toEqual({ count: 1, sumNanoUsd: 4_000 })
  expect(losses.find('c1')).toBeUndefined()
})

test('a loss is charged or dismissed, once, whichever came first', async () => {
  const { writer, charge, dismiss, losses, ledger } = await startLosses(['a1', 'a2'])
  await charge('a1', 1_000)
  await expect(charge('a1', 1_000)).rejects.toThrow(BookedBeforeError)
  expect(dismiss('a1')).toBe(false)
  expect(dismiss('a2')).toBe(true)
  expect(dismiss('a2')).toBe(false)
  await expect(charge('a2', 1_000)).rejects.toThrow(BookedBeforeError)
  expect(losses.find('a2')).toMatchObject({ state: 'dismissed', chargedNanoUsd: 0 })
  expect(ledger.sumOf('user-ann')).toBe(-1_000)
  await writer.stop()
})

test('a charge that is on its way when the loss is dismissed is not made', async () => {
  const { charge, dismiss, losses, ledger } = await startLosses(['a1'])
  const onItsWay = charge('a1', 1_000)
  expect(dismiss('a1')).toBe(true)
  await expect(onItsWay).rejects.toThrow(BookedBeforeError)
  expect(losses.find('a1')).toMatchObject({ state: 'dismissed' })
  expect(ledger.sumOf('user-ann')).toBe(0)
})

test('the list is narrowed by state and person, page by page', async () => {
  const { charge, dismiss, losses } = await startLosses(['a1', 'a2', 'a3', 'b1'])
  await charge('a2', 1)
  dismiss('a3')
  const idsOf = (filter: Partial<Parameters<typeof losses.list>[0]>) =>
    losses.list({ limit: 9, ...filter }).rows.map(({ requestId }) => requestId)
  expect(idsOf({})).toEqual(['b1', 'a3', 'a2', 'a1'])
  expect(idsOf({ state: 'open' })).toEqual(['b1', 'a1'])
  expect(idsOf({ state: 'charged' })).toEqual(['a2'])
  expect(idsOf({ state: 'dismissed' })).toEqual(['a3'])
  expect(idsOf({ userId: 'user-ben' })).toEqual(['b1'])
  const first = losses.list({ state: 'open', limit: 1 })
  expect(losses.list({ state: 'open', limit: 1, cursor: first.nextCursor ?? '' })).toMatchObject({
    rows: [{ requestId: 'a1' }],
    nextCursor: null,
  })
})
