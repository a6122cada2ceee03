// The writer with its thread. What it decides is tested without one, in write.test.ts.
import { existsSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  addPerson,
  cellOf,
  holdOf,
  NOW,
  openTestDatabase,
  tempDir,
  usageOf,
} from '../../test/support/database.ts'
import { afterCrash } from '../../test/support/logging-sink.ts'
import { release, topUp } from '../../test/support/write-commands.ts'
import { HoldNotOpenError } from './journal-errors.ts'
import { readRedoLog, redoLogOf } from './redo-log.ts'
import { findRedoState } from './redo-position.ts'
import { createRepositories } from './repositories/repositories.ts'
import { createThreadedWriter, StorageFault, type WriteFailure } from './write.ts'
import type { WriteCommand } from './write-command.ts'

const hold = (requestId: string): WriteCommand => ({ kind: 'hold', hold: holdOf(requestId) })

function startThreadedWriter(options: { readonly restAfterMs?: number } = {}) {
  const database = openTestDatabase()
  addPerson(database.repositories)
  const failures: WriteFailure[] = []
  const onError = (failure: WriteFailure) => void failures.push(failure)
  const writer = createThreadedWriter(database.db, { onError, ...options })
  onTestFinished(() => writer.stop())
  return { ...database, writer, failures }
}

test('what has landed is read over the other connection, and what is refused keeps its kind', async () => {
  const { db, writer, failures } = startThreadedWriter()
  await writer.submit(topUp(5_000))
  expect(cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)).toBe(5_000)
  const outcomes = await Promise.allSettled([
    writer.submit(hold('a')),
    writer.submit(hold('a')),
    writer.submit(release('never-held')),
    writer.submit(release('a')),
  ])
  expect(outcomes).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { name: 'SqliteError', code: 'SQLITE_CONSTRAINT_UNIQUE' } },
    { status: 'rejected', reason: expect.any(HoldNotOpenError) },
    { status: 'fulfilled' },
  ])
  expect(failures.map(({ requestId, willRetry }) => [requestId, willRetry])).toEqual([
    ['a', false],
    ['never-held', false],
  ])
})

test('what comes in while a group is written is one group behind it', async () => {
  const { writer } = startThreadedWriter()
  const first = writer.submit(topUp(1))
  await new Promise((resolve) => setImmediate(resolve))
  const order: string[] = []
  const note = (name: string) => () => void order.push(name)
  const later = ['b', 'c'].map((id) => writer.submit(hold(id)).then(note(id)))
  expect(writer.waiting).toBe(3)
  await Promise.all([first.then(note('first')), ...later, writer.caughtUp().then(note('caught up'))])
  expect(order[0]).toBe('first')
  expect(writer.waiting).toBe(0)
  await writer.caughtUp()
})

test('both connections write, and wait for each other', async () => {
  const { db, repositories, writer } = startThreadedWriter()
  const landed = Array.from({ length: 50 }, (_, n) => writer.submit(topUp(n + 1)))
  for (let n = 0; n < 20; n += 1) {
    repositories.transaction(() => {
      repositories.ledger.balanceOf('user-ann')
      repositories.ledger.setCreditLimit('user-ann', n)
    })
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(landed)
  expect(cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)).toBe(1_275)
  expect(cellOf(db, `SELECT credit_limit_nano_usd FROM balances WHERE user_id = 'user-ann'`)).toBe(19)
})

test('stopping writes what is left', async () => {
  const { db, writer } = startThreadedWriter()
  const landed = [writer.submit(topUp(5_000)), writer.submit(hold('r'))]
  await writer.stop()
  await Promise.all(landed)
  expect(cellOf(db, 'SELECT count(*) FROM ledger_entries')).toBe(2)
  await expect(writer.submit(topUp(1))).rejects.toThrow(StorageFault)
})

test('what was answered for by the log is in the tables when the writer has caught up, and soon by itself', async () => {
  const { db, path, writer } = startThreadedWriter()
  await writer.submit(topUp(5_000))
  await vi.waitFor(() => expect(existsSync(redoLogOf(path))).toBe(true), { timeout: 10_000, interval: 5 })
  await vi.waitFor(() => expect(findRedoState(db.raw)).toMatchObject({ isClosed: false }))
  const entries = () => cellOf(db, 'SELECT count(*) FROM ledger_entries')
  await writer.submit(hold('a'))
  await Promise.all([writer.submit(hold('b')), writer.caughtUp().then(() => expect(entries()).toBe(3))])
  await writer.flush()
  expect(entries()).toBe(3)
  await writer.submit(hold('c'))
  await vi.waitFor(() => expect(entries()).toBe(4), { timeout: 10_000, interval: 5 })
  expect(readRedoLog(redoLogOf(path))?.halves.flat().length).toBeGreaterThan(0)
  await writer.stop()
  expect(existsSync(redoLogOf(path))).toBe(false)
})

test('where the thread has died, everything is refused as by a fault of the disk, and stopping ends', async () => {
  const { db, path } = openTestDatabase()
  const failures: WriteFailure[] = []
  const writer = createThreadedWriter(
    { raw: db.raw, path: join(path, 'no', 'such.db') },
    { onError: (failure) => void failures.push(failure) },
  )
  await expect(writer.submit(hold('a'))).rejects.toThrow(StorageFault)
  await expect(writer.submit(hold('b'))).rejects.toThrow(StorageFault)
  const kept = writer.submit(release('a'))
  await writer.caughtUp()
  expect(failures.at(-1)).toMatchObject({ command: 'release', willRetry: true })
  await Promise.all([writer.stop(), expect(kept).rejects.toThrow(StorageFault)])
})

test('a thread that could not begin has written nothing: the next command tries again', async () => {
  const { db, path } = openTestDatabase()
  const folder = join(tempDir(), 'not there yet')
  const writer = createThreadedWriter(
    { raw: db.raw, path: join(folder, basename(path)) },
    { onError: () => undefined },
  )
  onTestFinished(() => writer.stop())
  await expect(writer.submit(hold('a'))).rejects.toThrow(StorageFault)
  symlinkSync(dirname(path), folder)
  addPerson(createRepositories(db))
  await writer.submit(topUp(5_000))
  expect(cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)).toBe(5_000)
})

test('where the system gives no thread, commands are refused and none is answered for another', async () => {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  let isRefused = true
  const startThread = (...args: ConstructorParameters<typeof Worker>): Worker => {
    if (isRefused) throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' })
    return new Worker(...args)
  }
  const writer = createThreadedWriter(db, { onError: () => undefined, startThread })
  onTestFinished(() => writer.stop())
  const balance = () => cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)
  await expect(writer.submit(topUp(1))).rejects.toThrow(StorageFault)
  isRefused = false
  for (const [amount, sum] of [
    [10, 10],
    [100, 110],
  ] as const) {
    await writer.submit(topUp(amount))
    expect(balance()).toBe(sum)
  }
})

test('the upkeep of usage is done between groups, and its failure is none of the writing', async () => {
  const { db, writer, failures } = startThreadedWriter()
  const order = {
    nowMs: NOW + 3_600_000,
    timeZone: 'UTC',
    usageRowsKeptDays: 90,
    hourlyUsageKeptDays: 90,
    dailyUsageKeptDays: 90,
  }
  await writer.submit({ kind: 'usage', usage: usageOf('kept') })
  const [isMore] = await Promise.all([writer.keepUsage(order), writer.submit(topUp(1))])
  expect(isMore).toBe(false)
  const requests = () => cellOf(db, 'SELECT sum(requests) FROM daily_user_usage')
  expect(requests()).toBe(1)
  await expect(writer.keepUsage({ ...order, timeZone: 'Nowhere/Land' })).rejects.toThrow('Nowhere/Land')
  await writer.submit({ kind: 'usage', usage: usageOf('late') })
  await writer.caughtUp()
  expect([requests(), failures]).toEqual([2, []])
  await writer.stop()
  expect(await writer.keepUsage(order)).toBe(false)
})

/** The threads that were begun since, and those of them that are there. */
function watchThreads() {
  const threads = { begun: 0, running: 0 }
  const note = (worker: Worker) => {
    threads.begun += 1
    threads.running += 1
    worker.once('exit', () => {
      threads.running -= 1
    })
  }
  process.on('worker', note)
  onTestFinished(() => void process.off('worker', note))
  return threads
}

test('the thread ends when it has nothing to do, and what it leaves is known to the next and to a start', async () => {
  const threads = watchThreads()
  const { db, path, writer, failures } = startThreadedWriter({ restAfterMs: 20 })
  const isGone = () => vi.waitFor(() => expect(threads.running).toBe(0), { timeout: 10_000, interval: 5 })
  const mark = () => cellOf(db, `SELECT value FROM meta WHERE name = 'holds_resolved_before_seq'`)
  await writer.submit(topUp(1_000_000))
  await vi.waitFor(() => expect(findRedoState(db.raw)).toMatchObject({ isClosed: false }), {
    timeout: 10_000,
    interval: 5,
  })
  await isGone()
  const before = threads.begun
  await writer.submit(hold('a'))
  // The log answers for it: nobody waits for a thread.
  expect(threads.begun).toBe(before)
  expect(afterCrash(path)).toMatchObject({ replay: { records: 1 }, kinds: ['top_up', 'hold'] })
  await writer.flush()
  expect(threads.begun).toBe(before + 1)
  await writer.submit(release('a'))
  await writer.flush()
  await isGone()
  expect(mark()).toBe('4')
  expect(readRedoLog(redoLogOf(path))?.id).toBe(findRedoState(db.raw)?.logId)
  await Promise.all([writer.submit(hold('b')), writer.submit(release('b'))])
  await writer.stop()
  expect([cellOf(db, 'SELECT count(*) FROM ledger_entries'), existsSync(redoLogOf(path))]).toEqual([5, false])
  expect([failures, threads.running]).toEqual([[], 0])
})

test('what is asked for while the thread ends is done by the next', async () => {
  const threads = watchThreads()
  const { db, writer, failures } = startThreadedWriter({ restAfterMs: 1 })
  for (let n = 1; n <= 8; n += 1) {
    const landed = [writer.submit(topUp(n)), writer.submit(hold(`r${n}`)), writer.submit(release(`r${n}`))]
    if (n % 2 === 0) landed.push(writer.flush())
    await Promise.all(landed)
    await delay(n % 5)
  }
  await writer.stop()
  expect(threads.begun).toBeGreaterThan(1)
  expect(cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)).toBe(36)
  expect(cellOf(db, 'SELECT count(*) FROM ledger_entries')).toBe(24)
  expect([failures, threads.running]).toEqual([[], 0])
})
