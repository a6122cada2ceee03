// Relays an answer that is not a stream: read whole, measured, and written in one piece once the charge is on disk. Errors
// of the upstream pass through here, and what they would reveal of the operator's account is replaced.
import type { IncomingHttpHeaders } from 'node:http'
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import { troubleOf } from '../upstreams/answer-problem.ts'
import type { AnswerSource } from './answer-source.ts'
import { CLIENT_STALLED_MS_MAX } from './client-stream.ts'
import type { StageDeps } from './deps.ts'
import { generatedBytes } from './generated-text.ts'
import { clientHeaders } from './headers.ts'
import { type JsonObject, parseObject } from './json-object.ts'
import { applySplices, memberOf, scanObject } from './json-scan.ts'
import type { LiveRequest } from './live-requests.ts'
import { noteMade } from './made-ids.ts'
import { measureMedia, mediaAnswer, meteredOf } from './media/media-answer.ts'
import { codeOf, NOTHING_MORE, type Relayed, refusedWith, statusGiven } from './relayed.ts'
import type { Sending } from './request.ts'
import { type Measured, nothingMeasured } from './stream-meter.ts'
import { judgeUpstreamError } from './upstream-errors.ts'
import type { UpstreamFault, UpstreamHead } from './upstream-exchange.ts'
import { takeAnswer } from './whole-answer.ts'

const ANSWER_BYTES_MAX = 256 * 1024 * 1024

type Collected =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly fault: UpstreamFault }

export async function relayWhole(
  deps: Pick<StageDeps, 'ownedIds' | 'logger'>,
  held: Sending,
  live: LiveRequest,
  source: AnswerSource,
  head: UpstreamHead,
): Promise<Relayed> {
  const collected = await collect(source, live)
  if (!collected.ok) {
    const code = codeOf(collected.fault)
    return refusedWith(held, live, refusal(code), ERRORS[code].status, 'upstream_failed')
  }
  const { body } = collected
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

function collect(source: AnswerSource, live: LiveRequest): Promise<Collected> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    source.consume({
      onData(chunk) {
        length += chunk.length
        if (length > ANSWER_BYTES_MAX) source.abort()
        else chunks.push(chunk)
        if (live.isGone) live.drained(chunk.length)
      },
      onEnd: () =>
        resolve({ ok: true, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }),
      // An answer without end is the upstream's failure, although it was us who ended it.
      onFault: (fault) =>
        resolve({ ok: false, fault: length > ANSWER_BYTES_MAX ? { ...fault, kind: 'broken' } : fault }),
    })
  })
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

function writeWhole(held: Sending, status: number, headers: IncomingHttpHeaders, body: Buffer): void {
  const { res } = held
  if (res.destroyed || res.headersSent) return
  res.socket?.setTimeout(CLIENT_STALLED_MS_MAX)
  res.writeHead(status, {
    ...clientHeaders(headers, held.alias),
    'content-length': body.length,
    'x-request-id': held.requestId,
  })
  res.end(body)
}

function relayError(
  deps: Pick<StageDeps, 'logger'>,
  held: Sending,
  live: LiveRequest,
  head: UpstreamHead,
  body: Buffer,
): Relayed {
  const verdict = judgeUpstreamError(head, body, held)
  const trouble = troubleOf(held.upstream.baseUrl, {
    status: head.status,
    body,
    location: undefined,
    type: String(head.headers['content-type'] ?? ''),
  })
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
