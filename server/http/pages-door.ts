// The pages: the two web apps, and the few pages and files that are drawn without them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Router } from 'express'
import { refusal } from '../../contract/errors.ts'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../contract/page-paths.ts'
import { CA_FILE, CA_PATHS } from '../../contract/trust-steps.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope, answerJson } from './answers.ts'
import { appsDoor, PAGE_PATHS, wantsHtml } from './apps-door.ts'
import type { HttpDeps } from './http-deps.ts'
import { onlyReading } from './only-reading.ts'
import { authorityPage } from './pages/authority-page.ts'
import { COPY_SCRIPT } from './pages/copy-script.ts'
import { languageOf } from './pages/language.ts'
import { markFile } from './pages/moon-gate.ts'
import type { PageRequest } from './pages/page-facts.ts'
import { helloPage, lostPage, notBuiltPage, setUpElsewherePage } from './pages/small-pages.ts'
import { hasCrossedNoNetwork, isEncrypted } from './request-origin.ts'

export function pagesDoor(deps: HttpDeps): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const { https } = deps
  const toPageRequest = (req: IncomingMessage & { query: { lang?: unknown } }): PageRequest => ({
    name: deps.pageFacts().productName,
    host: req.headers.host ?? '',
    // Of the address to use from there, which is not the one that the page came over where HTTP is on its way out.
    scheme: isEncrypted(req) || (https.mode() === 'only' && !hasCrossedNoNetwork(req)) ? 'https' : 'http',
    hasAuthority: https.fingerprint() !== undefined,
    language: languageOf(req.query.lang, req.headers['accept-language'], deps.defaultLanguage),
  })

  router.all([...PAGE_PATHS, ...Object.values(CA_PATHS), '/hello', '/copy.js', '/gate.svg'], onlyReading)
  router.get('/hello', (req, res) => {
    if (wantsHtml(req)) return answerHtml(res, 200, helloPage(toPageRequest(req)))
    answerJson(res, 200, { ok: true, data: { name: 'codex-gateway', version: deps.pageFacts().version } })
  })
  router.get('/copy.js', (_req, res) => answerFile(res, 'text/javascript; charset=utf-8', COPY_SCRIPT))
  router.get('/gate.svg', (_req, res) => {
    const { isSetUpDone, hasUpstream } = deps.pageFacts()
    answerFile(res, 'image/svg+xml', markFile(isSetUpDone && hasUpstream))
  })
  router.get(CA_PATHS.page, (req, res, next) => {
    const fingerprint = https.fingerprint()
    if (fingerprint === undefined) return next()
    answerHtml(res, 200, authorityPage(toPageRequest(req), fingerprint))
  })
  router.get(CA_PATHS.file, (_req, res, next) => {
    const certificate = https.authorityCertificate()
    if (certificate === undefined) return next()
    res.setHeader('content-disposition', `attachment; filename="${CA_FILE}"`)
    answerFile(res, 'application/x-x509-ca-cert', certificate)
  })
  router.use(
    appsDoor(deps, {
      notBuilt: (req, res) => answerHtml(res, 503, notBuiltPage(toPageRequest(req))),
      setUpElsewhere: (req, res) => answerHtml(res, 200, setUpElsewherePage(toPageRequest(req))),
    }),
  )
  router.use((req, res) => {
    if (wantsHtml(req)) return answerHtml(res, 404, lostPage(toPageRequest(req), startOf(req.path)))
    answerEnvelope(res, refuse(refusal('page_not_found', { path: req.path.slice(0, 200) })))
  })
  return router
}

/** An administrator who mistypes an address of the console wants to be back in it. */
const startOf = (path: string): string =>
  path.startsWith(`${CONSOLE_PATHS.dashboard}/`) ? CONSOLE_PATHS.dashboard : PORTAL_PATHS.home

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
