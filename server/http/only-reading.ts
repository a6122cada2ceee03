// What can only be read: every other method is told so.
import type { RequestHandler } from 'express'
import { refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'

export const onlyReading: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') return next()
  res.setHeader('allow', 'GET, HEAD')
  const refused = refusal('method_not_allowed', { method: req.method, path: req.path, allowed: 'GET, HEAD' })
  answerEnvelope(res, refuse(refused))
}
