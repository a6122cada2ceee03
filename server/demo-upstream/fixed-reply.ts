// Replies that no model had a part in: refusals, lists, and bodies that a scenario dictates.
import type { Reply } from './delivery.ts'
import type { JsonObject } from './json.ts'
import { errorOfStatus, type OpenAiError, type Refused } from './openai-error.ts'
import { EVENT_STREAM_TYPE, type HeaderFacts, JSON_TYPE, replyHeaders } from './reply-headers.ts'
import type { Scenario } from './scenario.ts'

export function jsonReply(
  status: number,
  value: JsonObject,
  facts: Omit<HeaderFacts, 'contentType'>,
  words = 0,
): Reply {
  const headers = replyHeaders({ ...facts, contentType: JSON_TYPE })
  return { kind: 'body', status, headers, body: Buffer.from(JSON.stringify(value)), words }
}

export const refusedReply = ({ status, error }: Refused, requestId: string): Reply =>
  jsonReply(status, { error }, { requestId })

/** The reply that a scenario dictates instead of an answer, if it does. */
export function fixedReply(scenario: Scenario, requestId: string): Reply | undefined {
  const { error, body, chunks, status = 200 } = scenario
  if (error !== undefined) return refusedReply(refusedOf(error), requestId)
  if (chunks !== undefined) {
    const headers = replyHeaders({ requestId, contentType: EVENT_STREAM_TYPE })
    return { kind: 'stream', status, headers, events: chunks.map((chunk) => Buffer.from(chunk)) }
  }
  if (body === undefined) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const headers = replyHeaders({ requestId, contentType: 'text/html; charset=utf-8' })
    return { kind: 'body', status, headers, body: Buffer.from(body), words: 0 }
  }
  return jsonReply(status, body, { requestId })
}

function refusedOf(error: NonNullable<Scenario['error']>): Refused {
  if (typeof error === 'number') return { status: error, error: errorOfStatus(error) }
  const { status, ...members } = error
  return { status, error: { ...errorOfStatus(status), ...members } }
}

/** The error that ends a stream, as OpenAI words it unless a scenario does. */
export const streamErrorOf = (error: Partial<OpenAiError> | undefined): OpenAiError => ({
  message: 'The server had an error while processing your request. Sorry about that!',
  type: 'server_error',
  param: null,
  code: 'server_error',
  ...error,
})
