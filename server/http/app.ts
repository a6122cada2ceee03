// The portal side on Express: health, operations, pages. The OpenAI side never comes through here.
import express, { type ErrorRequestHandler, type Express } from 'express'
import { refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'
import { namesBuild } from './apps-door.ts'
import type { EventStreams } from './event-streams.ts'
import { exportsDoor } from './exports-door.ts'
import { healthDoor } from './health-door.ts'
import type { HttpDeps } from './http-deps.ts'
import { operationsDoor } from './operations-door.ts'
import { STYLE_HASH } from './pages/style.ts'
import { pagesDoor } from './pages-door.ts'
import { addressOf, arrivedAt } from './request-origin.ts'
import { securityHeaders } from './security-headers.ts'

export function createApp(deps: HttpDeps & { readonly streams: EventStreams }): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', false)
  app.set('query parser', 'simple')
  app.enable('case sensitive routing')
  app.enable('strict routing')

  app.use((req, _res, next) => {
    deps.noteArrival(arrivedAt(req), addressOf(req))
    next()
  })
  app.use(securityHeaders([STYLE_HASH]))
  app.use(healthDoor(deps))
  app.all('/api/events', deps.streams.handler)
  app.all('/api/export/:file', exportsDoor(deps))
  app.all('/api/:operation', namesBuild(deps), operationsDoor(deps))
  app.use(pagesDoor(deps))
  app.use(errorHandler(deps))
  return app
}

/** Express hands over what a handler threw, and paths that it could not decode. */
const errorHandler =
  ({ ids, logger }: HttpDeps): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    if (error instanceof URIError) {
      answerEnvelope(res, refuse(refusal('page_not_found', { path: req.path.slice(0, 200) })))
      return
    }
    const requestId = ids.next()
    logger.error({ err: error, errorId: requestId, path: req.path }, 'a request to the portal side failed')
    answerEnvelope(res, refuse(refusal('internal_error', { requestId })))
  }
