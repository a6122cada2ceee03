// `POST /api/<noun>.<verb>`: JSON in, the envelope out. Same origin first, then who calls, then the body, then dispatch.
import type { RequestHandler } from 'express'
import { refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'
import { toCaller } from './http-caller.ts'
import type { HttpDeps } from './http-deps.ts'
import { readJsonBody } from './json-body.ts'
import { isSameOrigin } from './request-origin.ts'

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
    if (deps.isStopping()) return refuseUnread(refusal('gateway_stopping', undefined, { retryAfterMs: 5000 }))
    if (!isSameOrigin(req)) return refuseUnread(refusal('origin_rejected'))
    const caller = await toCaller(req, res, deps)
    const body = await readJsonBody(req)
    if (!body.ok) return refuseUnread(body.error)
    answerEnvelope(res, await deps.dispatch(req.params.operation, body.value, caller))
  }
}
