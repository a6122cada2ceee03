// The copy that a backup is made of, beside everything else that goes on.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { tempDir } from '../../test/support/database.ts'
import { clearUnfinishedCopies, copyDatabase, partialOf } from './backup-file.ts'
import { openDatabase } from './open.ts'

/** A hundred pages go at a time, so that this many take some fifty turns. */
const PAGES = 5_000
/** Long after the copy should have ended; endless writing would be endless copying where it begins again. */
const TURNS_MAX = 1_000

test('a copy ends beside steady writing, and holds one moment', async () => {
  const dir = tempDir()
  const path = join(dir, 'gateway.db')
  const db = openDatabase(path)
  db.raw.exec('CREATE TABLE entries (id INTEGER PRIMARY KEY, at_once INTEGER, filling BLOB)')
  const insert = db.raw.prepare('INSERT INTO entries (at_once, filling) VALUES (?, zeroblob(4000))')
  db.raw.transaction(() => {
    for (let page = 0; page < PAGES; page += 1) insert.run(0)
  })()

  let isCopied = false
  const copying = copyDatabase(db, join(dir, 'copy.db')).then(() => {
    isCopied = true
  })
  // As the gateway's own: by another connection.
  const writer = new Database(path)
  const write = writer.prepare('INSERT INTO entries (at_once) VALUES (?)')
  const inPairs = writer.transaction((turn: number) => {
    write.run(turn)
    write.run(turn)
  })
  let turns = 0
  for (; turns < TURNS_MAX && !isCopied; turns += 1) {
    inPairs(turns + 1)
    await nextTurn()
  }
  expect(turns).toBeLessThan(TURNS_MAX)
  await copying
  writer.close()
  db.close()

  const copy = new Database(partialOf(join(dir, 'copy.db')), { readonly: true })
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
  const halves = copy
    .prepare(
      'SELECT count(*) FROM (SELECT 1 FROM entries WHERE at_once > 0 GROUP BY at_once HAVING count(*) <> 2)',
    )
    .pluck()
    .get()
  expect(halves).toBe(0)
  copy.close()
})

test('a copy ends with the database that it is made of', async () => {
  const dir = tempDir()
  const db = openDatabase(join(dir, 'gateway.db'))
  db.raw.exec('CREATE TABLE entries (filling BLOB)')
  const insert = db.raw.prepare('INSERT INTO entries VALUES (zeroblob(4000))')
  db.raw.transaction(() => {
    for (let page = 0; page < PAGES; page += 1) insert.run()
  })()
  const copying = copyDatabase(db, join(dir, 'copy.db'))
  await nextTurn()
  db.close()
  await expect(copying).rejects.toThrow('closed while it was copied')
})

test('half a backup that cannot be deleted keeps nobody from starting, and the others go', () => {
  const dir = tempDir()
  const stuck = 'gateway-2026-11-01T00-00-00-aaaaaa.db.partial'
  // Stands for a file that another program holds open on Windows.
  mkdirSync(join(dir, stuck))
  writeFileSync(join(dir, 'gateway-2026-11-02T00-00-00-bbbbbb.db.partial'), 'half')
  writeFileSync(join(dir, 'gateway-2026-11-03T00-00-00-cccccc.db'), 'whole')
  const told: string[] = []
  const tell = (path: string) => told.push(path)
  clearUnfinishedCopies(dir, tell)
  expect(told.splice(0)).toEqual([join(dir, stuck)])
  expect(readdirSync(dir)).toEqual([stuck, 'gateway-2026-11-03T00-00-00-cccccc.db'])
  // Nor does a folder that cannot be read.
  const noFolder = join(dir, 'gateway-2026-11-03T00-00-00-cccccc.db')
  clearUnfinishedCopies(noFolder, tell)
  expect(told).toEqual([noFolder])
})
