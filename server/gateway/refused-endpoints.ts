// What OpenAI has and this gateway does not offer, with the reason: docs/request-journey.md has the same table. What mints
// credentials or reaches the operator's organisation is not among it, and does not exist here at all.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { meantElsewhere } from './meant-elsewhere.ts'

/** The first segments of a path behind its prefix, and why nothing under it is answered. */
export const REFUSED_ENDPOINTS: ReadonlyMap<string, string> = new Map([
  ['batches', 'a batch is paid for after its request has ended, and for longer than a hold is kept'],
  ['fine_tuning', 'training is paid for after its request has ended, and its models belong to the operator'],
  ['evals', 'an eval runs other models than its request names, after it has ended'],
  ['vector_stores', 'a store is kept and paid for by the day, by the operator'],
  ['containers', 'a container is kept at the upstream, where nobody here knows whose it is'],
  [
    'conversations',
    'a conversation is kept at the upstream, and others may add to what it costs. Send it whole, or use previous_response_id',
  ],
  ['videos', 'a video is made after its request has ended, and tells no usage'],
  ['realtime', 'a realtime session tells what it costs while it runs, and cannot be held for'],
  ['assistants', 'assistants run other models and tools than a request names. Use /v1/responses'],
  ['threads', 'threads are kept at the upstream, where nobody here knows whose they are. Use /v1/responses'],
  ['skills', 'skills are kept at the upstream, where nobody here knows whose they are'],
])

/** Of those, what hands out keys or calls: it stays unknown, as the organisation's own paths do. */
const MINTS = /^realtime\/(?:client_secrets|sessions|transcription_sessions|translations|calls)(?:\/|$)/

/** Plain segments alone: whatever is encoded or climbs is nobody's path. */
const PATH = /^(?:(?:\/api|\/openai)?\/v1|\/openai)?\/([a-z_]+(?:\/[A-Za-z0-9_-]+)*)$/

/** The refusal of a path that is none of ours but one of OpenAI's, or meant for one of ours; undefined for every other. */
export function refusedAt(rawPath: string): Refusal | undefined {
  const inner = PATH.exec(rawPath)?.[1]
  if (inner === undefined) return meantElsewhere(rawPath)
  if (MINTS.test(inner)) return undefined
  const [first = ''] = inner.split('/')
  const reason = REFUSED_ENDPOINTS.get(first)
  return reason === undefined
    ? meantElsewhere(rawPath)
    : refusal('endpoint_not_offered', { endpoint: `/v1/${first}`, reason })
}
