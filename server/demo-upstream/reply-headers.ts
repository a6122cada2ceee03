// The headers of the real API on every answer, most of which a gateway has to keep from its users.
import type { OutgoingHttpHeaders } from 'node:http'

export interface HeaderFacts {
  readonly requestId: string
  readonly contentType: string
  /** As the request names it: Codex CLI takes any other value for a silent switch to another model, and warns of it. */
  readonly model?: string
  readonly inputTokens?: number
  readonly outputTokens?: number
}

const TOKENS_PER_MINUTE = 2_000_000

export const JSON_TYPE = 'application/json'
export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8'

export const replyHeaders = ({
  requestId,
  contentType,
  model,
  inputTokens = 0,
  outputTokens = 0,
}: HeaderFacts): OutgoingHttpHeaders => ({
  'content-type': contentType,
  ...(contentType === EVENT_STREAM_TYPE ? { 'cache-control': 'no-cache' } : {}),
  'x-request-id': requestId,
  ...(model === undefined ? {} : { 'openai-model': model }),
  'openai-organization': 'org-demo-operator',
  'openai-project': 'proj_demo_operator',
  'openai-processing-ms': String(12 + outputTokens),
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': String(TOKENS_PER_MINUTE),
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': String(Math.max(0, TOKENS_PER_MINUTE - inputTokens)),
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-reset-tokens': '0s',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'alt-svc': 'h3=":443"; ma=86400',
  'set-cookie': '__cf_bm=demo-upstream; path=/; HttpOnly; Secure; SameSite=None',
})
