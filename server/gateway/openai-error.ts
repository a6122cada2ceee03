// How the OpenAI side says no: one JSON shape, the catalogue's status, and the headers that tell a client what to do next.
import { ERRORS, messageOf, type Refusal } from '../../contract/errors.ts'
import type { Admission } from '../limits/limiter.ts'
import type { ClientResponse } from '../wire/client-exchange.ts'
import { withoutKeys } from '../without-keys.ts'
import { endUnlessSent } from './unread-body.ts'

export interface OpenAiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string
}

/** The `error` member; all four keys are always there. */
export const openAiErrorOf = (refused: Refusal): OpenAiError => ({
  message: withoutKeys(messageOf(refused)),
  type: ERRORS[refused.code].type,
  param: refused.param === undefined ? null : withoutKeys(refused.param),
  code: refused.code,
})

export function retryHeaders(refused: Refusal): Record<string, string> {
  const { shouldRetry } = ERRORS[refused.code]
  const headers: Record<string, string> = {}
  if (shouldRetry !== undefined) headers['x-should-retry'] = String(shouldRetry)
  if (refused.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.ceil(refused.retryAfterMs / 1000))
    headers['retry-after-ms'] = String(Math.ceil(refused.retryAfterMs))
  }
  return headers
}

/** What stands on whatever a request is answered with, once it has its place in the rate limits. */
export const aheadOf = ({ admission }: { readonly admission?: Pick<Admission, 'headers'> | undefined }) =>
  admission?.headers

/** Answers a refusal. Does nothing where the client has left or an answer has begun. */
export function answerRefusal(
  res: ClientResponse,
  requestId: string,
  refused: Refusal,
  ahead?: Readonly<Record<string, string>>,
): void {
  if (res.headersSent || res.destroyed) return
  const body = Buffer.from(JSON.stringify({ error: openAiErrorOf(refused) }))
  res.writeHead(ERRORS[refused.code].status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'x-request-id': requestId,
    ...ahead,
    ...retryHeaders(refused),
  })
  res.end(res.req.method === 'HEAD' ? undefined : body)
  endUnlessSent(res.req)
}
