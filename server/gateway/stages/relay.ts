// Relays an answer to the client while it is measured: streams event by event, everything else whole. An upstream error
// that would reveal the operator's account is replaced; nothing that ends an answer goes out before the charge is on disk.
import { ERRORS, refusal } from '../../../contract/errors.ts'
import { connectionProblem } from '../../upstreams/connection-problem.ts'
import type { ClientResponse } from '../../wire/client-exchange.ts'
import type { AnswerSource } from '../answer-source.ts'
import { createChatStreamReader } from '../chat-stream.ts'
import type { StageDeps } from '../deps.ts'
import { answerHeaders } from '../headers.ts'
import type { LiveRequest } from '../live-requests.ts'
import { noteMade } from '../made-ids.ts'
import { isSound, meteredOf } from '../media/media-answer.ts'
import { createMediaStreamReader } from '../media/media-stream.ts'
import { relaySound } from '../media/relay-sound.ts'
import { StreamRelay } from '../relay-stream.ts'
import { relayWhole } from '../relay-whole.ts'
import { codeOf, type Relayed, refusedWith } from '../relayed.ts'
import type { Sending } from '../request.ts'
import { createResponsesStreamReader } from '../responses-stream.ts'
import type { StreamReader } from '../stream-meter.ts'
import { codingsOf, unpacked } from '../unpacked-answer.ts'
import type { Sent, UpstreamExchange, UpstreamFault, UpstreamHead } from '../upstream-exchange.ts'
import { CONNECT_TIMEOUT_MS } from '../upstream-pool.ts'

type RelayDeps = Pick<StageDeps, 'clock' | 'ownedIds' | 'logger' | 'settings'>

const EVENT_STREAM = /^text\/event-stream\b/i
/** How a line of an event stream may begin: a field's name, a comment, a byte-order mark. */
const EVENT_LINE_STARTS = new Set([...Buffer.from('deir:\r\n'), 0xef])

/** Whether some of it goes out before all of it has come. */
export const passesInPieces = (held: Sending, sent: Sent): boolean =>
  sent.ok &&
  sent.head.status === 200 &&
  (held.facts.isStream || isEventStream(sent.head) || isSound(held, sent.head))

const isEventStream = ({ headers }: UpstreamHead): boolean =>
  EVENT_STREAM.test(String(headers['content-type'] ?? ''))

/** At once, where all of the answer has come. */
export function relay(
  deps: RelayDeps,
  held: Sending,
  live: LiveRequest,
  sent: Sent,
): Relayed | Promise<Relayed> {
  if (!sent.ok) {
    const code = codeOf(sent.fault)
    noteFault(held, sent.fault)
    deps.logger.warn(
      {
        event: 'upstream_fault',
        requestId: held.requestId,
        kind: sent.fault.kind,
        cause: describeFault(sent.fault),
      },
      'the upstream did not answer',
    )
    const ending = live.isDrainCut ? 'drain_cut' : 'upstream_failed'
    return refusedWith(held, live, refusal(code), ERRORS[code].status, ending)
  }
  const { exchange, head } = sent
  const codings = codingsOf(head.headers['content-encoding'])
  const source = unpacked(exchange, codings)
  if (!source) return relayUnreadable(deps, held, live, exchange, codings)
  live.attach(source)
  if (head.status === 200) held.upstream.lane.health.noteSuccess()
  if (head.status !== 200) return relayWhole(deps, held, live, source, head)
  if (isEventStream(head)) return relayStream(deps, held, live, source, head)
  return held.facts.isStream
    ? relayByFirstByte(deps, held, live, source, head)
    : relayOther(deps, held, live, source, head)
}

/** Some servers stream under another content-type, which the SDKs read all the same, and so do we. */
async function relayByFirstByte(
  deps: RelayDeps,
  held: Sending,
  live: LiveRequest,
  source: AnswerSource,
  head: UpstreamHead,
): Promise<Relayed> {
  const first = (await source.firstChunk())?.[0]
  const isStream = first !== undefined && EVENT_LINE_STARTS.has(first)
  return isStream ? relayStream(deps, held, live, source, head) : relayOther(deps, held, live, source, head)
}

/** What is no stream of events: sound passes as it comes, everything else is read whole. */
const relayOther = (
  deps: RelayDeps,
  held: Sending,
  live: LiveRequest,
  source: AnswerSource,
  head: UpstreamHead,
): Relayed | Promise<Relayed> =>
  isSound(held, head)
    ? relaySound({ held, live, source, head, clock: deps.clock, asked: meteredOf(held) })
    : relayWhole(deps, held, live, source, head)

/** In a coding that nobody asked for and we do not know: it can be neither measured nor checked, so nothing of it is passed on. */
function relayUnreadable(
  deps: Pick<StageDeps, 'logger'>,
  held: Sending,
  live: LiveRequest,
  exchange: UpstreamExchange,
  codings: readonly string[],
): Relayed {
  const { requestId } = held
  const shown = codings.join(', ').slice(0, 100)
  deps.logger.warn(
    { event: 'upstream_fault', requestId, kind: 'unreadable', codings: shown },
    'the upstream answered in a coding that is not known',
  )
  exchange.consume({ onData: () => {}, onEnd: () => {}, onFault: () => {} })
  exchange.abort()
  return refusedWith(
    held,
    live,
    refusal('upstream_failed'),
    ERRORS.upstream_failed.status,
    'upstream_refused',
  )
}

/** What we ended ourselves says nothing about the upstream. */
function noteFault(held: Sending, { kind, cause }: UpstreamFault): void {
  if (kind === 'aborted') return
  held.upstream.lane.health.noteFailure(
    connectionProblem(cause, held.upstream.baseUrl, CONNECT_TIMEOUT_MS / 1000),
    held.requestId,
  )
}

function relayStream(
  deps: RelayDeps,
  held: Sending,
  live: LiveRequest,
  source: AnswerSource,
  head: UpstreamHead,
): Promise<Relayed> {
  if (!live.isGone) writeStreamHead(held.res, held, head)
  const heartbeatMs = deps.settings.current().heartbeatSeconds * 1000
  const reader = readerFor(deps, held)
  const stream = new StreamRelay({ held, live, source, reader, clock: deps.clock, heartbeatMs })
  source.consume(stream)
  // A model that thinks before its first event: the client learns at once that it was accepted.
  if (!stream.hasWritten && !live.isGone) held.res.flushHeaders()
  return stream.measured
}

function writeStreamHead(res: ClientResponse, held: Sending, head: UpstreamHead): void {
  const headers = answerHeaders(held, head.headers)
  // Proxies in front of the gateway would otherwise collect the stream (nginx: "X-Accel-Buffering").
  headers.push('x-accel-buffering', 'no')
  res.writeHead(200, headers)
}

function readerFor(deps: RelayDeps, held: Sending): StreamReader {
  const { dialect } = held.endpoint
  const { apiKey } = held.upstream
  if (held.media) return createMediaStreamReader(meteredOf(held), apiKey)
  if (dialect === 'chat' || dialect === 'completions') {
    return createChatStreamReader({ isUsageInjected: held.isUsageInjected, alias: held.alias, apiKey })
  }
  return createResponsesStreamReader({
    alias: held.alias,
    onId: noteMade(deps, held),
    apiKey,
  })
}

/** Of an error only what is ours to say: a parser's error carries the bytes that it could not parse, answers among them. */
const describeFault = ({ cause }: UpstreamFault): string =>
  `${cause.name} ${(cause as { code?: string }).code ?? ''}`.trim()
