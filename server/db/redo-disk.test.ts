// What the system's disk does with a file: past its cache where that can be done, and by the usual way where it cannot.
import fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../../test/support/database.ts'
import { createRedoDisk, halfOf, newRedoMemory, type RedoDisk } from './redo-disk.ts'
import { REDO_BLOCK_BYTES } from './redo-log.ts'

const isLinux = process.platform === 'linux'
const FILE_BYTES = 64 * 1024
/** Across several pages of memory. */
const WRITTEN_BYTES = 25 * REDO_BLOCK_BYTES

/** A file system that refuses the way past its cache, and notes how files are opened. */
function filesWithout(refused?: 'open' | 'read') {
  const opened: number[] = []
  const refuse = () => {
    throw Object.assign(new Error('EINVAL: invalid argument'), { code: 'EINVAL' })
  }
  const files = {
    openSync(path: fs.PathLike, flags: fs.OpenMode) {
      const isPastCache = (Number(flags) & fs.constants.O_DIRECT) !== 0
      if (isPastCache && refused === 'open') refuse()
      opened.push(Number(flags))
      return fs.openSync(path, flags)
    },
    readSync: refused === 'read' ? refuse : fs.readSync,
  }
  return { files, opened }
}

async function writeBlock(disk: RedoDisk): Promise<Buffer> {
  const path = join(tempDir(), 'log')
  fs.writeFileSync(path, Buffer.alloc(FILE_BYTES))
  const memory = newRedoMemory()
  const { file, start } = disk.open(path, memory)
  const half = halfOf(memory, start, 1)
  half.fill('x', REDO_BLOCK_BYTES, REDO_BLOCK_BYTES + WRITTEN_BYTES)
  const error = await new Promise((resolve) =>
    disk.write(file, half, REDO_BLOCK_BYTES, WRITTEN_BYTES, 3 * REDO_BLOCK_BYTES, resolve),
  )
  expect(error).toBeUndefined()
  fs.closeSync(file)
  return fs.readFileSync(path)
}

const expected = Buffer.alloc(FILE_BYTES).fill(
  'x',
  3 * REDO_BLOCK_BYTES,
  3 * REDO_BLOCK_BYTES + WRITTEN_BYTES,
)

test('a block is where it belongs, and is flushed', async () => {
  const { files, opened } = filesWithout()
  expect(await writeBlock(createRedoDisk(files))).toEqual(expected)
  expect(Number(opened.at(-1)) & fs.constants.O_DSYNC).toBe(isLinux ? fs.constants.O_DSYNC : 0)
})

test.runIf(isLinux).each(['open', 'read'] as const)(
  'a file system that refuses the way past its cache at the %s is written the usual way',
  async (refused) => {
    const { files, opened } = filesWithout(refused)
    expect(await writeBlock(createRedoDisk(files))).toEqual(expected)
    const { O_DSYNC, O_WRONLY } = fs.constants
    expect(opened.at(-1)).toBe(O_WRONLY | O_DSYNC)
  },
)

test('what cannot be opened at all says why', () => {
  expect(() => createRedoDisk().open(join(tempDir(), 'missing'), newRedoMemory())).toThrow('ENOENT')
})
