// What is answered for, what is refused, and what a crash or a failing disk leaves of it.
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cellOf, holdOf, NOW } from '../../test/support/database.ts'
import {
  afterCrash,
  balanceOf,
  big,
  COST,
  entriesIn,
  hold,
  PURSE,
  settle,
  startLoggingSink,
  testDisk,
  WRITTEN,
} from '../../test/support/logging-sink.ts'
import { release, topUp } from '../../test/support/write-commands.ts'
import { FOLD_AFTER_MS, RETRY_MS } from './logging-sink.ts'
import type { openRaw } from './open-raw.ts'
import { redoLogOf } from './redo-log.ts'
import type { NoticeCommand, WriteCommand } from './write-command.ts'

test('what was answered for is found after a crash at any moment, once, and nothing else', async () => {
  const { db, path, sink, write, pass } = await startLoggingSink()
  const told: string[] = []
  const look = () => {
    const found = afterCrash(path)
    expect(found.charged).toEqual([...told].sort())
    expect(found.balance).toBe(PURSE - COST * told.length)
  }
  look()
  for (let n = 0; n < 12; n += 1) {
    expect(await write(hold(`r${n}`))).toEqual(WRITTEN)
    if (n > 0) {
      expect(await write(settle(`r${n - 1}`), hold(`x${n}`))).toEqual(WRITTEN)
      told.push(`r${n - 1}`)
      expect(await write(release(`x${n}`))).toEqual(WRITTEN)
    }
    look()
    // Folded now and then, so that both halves have had records of several turns.
    if (n % 3 === 2) {
      await sink.catchUp()
      look()
    }
    if (n === 7) await pass(FOLD_AFTER_MS)
  }
  expect(entriesIn(db)).not.toBe(1)
  await sink.stop()
  expect(existsSync(redoLogOf(path))).toBe(false)
  look()
})

test('groups are answered for while a fold is under way, and a crash in the middle of it loses neither', async () => {
  const { db, path, sink, write, pass, holdFolds } = await startLoggingSink()
  const names = Array.from({ length: 200 }, (_, n) => `r${n}`)
  expect(await write(...names.map(hold))).toEqual(WRITTEN)
  expect(await write(...names.map((name) => settle(name)))).toEqual(WRITTEN)
  const letFold = holdFolds()
  await pass(FOLD_AFTER_MS)
  expect(await write(hold('meanwhile'), settle('meanwhile'))).toEqual(WRITTEN)
  expect(entriesIn(db)).toBe(1)
  expect(afterCrash(path)).toMatchObject({ replay: { records: 3 }, balance: PURSE - COST * 201 })
  letFold()
  await pass(0)
  expect(entriesIn(db)).toBe(401)
  expect(afterCrash(path)).toMatchObject({ replay: { records: 1 }, balance: PURSE - COST * 201 })
  await sink.catchUp()
  expect(entriesIn(db)).toBe(403)
  // What is due while another fold is under way follows it by itself.
  await write(hold('a'))
  const letNext = holdFolds()
  await pass(FOLD_AFTER_MS)
  await write(hold('b'))
  await pass(FOLD_AFTER_MS)
  expect(entriesIn(db)).toBe(403)
  letNext()
  await pass(0)
  expect(entriesIn(db)).toBe(405)
})

test('a settlement finds its hold wherever that stands, and what was never held is refused as ever', async () => {
  const { write, sink, refused } = await startLoggingSink()
  await write(hold('in log'))
  await sink.catchUp()
  await write(hold('in tables'))
  await sink.catchUp()
  const together = [settle('in log'), settle('in tables'), hold('together'), settle('together')]
  expect(await write(...together)).toEqual(WRITTEN)
  for (const again of [settle('in log'), release('together'), settle('never')]) {
    const outcome = await write(again)
    expect(outcome).toMatchObject({ kind: 'written' })
    expect(outcome.kind === 'written' && String(outcome.refused.get(0))).toContain('HoldNotOpenError')
  }
  await write(hold('twice'))
  await write(hold('ended'), settle('ended'))
  for (const again of ['twice', 'ended']) {
    await write(hold(`since ${again}`))
    const twice = await write(hold(again))
    expect(twice.kind === 'written' && String(twice.refused.get(0))).toContain('UNIQUE')
  }
  const stranger = await write({ kind: 'hold', hold: { ...holdOf('s'), userId: 'nobody', priceId: 'none' } })
  expect(stranger.kind === 'written' && String(stranger.refused.get(0))).toContain('FOREIGN KEY')
  expect(refused).toEqual([])
})

test('a hold that comes with its settlement is in the log with it or not at all, and once', async () => {
  const { db, path, write, sink, pass } = await startLoggingSink()
  const whole = (requestId: string): WriteCommand => ({ ...settle(requestId), kind: 'hold_and_settle' })
  expect(await write(whole('a'), hold('b'), whole('c'), settle('b'))).toEqual(WRITTEN)
  const found = afterCrash(path)
  expect(found).toMatchObject({ replay: { records: 1, refused: [] }, charged: ['a', 'b', 'c'] })
  expect(found.balance).toBe(PURSE - 3 * COST)
  expect(found.kinds.toSorted()).toEqual(['hold', 'hold', 'hold', 'settle', 'settle', 'settle', 'top_up'])
  for (const again of [whole('a'), hold('c')]) {
    const outcome = await write(again)
    expect(outcome.kind === 'written' && String(outcome.refused.get(0))).toContain('UNIQUE')
  }
  for (const again of [settle('a'), release('c')]) {
    const outcome = await write(again)
    expect(outcome.kind === 'written' && String(outcome.refused.get(0))).toContain('HoldNotOpenError')
  }
  await pass(FOLD_AFTER_MS)
  expect(await write(whole('d'))).toEqual(WRITTEN)
  await sink.catchUp()
  expect(entriesIn(db)).toBe(9)
  expect(afterCrash(path)).toMatchObject({ charged: ['a', 'b', 'c', 'd'], balance: PURSE - 4 * COST })
})

test('what was undone because neither the log nor the tables took it is not charged by the next start', async () => {
  const { disk, fail } = testDisk()
  const { raw, path, write, sink } = await startLoggingSink(disk)
  const whole: WriteCommand = { ...settle('told that it is not stored'), kind: 'hold_and_settle' }
  fail('EIO')
  raw.pragma('query_only = ON')
  expect(await write(whole)).toMatchObject({ kind: 'disk_fault' })
  await sink.stop()
  expect(afterCrash(path)).toMatchObject({ charged: [], balance: PURSE })
})

test('what is written at once behind a fold refers to what is there', async () => {
  const { db, sink, write } = await startLoggingSink()
  const notice = (userId: string): NoticeCommand => ({
    kind: 'notice',
    notice: {
      id: `notice-${userId}`,
      createdAt: NOW,
      userId,
      content: { kind: 'low_balance', leftNanoUsd: 1, thresholdNanoUsd: 2 },
    },
    onceFor: 'once',
  })
  for (const turn of [1, 2]) {
    expect(await write(hold(`r${turn}`), settle(`r${turn}`))).toEqual(WRITTEN)
    await sink.catchUp()
    const outcome = await write(notice('nobody'))
    expect(outcome.kind === 'written' && String(outcome.refused.get(0))).toContain('FOREIGN KEY')
  }
  expect(await write(notice('user-ann'))).toEqual(WRITTEN)
  expect(db.raw.pragma('foreign_key_check')).toEqual([])
})

test('what no table takes although it was answered for is kept aside, told, and takes nothing with it', async () => {
  const { db, raw, path, sink, write, refused } = await startLoggingSink()
  await write(hold('gone'), settle('gone'))
  await sink.catchUp()
  await write(hold('since'))
  await sink.catchUp()
  // Held before, which only the tables know by now.
  expect(await write(hold('a'), hold('gone'), hold('b'))).toEqual(WRITTEN)
  expect(await write(settle('a'), settle('gone'), settle('b'))).toEqual(WRITTEN)
  const crashed = afterCrash(path)
  expect(crashed.replay?.refused).toHaveLength(2)
  expect(crashed.charged).toEqual(['a', 'b', 'gone'])
  await sink.catchUp()
  expect(refused.map(({ error }) => String(error).replace(/:.*/, ''))).toEqual([
    'SqliteError',
    'HoldNotOpenError',
  ])
  expect(raw.prepare('SELECT redo_seq, error FROM refused_commands').all()).toHaveLength(2)
  expect(balanceOf(db)).toBe(PURSE - 3 * COST)
})

test('everything else is written behind what stands in the log, and keeps its place in the ledger', async () => {
  const { path, write } = await startLoggingSink()
  await write(hold('a'), settle('a'))
  expect(await write(topUp(3))).toEqual(WRITTEN)
  await write(hold('b'))
  const { kinds, balance, replay } = afterCrash(path)
  expect([kinds, balance]).toEqual([['top_up', 'hold', 'settle', 'top_up', 'hold'], PURSE - COST + 3])
  expect(replay).toMatchObject({ records: 1, refused: [] })
})

test('a group that comes while another is written is answered for behind it, also after a crash', async () => {
  const { disk, hold: holdWrites } = testDisk()
  const { path, sink, write } = await startLoggingSink(disk)
  const writes = holdWrites()
  const order: string[] = []
  const note = (name: string) => () => void order.push(name)
  const first = write(hold('a')).then(note('first'))
  const second = write(settle('a')).then(note('second'))
  expect(writes.waiting()).toBe(2)
  writes.land(1)
  await new Promise((resolve) => setImmediate(resolve))
  // The second one is on disk, and the first is not: neither counts.
  expect(order).toEqual([])
  expect(afterCrash(path)).toMatchObject({ kinds: ['top_up'], replay: { records: 0, setAside: null } })
  const caughtUp = sink.catchUp().then(note('caught up'))
  writes.letGo()
  await Promise.all([first, second, caughtUp])
  expect(order).toEqual(['first', 'second', 'caught up'])
  expect(afterCrash(path).charged).toEqual(['a'])
})

test('where one of two writes fails, both groups go into the tables, in their order', async () => {
  for (const failing of [0, 1]) {
    const { disk, fail, hold: holdWrites } = testDisk()
    const { db, path, write } = await startLoggingSink(disk)
    const writes = holdWrites()
    if (failing === 0) fail('EIO')
    const first = write(hold('a'))
    fail(failing === 1 ? 'EIO' : undefined)
    const second = write(settle('a'))
    writes.land(1)
    writes.letGo()
    expect(await Promise.all([first, second])).toEqual([WRITTEN, WRITTEN])
    expect([entriesIn(db), existsSync(redoLogOf(path))]).toEqual([3, false])
    expect(afterCrash(path).charged).toEqual(['a'])
  }
})

test('what goes into the tables at once waits for a group before it that the log does not take', async () => {
  for (const isHalfFull of [false, true]) {
    const { disk, fail, hold: holdWrites } = testDisk()
    const { path, write } = await startLoggingSink(disk)
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    await write(hold('a'), hold('b'))
    const writes = holdWrites()
    fail('EIO')
    const first = write(hold('c'), big('a', 1_500_000))
    const next = isHalfFull ? write(settle('c'), big('b', 1_500_000)) : write(settle('c'), topUp(5))
    const told = Promise.all([first.then(note('first')), next.then(note('next'))])
    await new Promise((resolve) => setImmediate(resolve))
    writes.letGo()
    await told
    expect([order, await first, await next]).toEqual([['first', 'next'], WRITTEN, WRITTEN])
    expect(afterCrash(path).charged).toEqual(isHalfFull ? ['a', 'b', 'c'] : ['a', 'c'])
  }
})

test('catching up ends although more comes all the time', async () => {
  const { disk, hold: holdWrites } = testDisk()
  const { db, sink, write, holdFolds } = await startLoggingSink(disk)
  const writes = holdWrites()
  let landing = write(hold('first'))
  let isCaughtUp = false
  const caughtUp = sink.catchUp().then(() => {
    isCaughtUp = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  for (let n = 0; n < 10 && !isCaughtUp; n += 1) {
    const letFold = holdFolds()
    writes.land(0)
    await landing
    landing = write(hold(`later ${n}`))
    letFold()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect([isCaughtUp, entriesIn(db)]).toEqual([true, 2])
  writes.letGo()
  await Promise.all([landing, caughtUp])
})

test('where the log fails, the tables answer, nothing counts twice, and after a while there is another log', async () => {
  const { disk, fail } = testDisk()
  const { db, path, write, pass } = await startLoggingSink(disk)
  await write(hold('a'), hold('b'))
  fail('EIO')
  expect(await write(settle('a'), hold('c'))).toEqual(WRITTEN)
  expect([entriesIn(db), existsSync(redoLogOf(path))]).toEqual([5, false])
  expect(afterCrash(path).charged).toEqual(['a'])
  await pass(RETRY_MS)
  expect([await write(settle('b')), existsSync(redoLogOf(path)), entriesIn(db)]).toEqual([WRITTEN, false, 6])
  fail(undefined)
  await pass(RETRY_MS)
  expect([await write(settle('c')), existsSync(redoLogOf(path)), entriesIn(db)]).toEqual([WRITTEN, true, 6])
  expect(afterCrash(path).charged).toEqual(['a', 'b', 'c'])
})

test('where both fail, nothing is answered for until the tables take everything, and then it is there once', async () => {
  const { disk, fail } = testDisk()
  const { db, raw, path, write, sink, pass } = await startLoggingSink(disk)
  await write(hold('a'), big('a', 50_000), hold('b'))
  const allow = fillDisk(raw)
  await sink.catchUp()
  // The log would have room, but what stands in it must not grow while it cannot be folded.
  expect(await write(hold('refused'))).toMatchObject({ kind: 'disk_fault' })
  expect(afterCrash(path)).toMatchObject({ charged: ['a'], replay: { records: 1 } })
  allow()
  expect(await write(hold('c'))).toEqual(WRITTEN)
  expect(entriesIn(db)).toBe(5)

  await write(big('b', 50_000))
  fail('EIO')
  const allowAgain = fillDisk(raw)
  expect(await write(settle('c'), hold('nowhere'))).toMatchObject({ kind: 'disk_fault' })
  expect(await write(settle('c'))).toMatchObject({ kind: 'disk_fault' })
  allowAgain()
  expect(await write(settle('c'))).toEqual(WRITTEN)
  expect(entriesIn(db)).toBe(7)
  fail(undefined)
  await pass(RETRY_MS)
  const nowhere = await write(release('nowhere'))
  expect(nowhere.kind === 'written' && String(nowhere.refused.get(0))).toContain('HoldNotOpenError')
  expect(afterCrash(path).charged).toEqual(['a', 'b', 'c'])
})

/** From now on the tables have no room for another page. */
function fillDisk(raw: ReturnType<typeof openRaw>): () => void {
  raw.pragma(`max_page_count = ${Number(raw.pragma('page_count', { simple: true }))}`)
  return () => void raw.pragma('max_page_count = 1000000')
}

test('a fold that the disk refuses is tried again by itself, and what was not folded is left for a start', async () => {
  const { db, raw, path, sink, write, pass } = await startLoggingSink()
  await write(hold('big'))
  await write(big('big', 50_000))
  const allow = fillDisk(raw)
  await pass(FOLD_AFTER_MS)
  await pass(RETRY_MS)
  expect(entriesIn(db)).toBe(1)
  allow()
  await pass(RETRY_MS)
  expect(entriesIn(db)).toBe(3)
  await write(hold('b'))
  await write(big('b', 50_000))
  const allowAgain = fillDisk(raw)
  await sink.stop()
  allowAgain()
  expect(afterCrash(path).charged).toEqual(['b', 'big'])
})

test('a half that is full waits for the other one to be folded, and what fits in none goes into the tables', async () => {
  const { db, path, write, holdFolds } = await startLoggingSink()
  await write(...[1, 2, 3, 4, 5, 6].map((n) => hold(`r${n}`)))
  const letFold = holdFolds()
  // Two fill the one half, whose fold begins, and two the other.
  for (const n of [1, 2, 3, 4]) expect(await write(big(`r${n}`, 900_000))).toEqual(WRITTEN)
  const fifth = write(big('r5', 900_000))
  await new Promise((resolve) => setImmediate(resolve))
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(0)
  expect(afterCrash(path).charged).toEqual(['r1', 'r2', 'r3', 'r4'])
  letFold()
  expect(await fifth).toEqual(WRITTEN)
  expect(afterCrash(path).charged).toEqual(['r1', 'r2', 'r3', 'r4', 'r5'])
  expect(await write(big('r6', 3_000_000))).toEqual(WRITTEN)
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(6)
})
