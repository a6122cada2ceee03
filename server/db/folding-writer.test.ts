// What is answered for, what is refused, and what a crash or a failing disk leaves of it.
import { existsSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cellOf, holdOf } from '../../test/support/database.ts'
import {
  afterCrash,
  balanceOf,
  big,
  COST,
  entriesIn,
  hold,
  PURSE,
  settle,
  startFoldingWriter,
  WRITTEN,
} from '../../test/support/folding-writer.ts'
import { release, topUp } from '../../test/support/write-commands.ts'
import type { openRaw } from './open-raw.ts'
import { type RedoDisk, redoLogOf } from './redo-log.ts'

test('what was answered for is found after a crash at any moment, once, and nothing else', () => {
  const { db, path, writer, write, pass } = startFoldingWriter()
  const told: string[] = []
  const look = () => {
    const found = afterCrash(path)
    expect(found.charged).toEqual([...told].sort())
    expect(found.balance).toBe(PURSE - COST * told.length)
  }
  look()
  for (let n = 0; n < 12; n += 1) {
    expect(write(hold(`r${n}`))).toEqual(WRITTEN)
    if (n > 0) {
      expect(write(settle(`r${n - 1}`), hold(`x${n}`))).toEqual(WRITTEN)
      told.push(`r${n - 1}`)
      expect(write(release(`x${n}`))).toEqual(WRITTEN)
    }
    look()
    // Folded now and then, so that both halves have had records of several turns.
    if (n % 3 === 2) {
      writer.catchUp()
      look()
    }
    if (n === 7) pass(201)
  }
  expect(entriesIn(db)).not.toBe(1)
  writer.stop()
  expect(existsSync(redoLogOf(path))).toBe(false)
  look()
})

test('groups are answered for while a fold is under way, and a crash in the middle of it loses neither', () => {
  const { db, path, writer, write, pass } = startFoldingWriter()
  const names = Array.from({ length: 200 }, (_, n) => `r${n}`)
  expect(write(...names.map(hold))).toEqual(WRITTEN)
  expect(write(...names.map((name) => settle(name)))).toEqual(WRITTEN)
  pass(201)
  expect(entriesIn(db)).toBe(1)
  expect(write(hold('meanwhile'), settle('meanwhile'))).toEqual(WRITTEN)
  expect(afterCrash(path).charged).toHaveLength(201)
  while (entriesIn(db) === 1) writer.step()
  expect(entriesIn(db)).toBe(401)
  expect(afterCrash(path)).toMatchObject({ replay: { records: 1 }, balance: PURSE - COST * 201 })
  expect([writer.catchUp(), entriesIn(db)]).toEqual([true, 403])
})

test('a settlement finds its hold wherever that stands, and what was never held is refused as ever', () => {
  const { write, writer, refused } = startFoldingWriter()
  write(hold('in log'))
  writer.catchUp()
  write(hold('in tables'))
  writer.catchUp()
  expect(write(settle('in log'), settle('in tables'), hold('together'), settle('together'))).toEqual(WRITTEN)
  for (const again of [settle('in log'), release('together'), settle('never')]) {
    const outcome = write(again)
    expect(outcome).toMatchObject({ kind: 'written' })
    expect(outcome.kind === 'written' && String(outcome.refused.get(0))).toContain('HoldNotOpenError')
  }
  write(hold('twice'))
  const twice = write(hold('twice'))
  expect(twice.kind === 'written' && String(twice.refused.get(0))).toContain('UNIQUE')
  const stranger = write({ kind: 'hold', hold: { ...holdOf('s'), userId: 'nobody', priceId: 'none' } })
  expect(stranger.kind === 'written' && String(stranger.refused.get(0))).toContain('FOREIGN KEY')
  expect(refused).toEqual([])
})

test('what no table takes although it was answered for is kept aside, told, and takes nothing with it', () => {
  const { db, raw, path, writer, write, refused } = startFoldingWriter()
  write(hold('gone'), settle('gone'))
  writer.catchUp()
  // Held before, which only the tables know by now.
  expect(write(hold('a'), hold('gone'), hold('b'))).toEqual(WRITTEN)
  expect(write(settle('a'), settle('gone'), settle('b'))).toEqual(WRITTEN)
  const crashed = afterCrash(path)
  expect(crashed.replay?.refused).toHaveLength(2)
  expect(crashed.charged).toEqual(['a', 'b', 'gone'])
  expect(writer.catchUp()).toBe(true)
  expect(refused.map(({ error }) => String(error).replace(/:.*/, ''))).toEqual([
    'SqliteError',
    'HoldNotOpenError',
  ])
  expect(raw.prepare('SELECT redo_seq, error FROM refused_commands').all()).toHaveLength(2)
  expect(balanceOf(db)).toBe(PURSE - 3 * COST)
})

test('everything else is written behind what stands in the log, and keeps its place in the ledger', () => {
  const { path, write } = startFoldingWriter()
  write(hold('a'), settle('a'))
  expect(write(topUp(3))).toEqual(WRITTEN)
  write(hold('b'))
  const { kinds, balance, replay } = afterCrash(path)
  expect([kinds, balance]).toEqual([['top_up', 'hold', 'settle', 'top_up', 'hold'], PURSE - COST + 3])
  expect(replay).toMatchObject({ records: 1, refused: [] })
})

/** Writes for real, until it is told to fail; a write that fails may have left all of it on disk. */
function failingDisk() {
  let failing: 'write' | 'sync' | undefined
  const failIf = (what: 'write' | 'sync') => {
    if (what === failing) throw Object.assign(new Error(what), { code: 'EIO' })
  }
  const disk: RedoDisk = {
    write(file, bytes, length, position) {
      writeSync(file, bytes, 0, length, position)
      failIf('write')
    },
    sync: () => failIf('sync'),
  }
  const fail = (what: 'write' | 'sync' | undefined) => {
    failing = what
  }
  return { disk, fail }
}

test('where the log fails, the tables answer, nothing counts twice, and after a while there is another log', () => {
  for (const what of ['write', 'sync'] as const) {
    const { disk, fail } = failingDisk()
    const { db, path, write, pass } = startFoldingWriter(disk)
    write(hold('a'), hold('b'))
    fail(what)
    expect(write(settle('a'), hold('c'))).toEqual(WRITTEN)
    expect([entriesIn(db), existsSync(redoLogOf(path))]).toEqual([5, false])
    expect(afterCrash(path).charged).toEqual(['a'])
    pass(1_000)
    expect([write(settle('b')), existsSync(redoLogOf(path)), entriesIn(db)]).toEqual([WRITTEN, false, 6])
    fail(undefined)
    pass(1_000)
    expect([write(settle('c')), existsSync(redoLogOf(path)), entriesIn(db)]).toEqual([WRITTEN, true, 6])
    expect(afterCrash(path).charged).toEqual(['a', 'b', 'c'])
  }
})

test('where both fail, nothing is answered for until the tables take everything, and then it is there once', () => {
  const { disk, fail } = failingDisk()
  const { db, raw, path, write, writer, pass } = startFoldingWriter(disk)
  write(hold('a'), big('a', 50_000), hold('b'))
  const allow = fillDisk(raw)
  expect(writer.catchUp()).toBe(false)
  // The log would have room, but what stands in it must not grow while it cannot be folded.
  expect(write(hold('refused'))).toMatchObject({ kind: 'disk_fault' })
  expect(afterCrash(path)).toMatchObject({ charged: ['a'], replay: { records: 1 } })
  allow()
  expect(write(hold('c'))).toEqual(WRITTEN)
  expect(entriesIn(db)).toBe(5)

  write(big('b', 50_000))
  fail('sync')
  const allowAgain = fillDisk(raw)
  expect(write(settle('c'))).toMatchObject({ kind: 'disk_fault' })
  expect(write(settle('c'))).toMatchObject({ kind: 'disk_fault' })
  allowAgain()
  expect(write(settle('c'))).toEqual(WRITTEN)
  expect(entriesIn(db)).toBe(7)
  pass(1_000)
  expect(afterCrash(path).charged).toEqual(['a', 'b', 'c'])
})

/** From now on the tables have no room for another page. */
function fillDisk(raw: ReturnType<typeof openRaw>): () => void {
  raw.pragma(`max_page_count = ${Number(raw.pragma('page_count', { simple: true }))}`)
  return () => void raw.pragma('max_page_count = 1000000')
}

test('a fold that the disk refuses is tried again by itself', () => {
  const { db, raw, write, writer, pass } = startFoldingWriter()
  write(hold('big'))
  write(big('big', 50_000))
  const allow = fillDisk(raw)
  pass(201)
  expect([entriesIn(db), writer.msUntilDue()]).toEqual([1, 1_000])
  allow()
  pass(1_000)
  expect([entriesIn(db), writer.msUntilDue()]).toEqual([3, Number.POSITIVE_INFINITY])
})

test('a half that is full is folded before its turn, and what fits in none goes into the tables', () => {
  const { db, path, write } = startFoldingWriter()
  write(...[1, 2, 3, 4].map((n) => hold(`r${n}`)))
  for (const n of [1, 2, 3]) expect(write(big(`r${n}`, 900_000))).toEqual(WRITTEN)
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(2)
  expect(afterCrash(path).charged).toEqual(['r1', 'r2', 'r3'])
  expect(write(big('r4', 3_000_000))).toEqual(WRITTEN)
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(4)
})
