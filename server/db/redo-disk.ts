// How the file of the redo log is written: by calls that the system carries out in threads of its own, each of which ends when
// what it wrote survives the power.
import fs, { closeSync, fdatasync, write } from 'node:fs'
import { REDO_BLOCK_BYTES, REDO_HALF_BYTES } from './redo-log.ts'

export type Landed = (error: Error | undefined) => void

/** What the disk is asked to do, so that a test can have it refuse. */
export interface RedoDisk {
  open(path: string): number
  /**
   * Tells when what was written survives the power, or that nobody knows what of it does. Whole blocks, at the beginning of one,
   * out of memory that `newRedoHalves` made.
   */
  write(file: number, bytes: Buffer, at: number, length: number, position: number, done: Landed): void
}

/**
 * On Linux one call writes and flushes. macOS flushes the drive only where it is asked to apart (`F_FULLFSYNC`, which is what
 * Node does there), and Windows has no such way to open a file.
 */
const isWrittenThrough = process.platform === 'linux'

const { O_DIRECT, O_DSYNC, O_RDWR, O_WRONLY } = fs.constants
const WRITTEN_THROUGH = isWrittenThrough ? O_DSYNC : 0

type Files = Pick<typeof fs, 'openSync' | 'readSync'>

/** `files` are the file system's, for a test to refuse. */
export const createRedoDisk = (files: Files = fs): RedoDisk => ({
  open: (path) => openPastCache(path, files) ?? files.openSync(path, O_WRONLY | WRITTEN_THROUGH),
  write(file, bytes, at, length, position, done) {
    write(file, bytes, at, length, position, (error, written) => {
      if (error) done(error)
      else if (written < length)
        this.write(file, bytes, at + written, length - written, position + written, done)
      else if (isWrittenThrough) done(undefined)
      else fdatasync(file, (fault) => done(fault ?? undefined))
    })
  },
})

/**
 * Past the system's cache (`O_DIRECT`), which keeps a copy that nobody reads, and lets one write at a time into a file. Not every
 * file system can, nor with blocks as small as ours: undefined there, and where it cannot be opened at all.
 */
function openPastCache(path: string, files: Files): number | undefined {
  if (!isWrittenThrough) return undefined
  let file: number | undefined
  try {
    file = files.openSync(path, O_RDWR | WRITTEN_THROUGH | O_DIRECT)
    // What may be read in such pieces may be written in them.
    files.readSync(file, Buffer.from(newPages(1)), 0, REDO_BLOCK_BYTES, REDO_BLOCK_BYTES)
    return file
  } catch {
    if (file !== undefined) closeSync(file)
    return undefined
  }
}

const PAGE_BYTES = 64 * 1024

interface PagedMemory {
  readonly Memory: new (of: {
    initial: number
    maximum: number
    shared: true
  }) => {
    readonly buffer: SharedArrayBuffer
  }
}
const { Memory } = (globalThis as unknown as { WebAssembly: PagedMemory }).WebAssembly // whose types come with a browser's

/** Shared memory that begins where a page of the system does, as the way past its cache wants it: of no other is that certain. */
const newPages = (count: number): SharedArrayBuffer =>
  new Memory({ initial: count, maximum: count, shared: true }).buffer

export const newRedoHalves = (): SharedArrayBuffer => newPages((2 * REDO_HALF_BYTES) / PAGE_BYTES)

export const halfOf = (halves: SharedArrayBuffer, half: number): Buffer =>
  Buffer.from(halves, half * REDO_HALF_BYTES, REDO_HALF_BYTES)
