// The pages and the two files they need. HTML goes to whoever asks for HTML, and always from `/`.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Router } from 'express'
import { refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope, answerJson } from './answers.ts'
import type { HttpDeps } from './http-deps.ts'
import { onlyReading } from './only-reading.ts'
import { COPY_SCRIPT } from './pages/copy-script.ts'
import { homePage } from './pages/home.ts'
import { languageOf } from './pages/language.ts'
import { markFile } from './pages/moon-gate.ts'
import type { PageRequest } from './pages/page-facts.ts'
import { helloPage, lostPage } from './pages/small-pages.ts'
import { isLocal } from './request-origin.ts'

export function pagesDoor(deps: HttpDeps): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const toPageRequest = (req: IncomingMessage & { query: { lang?: unknown } }): PageRequest => ({
    host: req.headers.host ?? '',
    language: languageOf(req.query.lang, req.headers['accept-language'], deps.defaultLanguage),
    isLocal: isLocal(req),
  })

  router.all(['/', '/hello', '/copy.js', '/gate.svg'], onlyReading)
  router.get('/', (req, res) => answerHtml(res, 200, homePage(deps.pageFacts(), toPageRequest(req))))
  router.get('/hello', (req, res) => {
    if (wantsHtml(req)) return answerHtml(res, 200, helloPage(toPageRequest(req)))
    answerJson(res, 200, { ok: true, data: { name: 'codex-gateway', version: deps.pageFacts().version } })
  })
  router.get('/copy.js', (_req, res) => answerFile(res, 'text/javascript; charset=utf-8', COPY_SCRIPT))
  router.get('/gate.svg', (_req, res) => {
    const { isSetUpDone, upstream } = deps.pageFacts()
    answerFile(res, 'image/svg+xml', markFile(isSetUpDone && upstream !== null))
  })
  router.use((req, res) => {
    if (wantsHtml(req)) return answerHtml(res, 404, lostPage(toPageRequest(req)))
    answerEnvelope(res, refuse(refusal('page_not_found', { path: req.path.slice(0, 200) })))
  })
  return router
}

/** Asked for by name: a script that takes anything is better served with JSON. */
const wantsHtml = (req: IncomingMessage): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') && /\btext\/html\b/i.test(req.headers.accept ?? '')

function answerHtml(res: ServerResponse, status: number, page: string): void {
  res.statusCode = status
  res.setHeader('vary', 'accept, accept-language')
  answerFile(res, 'text/html; charset=utf-8', page)
}

function answerFile(res: ServerResponse, type: string, text: string): void {
  const bytes = Buffer.from(text)
  res.setHeader('content-type', type)
  res.setHeader('content-length', bytes.length)
  res.setHeader('cache-control', 'no-cache')
  res.end(res.req.method === 'HEAD' ? undefined : bytes)
}
