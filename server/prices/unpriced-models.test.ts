// Models that were asked for without a price: counted, bounded, and kept.
import { expect, test } from 'vitest'
import { addPerson, listeningLogger, NOW, openTestDatabase } from '../../test/support/database.ts'
import { createUnpricedModels } from './unpriced-models.ts'

function open() {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann')
  addPerson(repositories, 'bob')
  const { logger, lines } = listeningLogger()
  const heard: string[] = []
  const start = () =>
    createUnpricedModels({
      repository: repositories.unpricedModels,
      logger,
      onFirstAsk: (model, userId) => heard.push(`${model} ${userId}`),
    })
  return { db, lines, heard, start, unpriced: start() }
}

test('is listed with how often, when and by whom, the last asked for first', () => {
  const { unpriced, heard, start } = open()
  unpriced.note('gpt-7', 'user-ann', NOW)
  unpriced.note('gpt-7', 'user-ann', NOW + 5)
  unpriced.note('gpt-7', 'user-bob', NOW + 2)
  unpriced.note('gpt-8', 'user-bob', NOW + 9)
  expect(heard).toEqual(['gpt-7 user-ann', 'gpt-7 user-bob', 'gpt-8 user-bob'])
  const rows = unpriced.list(10)
  expect(rows.map(({ model, count, lastAskedAt }) => [model, count, lastAskedAt])).toEqual([
    ['gpt-8', 1, NOW + 9],
    ['gpt-7', 3, NOW + 5],
  ])
  expect(rows[1]?.users.map(({ email, count }) => [email, count])).toEqual([
    ['ann@example.test', 2],
    ['bob@example.test', 1],
  ])
  unpriced.note('gpt-7', 'user-ann', NOW + 10)
  expect(unpriced.list(1)).toMatchObject([{ model: 'gpt-7', count: 4, firstAskedAt: NOW }])
  unpriced.note('gpt-9', 'user-ann', NOW + 11)
  unpriced.stop()
  expect(start().list(10)).toHaveLength(3)
})

test('is forgotten once it has a price', () => {
  const { unpriced } = open()
  unpriced.note('gpt-7', 'user-ann', NOW)
  unpriced.note('gpt-8', 'user-ann', NOW)
  unpriced.forget(['gpt-7'])
  expect(unpriced.list(10).map(({ model }) => model)).toEqual(['gpt-8'])
})

test('of one person only the last fifty are kept, so that nobody fills the list for others', () => {
  const { unpriced } = open()
  unpriced.note('asked-by-bob', 'user-bob', NOW)
  for (let n = 0; n < 200; n += 1) unpriced.note(`made-up-${n}`, 'user-ann', NOW + n)
  const models = unpriced.list(1000).map(({ model }) => model)
  expect(models).toHaveLength(51)
  expect(models).toContain('asked-by-bob')
  expect(models[0]).toBe('made-up-199')
})

test('a loop of made-up names is bounded in memory, and what is no name is not counted', () => {
  const { unpriced, heard } = open()
  for (const name of ['', 'has space', 'ümlaut', 'x'.repeat(201), 'new\nline'])
    unpriced.note(name, 'user-ann', NOW)
  expect(heard).toEqual([])
  for (let n = 0; n < 5000; n += 1) unpriced.note(`made-up-${n}`, 'user-ann', NOW + n)
  expect(heard).toHaveLength(1000)
})

test('a disk that takes nothing costs the list and no request', () => {
  const { db, unpriced, lines } = open()
  unpriced.note('gpt-7', 'user-ann', NOW)
  db.raw.pragma('query_only = ON')
  unpriced.stop()
  expect(lines).toMatchObject([{ level: 'warn' }])
})
