// How the doors of this folder answer: the envelope for operations, OpenAI's shape for whoever speaks to the OpenAI side.
import type { ServerResponse } from 'node:http'
import { ERRORS, messageOf, type Refusal } from '../../contract/errors.ts'
import type { Answer } from '../operations/dispatch.ts'

export function answerEnvelope(res: ServerResponse, answer: Answer): void {
  const { retryAfterMs, ...envelope } = answer
  if (retryAfterMs !== undefined) res.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
  answerJson(res, envelope.ok ? 200 : ERRORS[envelope.error.code].status, envelope)
}

/** The body of a refusal on the OpenAI side; all four members are always there. */
export const openAiBody = (refused: Refusal) => ({
  error: {
    message: messageOf(refused),
    type: ERRORS[refused.code].type,
    param: refused.param ?? null,
    code: refused.code,
  },
})

export function answerJson(res: ServerResponse, status: number, body: unknown): void {
  if (res.headersSent || res.destroyed) return
  const bytes = Buffer.from(JSON.stringify(body))
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  res.end(res.req.method === 'HEAD' ? undefined : bytes)
}
