// How the doors of this folder answer: the envelope for operations, OpenAI's shape for whoever speaks to the OpenAI side.
import type { ServerResponse } from 'node:http'
import { ERRORS, messageOf, type Refusal } from '../../contract/errors.ts'
import type { UnreadAnswer } from '../operations/dispatch.ts'
import { withoutKeys } from '../without-keys.ts'

export function answerEnvelope(res: ServerResponse, answer: UnreadAnswer): void {
  if ('written' in answer) {
    answerText(res, 200, `{"ok":true,"data":${answer.written.json}}`)
    return
  }
  const { retryAfterMs, ...envelope } = answer
  if (retryAfterMs !== undefined) res.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
  if (envelope.ok) answerJson(res, 200, envelope)
  else answerText(res, ERRORS[envelope.error.code].status, withoutKeys(JSON.stringify(envelope)))
}

/** The body of a refusal on the OpenAI side; all four members are always there. */
export const openAiBody = (refused: Refusal) => ({
  error: {
    message: withoutKeys(messageOf(refused)),
    type: ERRORS[refused.code].type,
    param: refused.param ?? null,
    code: refused.code,
  },
})

export const answerJson = (res: ServerResponse, status: number, body: unknown): void =>
  answerText(res, status, JSON.stringify(body))

function answerText(res: ServerResponse, status: number, json: string): void {
  if (res.headersSent || res.destroyed) return
  const bytes = Buffer.from(json)
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  res.end(res.req.method === 'HEAD' ? undefined : bytes)
}
