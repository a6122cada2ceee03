// A log that is not whole, not of this database, or not of this version.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tempDir } from '../../test/support/database.ts'
import {
  afterCrash,
  entriesIn,
  hold,
  settle,
  startLoggingSink,
  startOn,
} from '../../test/support/logging-sink.ts'
import { copyDatabase, finishBackup } from './backup-file.ts'
import { FOLD_AFTER_MS } from './logging-sink.ts'
import { openDatabase } from './open.ts'
import { openRedoLog } from './redo-appender.ts'
import { newRedoMemory } from './redo-disk.ts'
import { createRedoLog, readRedoLog, recordBytes, redoLogOf } from './redo-log.ts'
import { createRedoPosition } from './redo-position.ts'
import { OtherRedoFormatError, replayRedoLog, requireReadableRedo } from './redo-replay.ts'

test('records behind one that is missing never count, and the log is set aside', async () => {
  const { path, write, pass, holdFolds } = await startLoggingSink()
  await write(...Array.from({ length: 40 }, (_, n) => hold(`r${n}`)))
  await write(settle('r0'))
  // A fold has begun with the one half, and the other takes what comes.
  holdFolds()
  await pass(FOLD_AFTER_MS)
  await write(settle('r1'))
  const first = readRedoLog(redoLogOf(path))?.halves[0]?.[0]
  const found = afterCrash(path, (redoPath) => {
    const bytes = readFileSync(redoPath)
    const secondAt = 4096 + recordBytes(first?.content ?? Buffer.alloc(0))
    bytes.writeUInt8(bytes.readUInt8(secondAt + 20) ^ 1, secondAt + 20)
    writeFileSync(redoPath, bytes)
  })
  expect(found).toMatchObject({ charged: [], replay: { records: 1, setAside: expect.any(String) } })
  expect(found.kinds).toHaveLength(41)
  expect(afterCrash(path)).toMatchObject({ charged: ['r0', 'r1'], replay: { records: 3, setAside: null } })
})

test('a log of another database is set aside, and one that is missing is told of', async () => {
  const one = await startLoggingSink()
  const other = await startLoggingSink()
  await one.write(hold('a'), settle('a'))
  await other.write(hold('b'), settle('b'))
  const foreign = afterCrash(one.path, (redoPath) => copyFileSync(redoLogOf(other.path), redoPath))
  expect(foreign).toMatchObject({ kinds: ['top_up'], replay: { isMissing: true, records: 0 } })
  expect(readRedoLog(String(foreign.replay?.setAside))?.halves.flat()).toHaveLength(1)
  const missing = afterCrash(one.path, (redoPath) => rmSync(redoPath))
  expect(missing.replay).toEqual({ records: 0, refused: [], setAside: null, isMissing: true })
})

test('a copy never takes what stands in the log of its source', async () => {
  const { db, path, write, sink } = await startLoggingSink()
  await write(hold('before'))
  await sink.catchUp()
  const copy = join(tempDir(), 'gateway.db')
  await copyDatabase(db, copy)
  await finishBackup(copy)
  await write(settle('before'))
  copyFileSync(redoLogOf(path), redoLogOf(copy))
  const { kinds, replay } = startOn(copy)
  expect(kinds).toEqual(['top_up', 'hold'])
  expect(replay).toMatchObject({ records: 0, isMissing: false, setAside: expect.stringContaining('-redo-') })
})

test('commands in the shape of another version are not read, and nothing is changed', async () => {
  const { path, write } = await startLoggingSink()
  await write(hold('a'))
  const copy = join(tempDir(), 'gateway.db')
  for (const suffix of ['', '-wal', '-redo']) copyFileSync(path + suffix, copy + suffix)
  const db = openDatabase(copy)
  onTestFinished(() => db.close())
  expect(requireReadableRedo(db.raw)).toBe(true)
  const state = createRedoPosition(db.raw).read()
  const id = createRedoLog(redoLogOf(copy), 'of another version')
  createRedoPosition(db.raw).write({ ...state, logId: id })
  const later = openRedoLog(redoLogOf(copy), { id, lastSeq: state.foldedSeq }, newRedoMemory())
  await new Promise<void>((resolve) =>
    later.append(Buffer.from('["in a shape of its own"]'), () => resolve()),
  )
  later.close()
  for (const open of [() => requireReadableRedo(db.raw), () => replayRedoLog(db.raw)]) {
    expect(open).toThrow(OtherRedoFormatError)
  }
  expect([entriesIn(db), createRedoPosition(db.raw).read().isClosed]).toEqual([1, false])
  expect(readRedoLog(redoLogOf(copy))?.halves.flat()).toHaveLength(1)
})
