// `GET /api/export/<name>.csv`: a list as a file, for whoever may see it. It is read page by page through the same dispatch as
// a screen's, with the filters of the list as the query, so that it needs little memory and no rules of its own.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as rest } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import type { RequestHandler } from 'express'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { Caller } from '../operations/caller.ts'
import { type Answer, refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'
import { CSV_EXPORTS, type CsvExport, type ListedRow } from './csv-exports.ts'
import { toCaller } from './http-caller.ts'
import type { HttpDeps } from './http-deps.ts'
import { comesFromOwnPage } from './request-origin.ts'

const ROWS_PER_PAGE = 200
/** Each of them reads all the time; more at once would be felt. */
const EXPORTS_MAX = 4
const RETRY_MS = 10_000
/** Spreadsheets take a file without it for one of the system's own encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

type Query = Readonly<Record<string, string>>
/** A list's output, as far as an export knows it. */
type Page = { readonly rows: readonly ListedRow[]; readonly nextCursor: string | null }

export function exportsDoor(deps: HttpDeps): RequestHandler<{ file: string }> {
  let running = 0

  async function send(what: CsvExport, file: string, query: Query, caller: Caller, res: ServerResponse) {
    const ask = (cursor: string | null): Promise<Answer> =>
      deps.dispatch(what.operation(query), inputOf(what, query, cursor), caller)
    const first = await ask(null)
    if (!first.ok) return answerEnvelope(res, first)
    let page = first.data as Page // every exported operation is a list
    res.writeHead(200, headersFor(file, deps.clock.now()))
    res.write(BYTE_ORDER_MARK + toCsv([what.columns.map(({ title }) => title)]))
    while (!res.destroyed) {
      const startedMs = performance.now()
      const isTaken = res.write(toCsv(page.rows.map((row) => what.columns.map(({ value }) => value(row)))))
      if (page.nextCursor === null) return res.end()
      if (!isTaken) await Promise.race([once(res, 'drain'), once(res, 'close')])
      // Signed out, or the server stops: half a file must not look like a whole one.
      if (deps.isStopping() || !mayGoOn(deps, caller)) return res.destroy()
      const next = await ask(page.nextCursor)
      if (!next.ok) return res.destroy()
      page = next.data as Page
      // Half of the time belongs to others.
      await rest(performance.now() - startedMs)
    }
  }

  return async (req, res) => {
    const refused = (why: Refusal) => answerEnvelope(res, refuse(why))
    if (req.method !== 'GET') {
      res.setHeader('allow', 'GET')
      return refused(
        refusal('method_not_allowed', { method: req.method, path: req.path.slice(0, 200), allowed: 'GET' }),
      )
    }
    if (deps.isStopping()) return refused(refusal('gateway_stopping', undefined, { retryAfterMs: 5000 }))
    if (!comesFromOwnPage(req.headers)) return refused(refusal('origin_rejected'))
    const { file } = req.params
    const what = CSV_EXPORTS.get(file)
    if (!what) return refused(refusal('operation_not_found', { operation: `export/${file}`.slice(0, 100) }))
    const caller = await toCaller(req, res, deps)
    if (!caller.user) return refused(refusal('unauthenticated'))
    if (running >= EXPORTS_MAX) return refused(tooMany())
    running += 1
    try {
      await send(what, file, queryOf(req.query), caller, res)
    } finally {
      running -= 1
    }
  }
}

const tooMany = (): Refusal =>
  refusal('too_many_attempts', { retryAfterSeconds: RETRY_MS / 1000 }, { retryAfterMs: RETRY_MS })

const mayGoOn = ({ lookUpSession }: HttpDeps, { sessionId, user }: Caller): boolean =>
  sessionId !== undefined && lookUpSession(sessionId)?.user.id === user?.id

/** What comes twice in a query counts the last time. */
const queryOf = (query: object): Query =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]: [string, unknown]) => [
      name,
      String(Array.isArray(value) ? value.at(-1) : value),
    ]),
  )

function inputOf({ numbers, fixed }: CsvExport, query: Query, cursor: string | null): ListedRow {
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

/** RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers. */
export const toCsv = (rows: readonly (readonly unknown[])[]): string =>
  stringify([...rows], {
    record_delimiter: '\r\n',
    escape_formulas: true,
    cast: { boolean: (value) => (value ? 'true' : 'false') },
  })

const headersFor = (file: string, nowMs: number) => ({
  'content-type': 'text/csv; charset=utf-8',
  'content-disposition': `attachment; filename="${file.replace('.csv', '')}-${new Date(nowMs).toISOString().slice(0, 10)}.csv"`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
})
