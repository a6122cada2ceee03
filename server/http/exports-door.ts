// `GET /api/export/<name>.csv`: a list as a file, for whoever may see it. The filters of the
// list are the query.
import type { ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'
import { type Refusal, refusal } from '../../contract/errors.ts'
import { type Caller, isAdministering } from '../operations/caller.ts'
import { readingDispatch, refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'
import { CSV_EXPORTS, type CsvExport } from './csv-exports.ts'
import { type CsvQuery, csvText } from './csv-text.ts'
import { isOpenTo, toCaller } from './http-caller.ts'
import type { HttpDeps } from './http-deps.ts'
import { writeAsRead } from './read-along.ts'
import { comesFromOwnPage } from './request-origin.ts'

/** Each of them reads all the time; more at once would be felt. */
const EXPORTS_MAX = 4
/** Nobody has all of them. */
const EXPORTS_OF_USER_MAX = 2
const RETRY_MS = 10_000

export function exportsDoor(deps: HttpDeps): RequestHandler<{ file: string }> {
  /** The people whose exports are running, once for each. */
  const running: string[] = []
  const dispatch = readingDispatch(deps.dispatch)

  async function send(
    what: CsvExport,
    file: string,
    query: CsvQuery,
    caller: Caller,
    res: ServerResponse,
  ): Promise<unknown> {
    const isAllowed = () => !deps.isStopping() && mayGoOn(deps, caller)
    const text = await csvText(what, query, {
      ask: (input) => dispatch(what.operation(query), input, caller),
      mayGoOn: isAllowed,
    })
    if (!text.ok) return answerEnvelope(res, text)
    res.writeHead(200, headersFor(file, deps.clock.now()))
    try {
      for await (const part of text.parts) await writeAsRead(res, part, isAllowed)
      return res.end()
    } catch {
      // Signed out, not read, or the server stops: half a file must not look like a whole one.
      return res.destroy()
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
    if (!comesFromOwnPage(req)) return refused(refusal('origin_rejected'))
    const { file } = req.params
    const what = CSV_EXPORTS.get(file)
    if (!what) return refused(refusal('operation_not_found', { operation: `export/${file}`.slice(0, 100) }))
    const caller = await toCaller(req, res, deps)
    if (!caller.user) return refused(refusal('unauthenticated'))
    const { id } = caller.user
    const own = running.filter((userId) => userId === id).length
    if (running.length >= EXPORTS_MAX || own >= EXPORTS_OF_USER_MAX) return refused(tooMany())
    running.push(id)
    try {
      await send(what, file, queryOf(req.query), caller, res)
    } finally {
      running.splice(running.indexOf(id), 1)
    }
  }
}

const tooMany = (): Refusal =>
  refusal('too_many_attempts', { retryAfterSeconds: RETRY_MS / 1000 }, { retryAfterMs: RETRY_MS })

/** Signed in still, and not less than they were when they asked; administration may be closed to them since. */
function mayGoOn({ lookUpSession, remoteAdministration }: HttpDeps, caller: Caller): boolean {
  const { sessionId, user } = caller
  const found = sessionId === undefined ? undefined : lookUpSession(sessionId)?.user
  if (found === undefined || found.id !== user?.id || found.role !== user.role) return false
  return !isAdministering(caller) || isOpenTo(remoteAdministration(), caller.isLocal)
}

/** What comes twice in a query counts the last time. */
const queryOf = (query: object): CsvQuery =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]: [string, unknown]) => [
      name,
      String(Array.isArray(value) ? value.at(-1) : value),
    ]),
  )

const headersFor = (file: string, nowMs: number) => ({
  'content-type': 'text/csv; charset=utf-8',
  'content-disposition': `attachment; filename="${datedName(file, nowMs)}"`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
})

/** Such as `users-2026-11-26.csv`. */
const datedName = (file: string, nowMs: number): string =>
  `${file.replace('.csv', '')}-${new Date(nowMs).toISOString().slice(0, 10)}.csv`
