// What becomes of usage with the years, by the settings, and that the books are right all along.
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  addPerson,
  cellOf,
  chargeOf,
  holdOf,
  listeningLogger,
  NOW,
  openTestDatabase,
  usageOf,
} from '../test/support/database.ts'
import { createLedgerCheck } from './db/repositories/ledger-check.ts'
import { createUsageReport } from './db/repositories/usage-report.ts'
import { NOTHING_USED } from './db/repositories/usage-totals.ts'
import { createWriter } from './db/write.ts'
import { createUsageKeeper } from './usage-keeper.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const KEPT = { usageRowsKeptDays: 90, hourlyUsageKeptDays: 180, dailyUsageKeptDays: 730 }

test('rows become hours, hours become days, days are forgotten at last, and the ledger stays right', async () => {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann', 1_000)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const { logger, lines } = listeningLogger()
  let nowMs = NOW
  const keeper = createUsageKeeper({
    writer,
    settings: () => KEPT,
    timeZone: () => 'Asia/Kolkata',
    reachedMs: () => 0,
    inFlight: () => 0,
    clock: { now: () => nowMs, monotonicMs: () => 0 },
    logger,
  })
  const keep = async () => {
    while (await keeper.step());
  }
  await writer.submit({ kind: 'hold', hold: holdOf('paid') })
  await writer.submit({
    kind: 'settle',
    hold: holdOf('paid'),
    charge: chargeOf(700),
    usage: usageOf('paid'),
    spending: [
      {
        kind: 'key',
        subjectId: 'key-ann',
        dayStartMs: 1,
        weekStartMs: 1,
        monthStartMs: 1,
        nanoUsd: 700,
        tokens: 15,
        requests: 1,
      },
    ],
    createdAt: NOW,
  })
  await writer.submit({
    kind: 'usage',
    usage: usageOf('free', { createdAt: NOW + 5 * HOUR, status: 429, reason: 'refused' }),
  })
  const state = () => ({
    rows: cellOf(db, 'SELECT count(*) FROM usage'),
    rolledUp: cellOf(db, 'SELECT group_concat(level) FROM usage_rollups'),
    expired: cellOf(db, 'SELECT group_concat(level) FROM expired_usage'),
    days: cellOf(db, 'SELECT count(*) FROM daily_user_usage'),
  })
  const filter = { includeDemo: false }
  const total = () => createUsageReport(db).summary(filter)
  const before = total()
  expect(before).toMatchObject({ requests: 2, errors: 1, costNanoUsd: 700 })
  const unchanged = () => {
    expect(total()).toEqual(before)
    expect(createUsageReport(db).summary({ ...filter, userId: 'user-ann' })).toEqual(before)
    const books = createLedgerCheck(db, 100)
    while (books.step());
    expect([books.finish(), books.findings]).toEqual([[], []])
  }

  await keep()
  expect(state()).toEqual({ rows: 2, rolledUp: null, expired: null, days: 0 })
  // Sums follow a minute behind, so that a look at today reads few rows, however many requests there are.
  nowMs = NOW + 61_000
  await keep()
  expect(state()).toEqual({ rows: 2, rolledUp: '0', expired: null, days: 1 })
  unchanged()
  nowMs = NOW + 92 * DAY
  await keep()
  expect(state()).toEqual({ rows: 0, rolledUp: '1,1', expired: '1,1', days: 1 })
  // Local hours of a zone that is half an hour off.
  expect(cellOf(db, 'SELECT count(*) FROM expired_usage WHERE start_ms % 3600000 = 1800000')).toBe(2)
  unchanged()
  nowMs = NOW + 182 * DAY
  await keep()
  expect(state()).toEqual({ rows: 0, rolledUp: '2,2', expired: '2,2', days: 1 })
  expect(repositories.usage.list({ limit: 5 }).rows).toEqual([])
  unchanged()
  nowMs = NOW + 732 * DAY
  await keep()
  expect(state()).toEqual({ rows: 0, rolledUp: null, expired: null, days: 0 })
  expect(total()).toEqual(NOTHING_USED)
  expect(cellOf(db, 'SELECT amount_nano_usd FROM charges')).toBe(700)
  expect(lines).toEqual([])
})

test('steps are asked for while something is written, once all of it is old enough, and then every hour', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let nowMs = 0
  const steps: number[] = []
  const writer = {
    submitted: 0,
    keepUsage: async () => {
      steps.push(nowMs)
      return false
    },
  }
  const keeper = createUsageKeeper({
    writer,
    settings: () => KEPT,
    timeZone: () => 'UTC',
    reachedMs: () => 0,
    inFlight: () => 0,
    clock: { now: () => NOW + nowMs, monotonicMs: () => nowMs },
    logger: listeningLogger().logger,
  })
  async function pass(ms: number): Promise<number[]> {
    for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
      nowMs += 1_000
      await vi.advanceTimersByTimeAsync(1_000)
    }
    return steps.splice(0)
  }
  keeper.start()
  onTestFinished(() => keeper.stop())
  expect(await pass(60_000)).toEqual([30_000])
  writer.submitted += 1
  // It is seen by the look at 70 s, and that at 140 s finds it old enough.
  expect(await pass(HOUR)).toEqual([70, 80, 90, 100, 110, 120, 130, 140].map((s) => s * 1_000))
  expect(await pass(HOUR)).toEqual([140_000 + HOUR])
})

test('a clock that is years ahead expires nothing before it has stayed so', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann', 1_000)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const { logger, lines } = listeningLogger()
  let monoMs = 0
  let aheadMs = 0
  const keeper = createUsageKeeper({
    writer,
    settings: () => KEPT,
    timeZone: () => 'UTC',
    reachedMs: repositories.usage.summedUntil,
    inFlight: () => 0,
    clock: { now: () => NOW + monoMs + aheadMs, monotonicMs: () => monoMs },
    logger,
  })
  async function pass(ms: number): Promise<void> {
    for (const untilMs = monoMs + ms; monoMs < untilMs; ) {
      monoMs += 5_000
      await vi.advanceTimersByTimeAsync(5_000)
    }
  }
  const rows = () => cellOf(db, 'SELECT count(*) FROM usage')
  await writer.submit({
    kind: 'usage',
    usage: usageOf('refused', { createdAt: NOW, status: 429, reason: 'refused' }),
  })
  keeper.start()
  onTestFinished(() => keeper.stop())
  await pass(3 * 60_000)
  const summedUntil = repositories.usage.summedUntil()
  expect(summedUntil).toBeGreaterThan(NOW)

  // Set right again in time.
  aheadMs = 3 * 365 * DAY
  await writer.submit({
    kind: 'usage',
    usage: usageOf('later', { createdAt: NOW + aheadMs, status: 429, reason: 'refused' }),
  })
  await pass(20 * 60_000)
  expect(rows()).toBe(2)
  expect(repositories.usage.summedUntil()).toBe(summedUntil)
  expect(lines).toMatchObject([{ level: 'warn', about: { event: 'clock_leapt' } }])
  aheadMs = 0
  await pass(2 * HOUR)
  expect(rows()).toBe(2)

  // Where it stays, that is the time.
  aheadMs = 3 * 365 * DAY
  await pass(2 * HOUR)
  expect(rows()).toBe(1)
  expect(createUsageReport(db).summary({ includeDemo: false })).toMatchObject({ requests: 1 })
})
