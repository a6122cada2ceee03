// Relays an answer that is not a stream: read whole, measured, and written in one piece once the charge is on disk. Errors
// of the upstream pass through here, and what they would reveal of the operator's account is replaced.
import type { IncomingHttpHeaders } from 'node:http'
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import { troubleOf } from '../upstreams/answer-problem.ts'
import type { AnswerSource } from './answer-source.ts'
import { CLIENT_STALLED_MS_MAX } from './client-stream.ts'
import type { StageDeps } from './deps.ts'
import { generatedBytes } from './generated-text.ts'
import { answerHeaders } from './headers.ts'
import { type JsonObject, parseObject } from './json-object.ts'
import { applySplices, memberOf, scanObject } from './json-scan.ts'
import type { LiveRequest } from './live-requests.ts'
import { noteMade } from './made-ids.ts'
import { measureMedia, mediaAnswer, meteredOf } from './media/media-answer.ts'
import { codeOf, NOTHING_MORE, type Relayed, refusedWith, statusGiven } from './relayed.ts'
import type { Sending } from './request.ts'
import { type Measured, nothingMeasured } from './stream-meter.ts'
import { judgeUpstreamError } from './upstream-errors.ts'
import type { ExchangeSink, UpstreamFault, UpstreamHead } from './upstream-exchange.ts'
import { takeAnswer } from './whole-answer.ts'

const ANSWER_BYTES_MAX = 256 * 1024 * 1024

type WholeDeps = Pick<StageDeps, 'ownedIds' | 'logger'>

/** At once, where all of the answer has come. */
export function relayWhole(
  deps: WholeDeps,
  held: Sending,
  live: LiveRequest,
  source: AnswerSource,
  head: UpstreamHead,
): Relayed | Promise<Relayed> {
  const relay = new WholeRelay(deps, held, live, source, head)
  source.consume(relay)
  return relay.relayed ?? new Promise((resolve) => relay.whenRelayed(resolve))
}

class WholeRelay implements ExchangeSink {
  relayed: Relayed | undefined
  #resolve: ((relayed: Relayed) => void) | undefined
  readonly #deps: WholeDeps
  readonly #held: Sending
  readonly #live: LiveRequest
  readonly #source: AnswerSource
  readonly #head: UpstreamHead
  #chunks: Buffer[] = []
  #length = 0

  constructor(deps: WholeDeps, held: Sending, live: LiveRequest, source: AnswerSource, head: UpstreamHead) {
    this.#deps = deps
    this.#held = held
    this.#live = live
    this.#source = source
    this.#head = head
  }

  whenRelayed(resolve: (relayed: Relayed) => void): void {
    this.#resolve = resolve
  }

  onData(chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length > ANSWER_BYTES_MAX) this.#source.abort()
    else this.#chunks.push(chunk)
    if (this.#live.isGone) this.#live.drained(chunk.length)
  }

  onEnd(): void {
    const [first] = this.#chunks
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks)
    this.#end(relayBody(this.#deps, this.#held, this.#live, this.#head, body))
  }

  onFault(fault: UpstreamFault): void {
    // An answer without end is the upstream's failure, although it was us who ended it.
    const isEndless = this.#length > ANSWER_BYTES_MAX
    const code = isEndless ? 'upstream_failed' : codeOf(fault)
    // Nothing was generated for an error, however much of its page was left unread.
    const isCut = this.#live.isDrainCut && this.#head.status === 200
    const ending = isCut ? 'drain_cut' : 'upstream_failed'
    this.#end(refusedWith(this.#held, this.#live, refusal(code), ERRORS[code].status, ending))
  }

  #end(relayed: Relayed): void {
    this.relayed = relayed
    this.#chunks = []
    this.#resolve?.(relayed)
  }
}

function relayBody(
  deps: WholeDeps,
  held: Sending,
  live: LiveRequest,
  head: UpstreamHead,
  body: Buffer,
): Relayed {
  const answer = head.status === 200 ? answerIn(held, head, body) : undefined
  const hasFailed =
    answer === undefined || (answer.error !== undefined && answer.error !== null && answer.usage == null)
  if (hasFailed) return relayError(deps, held, live, head, body)
  const measured = measureWhole(deps, held, answer)
  return {
    ending: live.isGone ? 'client_left' : 'finished',
    measured,
    status: statusGiven(held, live, head.status),
    errorCode: live.cutBy?.code ?? null,
    firstByteMonoMs: undefined,
    finish: () => writeWhole(held, head.status, head.headers, renamed(body, held.alias)),
    finished: NOTHING_MORE,
  }
}

const answerIn = (held: Sending, head: UpstreamHead, body: Buffer): JsonObject | undefined =>
  held.media ? mediaAnswer(held.media, head, body) : parseObject(body.toString('utf8'))

function measureWhole(deps: Pick<StageDeps, 'ownedIds'>, held: Sending, answer: JsonObject): Measured {
  if (held.media) return measureMedia(meteredOf(held), answer)
  const measured = nothingMeasured()
  takeAnswer(held.endpoint.dialect, answer, measured, noteMade(deps, held))
  // Usage that cannot be true may have lost a count; the text stands in for it, as in a stream.
  if (!measured.reported || measured.reported.isImplausible) measured.textBytes = generatedBytes(answer)
  return measured
}

function renamed(body: Buffer, alias: string | undefined): Buffer {
  if (alias === undefined) return body
  const scan = scanObject(body)
  const model = scan.ok ? memberOf(scan.value, 'model') : undefined
  return model
    ? applySplices(body, [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(alias) }])
    : body
}

function writeWhole(held: Sending, status: number, upstream: IncomingHttpHeaders, body: Buffer): void {
  const { res } = held
  if (res.destroyed || res.headersSent) return
  const headers = answerHeaders(held, upstream)
  headers.push('content-length', String(body.length))
  res.writeHead(status, headers)
  res.end(body)
  // What the socket has taken at once waits for nobody.
  if (res.socket !== null && res.socket.writableLength > 0) res.socket.setTimeout(CLIENT_STALLED_MS_MAX)
}

function relayError(
  deps: Pick<StageDeps, 'logger'>,
  held: Sending,
  live: LiveRequest,
  head: UpstreamHead,
  body: Buffer,
): Relayed {
  const verdict = judgeUpstreamError(head, body, held)
  const answer = {
    status: head.status,
    body,
    location: undefined,
    type: String(head.headers['content-type'] ?? ''),
  }
  const trouble = troubleOf(held.upstream.baseUrl, answer, verdict.isOperators)
  if (trouble) held.upstream.lane.health.noteFailure(trouble, held.requestId)
  deps.logger.warn(
    {
      event: 'upstream_error',
      requestId: held.requestId,
      status: head.status,
      isOperators: verdict.isOperators,
    },
    'the upstream answered with an error',
  )
  if (verdict.kind === 'replace') return refusedAs(held, live, verdict.refusal)
  return {
    ...refusedWith(held, live, refusal('upstream_failed'), head.status, 'upstream_refused'),
    errorCode: verdict.code,
    finish: () => writeWhole(held, head.status, head.headers, body),
  }
}

const refusedAs = (held: Sending, live: LiveRequest, refused: Refusal): Relayed =>
  refusedWith(held, live, refused, ERRORS[refused.code].status, 'upstream_refused')
