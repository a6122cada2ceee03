// The small tables: settings, sealed values, facts, prices, owned ids and the audit.
import { expect, test } from 'vitest'
import { addPrice, cellOf, NOW, openTestDatabase, PRICE_ID } from '../../../test/support/database.ts'
import { createWriter } from '../write.ts'

test('a setting is stored as JSON with who changed it when, and the last value counts', () => {
  const { db, repositories } = openTestDatabase()
  repositories.settings.write({ announcement: 'Hello', modelAliases: { fast: 'demo-fast' } }, 'user-ann', NOW)
  repositories.settings.write({ announcement: '' }, null, NOW + 1)
  expect(repositories.settings.read()).toEqual({ announcement: '', modelAliases: { fast: 'demo-fast' } })
  const stored = db.raw.prepare('SELECT * FROM settings ORDER BY name').all()
  expect(stored).toMatchObject([
    { name: 'announcement', updated_at: NOW + 1, updated_by: null },
    { name: 'modelAliases', updated_at: NOW, updated_by: 'user-ann' },
  ])
})

test('facts and sealed values are replaced whole', () => {
  const { meta, sealedValues } = openTestDatabase().repositories
  expect(meta.get('setup')).toBeUndefined()
  meta.set('setup', 'done')
  meta.set('setup', 'done again')
  expect(meta.get('setup')).toBe('done again')
  expect(sealedValues.get('jwt')).toBeUndefined()
  sealedValues.set('jwt', Buffer.from([1, 2]), NOW)
  sealedValues.set('jwt', Buffer.from([3]), NOW)
  expect(sealedValues.get('jwt')).toEqual(Buffer.from([3]))
})

test('a price row comes back as it went in, and one moment of a model has one row of an origin', () => {
  const { repositories } = openTestDatabase()
  const { prices } = repositories
  addPrice(repositories)
  const [row] = prices.all()
  expect(row).toMatchObject({ id: PRICE_ID, origin: 'operator', isReasoning: null, maxOutputTokens: null })
  if (!row) throw new Error('the row was just inserted')
  expect(() => prices.insert(row)).toThrow(/UNIQUE constraint failed/)
  expect(() => prices.insert({ ...row, id: 'another' })).toThrow(/UNIQUE constraint failed/)
  prices.insert({ ...row, id: 'shipped-one', origin: 'shipped', isReasoning: true, effectiveFrom: NOW - 1 })
  expect(prices.all().map(({ id }) => id)).toEqual(['shipped-one', PRICE_ID])
  expect(prices.all()[0]).toEqual({
    ...row,
    id: 'shipped-one',
    origin: 'shipped',
    isReasoning: true,
    effectiveFrom: NOW - 1,
  })
})

test('the first owner of an id stays its owner', async () => {
  const { db, repositories } = openTestDatabase()
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const own = (userId: string) =>
    writer.submit({
      kind: 'own',
      ownedKind: 'response',
      id: 'resp_1',
      userId,
      tokens: 12,
      upstreamId: userId === 'user-ann' ? 'upstream-1' : null,
      createdAt: NOW,
    })
  await own('user-ann')
  await own('user-ben')
  expect(repositories.ownedIds.find('response', 'resp_1')).toEqual({
    userId: 'user-ann',
    tokens: 12,
    upstreamId: 'upstream-1',
  })
  expect(repositories.ownedIds.find('item', 'resp_1')).toBeUndefined()
})

test('the audit lists what was done newest first, by who, what and to whom', () => {
  const { db, repositories } = openTestDatabase()
  const { audit } = repositories
  const row = (id: string, changes: object = {}) => ({
    id,
    createdAt: NOW,
    actorUserId: 'user-ann',
    operation: 'users.adjustBalance',
    targetType: 'user',
    targetId: 'user-ben',
    before: { balanceNanoUsd: 0 },
    after: { balanceNanoUsd: 5 },
    address: '127.0.0.1',
    ...changes,
  })
  audit.append(row('a', { before: undefined }))
  audit.append(
    row('b', { actorUserId: 'user-ben', operation: 'keys.create', targetType: 'key', targetId: 'k' }),
  )
  audit.append(row('c', { createdAt: NOW + 1 }))
  const ids = (filter: object) => audit.list({ limit: 9, ...filter }).rows.map(({ id }) => id)
  expect(ids({})).toEqual(['c', 'b', 'a'])
  expect(ids({ actorUserId: 'user-ben' })).toEqual(['b'])
  expect(ids({ operation: 'users.adjustBalance' })).toEqual(['c', 'a'])
  expect(ids({ targetType: 'key', targetId: 'k' })).toEqual(['b'])
  expect(ids({ from: NOW, to: NOW + 1 })).toEqual(['b', 'a'])
  const first = audit.list({ limit: 2 })
  expect(audit.list({ limit: 2, cursor: first.nextCursor ?? '' }).rows).toEqual([
    { ...row('a', { before: null }), actorEmail: null, targetName: null },
  ])
  expect(cellOf(db, `SELECT before FROM audit WHERE id = 'a'`)).toBe('null')
})
