// Keyset paging: a page ends in the sort key of its last row, and the next one starts after it, whatever was added since.
import { cursor as cursorSchema } from '../../../contract/paging.ts'

export interface PageRequest {
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface Page<Row> {
  readonly rows: Row[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

export interface CountedPage<Row> extends Page<Row> {
  readonly total: number
}

export interface TimeKey {
  readonly at: number
  readonly id: string
}

/** The moment and the id of the last row of the page before; throws where the contract let something else through. */
export function parseTimeCursor(cursor: string): TimeKey {
  const text = cursorSchema.parse(cursor)
  const dot = text.indexOf('.')
  if (dot === -1) throw new Error(`The cursor ${cursor} belongs to another list.`)
  return { at: Number(text.slice(0, dot)), id: text.slice(dot + 1) }
}

export const formatTimeCursor = ({ at, id }: TimeKey): string => `${at}.${id}`

/** The sequence number of the last row of the page before. */
export function parseSeqCursor(cursor: string): number {
  const text = cursorSchema.parse(cursor)
  if (text.includes('.')) throw new Error(`The cursor ${cursor} belongs to another list.`)
  return Number(text)
}

/** Cuts a list that was read with one row more than its page holds: that row says that there is another page. */
export function toPage<Row>(found: Row[], limit: number, cursorOf: (row: Row) => string): Page<Row> {
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return { rows, nextCursor: found.length > limit && last !== undefined ? cursorOf(last) : null }
}
