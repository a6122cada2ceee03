// The pages: the two web apps, and the few pages and files that are drawn without them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type RequestHandler, Router } from 'express'
import { refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope, answerJson } from './answers.ts'
import { appsDoor, PAGE_PATHS, wantsHtml } from './apps-door.ts'
import type { HttpDeps } from './http-deps.ts'
import { COPY_SCRIPT } from './pages/copy-script.ts'
import { languageOf } from './pages/language.ts'
import { markFile } from './pages/moon-gate.ts'
import type { PageRequest } from './pages/page-facts.ts'
import { helloPage, lostPage, notBuiltPage, setUpElsewherePage } from './pages/small-pages.ts'

export function pagesDoor(deps: HttpDeps): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const toPageRequest = (req: IncomingMessage & { query: { lang?: unknown } }): PageRequest => ({
    host: req.headers.host ?? '',
    language: languageOf(req.query.lang, req.headers['accept-language'], deps.defaultLanguage),
  })

  router.all([...PAGE_PATHS, '/hello', '/copy.js', '/gate.svg'], onlyReading)
  router.get('/hello', (req, res) => {
    if (wantsHtml(req)) return answerHtml(res, 200, helloPage(toPageRequest(req)))
    answerJson(res, 200, { ok: true, data: { name: 'codex-gateway', version: deps.pageFacts().version } })
  })
  router.get('/copy.js', (_req, res) => answerFile(res, 'text/javascript; charset=utf-8', COPY_SCRIPT))
  router.get('/gate.svg', (_req, res) => {
    const { isSetUpDone, hasUpstream } = deps.pageFacts()
    answerFile(res, 'image/svg+xml', markFile(isSetUpDone && hasUpstream))
  })
  router.use(
    appsDoor(deps, {
      notBuilt: (req, res) => answerHtml(res, 503, notBuiltPage(toPageRequest(req))),
      setUpElsewhere: (req, res) => answerHtml(res, 200, setUpElsewherePage(toPageRequest(req))),
    }),
  )
  router.use((req, res) => {
    if (wantsHtml(req)) return answerHtml(res, 404, lostPage(toPageRequest(req)))
    answerEnvelope(res, refuse(refusal('page_not_found', { path: req.path.slice(0, 200) })))
  })
  return router
}

const onlyReading: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') return next()
  res.setHeader('allow', 'GET, HEAD')
  const refused = refusal('method_not_allowed', { method: req.method, path: req.path, allowed: 'GET, HEAD' })
  answerEnvelope(res, refuse(refused))
}

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
