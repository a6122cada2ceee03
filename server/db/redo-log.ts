// The redo log: what was told to be on disk and stands in no table yet. A file of fixed size beside the database, in two halves
// that take turns: while what stands in one is written into the tables, the other takes what comes. A record is written by one
// write and one flush, into bytes that are there already, so that neither has to change anything but data.
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolder } from './backup-file.ts'

/** What the disk is asked to do, so that a test can have it refuse. */
export interface RedoDisk {
  write(file: number, bytes: Buffer, length: number, position: number): void
  /** Resolves when what was written survives the power; on macOS Node asks the drive itself (`F_FULLFSYNC`). */
  sync(file: number): void
}

export interface RedoLog {
  /** Which log it is: what the database has to name. */
  readonly id: string
  /** The number of the last record. */
  readonly lastSeq: number
  /** Whether this half has room for it; false of what is too long for any. */
  hasRoomFor(text: string): boolean
  /** On disk when it returns. Where it throws, nobody knows what is on disk, and the log takes nothing more. */
  append(text: string): void
  /** Goes on in the other half, of which nothing is needed any more. */
  turn(): void
  /** How much of this half is used, from 0 to 1. */
  readonly fullness: number
  close(): void
}

export interface RedoRecord {
  readonly seq: number
  readonly text: string
}

export interface RedoContents {
  readonly id: string
  /** In which shape its commands are. */
  readonly format: string
  /** Those of each half that are whole, in their order. */
  readonly halves: readonly (readonly RedoRecord[])[]
}

export const REDO_HALF_BYTES = 2 * 1024 * 1024
const HEAD_BYTES = 4096
const FILE_BYTES = HEAD_BYTES + 2 * REDO_HALF_BYTES
const PART_BYTES = 256 * 1024
/** Checksum and length in four bytes each, and the number in eight. */
const RECORD_HEAD_BYTES = 16
const MAGIC = 'codex-gateway redo log 1'

const SYSTEM_DISK: RedoDisk = {
  write(file, bytes, length, position) {
    for (let done = 0; done < length; ) done += writeSync(file, bytes, done, length - done, position + done)
  },
  sync: fdatasyncSync,
}

export const redoLogOf = (databasePath: string): string => `${databasePath}-redo`

/** Makes an empty log, whose first record will have the number after `lastSeq`. It counts once the database names its id. */
export function createRedoLog(
  path: string,
  options: { readonly format: string; readonly lastSeq: number; readonly disk?: RedoDisk | undefined },
): RedoLog {
  const id = randomBytes(16).toString('hex')
  const disk = options.disk ?? SYSTEM_DISK
  rmSync(path, { force: true })
  const file = openSync(path, 'wx+', 0o600)
  try {
    // A part at a time, so that it takes little memory.
    const part = Buffer.alloc(PART_BYTES)
    for (let at = HEAD_BYTES; at < FILE_BYTES; at += PART_BYTES) disk.write(file, part, PART_BYTES, at)
    writeHead(part, id, options.format)
    disk.write(file, part, HEAD_BYTES, 0)
    fsyncSync(file)
    syncFolder(dirname(path))
  } catch (error) {
    closeSync(file)
    rmSync(path, { force: true })
    throw error
  }
  return new OpenRedoLog(file, id, options.lastSeq, disk)
}

class OpenRedoLog implements RedoLog {
  readonly id: string
  readonly #file: number
  readonly #disk: RedoDisk
  readonly #salt: number
  readonly #record = Buffer.alloc(REDO_HALF_BYTES)
  #lastSeq: number
  #half = 0
  #used = 0
  #isTrusted = true

  constructor(file: number, id: string, lastSeq: number, disk: RedoDisk) {
    this.#file = file
    this.id = id
    this.#lastSeq = lastSeq
    this.#disk = disk
    this.#salt = crc32(id)
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  get fullness(): number {
    return this.#used / REDO_HALF_BYTES
  }

  hasRoomFor(text: string): boolean {
    return this.#used + RECORD_HEAD_BYTES + Buffer.byteLength(text) <= REDO_HALF_BYTES
  }

  append(text: string): void {
    if (!this.#isTrusted || !this.hasRoomFor(text)) throw new Error('The redo log takes nothing more.')
    this.#isTrusted = false
    const length = this.#record.write(text, RECORD_HEAD_BYTES)
    this.#record.writeUInt32LE(length, 4)
    this.#record.writeBigUInt64LE(BigInt(this.#lastSeq + 1), 8)
    const bytes = RECORD_HEAD_BYTES + length
    this.#record.writeUInt32LE(crc32(this.#record.subarray(4, bytes), this.#salt), 0)
    this.#disk.write(this.#file, this.#record, bytes, startOf(this.#half) + this.#used)
    this.#disk.sync(this.#file)
    this.#isTrusted = true
    this.#used += bytes
    this.#lastSeq += 1
  }

  turn(): void {
    this.#half = 1 - this.#half
    this.#used = 0
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Undefined where there is none, or none that was made to its end. */
export function readRedoLog(path: string): RedoContents | undefined {
  if (!existsSync(path)) return undefined
  const whole = readFileSync(path)
  const head = readHead(whole)
  if (!head) return undefined
  const salt = crc32(head.id)
  return { ...head, halves: [0, 1].map((half) => wholeRecords(whole, half, salt)) }
}

const startOf = (half: number): number => HEAD_BYTES + half * REDO_HALF_BYTES

/** Up to the first that is torn, empty, or not the next: what stands behind it is of an earlier turn, or counts no more. */
function wholeRecords(whole: Buffer, half: number, salt: number): RedoRecord[] {
  const records: RedoRecord[] = []
  const bytes = whole.subarray(startOf(half), startOf(half + 1))
  for (let at = 0; at + RECORD_HEAD_BYTES <= bytes.length; ) {
    const end = at + RECORD_HEAD_BYTES + bytes.readUInt32LE(at + 4)
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end), salt) !== bytes.readUInt32LE(at)) break
    const seq = Number(bytes.readBigUInt64LE(at + 8))
    const before = records.at(-1)
    if (before && before.seq + 1 !== seq) break
    records.push({ seq, text: bytes.toString('utf8', at + RECORD_HEAD_BYTES, end) })
    at = end
  }
  return records
}

function writeHead(whole: Buffer, id: string, format: string): void {
  const length = whole.write(JSON.stringify({ magic: MAGIC, id, format }), 8)
  if (8 + length >= HEAD_BYTES) throw new Error('The head of the redo log is too long.')
  whole.writeUInt32LE(length, 4)
  whole.writeUInt32LE(crc32(whole.subarray(4, 8 + length)), 0)
}

function readHead(whole: Buffer): Pick<RedoContents, 'id' | 'format'> | undefined {
  if (whole.length < HEAD_BYTES) return undefined
  const length = whole.readUInt32LE(4)
  if (8 + length > HEAD_BYTES || crc32(whole.subarray(4, 8 + length)) !== whole.readUInt32LE(0))
    return undefined
  const { magic, id, format } = JSON.parse(whole.toString('utf8', 8, 8 + length))
  return magic === MAGIC ? { id, format } : undefined
}
