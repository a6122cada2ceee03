// The redo log: what was told to be on disk and stands in no table yet. A file of fixed size beside the database, in two halves
// that take turns: while what stands in one is written into the tables, the other takes what comes. A record is written by one
// write into blocks that are there already and are its own, so that nothing but data has to change, and nothing of another record
// is written again. Here is how it lies on disk; what is in it is written by redo-appender.ts.
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolder } from './backup-file.ts'

export interface RedoRecord {
  readonly seq: number
  /** What it says, which is none of this file's business. */
  readonly content: Buffer
}

export interface RedoContents {
  readonly id: string
  /** In which shape its commands are. */
  readonly format: string
  /** Those of each half that are whole, in their order. */
  readonly halves: readonly (readonly RedoRecord[])[]
}

export const REDO_HALF_BYTES = 2 * 1024 * 1024
/** What a drive writes whole or not at all, and at least at once. */
export const REDO_BLOCK_BYTES = 512
const HEAD_BYTES = 4096
const FILE_BYTES = HEAD_BYTES + 2 * REDO_HALF_BYTES
const PART_BYTES = 256 * 1024
/** Checksum and length in four bytes each, and the number in eight. */
const RECORD_HEAD_BYTES = 16
/** What a record may contain at most: then it fills a half. */
export const REDO_CONTENT_BYTES_MAX = REDO_HALF_BYTES - RECORD_HEAD_BYTES
const MAGIC = 'codex-gateway redo log 1'

export const redoLogOf = (databasePath: string): string => `${databasePath}-redo`

/** Makes an empty log and returns its id. It counts once the database names that. */
export function createRedoLog(path: string, format: string): string {
  const id = randomBytes(16).toString('hex')
  rmSync(path, { force: true })
  const file = openSync(path, 'wx', 0o600)
  try {
    // A part at a time, so that it takes little memory.
    const part = Buffer.alloc(PART_BYTES)
    for (let at = HEAD_BYTES; at < FILE_BYTES; at += PART_BYTES) writeAll(file, part, PART_BYTES, at)
    writeHead(part, id, format)
    writeAll(file, part, HEAD_BYTES, 0)
    fsyncSync(file)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  return id
}

function writeAll(file: number, bytes: Buffer, length: number, position: number): void {
  for (let done = 0; done < length; ) done += writeSync(file, bytes, done, length - done, position + done)
}

/** Undefined where there is none, or none that was made to its end. */
export function readRedoLog(path: string): RedoContents | undefined {
  if (!existsSync(path)) return undefined
  const whole = readFileSync(path)
  const head = readHead(whole)
  if (!head) return undefined
  const { id, format, block } = head
  const halves = [0, 1].map((half) => recordsOf(whole.subarray(startOf(half), startOf(half + 1)), id, block))
  return { id, format, halves }
}

/** Where a half begins in the file. */
export const startOf = (half: number): number => HEAD_BYTES + half * REDO_HALF_BYTES

/** How many bytes a record takes. */
export const recordBytes = (content: Uint8Array): number => wholeBlocks(RECORD_HEAD_BYTES + content.length)

const wholeBlocks = (bytes: number, block = REDO_BLOCK_BYTES): number => Math.ceil(bytes / block) * block

/** What the checksums of a log begin with. */
export const saltOf = (id: string): number => crc32(id)

/** Puts a record into a half, which has room for it, and returns how many bytes it took. */
export function putRecord(half: Buffer, at: number, { seq, content }: RedoRecord, salt: number): number {
  const end = at + RECORD_HEAD_BYTES + content.length
  half.set(content, at + RECORD_HEAD_BYTES)
  half.writeUInt32LE(content.length, at + 4)
  // In two parts, because a bigint is an object.
  half.writeUInt32LE(seq >>> 0, at + 8)
  half.writeUInt32LE(Math.floor(seq / 2 ** 32), at + 12)
  half.writeUInt32LE(crc32(half.subarray(at + 4, end), salt), at)
  return recordBytes(content)
}

/** Up to the first that is torn, empty, or not the next: what stands behind it is of an earlier turn, or counts no more. */
export function recordsOf(half: Buffer, id: string, block = REDO_BLOCK_BYTES): RedoRecord[] {
  const records: RedoRecord[] = []
  const salt = saltOf(id)
  for (let at = 0; at + RECORD_HEAD_BYTES <= half.length; ) {
    const end = at + RECORD_HEAD_BYTES + half.readUInt32LE(at + 4)
    if (end > half.length || crc32(half.subarray(at + 4, end), salt) !== half.readUInt32LE(at)) break
    const seq = Number(half.readBigUInt64LE(at + 8))
    const before = records.at(-1)
    if (before && before.seq + 1 !== seq) break
    records.push({ seq, content: half.subarray(at + RECORD_HEAD_BYTES, end) })
    at = wholeBlocks(end, block)
  }
  return records
}

function writeHead(whole: Buffer, id: string, format: string): void {
  const length = whole.write(JSON.stringify({ magic: MAGIC, id, format, block: REDO_BLOCK_BYTES }), 8)
  if (8 + length >= HEAD_BYTES) throw new Error('The head of the redo log is too long.')
  whole.writeUInt32LE(length, 4)
  whole.writeUInt32LE(crc32(whole.subarray(4, 8 + length)), 0)
}

function readHead(
  whole: Buffer,
): (Pick<RedoContents, 'id' | 'format'> & { readonly block: number }) | undefined {
  if (whole.length < HEAD_BYTES) return undefined
  const length = whole.readUInt32LE(4)
  if (8 + length > HEAD_BYTES || crc32(whole.subarray(4, 8 + length)) !== whole.readUInt32LE(0))
    return undefined
  // The first versions put records right behind each other.
  const { magic, id, format, block = 1 } = JSON.parse(whole.toString('utf8', 8, 8 + length))
  return magic === MAGIC ? { id, format, block } : undefined
}
