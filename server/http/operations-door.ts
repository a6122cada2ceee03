// `POST /api/<noun>.<verb>`: JSON in, the envelope out. Same origin first, then the body, then who calls, then dispatch.
import type { RequestHandler } from 'express'
import { refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'
import { toCaller } from './http-caller.ts'
import type { HttpDeps } from './http-deps.ts'
import { readJsonBody } from './json-body.ts'
import { isSameOrigin } from './request-origin.ts'

const STOPPING = refusal('gateway_stopping', undefined, { retryAfterMs: 5000 })

export function operationsDoor(deps: HttpDeps): RequestHandler<{ operation: string }> {
  return async (req, res) => {
    // A body that is refused unread must not be waited for: the connection ends with the answer.
    const refuseUnread = (refused: Parameters<typeof refuse>[0]) => {
      if (!req.complete) res.setHeader('connection', 'close')
      answerEnvelope(res, refuse(refused))
    }
    if (req.method !== 'POST') {
      res.setHeader('allow', 'POST')
      return refuseUnread(
        refusal('method_not_allowed', { method: req.method, path: req.path.slice(0, 200), allowed: 'POST' }),
      )
    }
    if (deps.isStopping()) return refuseUnread(STOPPING)
    if (!isSameOrigin(req)) return refuseUnread(refusal('origin_rejected'))
    const body = await readJsonBody(req)
    if (!body.ok) return refuseUnread(body.error)
    // Whoever calls may hold the body back for half a minute: what held before it need not hold any more.
    if (deps.isStopping()) return answerEnvelope(res, refuse(STOPPING))
    const caller = await toCaller(req, res, deps)
    answerEnvelope(res, await deps.dispatch(req.params.operation, body.value, caller))
  }
}
