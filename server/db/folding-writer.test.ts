// What a crash at any moment leaves of what was answered for: a copy of the files as they lie on disk is opened as a start would.
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { auditBooks } from '../../test/faults/support/audit.ts'
import {
  addPerson,
  cellOf,
  chargeOf,
  holdOf,
  NOW,
  openTestDatabase,
  tempDir,
  usageOf,
} from '../../test/support/database.ts'
import { copyDatabase, finishBackup } from './backup-file.ts'
import type { RefusedCommand } from './fold.ts'
import { createFoldingWriter } from './folding-writer.ts'
import { openDatabase } from './open.ts'
import { openRaw } from './open-raw.ts'
import { pack } from './packed-commands.ts'
import { createRedoLog, type RedoDisk, readRedoLog, redoLogOf } from './redo-log.ts'
import { createRedoPosition } from './redo-position.ts'
import { OtherRedoFormatError, replayRedoLog, requireReadableRedo } from './redo-replay.ts'
import type { WriteCommand } from './write-command.ts'

const PURSE = 100_000_000
/** Of what `usageOf` says, at the rates of the test model. */
const COST = 20_000

const hold = (requestId: string): WriteCommand => ({ kind: 'hold', hold: holdOf(requestId) })
const settle = (requestId: string, amountNanoUsd = COST) =>
  ({
    kind: 'settle',
    hold: holdOf(requestId),
    charge: chargeOf(amountNanoUsd),
    usage: usageOf(requestId, { costNanoUsd: amountNanoUsd }),
    spending: [
      {
        kind: 'key',
        subjectId: 'key-ann',
        dayStartMs: NOW,
        weekStartMs: NOW,
        monthStartMs: NOW,
        nanoUsd: amountNanoUsd,
        tokens: 15,
        requests: 1,
      },
    ],
    createdAt: NOW,
  }) satisfies WriteCommand
/** So large that it needs pages of its own. */
const big = (requestId: string, bytes: number): WriteCommand => ({
  ...settle(requestId),
  charge: { ...chargeOf(COST), reportedUsage: JSON.stringify('u'.repeat(bytes)) },
})
const release = (requestId: string): WriteCommand => ({
  kind: 'release',
  hold: holdOf(requestId),
  usage: usageOf(requestId, { reason: 'upstream_failed' }),
  createdAt: NOW,
})
const topUp = (amountNanoUsd: number): WriteCommand => ({
  kind: 'balance_change',
  userId: 'user-ann',
  changeKind: 'top_up',
  amountNanoUsd,
  note: '',
  actorUserId: null,
  createdAt: NOW,
})

/** A writer with a log, on a database with one person who has money. */
function start(disk?: RedoDisk) {
  const { db, path, repositories } = openTestDatabase()
  addPerson(repositories)
  const raw = openRaw(path)
  onTestFinished(() => void raw.close())
  const refused: RefusedCommand[] = []
  let nowMs = 0
  const onRefused = (each: RefusedCommand) => void refused.push(each)
  const writer = createFoldingWriter(raw, { onRefused, nowMs: () => nowMs, ...(disk ? { disk } : {}) })
  const write = (...commands: WriteCommand[]) => writer.write(JSON.stringify(commands.map(pack)))
  const pass = (ms: number) => {
    nowMs += ms
    writer.step()
  }
  write(topUp(PURSE))
  pass(1_000)
  return { db, raw, path, writer, write, pass, refused }
}

const WRITTEN = { kind: 'written', refused: new Map() }

/** What a start finds where the process dies now: the files as they are, and what they are after the start. */
function afterCrash(path: string, change: (redoPath: string) => void = () => undefined) {
  const copy = join(tempDir(), 'gateway.db')
  for (const suffix of ['', '-wal', '-redo']) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  }
  change(redoLogOf(copy))
  return startOn(copy)
}

function startOn(path: string) {
  const db = openDatabase(path)
  try {
    const replay = replayRedoLog(db.raw)
    const again = replayRedoLog(db.raw)
    expect([again, existsSync(redoLogOf(path))]).toEqual([undefined, false])
    const { problems, charges } = auditBooks(path, { mayHoldsBeOpen: true })
    expect(problems).toEqual([])
    const kinds = db.raw.prepare('SELECT kind FROM ledger_entries ORDER BY seq').pluck().all()
    return { replay, kinds, charged: [...charges.keys()].sort(), balance: balanceOf(db) }
  } finally {
    db.close()
  }
}

const balanceOf = (db: Parameters<typeof cellOf>[0]) =>
  cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)
const entriesIn = (db: Parameters<typeof cellOf>[0]) => cellOf(db, 'SELECT count(*) FROM ledger_entries')

test('what was answered for is found after a crash at any moment, once, and nothing else', () => {
  const { db, path, writer, write, pass } = start()
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
  const { db, path, writer, write, pass } = start()
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
  const { write, writer, refused } = start()
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
  const { db, raw, path, writer, write, refused } = start()
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
  const { path, write } = start()
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
    const { db, path, write, pass } = start(disk)
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
  const { db, raw, path, write, writer, pass } = start(disk)
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
  const { db, raw, write, writer, pass } = start()
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
  const { db, path, write } = start()
  write(...[1, 2, 3, 4].map((n) => hold(`r${n}`)))
  for (const n of [1, 2, 3]) expect(write(big(`r${n}`, 900_000))).toEqual(WRITTEN)
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(2)
  expect(afterCrash(path).charged).toEqual(['r1', 'r2', 'r3'])
  expect(write(big('r4', 3_000_000))).toEqual(WRITTEN)
  expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(4)
})

test('records behind one that is missing never count, and the log is set aside', () => {
  const { path, write, pass } = start()
  write(...Array.from({ length: 40 }, (_, n) => hold(`r${n}`)))
  write(settle('r0'))
  // A fold has begun with the one half, and the other takes what comes.
  pass(201)
  write(settle('r1'))
  const first = readRedoLog(redoLogOf(path))?.halves[0]?.[0]
  const found = afterCrash(path, (redoPath) => {
    const bytes = readFileSync(redoPath)
    const secondAt = 4096 + 16 + Buffer.byteLength(first?.text ?? '')
    bytes.writeUInt8(bytes.readUInt8(secondAt + 20) ^ 1, secondAt + 20)
    writeFileSync(redoPath, bytes)
  })
  expect(found).toMatchObject({ charged: [], replay: { records: 1, setAside: expect.any(String) } })
  expect(found.kinds).toHaveLength(41)
  expect(afterCrash(path)).toMatchObject({ charged: ['r0', 'r1'], replay: { records: 3, setAside: null } })
})

test('a log of another database is set aside, and one that is missing is told of', () => {
  const one = start()
  const other = start()
  one.write(hold('a'), settle('a'))
  other.write(hold('b'), settle('b'))
  const foreign = afterCrash(one.path, (redoPath) => copyFileSync(redoLogOf(other.path), redoPath))
  expect(foreign).toMatchObject({ kinds: ['top_up'], replay: { isMissing: true, records: 0 } })
  expect(readRedoLog(String(foreign.replay?.setAside))?.halves.flat()).toHaveLength(1)
  const missing = afterCrash(one.path, (redoPath) => rmSync(redoPath))
  expect(missing.replay).toEqual({ records: 0, refused: [], setAside: null, isMissing: true })
})

test('a copy never takes what stands in the log of its source', async () => {
  const { db, path, write, writer } = start()
  write(hold('before'))
  writer.catchUp()
  const copy = join(tempDir(), 'gateway.db')
  await copyDatabase(db, copy)
  await finishBackup(copy)
  write(settle('before'))
  copyFileSync(redoLogOf(path), redoLogOf(copy))
  const { kinds, replay } = startOn(copy)
  expect(kinds).toEqual(['top_up', 'hold'])
  expect(replay).toMatchObject({ records: 0, isMissing: false, setAside: expect.stringContaining('-redo-') })
})

test('commands in the shape of another version are not read, and nothing is changed', () => {
  const { path, write } = start()
  write(hold('a'))
  const copy = join(tempDir(), 'gateway.db')
  for (const suffix of ['', '-wal', '-redo']) copyFileSync(path + suffix, copy + suffix)
  const db = openDatabase(copy)
  onTestFinished(() => db.close())
  expect(requireReadableRedo(db.raw)).toBe(true)
  const state = createRedoPosition(db.raw).read()
  const later = createRedoLog(redoLogOf(copy), { format: 'of another version', lastSeq: state.foldedSeq })
  createRedoPosition(db.raw).write({ ...state, logId: later.id })
  later.append('["in a shape of its own"]')
  later.close()
  for (const open of [() => requireReadableRedo(db.raw), () => replayRedoLog(db.raw)]) {
    expect(open).toThrow(OtherRedoFormatError)
  }
  expect([entriesIn(db), createRedoPosition(db.raw).read().isClosed]).toEqual([1, false])
  expect(readRedoLog(redoLogOf(copy))?.halves.flat()).toHaveLength(1)
})
