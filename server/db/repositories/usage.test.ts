import { expect, test } from 'vitest'
import type { UsageRow } from '../../../contract/usage.ts'
import { NOW, openTestDatabase, usageOf } from '../../../test/support/database.ts'
import type { Db } from '../open.ts'
import { createWriter } from '../write.ts'
import { listQuery, type UsageFilter } from './usage-list.ts'

async function usageWith(rows: readonly UsageRow[]) {
  const { db, repositories } = openTestDatabase()
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  await Promise.all(rows.map((usage) => writer.submit({ kind: 'usage', usage })))
  return { db, writer, usage: repositories.usage }
}

test('rows at the same moment are neither lost nor shown twice between pages', async () => {
  const rows = Array.from({ length: 23 }, (_, n) => usageOf(`r${String(n).padStart(2, '0')}`))
  const { writer, usage } = await usageWith(rows)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = usage.list({ limit: 5, cursor })
    seen.push(...page.rows.map(({ requestId }) => requestId))
    // A request that comes in while someone turns pages appears on no later page.
    await writer.submit({ kind: 'usage', usage: usageOf(`z${seen.length}`) })
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(seen).toEqual(rows.map(({ requestId }) => requestId).reverse())
})

test('a full last page is the last page', async () => {
  const { usage } = await usageWith([usageOf('a'), usageOf('b')])
  expect(usage.list({ limit: 2 }).nextCursor).toBeNull()
  expect(usage.list({ limit: 3 }).rows).toHaveLength(2)
})

test('a cursor of another shape is an error that says so', async () => {
  const { usage } = await usageWith([])
  expect(() => usage.list({ limit: 5, cursor: '1; DROP TABLE usage' })).toThrow('nextCursor')
  expect(() => usage.list({ limit: 5, cursor: '17' })).toThrow('belongs to another list')
})

test('the list narrows by every filter, and time is from (inclusive) to (exclusive)', async () => {
  const { usage } = await usageWith([
    usageOf('a', { createdAt: NOW }),
    usageOf('b', { createdAt: NOW + 1, userId: 'user-ben', keyId: 'key-ben' }),
    usageOf('c', { createdAt: NOW + 2, model: 'other', endpoint: '/v1/chat/completions' }),
    usageOf('d', { createdAt: NOW + 3, status: 429, reason: 'refused', errorCode: 'insufficient_quota' }),
  ])
  const ids = (filter: UsageFilter) =>
    usage.list({ limit: 9, ...filter }).rows.map(({ requestId }) => requestId)
  expect(ids({})).toEqual(['d', 'c', 'b', 'a'])
  expect(ids({ userId: 'user-ben' })).toEqual(['b'])
  expect(ids({ keyId: 'key-ann' })).toEqual(['d', 'c', 'a'])
  expect(ids({ model: 'other' })).toEqual(['c'])
  expect(ids({ endpoint: '/v1/chat/completions' })).toEqual(['c'])
  expect(ids({ status: 429 })).toEqual(['d'])
  expect(ids({ from: NOW + 1, to: NOW + 3 })).toEqual(['c', 'b'])
})

/** Three rows at each moment, of 50 people with two keys each. The indexes are built afterwards, which is faster. */
function fillUsage(db: Db, count: number): void {
  // The schema's own columns.
  const indexes = db.raw
    .prepare(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'usage' AND sql IS NOT NULL`,
    )
    .all() as { name: string; sql: string }[]
  expect(indexes).toHaveLength(7)
  db.raw.transaction(() => {
    for (const { name } of indexes) db.raw.exec(`DROP INDEX ${name}`)
    db.raw.exec(`
      WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
      INSERT INTO usage
      SELECT printf('r%06d', i), ${NOW} + i / 3, 'user-' || (i % 50), 'key-' || (i % 100), CASE WHEN i % 10 THEN '/v1/responses' ELSE '/v1/embeddings' END, 'model-' || (i % 10),
             10, 0, 0, 5, 0, 0, 700, CASE WHEN i % 50 THEN 200 ELSE 429 END, NULL,
             CASE WHEN i % 50 THEN 'completed' ELSE 'refused' END, 12, 3, 1, 0, 'balance', NULL, NULL
      FROM n`)
    for (const { sql } of indexes) db.raw.exec(sql)
  })()
}

test('lists over 50,000 requests read no more rows than they show', () => {
  const { db, repositories } = openTestDatabase()
  fillUsage(db, 50_000)
  const filters: UsageFilter[] = [
    {},
    { userId: 'user-7' },
    { keyId: 'key-7' },
    { model: 'model-3' },
    { model: 'nobody-asked-for-this' },
    { endpoint: '/v1/embeddings' },
    { status: 429 },
    { reason: 'refused' },
  ]
  for (const filter of filters) {
    for (const cursor of [undefined, `${NOW + 10_000}.r030000`]) {
      const { sql, params } = listQuery(db.orm, { ...filter, cursor, limit: 50 }).toSQL()
      // The pragma's own column.
      const plan = db.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[]
      const steps = plan.map(({ detail }) => detail)
      expect(steps).toHaveLength(1)
      expect(steps[0]).not.toContain('TEMP B-TREE')
      // In the order of the table or an index: SEARCH begins at the right row; the unfiltered first page begins at the end.
      const isFirstOfAll = cursor === undefined && Object.keys(filter).length === 0
      expect(steps[0]).toMatch(isFirstOfAll ? /^SCAN usage$/ : /^SEARCH usage USING/)
    }
  }
  // By cost, the rows that are narrowed down to are sorted by what their index says; all of them stand in the index of costs.
  const stepsByCost = (filter: UsageFilter) => {
    const { sql, params } = listQuery(db.orm, { ...filter, sort: 'cost', limit: 50 }).toSQL()
    const plan = db.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[]
    return plan.map(({ detail }) => detail).join('\n')
  }
  expect(stepsByCost({})).toContain('SCAN usage USING COVERING INDEX usage_cost')
  expect(stepsByCost({ status: 200 })).toContain('SCAN usage USING COVERING INDEX usage_cost')
  expect(stepsByCost({ reason: 'completed', endpoint: '/v1/responses' })).toMatch(
    /usage_cost.*COVERING INDEX usage_status_created/s,
  )
  for (const filter of filters.slice(1)) {
    expect(stepsByCost(filter)).toMatch(/SEARCH usage USING COVERING INDEX usage_\w+_created/)
  }
  // Of several, the narrowest leads.
  const indexFor = (filter: UsageFilter) => {
    const { sql, params } = listQuery(db.orm, { ...filter, limit: 50 }).toSQL()
    const plan = db.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[]
    return plan.map(({ detail }) => /INDEX (\w+)/.exec(detail)?.[1]).find((index) => index !== undefined)
  }
  expect(indexFor({ userId: 'user-7', model: 'model-7', status: 429 })).toBe('usage_user_created')
  expect(indexFor({ userId: 'user-7', keyId: 'key-7' })).toBe('usage_key_created')
  expect(indexFor({ model: 'model-0', status: 429 })).toBe('usage_status_created')
  expect(indexFor({ model: 'model-0', status: 200, endpoint: '/v1/embeddings' })).toBe('usage_model_created')
  expect(indexFor({ endpoint: '/v1/responses', reason: 'refused' })).toBe('usage_reason_created')
  // And what it holds of the rest is looked at there: rows that do not fit are not read, however many they are.
  const isPassedOver = (filter: UsageFilter) => {
    const { sql, params } = listQuery(db.orm, { ...filter, cursor: `${NOW + 9}.r1`, limit: 50 }).toSQL()
    const plan = db.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[]
    return plan.some(({ detail }) => detail.includes('USING COVERING INDEX'))
  }
  const rare: UsageFilter[] = [
    { model: 'model-3', endpoint: '/v1/nothing' },
    { model: 'model-3', endpoint: '/v1/nothing', status: 200, reason: 'completed' },
    { status: 429, model: 'model-3', endpoint: '/v1/nothing' },
    { status: 429, reason: 'refused' },
    { reason: 'refused', model: 'model-3', status: 200 },
    { reason: 'refused', endpoint: '/v1/nothing' },
    { userId: 'user-7', model: 'model-3', status: 200 },
  ]
  expect(rare.filter((filter) => !isPassedOver(filter))).toEqual([])
  // What is completed with an unusual status is found beside the cheaper rows that are not completed at all.
  db.raw.exec(`UPDATE usage SET cost_nano_usd = 0 WHERE reason = 'refused';
    UPDATE usage SET reason = 'completed', endpoint = '/v1/responses' WHERE request_id IN ('r000050', 'r000100')`)
  const cheapest = {
    reason: 'completed',
    endpoint: '/v1/responses',
    sort: 'cost',
    direction: 'asc',
    limit: 3,
  } as const
  const { rows } = repositories.usage.list(cheapest)
  expect(rows.map(({ requestId }) => requestId)).toEqual(['r000050', 'r000100', 'r000001'])
  // The usual and the unusual have queries of their own, whichever was asked for first.
  for (const status of [429, 200, 429])
    expect(new Set(repositories.usage.list({ status, limit: 5 }).rows.map((row) => row.status))).toEqual(
      new Set([status]),
    )
  for (const reason of ['refused', 'completed', 'refused'] as const)
    expect(new Set(repositories.usage.list({ reason, limit: 5 }).rows.map((row) => row.reason))).toEqual(
      new Set([reason]),
    )
  const page = repositories.usage.list({ userId: 'user-7', limit: 50 })
  expect(page.rows).toHaveLength(50)
  expect(page.rows[0]?.requestId).toBe('r049957')
})
