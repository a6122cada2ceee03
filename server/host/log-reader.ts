// Reads the log backwards, newest line first, across its rotating files. So much is read for one answer and no more: a search
// that finds nothing goes on from where it stopped.
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { LogLevel } from '../../contract/operations/system.ts'
import type { LoggedLine, LogPage, LogQuery, LogReader } from '../ports.ts'
import { withoutSecrets } from './log-files.ts'

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 }
const LOG_FILE = /^gateway\.(\d{4}-\d{2}-\d{2})\.(\d+)\.log$/
const CURSOR = /^(\d+)\.(\d{4}-\d{2}-\d{2}_\d+)$/
const CHUNK_BYTES = 64 * 1024
const BYTES_READ_MAX = 8 * 1024 * 1024
/** A line beyond this is no line of ours; it is passed over. */
const LINE_BYTES_MAX = 1024 * 1024

const line = z.looseObject({ time: z.number(), level: z.number(), msg: z.string().optional() })

interface LogFile {
  readonly path: string
  /** Day and number, as in the cursor. */
  readonly name: string
  readonly day: string
  readonly number: number
}

/** Where reading stopped: everything in the file from here on has been seen. */
interface Position {
  readonly name: string
  readonly offset: number
}

export function createLogReader(dir: string): LogReader {
  return async (query) => {
    const files = await listFiles(dir)
    const from = query.cursor === undefined ? undefined : positionOf(query.cursor)
    const start = from === undefined ? 0 : files.findIndex(({ name }) => name <= from.name)
    const rows: LoggedLine[] = []
    let budget = BYTES_READ_MAX
    for (const file of start < 0 ? [] : files.slice(start)) {
      const end = file.name === from?.name ? from.offset : undefined
      const read = await readFile(file, end, query, query.limit - rows.length, budget)
      rows.push(...read.rows)
      budget -= read.bytesRead
      if (read.offset > 0) return page(rows, { name: file.name, offset: read.offset })
      if (rows.length >= query.limit || budget <= 0) return page(rows, nextOf(files, file))
    }
    return page(rows, undefined)
  }
}

const page = (rows: readonly LoggedLine[], next: Position | undefined): LogPage => ({
  rows,
  nextCursor: next === undefined ? null : `${next.offset}.${next.name}`,
})

function nextOf(files: readonly LogFile[], file: LogFile): Position | undefined {
  const next = files[files.indexOf(file) + 1]
  // Beyond any file's end stands for its end.
  return next === undefined ? undefined : { name: next.name, offset: Number.MAX_SAFE_INTEGER }
}

function positionOf(cursor: string): Position | undefined {
  const [, offset, name] = CURSOR.exec(cursor) ?? []
  return name === undefined ? undefined : { name, offset: Number(offset) }
}

/** Newest first. */
async function listFiles(dir: string): Promise<LogFile[]> {
  const names = await readdir(dir).catch(() => [])
  return names
    .flatMap((name) => {
      const [, day, number] = LOG_FILE.exec(name) ?? []
      if (day === undefined || number === undefined) return []
      // Numbers are made equally long, so that names sort as they are meant.
      const padded = `${day}_${number.padStart(6, '0')}`
      return [{ path: join(dir, name), name: padded, day, number: Number(number) }]
    })
    .sort((one, other) => (one.name < other.name ? 1 : -1))
}

interface FileRead {
  readonly rows: readonly LoggedLine[]
  /** Where the earliest line that was looked at begins; 0 once the whole file is read. */
  readonly offset: number
  readonly bytesRead: number
}

async function readFile(
  { path }: LogFile,
  end: number | undefined,
  query: LogQuery,
  rowsMax: number,
  bytesMax: number,
): Promise<FileRead> {
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch {
    // Rotated away between the listing and now.
    return { rows: [], offset: 0, bytesRead: 0 }
  }
  try {
    const { size } = await handle.stat()
    return await readBackwards(handle, Math.min(end ?? size, size), query, rowsMax, bytesMax)
  } finally {
    await handle.close()
  }
}

async function readBackwards(
  handle: FileHandle,
  end: number,
  query: LogQuery,
  rowsMax: number,
  bytesMax: number,
): Promise<FileRead> {
  const rows: LoggedLine[] = []
  let offset = end
  let position = end
  /** The beginning of it is still to come. */
  let rest = Buffer.alloc(0)
  while (position > 0 && rows.length < rowsMax && end - position < bytesMax) {
    const length = Math.min(CHUNK_BYTES, position)
    const chunk = Buffer.alloc(length)
    const { bytesRead } = await handle.read(chunk, 0, length, position - length)
    if (bytesRead < length) break
    position -= length
    let text = Buffer.concat([chunk, rest])
    // A line that never ends must not fill the memory.
    if (text.length > LINE_BYTES_MAX + CHUNK_BYTES) text = text.subarray(0, CHUNK_BYTES)
    for (let feed = text.lastIndexOf(10); feed >= 0 && rows.length < rowsMax; feed = text.lastIndexOf(10)) {
      take(rows, text.subarray(feed + 1).toString('utf8'), query)
      text = text.subarray(0, feed)
      offset = position + feed
    }
    rest = text
  }
  if (position === 0 && rows.length < rowsMax) {
    take(rows, rest.toString('utf8'), query)
    offset = 0
  }
  // A line longer than all that is read at once is passed over, or reading would stand still at it.
  const isStuck = offset === end && position < end
  return { rows, offset: isStuck ? position : offset, bytesRead: end - position }
}

function take(rows: LoggedLine[], text: string, { level, search }: LogQuery): void {
  if (text === '' || (search !== undefined && !text.toLowerCase().includes(search.toLowerCase()))) return
  // They are taken out before a line is written. A line that an older version wrote is no exception.
  const parsed = line.safeParse(parse(withoutSecrets(text)))
  if (!parsed.success || parsed.data.level < LEVELS[level]) return
  const { time, level: number, msg = '', ...fields } = parsed.data
  rows.push({ at: time, level: nameOf(number), message: msg, fields })
}

function nameOf(number: number): LogLevel {
  if (number >= LEVELS.error) return 'error'
  if (number >= LEVELS.warn) return 'warn'
  return number >= LEVELS.info ? 'info' : 'debug'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Half a line, as a crash leaves it.
    return undefined
  }
}
