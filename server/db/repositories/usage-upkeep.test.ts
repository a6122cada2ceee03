// Rows become sums, sums become longer ones, and nothing that was ever counted changes by it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UsageRow } from '../../../contract/usage.ts'
import { addPerson, openTestDatabase, usageOf } from '../../../test/support/database.ts'
import type { Db } from '../open.ts'
import { createWriter } from '../write.ts'
import { type CountedFilter, createUsageSums } from './usage-sums.ts'
import { createUsageUpkeep, type UsageUpkeep } from './usage-upkeep.ts'

const QUARTER = 900_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.parse('2026-01-01T00:00Z')
const DAYS = 3

const hourOf = (atMs: number) => Math.floor(atMs / HOUR) * HOUR
const dayOf = (atMs: number) => Math.floor(atMs / DAY) * DAY

const row = fc.record({
  createdAt: fc.integer({ min: START, max: START + DAYS * DAY - 1 }),
  name: fc.constantFrom('ann', 'ben'),
  model: fc.constantFrom('m1', 'm2'),
  endpoint: fc.constantFrom('/v1/responses', '/v1/embeddings'),
  status: fc.constantFrom(200, 429, 502),
  reason: fc.constantFrom('completed' as const, 'refused' as const),
  isDemo: fc.boolean(),
  costNanoUsd: fc.integer({ min: 0, max: 1e9 }),
})
type Made = typeof row extends fc.Arbitrary<infer T> ? T : never

const ids = Array.from({ length: 100_000 }, (_, n) => `r${n}`).values()
const toUsage = ({ name, ...rest }: Made): UsageRow =>
  usageOf(ids.next().value ?? '', { ...rest, userId: `user-${name}`, keyId: `key-${name}` })

/** What happens between two looks: a step of the upkeep, as far as a moment, or a request that ends only now. */
const event = fc.oneof(
  fc.record({
    step: fc.constantFrom('rollUp', 'expire', 'compactToHours', 'compactToDays'),
    before: fc.integer({ min: 0, max: DAYS * 24 }).map((hour) => START + hour * HOUR),
    limit: fc.integer({ min: 1, max: 9 }),
  }),
  row.map((late) => ({ late })),
)

/** Every filter there is, over spans of whole days, of whole quarter hours, and of all time. */
const FILTERS: readonly Omit<CountedFilter, 'includeDemo'>[] = [
  {},
  { userId: 'user-ann' },
  { keyId: 'key-ben', model: 'm1' },
  { model: 'm2' },
  { endpoint: '/v1/embeddings', status: 429 },
  { reason: 'refused' },
  { from: START + DAY, to: START + 2 * DAY },
  { from: START + DAY, userId: 'user-ben' },
]

function look(db: Db, further: readonly Omit<CountedFilter, 'includeDemo'>[] = []) {
  const sums = createUsageSums(db)
  return [...FILTERS, ...further].flatMap((filter) =>
    [true, false].map((includeDemo) => {
      const counted = { ...filter, includeDemo }
      const byGroup = (by: 'model' | 'user' | 'key' | 'endpoint') =>
        [...sums.byGroup(counted, by)].sort(([one], [other]) => (one < other ? -1 : 1))
      return {
        total: sums.total(counted),
        groups: (['model', 'user', 'key', 'endpoint'] as const).map(byGroup),
      }
    }),
  )
}

function run(upkeep: UsageUpkeep, step: string, before: number, limit: number): void {
  if (step === 'rollUp') upkeep.rollUp(before, limit)
  else if (step === 'expire') upkeep.expire(before, limit, hourOf)
  else if (step === 'compactToHours') upkeep.compactToHours(before, limit, hourOf)
  else upkeep.compactToDays(before, limit, dayOf)
}

function insert(db: Db, rows: readonly UsageRow[]): Promise<unknown> {
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  return Promise.all(rows.map((usage) => writer.submit({ kind: 'usage', usage })))
}

test('whatever is rolled up, expires, is compacted or comes late, every total stays what the rows said', async () => {
  const { db, repositories } = openTestDatabase()
  // The same requests in a database whose rows nobody ever touches.
  const untouched = openTestDatabase()
  for (const each of [db, untouched.db]) each.raw.pragma('synchronous = OFF')
  for (const each of [repositories, untouched.repositories]) {
    addPerson(each)
    addPerson(each, 'ben')
  }
  const clean = (target: Db) => {
    for (const table of ['usage', 'usage_rollups', 'expired_usage']) target.raw.exec(`DELETE FROM ${table}`)
    target.raw.exec('UPDATE usage_progress SET rolled_until = 0, kept_from = 0')
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.array(event, { maxLength: 25 }),
      async (rows, events) => {
        clean(db)
        clean(untouched.db)
        const upkeep = createUsageUpkeep(db)
        const both = async (usage: UsageRow[]) => {
          await insert(db, usage)
          await insert(untouched.db, usage)
        }
        await both(rows.map(toUsage))
        for (const happened of events) {
          if ('late' in happened) await both([toUsage(happened.late)])
          else run(upkeep, happened.step, happened.before, happened.limit)
        }
        expect(look(db)).toEqual(look(untouched.db))
      },
    ),
    { numRuns: 25 },
  )
})

test('as long as rows are there, a span may begin and end anywhere, also while its sums are half made', async () => {
  const { db, repositories } = openTestDatabase()
  db.raw.pragma('synchronous = OFF')
  addPerson(repositories)
  const rows = Array.from({ length: 60 }, (_, n) =>
    usageOf(`e${n}`, { createdAt: START + n * 61_003, costNanoUsd: n + 1 }),
  )
  await insert(db, rows)
  const further = [0, 1, 7 * 61_003, QUARTER, QUARTER + 1].flatMap((from) =>
    [QUARTER - 1, QUARTER, 20 * 61_003, HOUR].map((to) => ({ from: START + from, to: START + to })),
  )
  const before = look(db, further)
  const upkeep = createUsageUpkeep(db)
  let steps = 0
  while (upkeep.rollUp(START + 50 * 61_003, 7)) {
    steps += 1
    expect(look(db, further)).toEqual(before)
  }
  expect(steps).toBeGreaterThan(5)
  expect(look(db, further)).toEqual(before)
})

test('rows expire only once they are rolled up, and sums are forgotten only where somebody says so', async () => {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  await insert(
    db,
    [1, 2, 3].map((n) => usageOf(`x${n}`, { createdAt: START + n * DAY, costNanoUsd: n })),
  )
  const upkeep = createUsageUpkeep(db)
  const rowsLeft = () => repositories.usage.list({ limit: 9 }).rows.length
  const end = START + 9 * DAY
  upkeep.expire(end, 100, hourOf)
  expect([rowsLeft(), upkeep.keptFrom]).toEqual([3, 0])
  upkeep.rollUp(START + 2.5 * DAY, 100)
  upkeep.expire(end, 100, hourOf)
  expect([rowsLeft(), upkeep.keptFrom]).toEqual([1, START + 2.5 * DAY])
  const total = () => createUsageSums(db).total({ includeDemo: false })
  expect(total()).toMatchObject({ requests: 3, costNanoUsd: 6 })
  expect(upkeep.forget(START + 2 * DAY, 100)).toBe(false)
  expect(total()).toMatchObject({ requests: 2, costNanoUsd: 5 })
  expect(createUsageSums(db).total({ includeDemo: false, userId: 'user-ann' })).toMatchObject({
    costNanoUsd: 5,
  })
})
