import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  addPerson,
  cellOf,
  chargeOf,
  holdOf,
  NOW,
  openTestDatabase,
  type TestDatabase,
  usageOf,
} from '../../test/support/database.ts'
import { release, topUp } from '../../test/support/write-commands.ts'
import { HoldNotOpenError } from './journal-errors.ts'
import { type Db, openDatabase } from './open.ts'
import { createGroupWriter, createWriter, StorageFault, type WriteFailure, type Writer } from './write.ts'
import type { WriteCommand } from './write-command.ts'
import type { GroupSink } from './write-group.ts'

const hold = (requestId: string, changes: Partial<ReturnType<typeof holdOf>> = {}): WriteCommand => ({
  kind: 'hold',
  hold: { ...holdOf(requestId), ...changes },
})
/** `reportedBytes` makes the charge's row so large that it needs pages of its own. */
const settle = (requestId: string, amountNanoUsd: number, reportedBytes = 10): WriteCommand => ({
  kind: 'settle',
  hold: holdOf(requestId),
  charge: { ...chargeOf(amountNanoUsd), reportedUsage: 'u'.repeat(reportedBytes) },
  usage: usageOf(requestId, { costNanoUsd: amountNanoUsd }),
  spending: [],
  createdAt: NOW,
})
const SEVERAL_PAGES = 50_000

interface RunningWriter extends TestDatabase {
  readonly writer: Writer
  readonly failures: WriteFailure[]
}

/** A writer on a database with one person. */
function startWriter(): RunningWriter {
  const database = openTestDatabase()
  addPerson(database.repositories)
  const failures: WriteFailure[] = []
  const writer = createWriter(database.db, { onError: (failure) => void failures.push(failure) })
  return { ...database, writer, failures }
}

/** A transaction's last frame in the write-ahead log carries the size of the database (https://sqlite.org/walformat.html). */
function commitsIn(path: string): number {
  const log = readFileSync(`${path}-wal`)
  const frameBytes = 24 + log.readUInt32BE(8)
  let commits = 0
  for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
    if (log.readUInt32BE(at + 4) !== 0) commits += 1
  }
  return commits
}

/** From now on the disk has no room for another page. */
const fillDisk = (db: Db) =>
  void db.raw.pragma(`max_page_count = ${Number(db.raw.pragma('page_count', { simple: true }))}`)
const emptyDisk = (db: Db) => void db.raw.pragma('max_page_count = 1000000')

/** Timers run when the test says so; the end of a turn stays the real one. */
function holdTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

const entries = (db: Db) => db.raw.prepare('SELECT kind FROM ledger_entries ORDER BY seq').pluck().all()
const balance = (db: Db) => cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)

test('what is handed in during one turn is one commit', async () => {
  const { db, path, writer } = startWriter()
  const before = commitsIn(path)
  const landed = [writer.submit(topUp(5_000)), ...[1, 2, 3, 4].map((n) => writer.submit(hold(`r${n}`)))]
  expect(entries(db)).toEqual([])
  await Promise.all(landed)
  expect(entries(db)).toEqual(['top_up', 'hold', 'hold', 'hold', 'hold'])
  expect(commitsIn(path) - before).toBe(1)

  await Promise.all([writer.submit(settle('r1', 700)), writer.submit(release('r2'))])
  expect(commitsIn(path) - before).toBe(2)
  expect(balance(db)).toBe(4_300)
})

test('a settlement brings its entry, its charge, the balance and the usage row to disk together', async () => {
  const { db, repositories, writer } = startWriter()
  await writer.submit(topUp(5_000))
  await writer.submit(hold('r'))
  await writer.submit(settle('r', 700))
  expect(balance(db)).toBe(4_300)
  expect(repositories.ledger.entriesOfRequest('r')).toMatchObject([
    { kind: 'hold', amountNanoUsd: 0, heldNanoUsd: 1_000 },
    { kind: 'settle', amountNanoUsd: -700, heldNanoUsd: -1_000 },
  ])
  const charge = db.raw.prepare('SELECT * FROM charges').get()
  expect(charge).toMatchObject({
    request_id: 'r',
    hold_nano_usd: 1_000,
    amount_nano_usd: 700,
    price_id: 'price-of-test-model',
  })
  expect(repositories.usage.list({ limit: 5 }).rows).toEqual([usageOf('r', { costNanoUsd: 700 })])
})

test('of twenty settlements in one turn, one of which a plan cannot pay for, each other figure is kept under its own name', async () => {
  const { db, writer } = startWriter()
  await writer.submit(topUp(50_000))
  const names = Array.from({ length: 20 }, (_, n) => `r${n}`)
  await Promise.all(names.map((name) => writer.submit(hold(name))))
  const made = { amountNanoUsd: 700, writeOffNanoUsd: 11, reason: 'estimated', multiplierPpm: 12 } as const
  const told = {
    reportedUsage: '{"a":1}',
    isFlagged: true,
    upstreamResponseId: 'resp_9',
    serviceTier: 'flex',
  }
  const counts = { inputTokens: 31, cachedInputTokens: 32, cacheWriteTokens: 33, outputTokens: 34 }
  const further = { reasoningTokens: 35, webSearchCalls: 36, upstream: 'second', isDemo: false }
  const landed = names.map((name) =>
    writer.submit({
      kind: 'settle',
      hold: { ...holdOf(name), planSubscriptionId: name === 'r7' ? 'no-such-plan' : null },
      charge: { ...made, ...told, modelMultiplierPpm: 13, pricedTier: 'priority', furtherUsage: null },
      usage: usageOf(name, { ...counts, ...further, reason: 'estimated', model: 'an-alias' }),
      spending: [],
      createdAt: NOW + 1,
    }),
  )
  const outcomes = await Promise.allSettled(landed)
  expect(outcomes.flatMap(({ status }, place) => (status === 'rejected' ? [place] : []))).toEqual([7])
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(19)
  expect(balance(db)).toBe(50_000 - 19 * 700)
  expect(db.raw.prepare(`SELECT * FROM charges WHERE request_id = 'r19'`).get()).toEqual({
    entry_seq: expect.any(Number),
    request_id: 'r19',
    created_at: NOW + 1,
    user_id: 'user-ann',
    key_id: 'key-ann',
    endpoint: '/v1/responses',
    model: 'test-model',
    price_id: 'price-of-test-model',
    hold_nano_usd: 1_000,
    amount_nano_usd: 700,
    write_off_nano_usd: 11,
    multiplier_ppm: 12,
    model_multiplier_ppm: 13,
    reason: 'estimated',
    input_tokens: 31,
    cached_input_tokens: 32,
    cache_write_tokens: 33,
    output_tokens: 34,
    reasoning_tokens: 35,
    web_search_calls: 36,
    reported_usage: '{"a":1}',
    is_flagged: 1,
    is_demo: 0,
    upstream_response_id: 'resp_9',
    service_tier: 'flex',
    priced_tier: 'priority',
    further_usage: null,
    source: 'balance',
    plan_subscription_id: null,
    upstream: 'second',
  })
  // A usage row is listed under the name that the client used.
  expect(cellOf(db, `SELECT model FROM usage WHERE request_id = 'r19'`)).toBe('an-alias')
})

test('a hold that fits because of a settlement before it stands behind it in the ledger, also within one group', async () => {
  for (const isHeldBefore of [true, false]) {
    const { db, writer } = startWriter()
    await writer.submit(topUp(1_100))
    const first = writer.submit(hold('a'))
    if (isHeldBefore) await first
    await Promise.all([
      first,
      writer.submit(settle('a', 100)),
      writer.submit(hold('b')),
      writer.submit(settle('b', 1)),
    ])
    const moves = db.raw
      .prepare<[], { moved: number }>(
        'SELECT amount_nano_usd - held_nano_usd AS moved FROM ledger_entries ORDER BY seq',
      )
      .all()
    let available = 0
    for (const { moved } of moves) {
      available += moved
      expect(available).toBeGreaterThanOrEqual(0)
    }
    expect(entries(db)).toEqual(['top_up', 'hold', 'settle', 'hold', 'settle'])
  }
})

test('a charge keeps both multipliers, that of the model 1 where there is none', async () => {
  const { db, writer } = startWriter()
  await writer.submit(topUp(5_000))
  await writer.submit(hold('r'))
  await writer.submit(hold('s'))
  const command = settle('r', 700)
  if (command.kind !== 'settle') throw new Error('a settlement was asked for')
  const charge = { ...command.charge, multiplierPpm: 1_250_000, modelMultiplierPpm: 900_000 }
  await writer.submit({ ...command, charge })
  await writer.submit(settle('s', 700))
  const kept = db.raw.prepare('SELECT multiplier_ppm, model_multiplier_ppm FROM charges').raw().all()
  expect(kept).toEqual([
    [1_250_000, 900_000],
    [1_000_000, 1_000_000],
  ])
})

test('one command that cannot be written takes no other down with it', async () => {
  const { db, path, writer, failures } = startWriter()
  await writer.submit(topUp(5_000))
  const before = commitsIn(path)
  const outcomes = await Promise.allSettled([
    writer.submit(hold('good-1')),
    writer.submit(hold('unpriced', { priceId: 'no-such-price' })),
    writer.submit(hold('good-1')),
    writer.submit(hold('nobody', { userId: 'no-such-user' })),
    writer.submit(settle('never-held', 5)),
    writer.submit(hold('good-2')),
    writer.submit(settle('good-1', 300)),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'rejected',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(entries(db)).toEqual(['top_up', 'hold', 'hold', 'settle'])
  expect(commitsIn(path) - before).toBe(1)
  expect(failures.map(({ command, requestId, willRetry }) => [command, requestId, willRetry])).toEqual([
    ['hold', 'unpriced', false],
    ['hold', 'good-1', false],
    ['hold', 'nobody', false],
    ['settle', 'never-held', false],
  ])
})

test('a command that fails in its last statement leaves nothing of itself', async () => {
  const { db, writer } = startWriter()
  await writer.submit(topUp(5_000))
  await Promise.all([writer.submit(hold('a')), writer.submit(hold('b'))])
  await writer.submit(settle('a', 100))
  // Its counter is written last, and refuses what it is to count for.
  const counter = { kind: 'nobody', subjectId: 'b', dayStartMs: 0, weekStartMs: 0, monthStartMs: 0 }
  const spending = [{ ...counter, nanoUsd: 100, tokens: 1, requests: 1 }]
  const broken = { ...settle('b', 100), spending } as unknown as WriteCommand
  await expect(writer.submit(broken)).rejects.toThrow('CHECK constraint failed: spending_counters_kind')
  expect(cellOf(db, 'SELECT count(*) FROM usage')).toBe(1)
  expect(entries(db)).toEqual(['top_up', 'hold', 'hold', 'settle'])
  expect(balance(db)).toBe(4_900)
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(1)
  await writer.submit(release('b'))
})

test('a hold is ended once: a second settlement or release is refused', async () => {
  const { db, writer } = startWriter()
  await writer.submit(topUp(5_000))
  await writer.submit(hold('r'))
  const outcomes = await Promise.allSettled([writer.submit(settle('r', 10)), writer.submit(release('r'))])
  expect(outcomes).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: expect.any(HoldNotOpenError) },
  ])
  await expect(writer.submit(settle('r', 10))).rejects.toThrow(HoldNotOpenError)
  expect(balance(db)).toBe(4_990)
  const settleByHand = `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id)
    VALUES (1, 'user-ann', 'release', 0, -1000, 'r')`
  expect(() => db.raw.exec(settleByHand)).toThrow(/UNIQUE constraint failed/)
})

test('a settlement that found the disk full lands when there is room again; a hold is refused meanwhile', async () => {
  const { db, writer, failures } = startWriter()
  await writer.submit(topUp(5_000))
  await Promise.all([writer.submit(hold('paid')), writer.submit(hold('unpaid'))])
  holdTimers()
  fillDisk(db)
  let isSettled = false
  const settled = writer.submit(settle('paid', 700, SEVERAL_PAGES)).then(() => {
    isSettled = true
  })
  await expect(writer.submit(hold('new', { model: 'm'.repeat(SEVERAL_PAGES) }))).rejects.toThrow(StorageFault)
  // Several retries, all of which fail.
  await vi.advanceTimersByTimeAsync(1_000)
  expect(isSettled).toBe(false)
  expect(balance(db)).toBe(5_000)

  emptyDisk(db)
  await vi.advanceTimersByTimeAsync(1_000)
  await settled
  expect(balance(db)).toBe(4_300)
  expect(entries(db)).toEqual(['top_up', 'hold', 'hold', 'settle'])
  expect(failures.map(({ command, willRetry }) => [command, willRetry])).toEqual([
    ['settle', true],
    ['hold', false],
  ])
  await writer.submit(release('unpaid'))
})

test('what the disk refused is written with the next group that it takes, before the timer', async () => {
  const { db, writer, failures } = startWriter()
  await writer.submit(topUp(5_000))
  await writer.submit(hold('r'))
  holdTimers()
  fillDisk(db)
  const settled = writer.submit(settle('r', 700, SEVERAL_PAGES))
  while (failures.length === 0) await new Promise((resolve) => setImmediate(resolve))
  emptyDisk(db)
  await writer.submit(topUp(1))
  await settled
  expect(balance(db)).toBe(4_301)
})

test('a settlement waits for a database that someone else is writing to', async () => {
  const { db, path, writer } = startWriter()
  await writer.submit(topUp(5_000))
  await writer.submit(hold('r'))
  db.raw.pragma('busy_timeout = 0')
  const other = openDatabase(path)
  other.raw.exec('BEGIN IMMEDIATE')
  const settled = writer.submit(settle('r', 700))
  await expect(writer.submit(hold('new'))).rejects.toThrow(StorageFault)
  other.raw.exec('COMMIT')
  other.close()
  await settled
  expect(balance(db)).toBe(4_300)
})

test('a settlement whose hold found the disk full in the same turn is refused, not written without it', async () => {
  const { db, writer } = startWriter()
  await writer.submit(topUp(5_000))
  fillDisk(db)
  const held = writer.submit(hold('r', { model: 'm'.repeat(SEVERAL_PAGES) }))
  const settled = writer.submit(settle('r', 700))
  await expect(held).rejects.toThrow(StorageFault)
  await expect(settled).rejects.toThrow(HoldNotOpenError)
  expect(entries(db)).toEqual(['top_up'])
})

test('stopping writes what is left and takes nothing more', async () => {
  const { db, writer } = startWriter()
  const landed = writer.submit(topUp(5_000))
  await writer.stop()
  await landed
  expect(balance(db)).toBe(5_000)
  await expect(writer.submit(topUp(1))).rejects.toThrow(StorageFault)
  await writer.stop()
})

test('stopping on a full disk ends in a refusal, not in waiting', async () => {
  const { db, writer, failures } = startWriter()
  await writer.submit(topUp(5_000))
  await writer.submit(hold('r'))
  fillDisk(db)
  const settled = writer.submit(settle('r', 700, SEVERAL_PAGES))
  while (failures.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await Promise.all([writer.stop(), expect(settled).rejects.toThrow(StorageFault)])
  expect(failures.map(({ willRetry }) => willRetry)).toEqual([true, false])
  emptyDisk(db)
  expect(balance(db)).toBe(5_000)
})

test('a start need not read the whole ledger, and still finds a hold that has been open for long', async () => {
  const { db, repositories, writer } = startWriter()
  await writer.submit(topUp(1_000_000))
  await writer.submit(hold('long'))
  for (let n = 0; n < 1_200; n += 100) {
    const many = Array.from({ length: 100 }, (_, index) => `r${n + index}`)
    await Promise.all(many.map((id) => writer.submit(hold(id))))
    await Promise.all(many.map((id) => writer.submit(release(id))))
  }
  const mark = () => Number(cellOf(db, `SELECT value FROM meta WHERE name = 'holds_resolved_before_seq'`))
  expect(mark()).toBe(2)
  expect(repositories.ledger.openHolds()).toEqual([holdOf('long')])

  await writer.submit(release('long'))
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => writer.submit(hold(`open-${n}`))))
  // Rolled back with the poisoned one, so their places are taken again by what follows.
  await Promise.allSettled([writer.submit(hold('gone')), writer.submit(hold('bad', { priceId: 'none' }))])
  await writer.submit(release('gone'))
  expect(mark()).toBeGreaterThan(2_000)
  expect(repositories.ledger.openHolds()).toHaveLength(1_000)
})

test('the largest amount that can be kept is kept to the last digit', async () => {
  const { db, repositories, writer } = startWriter()
  await writer.submit(topUp(Number.MAX_SAFE_INTEGER))
  expect(balance(db)).toBe(Number.MAX_SAFE_INTEGER)
  expect(repositories.ledger.sumOf('user-ann')).toBe(Number.MAX_SAFE_INTEGER)
  await expect(writer.submit(topUp(1))).rejects.toThrow(
    'CHECK constraint failed: ledger_entries_balance_safe',
  )
})

/** A sink that notes what it is given, and answers when it is told to. */
function startOverSink() {
  const groups: { readonly commands: number; readonly land: () => void }[] = []
  const sink: GroupSink = {
    answersLater: true,
    write: (commands, done) =>
      void groups.push({
        commands: commands.length,
        land: () => done({ kind: 'written', refused: new Map() }),
      }),
    catchUp: () => Promise.resolve(true),
    keepUsage: () => Promise.resolve(false),
    stop: () => Promise.resolve(),
  }
  return { groups, writer: createGroupWriter(sink, { onError: () => undefined }) }
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

test('a lone settlement goes to disk at once, a lone hold behind its request, and nothing at once where many come', async () => {
  const { groups, writer } = startOverSink()
  const written = () => undefined
  for (let n = 0; n < 8; n += 1) {
    writer.write(settle(`r${n}`, 1), written)
    expect(groups).toHaveLength(n)
    while (groups.length === n) await turns(1)
    groups[n]?.land()
  }
  writer.write(settle('lone', 1), written)
  expect(groups).toHaveLength(9)
  groups[8]?.land()

  writer.write(hold('lone'), written)
  // A connection to an upstream is written to in the second turn.
  await turns(2)
  expect(groups).toHaveLength(9)
  while (groups.length === 9) await turns(1)
  groups[9]?.land()

  for (const id of ['a', 'b']) writer.write(hold(id), written)
  while (groups.length === 10) await turns(1)
  expect(groups.at(-1)?.commands).toBe(2)
  groups.at(-1)?.land()
  writer.write(settle('a', 1), written)
  expect(groups).toHaveLength(11)
})
