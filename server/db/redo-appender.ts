// Appends records to the redo log from the thread that answers requests, which never waits for the disk: the system writes
// them in threads of its own, a few at a time. A record counts when it and all those before it are on disk.
import { close } from 'node:fs'
import { createRedoDisk, halfOf, type Landed, type OpenRedoFile, type RedoDisk } from './redo-disk.ts'
import { putRecord, REDO_BLOCK_BYTES, REDO_HALF_BYTES, recordBytes, saltOf, startOf } from './redo-log.ts'

/** What of a half the tables have to take: so many bytes of the memory, from there on, which end with this record. */
export interface FilledHalf {
  readonly from: number
  readonly bytes: number
  readonly lastSeq: number
}

export interface RedoAppender {
  /** Which log it is: what the database has to name. */
  readonly id: string
  /** How many have been handed in and are neither on disk nor refused. */
  readonly underWay: number
  /** The number of the last one that was handed in. */
  readonly lastSeq: number
  /** How much of this half is used, from 0 to 1. */
  readonly fullness: number
  /** Whether this half has room for a record. */
  hasRoomFor(content: Buffer): boolean
  /**
   * What the record contains is copied at once. `landed` is told in the order of the records. Once one was refused nobody knows what is on disk: the rest of those that are
   * under way are refused as well, and nothing more is taken.
   */
  append(content: Buffer, landed: Landed): void
  /** What stands in this half and is on disk. */
  filled(): FilledHalf
  /** Goes on in the other half, of which nothing is needed any more, while none is under way. */
  turn(): void
  close(): void
}

/** Goes on with an empty log. What it holds stands in `memory` as well, for whoever brings it into the tables. */
export const openRedoLog = (
  path: string,
  log: { readonly id: string; readonly lastSeq: number },
  memory: SharedArrayBuffer,
  disk = createRedoDisk(),
): RedoAppender => new OpenRedoLog(disk.open(path, memory), log, memory, disk)

interface Append {
  /** Where it stands in the half. */
  readonly at: number
  readonly bytes: number
  readonly landed: Landed
  isOnDisk: boolean
}

class OpenRedoLog implements RedoAppender {
  readonly id: string
  readonly #file: number
  readonly #disk: RedoDisk
  readonly #salt: number
  readonly #halves: readonly Buffer[]
  #half = 0
  /** What has been put into this half, and what of that is on disk up to where something is not. */
  #used = 0
  #landedBytes = 0
  /** The numbers of the last record that was put there, and of the last that is on disk. */
  #seq: number
  #landedSeq: number
  /** In their order. */
  readonly #appends: Append[] = []
  #writing = 0
  #fault: Error | undefined
  #isTakingBack = false

  constructor(
    { file, start }: OpenRedoFile,
    { id, lastSeq }: { readonly id: string; readonly lastSeq: number },
    memory: SharedArrayBuffer,
    disk: RedoDisk,
  ) {
    this.#file = file
    this.id = id
    this.#seq = lastSeq
    this.#landedSeq = lastSeq
    this.#disk = disk
    this.#salt = saltOf(id)
    this.#halves = [halfOf(memory, start, 0), halfOf(memory, start, 1)]
  }

  get underWay(): number {
    return this.#appends.length
  }

  get lastSeq(): number {
    return this.#seq
  }

  get fullness(): number {
    return this.#used / REDO_HALF_BYTES
  }

  hasRoomFor(content: Buffer): boolean {
    return recordBytes(content) <= REDO_HALF_BYTES - this.#used
  }

  append(content: Buffer, landed: Landed): void {
    const half = this.#halves[this.#half]
    if (this.#fault || !half || !this.hasRoomFor(content)) throw new Error('The redo log takes nothing more.')
    const at = this.#used
    this.#seq += 1
    const bytes = putRecord(half, at, { seq: this.#seq, content }, this.#salt)
    this.#used += bytes
    const append: Append = { at, bytes, landed, isOnDisk: false }
    this.#appends.push(append)
    this.#writing += 1
    this.#disk.write(this.#file, half, at, bytes, startOf(this.#half) + at, (error) => {
      this.#writing -= 1
      if (error) this.#fault ??= error
      append.isOnDisk = true
      this.#tell()
    })
  }

  #tell(): void {
    if (this.#fault) {
      if (this.#writing === 0) this.#takeBack(this.#fault)
      return
    }
    for (let first = this.#appends[0]; first?.isOnDisk; first = this.#appends[0]) {
      this.#appends.shift()
      this.#landedBytes += first.bytes
      this.#landedSeq += 1
      first.landed(undefined)
    }
  }

  /** What was refused may be on disk all the same: where the disk takes that much, a start does not find it, nor what follows. */
  #takeBack(fault: Error): void {
    const [first] = this.#appends
    const half = this.#halves[this.#half]
    if (!first || !half || this.#isTakingBack) return
    this.#isTakingBack = true
    half.fill(0, first.at, first.at + REDO_BLOCK_BYTES)
    const position = startOf(this.#half) + first.at
    this.#disk.write(this.#file, half, first.at, REDO_BLOCK_BYTES, position, () => {
      for (const { landed } of this.#appends.splice(0)) landed(fault)
    })
  }

  filled(): FilledHalf {
    const from = this.#halves[this.#half]?.byteOffset ?? 0
    return { from, bytes: this.#landedBytes, lastSeq: this.#landedSeq }
  }

  turn(): void {
    if (this.#appends.length > 0) throw new Error('A half of the redo log that is written to cannot be left.')
    this.#half = 1 - this.#half
    this.#used = 0
    this.#landedBytes = 0
  }

  close(): void {
    close(this.#file, () => undefined)
  }
}
