// The two web apps: the portal at `/`, the console at `/admin` and `/setup`. HTML goes to known page paths only, to whoever
// asks for HTML, and always from `/` and `/admin`.
import type { IncomingMessage } from 'node:http'
import { type RequestHandler, Router } from 'express'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../contract/page-paths.ts'
import type { HttpDeps } from './http-deps.ts'
import { isLocal } from './request-origin.ts'
import { answerWebFile, type WebApp } from './web-app.ts'

/** Names the build of the pages; a page of another build asks to be reloaded. */
const BUILD_HEADER = 'x-codex-gateway-build'
const CONSOLE_BASE = '/admin/'

/** What answers a page that cannot be shown by an app. */
interface DrawnPages {
  readonly notBuilt: RequestHandler
  readonly setUpElsewhere: RequestHandler
}

export function appsDoor(
  { apps, pageFacts }: Pick<HttpDeps, 'apps' | 'pageFacts'>,
  { notBuilt, setUpElsewhere }: DrawnPages,
): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const pageOf =
    (app: WebApp | undefined): RequestHandler =>
    (req, res, next) => {
      if (!isAlwaysHtml(req.path) && !wantsHtml(req)) return next('route')
      // The set-up comes first, and only whoever sits at the machine may do it.
      if (!pageFacts().isSetUpDone && req.path !== CONSOLE_PATHS.setup) {
        if (!isLocal(req)) return setUpElsewhere(req, res, next)
        res.setHeader('cache-control', 'no-store')
        return res.redirect(302, CONSOLE_PATHS.setup)
      }
      if (app === undefined) return notBuilt(req, res, next)
      res.setHeader(BUILD_HEADER, app.buildId)
      res.setHeader('vary', 'accept')
      answerWebFile(req, res, app.index)
    }

  router.get(Object.values(PORTAL_PATHS), pageOf(apps.portal))
  router.get(Object.values(CONSOLE_PATHS), pageOf(apps.console))
  // Some people type a slash at the end; the pages and the links to them have none.
  router.get(
    PAGE_PATHS.filter((path) => path !== PORTAL_PATHS.home).map((path) => `${path}/`),
    (req, res, next) => {
      if (!wantsHtml(req)) return next('route')
      res.redirect(302, req.originalUrl.replace(/\/(?=\?|$)/, ''))
    },
  )
  router.use(filesOf(apps.console, CONSOLE_BASE), filesOf(apps.portal, '/'))
  return router
}

export const PAGE_PATHS: readonly string[] = [...Object.values(PORTAL_PATHS), ...Object.values(CONSOLE_PATHS)]

/** Says on every answer of an operation which build of the pages there is now. */
export const namesBuild =
  ({ apps }: Pick<HttpDeps, 'apps'>): RequestHandler =>
  (_req, res, next) => {
    if (apps.portal !== undefined) res.setHeader(BUILD_HEADER, apps.portal.buildId)
    next()
  }

const isAlwaysHtml = (path: string): boolean => path === PORTAL_PATHS.home || path === CONSOLE_PATHS.dashboard

/** Asked for by name: a script that takes anything is better served with JSON. */
export const wantsHtml = (req: IncomingMessage): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') && /\btext\/html\b/i.test(req.headers.accept ?? '')

const filesOf =
  (app: WebApp | undefined, base: string): RequestHandler =>
  (req, res, next) => {
    const isReading = req.method === 'GET' || req.method === 'HEAD'
    const file = isReading && req.path.startsWith(base) ? app?.file(req.path.slice(base.length)) : undefined
    if (file === undefined) return next()
    answerWebFile(req, res, file)
  }
