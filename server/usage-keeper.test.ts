// What becomes of usage with the years, by the settings, and that the books are right all along.
import { expect, test } from 'vitest'
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
