// Rows become sums, sums become longer ones, and nothing that was ever counted changes by it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UsageRow } from '../../../contract/usage.ts'
import { addPerson, cellOf, openTestDatabase, usageOf } from '../../../test/support/database.ts'
import { DAILY_TABLES } from '../daily-usage.ts'
import type { Db } from '../open.ts'
import { createWriter } from '../write.ts'
import { type CountedFilter, createUsageSums } from './usage-sums.ts'
import { readTimings } from './usage-timings.ts'
import { createUsageUpkeep, type UsageUpkeep } from './usage-upkeep.ts'

const QUARTER = 900_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.parse('2026-01-01T00:00Z')
const DAYS = 3

/** Days of a zone some hours from UTC. */
const daysOf = (hours: number) => (atMs: number) => {
  const startMs = Math.floor((atMs + hours * HOUR) / DAY) * DAY - hours * HOUR
  return { startMs, endMs: startMs + DAY }
}
const dayOf = daysOf(0)

const row = fc.record({
  createdAt: fc.integer({ min: START, max: START + DAYS * DAY - 1 }),
  name: fc.constantFrom('ann', 'ben'),
  model: fc.constantFrom('m1', 'm2'),
  endpoint: fc.constantFrom('/v1/responses', '/v1/embeddings'),
  status: fc.constantFrom(200, 429, 502),
  reason: fc.constantFrom('completed' as const, 'refused' as const, 'upstream_failed' as const),
  isDemo: fc.boolean(),
  costNanoUsd: fc.integer({ min: 0, max: 1e9 }),
  durationMs: fc.integer({ min: 0, max: 5_000 }),
  firstTokenMs: fc.option(fc.integer({ min: 0, max: 500 })),
})
type Made = typeof row extends fc.Arbitrary<infer T> ? T : never

const ids = Array.from({ length: 100_000 }, (_, n) => `r${n}`).values()
const toUsage = ({ name, ...rest }: Made): UsageRow =>
  usageOf(ids.next().value ?? '', { ...rest, userId: `user-${name}`, keyId: `key-${name}` })

/** What happens between two looks: a step of the upkeep, as far as a moment, or a request that ends only now. */
const event = fc.oneof(
  fc.record({
    step: fc.constantFrom('rollUp', 'rollUpDays', 'expire', 'compactToHours', 'compactToDays'),
    before: fc.integer({ min: 0, max: DAYS * 24 }).map((hour) => START + hour * HOUR),
    limit: fc.integer({ min: 1, max: 9 }),
    zone: fc.constantFrom(0, -5, 9),
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

function look(db: Db, filters: readonly Omit<CountedFilter, 'includeDemo'>[] = FILTERS) {
  const sums = createUsageSums(db)
  return filters.flatMap((filter) =>
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

type Step = 'rollUp' | 'rollUpDays' | 'expire' | 'compactToHours' | 'compactToDays'

function run(upkeep: UsageUpkeep, step: Step, before: number, limit: number, days = dayOf): void {
  if (step === 'rollUp') upkeep.rollUp(before, limit)
  else upkeep[step](before, limit, days)
}

function insert(db: Db, rows: readonly UsageRow[]): Promise<unknown> {
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  return Promise.all(rows.map((usage) => writer.submit({ kind: 'usage', usage })))
}

/** A database, and the same requests in another whose rows nobody ever touches. */
function pair() {
  const touched = openTestDatabase()
  const untouched = openTestDatabase()
  for (const { db, repositories } of [touched, untouched]) {
    db.raw.pragma('synchronous = OFF')
    addPerson(repositories)
    addPerson(repositories, 'ben')
  }
  const all = [touched.db, untouched.db]
  return {
    db: touched.db,
    untouched: untouched.db,
    clean() {
      for (const { raw } of all) {
        for (const table of ['usage', 'usage_rollups', 'expired_usage', 'usage_days', ...DAILY_TABLES]) {
          raw.exec(`DELETE FROM ${table}`)
        }
        raw.exec('UPDATE usage_progress SET rolled_until = 0, kept_from = 0, days_until = 0')
      }
    },
    async insert(rows: UsageRow[]) {
      for (const db of all) await insert(db, rows)
    },
  }
}

const UTC_ONLY = { zone: 0 }

test.each([
  { name: 'whatever is rolled up, expires, is compacted or comes late', fixed: UTC_ONLY, filters: FILTERS },
  {
    // Of a day in another zone nothing is known any more once it is one sum.
    name: 'and while the zone changes',
    fixed: {},
    filters: FILTERS.filter(({ from }) => from === undefined),
  },
])('$name, every total stays what the rows said', async ({ fixed, filters }) => {
  const { db, untouched, clean, insert: insertBoth } = pair()
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.array(event, { maxLength: 25 }),
      async (rows, events) => {
        clean()
        const upkeep = createUsageUpkeep(db)
        await insertBoth(rows.map(toUsage))
        for (const happened of events) {
          if ('late' in happened) {
            await insertBoth([toUsage(happened.late)])
            continue
          }
          const { step, before, limit, zone } = { ...happened, ...fixed }
          run(upkeep, step, before, limit, daysOf(zone))
        }
        expect(look(db, filters)).toEqual(look(untouched, filters))
      },
    ),
    { numRuns: 20 },
  )
})

test('as long as rows are there, a span may begin and end anywhere, also while its sums are half made', async () => {
  const { db, insert: insertBoth } = pair()
  const apart = 3_600_007
  const rows = Array.from({ length: 70 }, (_, n) =>
    usageOf(`e${n}`, {
      createdAt: START + n * apart,
      costNanoUsd: n + 1,
      durationMs: n * 37,
      firstTokenMs: n % 3 === 0 ? null : n * 5,
      model: `m${n % 2}`,
      status: n % 7 === 0 ? 429 : 200,
      reason: n % 7 === 0 ? 'refused' : 'completed',
    }),
  )
  await insertBoth(rows)
  const spans = [0, 7 * apart, QUARTER + 1, DAY, DAY + 9 * HOUR].flatMap((from) =>
    [QUARTER, 20 * apart, DAY].map((length) => ({
      from: START + from,
      to: START + from + length,
    })),
  )
  const people = [{}, { userId: 'user-ann' }, { keyId: 'key-ann' }]
  const filters = spans.flatMap((span) => people.map((whose) => ({ ...span, ...whose })))
  const lookAt = () => ({
    totals: [
      ...look(db),
      ...filters.map((filter) => createUsageSums(db).total({ ...filter, includeDemo: true })),
    ],
    timings: spans.flatMap((span) =>
      [{}, { model: 'm1' }, { userId: 'user-ann' }].map((filter) =>
        readTimings(db, { ...filter, includeDemo: false }, [span]),
      ),
    ),
  })
  const before = lookAt()
  const upkeep = createUsageUpkeep(db)
  let steps = 0
  const end = START + 60 * apart
  // The zone changes twice on the way, in the middle of a day.
  for (const [zone, until] of [
    [0, START + 1.4 * DAY],
    [9, START + 1.9 * DAY],
    [-5, end],
  ] as const) {
    const isMore = () => [upkeep.rollUp(until, 6), upkeep.rollUpDays(until, 6, daysOf(zone))].includes(true)
    while (isMore()) {
      steps += 1
      expect(lookAt()).toEqual(before)
    }
  }
  expect(steps).toBeGreaterThan(8)
  expect(lookAt()).toEqual(before)
  const days = cellOf(db, 'SELECT group_concat((end_ms - start_ms) / 3600000) FROM usage_days')
  expect(days).toBe('24,24,5,24')
  // Of everyone, how long requests took is known of whole days still when their rows are gone.
  const everyone = { includeDemo: false }
  const day = { from: START, to: START + DAY }
  const timings = readTimings(db, everyone, [day])
  expect(timings.total.durationMs).not.toBeNull()
  while (upkeep.expire(end, 9, dayOf));
  expect(readTimings(db, everyone, [day])).toEqual(timings)
  expect(look(db)).toEqual(before.totals.slice(0, FILTERS.length * 2))
})

test('a folder of before the sums of days fills them from the first day that is whole, beside what has expired', async () => {
  const { db, untouched, insert: insertBoth } = pair()
  const upkeep = createUsageUpkeep(db)
  const rows = Array.from({ length: 50 }, (_, n) =>
    usageOf(`u${n}`, { createdAt: START + n * 2 * HOUR, costNanoUsd: 2 ** (n % 20), durationMs: n * 99 }),
  )
  await insertBoth(rows)
  while (upkeep.rollUp(START + 4 * DAY, 9));
  // As the version before left it: rows of half a day had expired, and nothing was known of days.
  db.raw.exec(`UPDATE usage_progress SET days_until = ${START + 4 * DAY}`)
  while (upkeep.expire(START + 1.5 * DAY, 9, dayOf));
  db.raw.exec('UPDATE usage_progress SET days_until = 0')
  const before = look(untouched)
  expect(look(db)).toEqual(before)
  let steps = 0
  while (upkeep.rollUpDays(START + 4 * DAY, 5, dayOf)) {
    steps += 1
    expect(look(db)).toEqual(before)
  }
  expect(steps).toBeGreaterThan(4)
  expect(look(db)).toEqual(before)
  expect(cellOf(db, 'SELECT min(start_ms) FROM usage_days')).toBe(START + 2 * DAY)
  await insertBoth([0.1, 1.7, 2.2, 3.9].map((day, n) => usageOf(`l${n}`, { createdAt: START + day * DAY })))
  while (upkeep.expire(START + 9 * DAY, 9, dayOf));
  expect(cellOf(db, 'SELECT count(*) FROM usage')).toBe(2)
  expect(look(db)).toEqual(look(untouched))
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
  upkeep.expire(end, 100, dayOf)
  expect([rowsLeft(), upkeep.keptFrom]).toEqual([3, 0])
  upkeep.rollUp(START + 2.5 * DAY, 100)
  upkeep.expire(end, 100, dayOf)
  expect([rowsLeft(), upkeep.keptFrom]).toEqual([3, 0])
  while (upkeep.rollUpDays(START + 2.5 * DAY, 100, dayOf));
  upkeep.expire(end, 100, dayOf)
  expect([rowsLeft(), upkeep.keptFrom]).toEqual([1, START + 2.5 * DAY])
  const total = () => createUsageSums(db).total({ includeDemo: false })
  expect(total()).toMatchObject({ requests: 3, costNanoUsd: 6 })
  while (upkeep.forget(START + 2 * DAY, 100));
  expect(total()).toMatchObject({ requests: 2, costNanoUsd: 5 })
  expect(createUsageSums(db).total({ includeDemo: false, userId: 'user-ann' })).toMatchObject({
    costNanoUsd: 5,
  })
})
