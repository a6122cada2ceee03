// A writer with a redo log whose time the test passes, and what a start finds where its process dies: a copy of the files as
// they lie on disk is opened, and its books are audited.
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { RefusedCommand } from '../../server/db/fold.ts'
import { createFoldingWriter } from '../../server/db/folding-writer.ts'
import { openDatabase } from '../../server/db/open.ts'
import { openRaw } from '../../server/db/open-raw.ts'
import { pack } from '../../server/db/packed-commands.ts'
import { type RedoDisk, redoLogOf } from '../../server/db/redo-log.ts'
import { replayRedoLog } from '../../server/db/redo-replay.ts'
import type { WriteCommand } from '../../server/db/write-command.ts'
import { auditBooks } from '../faults/support/audit.ts'
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

/** A writer with a log, on a database with one person who has money. */
export function startFoldingWriter(disk?: RedoDisk) {
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
    const { problems, charges } = auditBooks(path, { mayHoldsBeOpen: true })
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
