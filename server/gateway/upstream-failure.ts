// What of an upstream's answer is a failure of the upstream, and so a reason to ask another one. What is about the request
// (any other 4xx) is none: another upstream would say the same.
import type { BreakerTrouble } from '../upstreams/circuit-breaker.ts'
import type { Sending } from './request.ts'
import { retryAfterMsOf } from './upstream-errors.ts'
import type { Sent, UpstreamHead } from './upstream-exchange.ts'

/** The request as it was sent, and what came of it. */
export interface Answered {
  readonly sending: Sending
  readonly sent: Sent
}

const HTML = /^text\/html\b/i
/** The operator's key, bill or organisation. */
const REJECTED = new Set([401, 402, 403, 407])
/** A rate limit that no waiting helps with. */
const OUT_OF_CREDIT = /insufficient_quota|credit_balance_exhausted|billing_/
/** How long a stream whose head has come may keep its first byte back before it is taken for begun. */
const FIRST_BYTE_MS_MAX = 2_000
const TAG = 0x3c

/** By the head alone; undefined where it is none. */
export function headTrouble({ status, headers }: UpstreamHead): BreakerTrouble | undefined {
  if (status === 429) return { kind: 'busy', retryAfterMs: retryAfterMsOf(headers) }
  if (REJECTED.has(status)) return { kind: 'rejected' }
  const isFault = status >= 500 || status === 408 || (status >= 300 && status < 400)
  return isFault || HTML.test(String(headers['content-type'] ?? '')) ? { kind: 'fault' } : undefined
}

/** By all that can be known before a byte is relayed. */
export async function openingTrouble(sent: Sent, sending: Sending): Promise<BreakerTrouble | undefined> {
  if (!sent.ok) return sent.fault.kind === 'aborted' ? undefined : { kind: 'fault' }
  const { exchange, head } = sent
  const byHead = headTrouble(head)
  if (byHead && byHead.kind !== 'busy') return byHead
  const isAnswer = byHead === undefined && head.status === 200
  // A whole answer that has begun has been generated and billed; only a stream may turn out to be none.
  if (!byHead && !(isAnswer && sending.facts.isStream)) return undefined
  const first = await exchange.firstChunkWithin(FIRST_BYTE_MS_MAX)
  if (byHead) return first && OUT_OF_CREDIT.test(first.toString('latin1')) ? { kind: 'rejected' } : byHead
  if (exchange.hasFailedEmpty) return { kind: 'fault' }
  return first?.[0] === TAG ? { kind: 'fault' } : undefined
}
