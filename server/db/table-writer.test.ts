import { expect, onTestFinished, test } from 'vitest'
import { addPerson, openTestDatabase } from '../../test/support/database.ts'
import { hold, settle } from '../../test/support/logging-sink.ts'
import { openRaw } from './open-raw.ts'
import { pack } from './packed-commands.ts'
import { Pauses } from './pauses.ts'
import { RecordContents } from './record-content.ts'
import { halfOf, newRedoMemory } from './redo-disk.ts'
import { putRecord, saltOf } from './redo-log.ts'
import { createTableWriter } from './table-writer.ts'

test('a fold pauses between records and statements, and what is written at once does not', () => {
  const { path, repositories } = openTestDatabase()
  addPerson(repositories)
  const raw = openRaw(path)
  onTestFinished(() => void raw.close())
  let ms = 0
  let sleeps = 0
  // Each look at the clock is a quarter of a millisecond later.
  const pauses = new Pauses(
    () => {
      ms += 0.25
      return ms
    },
    () => {
      sleeps += 1
    },
  )
  const memory = newRedoMemory()
  const writer = createTableWriter(raw, {
    memory,
    pauses,
    onRefused: ({ error }) => expect(error).toBeUndefined(),
  })
  const { id, lastSeq } = writer.makeLog()
  writer.write([pack(hold('before'))])
  expect(sleeps).toBe(0)

  const half = halfOf(memory, 0, 0)
  let bytes = 0
  for (let n = 1; n <= 3; n += 1) {
    const content = new RecordContents().of([pack(hold(`r${n}`)), pack(settle(`r${n}`))])
    if (content) bytes += putRecord(half, bytes, { seq: lastSeq + n, content }, saltOf(id))
  }
  writer.fold({ from: 0, bytes, lastSeq: lastSeq + 3 })
  // Three records, and entries, charges and usage rows.
  expect(sleeps).toBeGreaterThanOrEqual(6)
  expect(repositories.usage.list({ limit: 5 }).rows).toHaveLength(3)
})

test('a long fold is several transactions, and is told once more from where the disk refused it', () => {
  const { path, repositories } = openTestDatabase()
  addPerson(repositories)
  const raw = openRaw(path)
  onTestFinished(() => void raw.close())
  const memory = newRedoMemory()
  const writer = createTableWriter(raw, {
    memory,
    onRefused: ({ error }) => expect(error).toBeUndefined(),
  })
  const { id, lastSeq } = writer.makeLog()
  const contents = new RecordContents()
  const half = halfOf(memory, 0, 0)
  let bytes = 0
  let requests = 0
  let records = 0
  while (bytes < 1_200_000) {
    const commands = Array.from({ length: 200 }, () => {
      requests += 1
      return [pack(hold(`r${requests}`)), pack(settle(`r${requests}`))]
    }).flat()
    const content = contents.of(commands)
    if (!content) throw new Error('These are commands for a log.')
    records += 1
    bytes += putRecord(half, bytes, { seq: lastSeq + records, content }, saltOf(id))
  }
  const filled = { from: 0, bytes, lastSeq: lastSeq + records }

  // What two thirds of them take.
  const pagesMax = Number(raw.pragma('page_count', { simple: true })) + Math.round(requests * 0.15)
  raw.pragma(`max_page_count = ${pagesMax}`)
  expect(() => writer.fold(filled)).toThrow('full')
  const written = () => raw.prepare('SELECT count(*) FROM usage').pluck().get()
  const inFirstParts = written()
  expect(inFirstParts).toBeGreaterThan(0)
  expect(inFirstParts).toBeLessThan(requests)

  raw.pragma('max_page_count = 1000000')
  writer.fold(filled)
  expect(written()).toBe(requests)
  const settled = `SELECT count(*) FROM ledger_entries WHERE kind = 'settle'`
  expect(raw.prepare(settled).pluck().get()).toBe(requests)
  expect(() => writer.fold(filled)).toThrow('not what was told')
})
