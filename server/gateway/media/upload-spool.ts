// Forms are kept on disk until their request has ended: what decides about them may stand behind a file of half a gigabyte.
// Bounded for one person and in all; nothing is left of a file when its request is over, nor of any when the gateway starts.
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Settings } from '../../../contract/settings.ts'
import type { Splice } from '../json-scan.ts'

/** What is left on the disk for the ledger, whatever comes. */
const FREE_BYTES_MIN = 512 * 1024 * 1024

/** Those that hold now. */
export type SpoolBounds = () => Pick<Settings, 'formBytesPerUserMax' | 'formBytesMax'>

export interface SpoolDisk {
  readonly freeBytesMin?: number
  /** What is free on the disk now. */
  readonly freeBytes?: () => Promise<number>
  readonly remove?: (path: string) => Promise<void>
  /** Told of a file that could not be deleted: something else has it open, such as a scanner for viruses. */
  readonly onLeft?: (error: unknown) => void
}

/** What one request keeps on disk. */
export interface SpoolShare {
  /**
   * Begins the one file of the request, whose room is its own from now on: `no_share` where the person, or all together, would
   * have too much, `no_room` where the disk would, beside what others are still to write. Rejects where the disk fails.
   */
  open(expectedBytes: number): Promise<SpoolFile | 'no_share' | 'no_room'>
  /** More than this can never be kept of it. */
  readonly bytesMax: number
  /** Deletes it, or leaves that to the next start. Harmless where there is none; never rejects. */
  release(): Promise<void>
}

export interface SpoolFile {
  /** Whether it may have so many bytes now, those that were expected included. */
  grow(toBytes: number): boolean
  write(piece: Buffer): Promise<void>
  /** From the beginning, as often as needed, with the splices applied. Nothing may be written any more. */
  stream(splices: readonly Splice[]): Readable
  readonly bytes: number
}

export interface UploadSpool {
  shareFor(requestId: string, userId: string): SpoolShare
  /** What is on disk now, or was given room there. */
  readonly bytes: number
}

/** Makes the directory, and empties it of what a crash has left. */
export function createUploadSpool(
  directory: string,
  bounds: SpoolBounds,
  {
    freeBytesMin = FREE_BYTES_MIN,
    freeBytes = () => freeBytesAt(directory),
    remove = (path) => rm(path, { force: true }),
    onLeft = () => {},
  }: SpoolDisk = {},
): UploadSpool {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true })
  const byUser = new Map<string, number>()
  let total = 0
  /** Of it, what is on disk; the rest is still free there, and not for anybody else. */
  let totalWritten = 0

  function add(userId: string, bytes: number): void {
    const left = (byUser.get(userId) ?? 0) + bytes
    total += bytes
    if (left > 0) byUser.set(userId, left)
    else byUser.delete(userId)
  }

  function shareFor(requestId: string, userId: string): SpoolShare {
    const path = join(directory, requestId)
    let handle: FileHandle | undefined
    let taken = 0
    let written = 0
    const giveBack = (): void => {
      add(userId, -taken)
      totalWritten -= written
      taken = 0
      written = 0
    }
    const file: SpoolFile = {
      get bytes() {
        return written
      },
      grow(toBytes) {
        const more = toBytes - taken
        if (more <= 0) return true
        const { formBytesPerUserMax, formBytesMax } = bounds()
        if (total + more > formBytesMax || (byUser.get(userId) ?? 0) + more > formBytesPerUserMax)
          return false
        add(userId, more)
        taken = toBytes
        return true
      },
      async write(piece) {
        for (let at = 0; at < piece.length; ) {
          const { bytesWritten = 0 } = (await handle?.write(piece, at)) ?? {}
          if (bytesWritten === 0) throw new Error('nothing more can be written to an upload')
          at += bytesWritten
        }
        written += piece.length
        totalWritten += piece.length
      },
      stream: (splices) => Readable.from(pieces(path, written, splices), { objectMode: false }),
    }
    return {
      get bytesMax() {
        const { formBytesPerUserMax, formBytesMax } = bounds()
        return Math.min(formBytesPerUserMax, formBytesMax)
      },
      async open(expectedBytes) {
        // Before the disk is asked: of two who ask at once, the second one finds taken what the first one was given.
        const promised = total - totalWritten
        if (!file.grow(expectedBytes)) return 'no_share'
        try {
          const left = (await freeBytes()) - promised - expectedBytes
          if (left >= freeBytesMin) handle = await open(path, 'wx', 0o600)
        } finally {
          if (!handle) giveBack()
        }
        return handle ? file : 'no_room'
      },
      async release() {
        if (!handle) return
        const opened = handle
        handle = undefined
        giveBack()
        // A request whose file stays is over all the same.
        await opened
          .close()
          .then(() => remove(path))
          .catch(onLeft)
      },
    }
  }

  return {
    shareFor,
    get bytes() {
      return total
    },
  }
}

async function freeBytesAt(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

/** How many bytes a body has with its splices applied. */
export const splicedBytes = (bytes: number, splices: readonly Splice[]): number =>
  splices.reduce((sum, { start, end, text }) => sum + Buffer.byteLength(text) - (end - start), bytes)

async function* pieces(path: string, bytes: number, splices: readonly Splice[]): AsyncGenerator<Buffer> {
  let at = 0
  for (const { start, end, text } of splices) {
    yield* range(path, at, start)
    yield Buffer.from(text)
    at = end
  }
  yield* range(path, at, bytes)
}

async function* range(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  if (end <= start) return
  for await (const piece of createReadStream(path, { start, end: end - 1 })) yield piece
}
