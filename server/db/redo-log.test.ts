// The file of the redo log: what is read from it is what was written, up to the first record that is not whole.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../../test/support/database.ts'
import { createRedoLog, REDO_HALF_BYTES, type RedoDisk, readRedoLog } from './redo-log.ts'

const HEAD_BYTES = 4096

function open(disk?: RedoDisk) {
  const path = join(tempDir(), 'gateway.db-redo')
  const log = createRedoLog(path, { format: 'as tested', lastSeq: 7, disk })
  const read = () => readRedoLog(path)?.halves.map((half) => half.map(({ seq, text }) => `${seq} ${text}`))
  return { path, log, read }
}

test('records are read in their order from the half in which they were written', () => {
  const { path, log, read } = open()
  expect(read()).toEqual([[], []])
  log.append('["a"]')
  log.append('["b"]')
  log.turn()
  log.append('["ü €"]')
  expect(read()).toEqual([['8 ["a"]', '9 ["b"]'], ['10 ["ü €"]']])
  log.turn()
  log.append('["d"]')
  // What is left of an earlier turn does not go on from it.
  expect(read()).toEqual([['11 ["d"]'], ['10 ["ü €"]']])
  expect(readRedoLog(path)).toMatchObject({ id: log.id, format: 'as tested' })
  log.close()
})

test('a last record that was cut anywhere, or has one wrong bit, is none, and those before it stand', () => {
  const { path, log, read } = open()
  log.append('["first"]')
  const before = readFileSync(path)
  log.append('["second, which is torn"]')
  log.close()
  const whole = readFileSync(path)
  const first = ['8 ["first"]']
  const [start, end] = [HEAD_BYTES + 16 + 9, HEAD_BYTES + 2 * 16 + 9 + 25]
  expect(whole.subarray(end, end + 64)).toEqual(Buffer.alloc(64))
  for (let cut = start; cut < end; cut += 1) {
    const torn = Buffer.from(before)
    whole.copy(torn, start, start, cut)
    writeFileSync(path, torn)
    expect(read()).toEqual([first, []])
    const flipped = Buffer.from(whole)
    flipped[cut] = (whole[cut] ?? 0) ^ (1 << (cut % 8))
    writeFileSync(path, flipped)
    expect(read()).toEqual([first, []])
  }
  writeFileSync(path, whole)
  expect(read()?.[0]).toHaveLength(2)
})

test('records of a log that was there before are none of the new one, wherever they stand', () => {
  const { path, log } = open()
  log.append('["old"]')
  const old = readFileSync(path)
  log.close()
  const next = createRedoLog(path, { format: 'as tested', lastSeq: 7 })
  next.close()
  const mixed = Buffer.concat([readFileSync(path).subarray(0, HEAD_BYTES), old.subarray(HEAD_BYTES)])
  writeFileSync(path, mixed)
  expect(readRedoLog(path)).toMatchObject({ id: next.id, halves: [[], []] })
})

test('a half takes no more than it has room for, and a file that was not made to its end is no log', () => {
  const { path, log } = open()
  const text = 'x'.repeat(REDO_HALF_BYTES - 16)
  expect([log.hasRoomFor(`${text}x`), log.hasRoomFor(text)]).toEqual([false, true])
  log.append(text)
  expect([log.hasRoomFor(''), log.fullness]).toEqual([false, 1])
  log.turn()
  expect(log.hasRoomFor(text)).toBe(true)
  log.close()
  for (const bytes of [0, 8, HEAD_BYTES - 1]) {
    writeFileSync(path, readFileSync(path).subarray(0, bytes))
    expect(readRedoLog(path)).toBeUndefined()
  }
})

test('after a write or a flush that failed nothing more is taken', () => {
  for (const failing of ['write', 'sync'] as const) {
    let isFailing = false
    const fails = (what: string) => () => {
      if (isFailing && what === failing) throw Object.assign(new Error(what), { code: 'EIO' })
    }
    const { log } = open({ write: fails('write'), sync: fails('sync') })
    log.append('["a"]')
    isFailing = true
    expect(() => log.append('["b"]')).toThrow(failing)
    isFailing = false
    expect(() => log.append('["c"]')).toThrow('takes nothing more')
    log.close()
  }
})
