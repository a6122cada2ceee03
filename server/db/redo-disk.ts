// How the file of the redo log is written: by calls that the system carries out in threads of its own, each of which ends when
// what it wrote survives the power.
import fs, { closeSync, fdatasync, write } from 'node:fs'
import { REDO_BLOCK_BYTES, REDO_HALF_BYTES } from './redo-log.ts'

export type Landed = (error: Error | undefined) => void

/** A file that is open to be written, and where in the memory of the halves the first one begins. */
export interface OpenRedoFile {
  readonly file: number
  readonly start: number
}

/** What the disk is asked to do, so that a test can have it refuse. */
export interface RedoDisk {
  /** `memory` is what `newRedoMemory` made, and holds nothing yet. */
  open(path: string, memory: SharedArrayBuffer): OpenRedoFile
  /**
   * Tells when what was written survives the power, or that nobody knows what of it does. Whole blocks, at the beginning of one,
   * out of the halves.
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
  open: (path, memory) =>
    openPastCache(path, memory, files) ?? {
      file: files.openSync(path, O_WRONLY | WRITTEN_THROUGH),
      start: 0,
    },
  write(file, bytes, at, length, position, done) {
    write(file, bytes, at, length, position, (error, written) => {
      if (error?.code === 'EINVAL') isRefusedPastCache = true
      if (error) done(error)
      else if (written < length)
        this.write(file, bytes, at + written, length - written, position + written, done)
      else if (isWrittenThrough) done(undefined)
      else fdatasync(file, (fault) => done(fault ?? undefined))
    })
  },
})

/** A disk took by reading what it does not take by writing: the next log is written in the usual way. */
let isRefusedPastCache = false

/** What memory of the engine begins at a multiple of. */
const MEMORY_STEP_BYTES = 16
/** More than two pages of memory: within one, some disks take what they do not take across its end. */
const TRIED_BYTES = 12 * 1024

/**
 * Past the system's cache (`O_DIRECT`), which keeps a copy that nobody reads, and lets one write at a time into a file. Not every
 * file system can, nor with blocks as small as ours: undefined there, and where it cannot be opened at all. It wants memory that
 * begins at a multiple of a block, or of less; of which, only trying tells, because the engine does not tell its addresses.
 */
function openPastCache(path: string, memory: SharedArrayBuffer, files: Files): OpenRedoFile | undefined {
  if (!isWrittenThrough || isRefusedPastCache) return undefined
  let file: number | undefined
  try {
    file = files.openSync(path, O_RDWR | WRITTEN_THROUGH | O_DIRECT)
    for (let start = 0; start < REDO_BLOCK_BYTES; start += MEMORY_STEP_BYTES) {
      // What may be read into some memory may be written out of it.
      if (canRead(file, Buffer.from(memory, start, TRIED_BYTES), files)) return { file, start }
    }
  } catch {
    // Opened in the usual way, it tells what is wrong with it.
  }
  if (file !== undefined) closeSync(file)
  return undefined
}

/** From its second block on, because a file system may be able to do it by larger blocks alone. */
function canRead(file: number, into: Buffer, { readSync }: Files): boolean {
  try {
    return readSync(file, into, 0, into.length, REDO_BLOCK_BYTES) === into.length
  } catch {
    return false
  }
}

/** Of both halves, with room to begin where the disk wants them to. */
export const newRedoMemory = (): SharedArrayBuffer =>
  new SharedArrayBuffer(2 * REDO_HALF_BYTES + REDO_BLOCK_BYTES)

export const halfOf = (memory: SharedArrayBuffer, start: number, half: number): Buffer =>
  Buffer.from(memory, start + half * REDO_HALF_BYTES, REDO_HALF_BYTES)
