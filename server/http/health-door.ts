// What monitors ask: whether the process is alive, whether it can do its work, and what it has counted. The counts are for
// this machine, and for whoever has the token that was set for them.
import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type RequestHandler, Router } from 'express'
import { refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope, answerJson } from './answers.ts'
import type { HttpDeps } from './http-deps.ts'
import { onlyReading } from './only-reading.ts'
import { isLocal } from './request-origin.ts'

export function healthDoor(deps: HttpDeps): Router {
  const router = Router({ caseSensitive: true, strict: true })
  router.all(['/healthz', '/readyz', '/metrics'], onlyReading)
  router.get('/healthz', (_req, res) => answerJson(res, 200, { status: 'alive' }))
  router.get('/readyz', (_req, res) => {
    const checks = deps.readiness()
    const isReady = Object.values(checks).every(Boolean) && !deps.isStopping()
    answerJson(res, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', checks })
  })
  router.get('/metrics', metrics(deps))
  return router
}

function metrics({ metrics, metricsToken }: HttpDeps): RequestHandler {
  const tokenHash = metricsToken === undefined ? undefined : hash('sha256', metricsToken, 'buffer')
  return async (req, res) => {
    if (!isLocal(req) && !carries(req, tokenHash)) {
      res.setHeader('www-authenticate', 'Bearer')
      answerEnvelope(res, refuse(refusal('metrics_not_open')))
      return
    }
    const text = Buffer.from(await metrics.text())
    res.writeHead(200, {
      'content-type': metrics.contentType,
      'content-length': text.length,
      'cache-control': 'no-store',
    })
    res.end(req.method === 'HEAD' ? undefined : text)
  }
}

const BEARER = /^bearer +(\S+) *$/i

/** Hashes are of one length, so that comparing them takes the same time whatever was sent. */
function carries(req: IncomingMessage, tokenHash: Buffer | undefined): boolean {
  const sent = BEARER.exec(req.headers.authorization ?? '')?.[1]
  if (sent === undefined || tokenHash === undefined) return false
  return timingSafeEqual(hash('sha256', sent, 'buffer'), tokenHash)
}
