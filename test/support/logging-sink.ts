// A sink with a redo log whose time the test passes, and what a start finds where its process dies: a copy of the files as
// they lie on disk is opened, and its books are audited.
import { copyFileSync, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import type { RefusedCommand } from '../../server/db/fold.ts'
import { createLoggingSink, FIRST_LOG_AFTER_MS } from '../../server/db/logging-sink.ts'
import { openDatabase } from '../../server/db/open.ts'
import { openRaw } from '../../server/db/open-raw.ts'
import { pack } from '../../server/db/packed-commands.ts'
import { newRedoMemory, type RedoDisk } from '../../server/db/redo-disk.ts'
import { redoLogOf } from '../../server/db/redo-log.ts'
import { replayRedoLog } from '../../server/db/redo-replay.ts'
import { createTableWriter } from '../../server/db/table-writer.ts'
import type { Tables } from '../../server/db/tables.ts'
import type { WriteCommand } from '../../server/db/write-command.ts'
import type { GroupOutcome } from '../../server/db/write-group.ts'
import { auditTables } from '../faults/support/audit.ts'
import { addPerson, cellOf, chargeOf, holdOf, NOW, openTestDatabase, tempDir, usageOf } from './database.ts'
import { topUp } from './write-commands.ts'

export const PURSE = 100_000_000
/** Of what `usageOf` says, at the rates of the test model. */
export const COST = 20_000

export const hold = (requestId: string): WriteCommand => ({ kind: 'hold', hold: holdOf(requestId) })
export const settle = (requestId: string, amountNanoUsd = COST) =>
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
export const big = (requestId: string, bytes: number): WriteCommand => ({
  ...settle(requestId),
  charge: { ...chargeOf(COST), reportedUsage: JSON.stringify('u'.repeat(bytes)) },
})

/** A sink with a log, on a database with one person who has money; what the thread does is done here. */
export async function startLoggingSink(disk?: RedoDisk) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { db, path, repositories } = openTestDatabase()
  addPerson(repositories)
  const raw = openRaw(path)
  onTestFinished(() => void raw.close())
  const refused: RefusedCommand[] = []
  const onRefused = (each: RefusedCommand) => void refused.push(each)
  const memory = newRedoMemory()
  const writer = createTableWriter(raw, { memory, onRefused })
  let gate: Promise<void> | undefined
  const tables: Tables = {
    path,
    memory,
    write: async (commands) => writer.write(commands),
    makeLog: async () => writer.makeLog(),
    async fold(filled) {
      await gate
      writer.fold(filled)
    },
    closeLog: async () => writer.closeLog(),
    keepUsage: () => Promise.reject(new Error('not tested here')),
    stop: () => Promise.resolve(),
  }
  const sink = createLoggingSink(db.raw, tables, disk)
  const write = (...commands: WriteCommand[]) =>
    new Promise<GroupOutcome>((resolve) => sink.write(commands.map(pack), resolve))
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  /** Folds wait until the answer is called. */
  function holdFolds(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    gate = promise
    return () => {
      gate = undefined
      resolve()
    }
  }
  await write(topUp(PURSE))
  await pass(FIRST_LOG_AFTER_MS)
  expect(existsSync(redoLogOf(path))).toBe(true)
  return { db, raw, path, sink, write, pass, refused, holdFolds }
}

/** Writes for real, when it is let, and until it is told to fail; a write that fails may have left all of it on disk. */
export function testDisk() {
  let fault: string | undefined
  let held: (() => void)[] | undefined
  const disk: RedoDisk = {
    open: (path) => ({ file: openSync(path, 'r+'), start: 0 }),
    write(file, bytes, at, length, position, done) {
      const error = fault === undefined ? undefined : Object.assign(new Error(fault), { code: fault })
      const land = () => {
        writeSync(file, bytes, at, length, position)
        done(error)
      }
      if (held) held.push(land)
      else setImmediate(land)
    },
  }
  return {
    disk,
    fail: (code: string | undefined) => {
      fault = code
    },
    /** From now on nothing lands before it is let. */
    hold: () => {
      held = []
      const holding = held
      return {
        waiting: () => holding.length,
        land: (place: number) => holding.splice(place, 1)[0]?.(),
        letGo: () => {
          held = undefined
          for (const land of holding.splice(0)) land()
        },
      }
    },
  }
}

export const WRITTEN = { kind: 'written', refused: new Map() }

/** What a start finds where the process dies now: the files as they are, and what they are after the start. */
export function afterCrash(path: string, change: (redoPath: string) => void = () => undefined) {
  const copy = join(tempDir(), 'gateway.db')
  for (const suffix of ['', '-wal', '-redo']) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  }
  change(redoLogOf(copy))
  return startOn(copy)
}

/** The same of files that lie there. */
export function startOn(path: string) {
  const db = openDatabase(path)
  try {
    const replay = replayRedoLog(db.raw)
    const again = replayRedoLog(db.raw)
    expect([again, existsSync(redoLogOf(path))]).toEqual([undefined, false])
    const { problems, charges } = auditTables(path, { mayHoldsBeOpen: true })
    expect(problems).toEqual([])
    const kinds = db.raw.prepare('SELECT kind FROM ledger_entries ORDER BY seq').pluck().all()
    return { replay, kinds, charged: [...charges.keys()].sort(), balance: balanceOf(db) }
  } finally {
    db.close()
  }
}

export const balanceOf = (db: Parameters<typeof cellOf>[0]) =>
  cellOf(db, `SELECT balance_nano_usd FROM balances WHERE user_id = 'user-ann'`)
export const entriesIn = (db: Parameters<typeof cellOf>[0]) =>
  cellOf(db, 'SELECT count(*) FROM ledger_entries')
