// How SQLite goes about every list: along an index or the table's own order, so that a page costs what it shows, however many
// rows there are. Asked of the database itself, with the statements and values that the repositories really use.
import { expect, test } from 'vitest'
import { addPerson, NOW, openTestDatabase } from '../../../test/support/database.ts'
import type { Db } from '../open.ts'
import { createRepositories, type Repositories } from './repositories.ts'

interface Asked {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Repositories that note what they ask. */
function listening(db: Db): { readonly repositories: Repositories; readonly asked: Asked[] } {
  const asked: Asked[] = []
  const prepare = db.raw.prepare.bind(db.raw)
  const raw = new Proxy(db.raw, {})
  Object.defineProperty(db.raw, 'prepare', {
    value: (sql: string) => {
      const statement = prepare(sql)
      for (const call of ['all', 'get'] as const) {
        const original = statement[call].bind(statement)
        Object.defineProperty(statement, call, {
          value: (...values: unknown[]) => {
            asked.push({ sql, values })
            return original(...values)
          },
        })
      }
      return statement
    },
  })
  return { repositories: createRepositories({ ...db, raw }), asked }
}

const CURSOR = `${NOW}.id`
const page = { limit: 50 }
const next = { limit: 50, cursor: CURSOR }
/** What a cursor of keys or people names is looked up. */
const nextKeys = { limit: 50, cursor: `${NOW}.key-ann` }

type List = (repositories: Repositories) => unknown

/** Lists that grow with the requests, or with the years. */
const LISTS: readonly (readonly [string, List])[] = [
  ['usage, first page', ({ usage }) => usage.list(page)],
  ['usage, next page', ({ usage }) => usage.list(next)],
  ['usage of a person', ({ usage }) => usage.list({ ...next, userId: 'u', model: 'm', reason: 'refused' })],
  ['usage of a key', ({ usage }) => usage.list({ ...next, keyId: 'k', userId: 'u', status: 429 })],
  [
    'usage of a model',
    ({ usage }) => usage.list({ ...next, model: 'm', endpoint: '/v1/responses', status: 200 }),
  ],
  ['usage of an endpoint', ({ usage }) => usage.list({ ...next, endpoint: '/v1/responses' })],
  ['usage by status', ({ usage }) => usage.list({ ...next, status: 502, model: 'm' })],
  ['usage by reason', ({ usage }) => usage.list({ ...next, reason: 'estimated', endpoint: '/v1/responses' })],
  ['usage, the oldest first', ({ usage }) => usage.list({ ...next, direction: 'asc' })],
  [
    'usage of a model, the oldest first',
    ({ usage }) => usage.list({ ...next, model: 'm', endpoint: '/v1/responses', direction: 'asc' }),
  ],
  ['usage of a time', ({ usage }) => usage.list({ ...page, from: NOW, to: NOW + 1 })],
  ['one request', ({ usage }) => usage.findBetween('r', NOW - 10_000, NOW)],
  ['today', ({ usage }) => usage.today('u', NOW)],
  ['what a balance paid', ({ usage }) => usage.paidFromBalance('u', NOW)],
  ['keys', ({ keys }) => keys.list(nextKeys)],
  ['keys, the oldest first', ({ keys }) => keys.list({ ...nextKeys, direction: 'asc' })],
  ['keys of a person', ({ keys }) => keys.list({ ...nextKeys, userId: 'user-ann' })],
  ['people', ({ users }) => users.list({ limit: 50, cursor: `${NOW}.user-ann` })],
  ['audit', ({ audit }) => audit.list(next)],
  ['mail', ({ mails }) => mails.list(next)],
  ['audit of a time', ({ audit }) => audit.list({ ...page, from: NOW, to: NOW + 1 })],
  ['balance changes', ({ accountHistory }) => accountHistory.changes('u', page)],
  ['history', ({ accountHistory }) => accountHistory.all('u', page)],
  ['history, next page', ({ accountHistory }) => accountHistory.all('u', { ...page, cursor: '17' })],
]

/** The page was found in an index alone, and its rows, no more than a page, are put in order. */
const IN_KEYS_OF_A_PAGE = /\) in \(select .*limit \?\)/is

/**
 * What may be read from one end to the other: an order of which a page takes the first rows, and counts beside a list. A
 * history is led to by links, one page of them, which may be put in order.
 */
const isHarmless = (sql: string, step: string): boolean =>
  step === 'SCAN linked' ||
  (step === 'USE TEMP B-TREE FOR ORDER BY' && sql.endsWith('ORDER BY linked.position')) ||
  (step === 'USE TEMP B-TREE FOR ORDER BY' && IN_KEYS_OF_A_PAGE.test(sql)) ||
  (/^SCAN \w+( USING (COVERING )?INDEX \w+)?$/.test(step) &&
    (/limit (\?|@)/i.test(sql) || /select count\(/i.test(sql)))

test('no list reads or sorts more than its page', () => {
  const { db } = openTestDatabase()
  const { repositories, asked } = listening(db)
  addPerson(repositories, 'ann')
  for (const [name, list] of LISTS) {
    asked.length = 0
    list(repositories)
    expect(asked.length).toBeGreaterThan(0)
    for (const { sql, values } of [...asked]) {
      // The pragma's own column.
      const plan = db.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]
      const bad = plan
        .map(({ detail }) => detail)
        .filter((step) => step.includes('TEMP B-TREE') || step.startsWith('SCAN'))
        .filter((step) => !isHarmless(sql, step))
      expect({ name, sql, bad }).toEqual({ name, sql, bad: [] })
    }
  }
})
