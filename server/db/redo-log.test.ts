// The file of the redo log: what is read from it is what was written, up to the first record that is not whole.
import { openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { tempDir } from '../../test/support/database.ts'
import { openRedoLog } from './redo-appender.ts'
import { newRedoMemory, type RedoDisk } from './redo-disk.ts'
import {
  createRedoLog,
  REDO_BLOCK_BYTES,
  REDO_CONTENT_BYTES_MAX,
  readRedoLog,
  recordBytes,
} from './redo-log.ts'

const HEAD_BYTES = 4096

function open(disk?: RedoDisk) {
  const path = join(tempDir(), 'gateway.db-redo')
  const log = openRedoLog(path, { id: createRedoLog(path, 'as tested'), lastSeq: 7 }, newRedoMemory(), disk)
  const append = (text: string) =>
    new Promise<void>((resolve, reject) =>
      log.append(Buffer.from(text), (error) => (error ? reject(error) : resolve())),
    )
  const read = () =>
    readRedoLog(path)?.halves.map((half) => half.map(({ seq, content }) => `${seq} ${content}`))
  return { path, log, append, read }
}

test('records are read in their order from the half in which they were written', async () => {
  const { path, log, append, read } = open()
  expect(read()).toEqual([[], []])
  await append('["a"]')
  await append('["b"]')
  log.turn()
  await append('["ü €"]')
  expect(read()).toEqual([['8 ["a"]', '9 ["b"]'], ['10 ["ü €"]']])
  log.turn()
  await append('["d"]')
  // What is left of an earlier turn does not go on from it.
  expect(read()).toEqual([['11 ["d"]'], ['10 ["ü €"]']])
  expect(readRedoLog(path)).toMatchObject({ id: log.id, format: 'as tested' })
  log.close()
})

test('a last record that was cut anywhere, or has one wrong bit, is none, and those before it stand', async () => {
  const { path, log, append, read } = open()
  await append('["first"]')
  const before = readFileSync(path)
  await append('["second, which is torn"]')
  log.close()
  const whole = readFileSync(path)
  const first = ['8 ["first"]']
  const start = HEAD_BYTES + REDO_BLOCK_BYTES
  const end = start + 16 + 25
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

test('records of a log that was there before are none of the new one, wherever they stand', async () => {
  const { path, log, append } = open()
  await append('["old"]')
  const old = readFileSync(path)
  log.close()
  const id = createRedoLog(path, 'as tested')
  const mixed = Buffer.concat([readFileSync(path).subarray(0, HEAD_BYTES), old.subarray(HEAD_BYTES)])
  writeFileSync(path, mixed)
  expect(readRedoLog(path)).toMatchObject({ id, halves: [[], []] })
})

test('a half takes no more than it has room for, and a file that was not made to its end is no log', async () => {
  const { path, log, append } = open()
  const content = Buffer.alloc(REDO_CONTENT_BYTES_MAX, 'x')
  expect([log.hasRoomFor(Buffer.concat([content, Buffer.alloc(1)])), log.hasRoomFor(content)]).toEqual([
    false,
    true,
  ])
  await append(content.toString())
  expect([log.hasRoomFor(Buffer.alloc(0)), log.fullness]).toEqual([false, 1])
  log.turn()
  expect(log.hasRoomFor(content)).toBe(true)
  log.close()
  for (const bytes of [0, 8, HEAD_BYTES - 1]) {
    writeFileSync(path, readFileSync(path).subarray(0, bytes))
    expect(readRedoLog(path)).toBeUndefined()
  }
})

test('after a write that failed nothing more is taken, and what was under way is told when all of it has ended', () => {
  const writes: ((error?: Error) => void)[] = []
  const written: [text: string, position: number][] = []
  const disk: RedoDisk = {
    open: () => ({ file: openSync('/dev/null', 'r'), start: 0 }),
    write(_file, bytes, at, length, position, done) {
      written.push([bytes.toString('latin1', at, at + length).replaceAll('\0', ''), position])
      writes.push((error) => done(error))
    },
  }
  const { log } = open(disk)
  const told: string[] = []
  for (const name of ['a', 'b', 'c', 'd'])
    log.append(Buffer.from(`["${name}"]`), (error) => void told.push(`${name} ${error}`))
  writes[0]?.()
  expect([told, log.filled()]).toEqual([
    ['a undefined'],
    { from: 0, bytes: recordBytes(Buffer.from('["a"]')), lastSeq: 8 },
  ])
  writes[2]?.(new Error('EIO'))
  writes[1]?.()
  expect([told.length, log.underWay]).toEqual([1, 3])
  writes[3]?.()
  // The first that is refused is taken back from where it may be, whatever comes of that.
  expect([told.length, log.underWay, written.at(-1)]).toEqual([1, 3, ['', HEAD_BYTES + REDO_BLOCK_BYTES]])
  writes[4]?.(new Error('EIO'))
  expect(told.slice(1)).toEqual(['b Error: EIO', 'c Error: EIO', 'd Error: EIO'])
  expect([log.underWay, log.filled().lastSeq]).toEqual([0, 8])
  expect(() => log.append(Buffer.from('["e"]'), () => undefined)).toThrow('takes nothing more')
  log.close()
})

test('what earlier versions put right behind each other is read as well', async () => {
  const { path, log, append, read } = open()
  await append('["first"]')
  await append('["second"]')
  log.close()
  const whole = readFileSync(path)
  const [first, second] = [HEAD_BYTES, HEAD_BYTES + REDO_BLOCK_BYTES]
  const old = Buffer.from(whole.fill(0, first + 16 + 9, second))
  whole.copy(old, first + 16 + 9, second, second + 16 + 10)
  old.fill(0, second, second + 16 + 10)
  writeFileSync(
    path,
    withHead(old, ({ magic, id, format }) => ({ magic, id, format })),
  )
  expect(read()).toEqual([['8 ["first"]', '9 ["second"]'], []])
})

/** The same file, whose head says something else. */
function withHead(whole: Buffer, change: (head: Record<string, unknown>) => object): Buffer {
  const head = JSON.parse(whole.toString('utf8', 8, 8 + whole.readUInt32LE(4)))
  const changed = Buffer.from(whole)
  const length = changed.fill(0, 0, HEAD_BYTES).write(JSON.stringify(change(head)), 8)
  changed.writeUInt32LE(length, 4)
  changed.writeUInt32LE(crc32(changed.subarray(4, 8 + length)), 0)
  return changed
}

test('each record has blocks of its own, and nothing of another one is written with it', async () => {
  const writes: (readonly [at: number, length: number])[] = []
  const { log } = open({
    open: () => ({ file: openSync('/dev/null', 'r'), start: 0 }),
    write: (_file, _bytes, at, length) => void writes.push([at, length]),
  })
  for (const length of [1, REDO_BLOCK_BYTES - 16, REDO_BLOCK_BYTES])
    log.append(Buffer.alloc(length), () => {})
  expect(writes).toEqual([
    [0, REDO_BLOCK_BYTES],
    [REDO_BLOCK_BYTES, REDO_BLOCK_BYTES],
    [2 * REDO_BLOCK_BYTES, 2 * REDO_BLOCK_BYTES],
  ])
  log.close()
})
