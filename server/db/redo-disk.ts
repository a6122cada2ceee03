// How the file of the redo log is written: by calls that the system carries out in threads of its own, each of which ends when
// what it wrote survives the power.
import { constants, fdatasync, openSync, write } from 'node:fs'
import { REDO_HALF_BYTES } from './redo-log.ts'

export type Landed = (error: Error | undefined) => void

/** What the disk is asked to do, so that a test can have it refuse. */
export interface RedoDisk {
  open(path: string): number
  /** Tells when what was written survives the power, or that nobody knows what of it does. */
  write(file: number, bytes: Buffer, at: number, length: number, position: number, done: Landed): void
}

/**
 * On Linux one call writes and flushes. macOS flushes the drive only where it is asked to apart (`F_FULLFSYNC`, which is what
 * Node does there), and Windows has no such way to open a file.
 */
const isWrittenThrough = process.platform === 'linux'

export const SYSTEM_DISK: RedoDisk = {
  open: (path) => openSync(path, constants.O_WRONLY | (isWrittenThrough ? constants.O_DSYNC : 0)),
  write(file, bytes, at, length, position, done) {
    write(file, bytes, at, length, position, (error, written) => {
      if (error) done(error)
      else if (written < length)
        this.write(file, bytes, at + written, length - written, position + written, done)
      else if (isWrittenThrough) done(undefined)
      else fdatasync(file, (fault) => done(fault ?? undefined))
    })
  },
}

export const newRedoHalves = (): SharedArrayBuffer => new SharedArrayBuffer(2 * REDO_HALF_BYTES)

export const halfOf = (halves: SharedArrayBuffer, half: number): Buffer =>
  Buffer.from(halves, half * REDO_HALF_BYTES, REDO_HALF_BYTES)
