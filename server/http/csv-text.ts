// A list as the text of a CSV file, read page by page through the same dispatch as a screen's, with the filters of the list, so
// that it needs little memory and no rules of its own.
import { setTimeout as rest } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import type { Answer, RefusedAnswer } from '../operations/dispatch.ts'
import type { CsvExport, ListedRow } from './csv-exports.ts'

const ROWS_PER_PAGE = 200
/** Spreadsheets take a file without it for one of the system's own encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

export type CsvQuery = Readonly<Record<string, string>>
/** A list's output, as far as an export knows it. */
type Page = { readonly rows: readonly ListedRow[]; readonly nextCursor: string | null }

export type CsvText = { readonly ok: true; readonly parts: AsyncIterable<string> } | RefusedAnswer

interface CsvSource {
  /** Asks the list's operation with this input. */
  readonly ask: (input: ListedRow) => Promise<Answer>
  /** Whether whoever asked may have another page. */
  readonly mayGoOn: () => boolean
}

/** Its first page is read before it answers, so that a refusal is one. `parts` throws where the rest cannot be had. */
export async function csvText(
  what: CsvExport,
  query: CsvQuery,
  { ask, mayGoOn }: CsvSource,
): Promise<CsvText> {
  const first = await ask(inputOf(what, query, null))
  if (!first.ok) return first

  async function* parts(page: Page): AsyncGenerator<string> {
    yield BYTE_ORDER_MARK + toCsv([what.columns.map(({ title }) => title)])
    for (let shown = page; ; ) {
      const drawingMs = performance.now()
      const text = toCsv(shown.rows.map((row) => what.columns.map(({ value }) => value(row))))
      const drawnMs = performance.now()
      yield text
      if (shown.nextCursor === null) return
      if (!mayGoOn()) throw new Error('Whoever asked for it may no longer have it.')
      const askingMs = performance.now()
      const next = await ask(inputOf(what, query, shown.nextCursor))
      if (!next.ok) throw new Error(next.error.message)
      shown = next.data as Page // every exported operation is a list
      // Half of the time belongs to others. They had all of it while a page waited to be read.
      await rest(drawnMs - drawingMs + performance.now() - askingMs)
    }
  }
  return { ok: true, parts: parts(first.data as Page) }
}

function inputOf({ numbers, fixed }: CsvExport, query: CsvQuery, cursor: string | null): ListedRow {
  const asked = Object.entries(query).map(([name, value]) => [
    name,
    numbers.includes(name) && value.trim() !== '' ? Number(value) : value,
  ])
  return {
    ...Object.fromEntries(asked),
    ...fixed,
    limit: ROWS_PER_PAGE,
    ...(cursor === null ? {} : { cursor }),
  }
}

/** Dollars below zero, which come as text so that no digit is lost. */
const BELOW_ZERO = /^-\d+(\.\d+)?$/

/** RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers. */
export const toCsv = (rows: readonly (readonly unknown[])[]): string =>
  stringify([...rows], {
    record_delimiter: '\r\n',
    // A lone line feed, as in the name of a model that somebody asked for, would begin a row of their own making.
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: {
      boolean: (value) => (value ? 'true' : 'false'),
      string: (value) => (BELOW_ZERO.test(value) ? { value, escape_formulas: false } : value),
    },
  })
