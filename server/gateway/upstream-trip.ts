// A held request on its way: to one upstream, and where that one fails before a byte of its answer was relayed, to the next.
// However many are asked, there is one answer, one hold and one settlement.
import { PRIMARY_UPSTREAM } from '../../contract/operations/upstreams.ts'
import { troubleOf } from '../upstreams/answer-problem.ts'
import type { BreakerTrouble } from '../upstreams/circuit-breaker.ts'
import { connectionProblem } from '../upstreams/connection-problem.ts'
import type { LaneEnding, LanePlace } from '../upstreams/upstream-lane.ts'
import { WireError } from '../wire/wire-error.ts'
import type { StageDeps } from './deps.ts'
import { applySplices } from './json-scan.ts'
import type { LiveRequest } from './live-requests.ts'
import { withModel } from './model-splice.ts'
import type { Relayed } from './relayed.ts'
import { advance, type Held, type Sending, type UpstreamTarget } from './request.ts'
import { behindHead, dispatch, headOf, send } from './stages/send.ts'
import { failureOf } from './traffic.ts'
import { chooseNext } from './upstream-choice.ts'
import type { Sent, UpstreamExchange } from './upstream-exchange.ts'
import { type Answered, headTrouble, openingTrouble } from './upstream-failure.ts'
import { multiplierAt } from './upstream-multiplier.ts'

type TripDeps = Pick<StageDeps, 'pools' | 'clock' | 'logger' | 'affinity'>
type Live = Pick<LiveRequest, 'attach' | 'isGone'>

interface Attempt {
  readonly sending: Sending
  readonly place: LanePlace
  readonly exchange: UpstreamExchange
}

/** A whole answer begins only when it is finished. */
const WHOLE_ANSWER_FACTOR = 10

export class UpstreamTrip {
  readonly #deps: TripDeps
  readonly #held: Held
  readonly #tried: UpstreamTarget[] = []
  #attempt: Attempt | undefined
  #trouble: BreakerTrouble | undefined
  /** Since when the first head is waited for. */
  #sinceMonoMs = 0

  constructor(deps: TripDeps, held: Held) {
    this.#deps = deps
    this.#held = held
  }

  /** The request as it was sent last; undefined before it was. */
  get sending(): Sending | undefined {
    return this.#attempt?.sending
  }

  /** Whether nothing is being sent, or can be sent again. */
  get isBehindUs(): boolean {
    return this.#tried.length === 1 && this.#attempt?.exchange.isWritten === true
  }

  /** Sends it to the first. Undefined where none has a free place. */
  begin(): UpstreamExchange | undefined {
    const { session, candidates } = this.#held
    const preferredId = session === undefined ? undefined : this.#deps.affinity.upstreamOf(session)
    const first = chooseNext(candidates, this.#tried, preferredId)
    return first && this.#sendTo(first)
  }

  /** The head of what was sent first: at once, where it has come. Called after `begin`. */
  head(): Sent | Promise<Sent> {
    const { exchange } = this.#sent()
    this.#sinceMonoMs = this.#deps.clock.monotonicMs()
    return headOf(exchange, this.#headMsMax)
  }

  /** The answer of the first that has one, or of the last that was asked; at once, where `head` is all that it takes. */
  answer(live: Live, head: Sent): Answered | Promise<Answered> {
    const { sending, exchange } = this.#sent()
    const waiting = { live, sinceMonoMs: this.#sinceMonoMs, headMsMax: this.#headMsMax }
    const sent = behindHead(this.#deps, sending, exchange, waiting, head)
    return this.#hasOthers || sent instanceof Promise
      ? this.#answerOfOne(live, sent)
      : this.#answered(sending, sent)
  }

  async #answerOfOne(live: Live, first: Sent | Promise<Sent>): Promise<Answered> {
    let sent = await first
    for (;;) {
      const attempt = this.#sent()
      const { sending } = attempt
      const isOver = (): boolean => live.isGone || this.#held.hold.isLost
      const failure = this.#hasOthers && !isOver() ? await openingTrouble(sent, sending) : undefined
      const next =
        failure && !isOver() ? chooseNext(this.#held.candidates, this.#tried, undefined) : undefined
      if (!failure || !next) return this.#answered(sending, sent)
      this.#passOver(attempt, sent, failure)
      const exchange = this.#sendTo(next)
      live.attach(exchange)
      sent = await send(this.#deps, this.#sent().sending, exchange, live, this.#headMsMax)
    }
  }

  /** Gives back the place at the upstream, once it is known how the answer ended. */
  end(relayed: Relayed | undefined): void {
    this.#attempt?.place.end(this.#trouble ?? (relayed ? endingOf(relayed) : 'unknown'))
  }

  #sent(): Attempt {
    if (!this.#attempt) throw new Error('a trip that has not begun has no answer')
    return this.#attempt
  }

  get #hasOthers(): boolean {
    return this.#tried.length < this.#held.candidates.length
  }

  get #headMsMax(): number | undefined {
    return this.#hasOthers ? headMsMaxOf(this.#sent().sending) : undefined
  }

  #sendTo(upstream: UpstreamTarget): UpstreamExchange {
    this.#tried.push(upstream)
    const sending = toSending(this.#held, upstream)
    const place = upstream.lane.take()
    try {
      const exchange = dispatch(this.#deps, sending)
      this.#attempt = { sending, place, exchange }
      return exchange
    } catch (error) {
      place.end('unknown')
      throw error
    }
  }

  #answered(sending: Sending, sent: Sent): Answered {
    this.#trouble = sent.ok ? headTrouble(sent.head) : undefined
    if (sent.ok && !this.#trouble) {
      this.#attempt?.place.answered()
      const { session } = this.#held
      if (session !== undefined) this.#deps.affinity.note(session, sending.upstream.id)
    }
    return { sending, sent }
  }

  #passOver({ sending, place, exchange }: Attempt, sent: Sent, failure: BreakerTrouble): void {
    const { requestId, upstream } = sending
    const problem = problemOf(sending, sent)
    if (problem) upstream.lane.health.noteFailure(problem, requestId)
    this.#deps.logger.warn(
      {
        event: 'upstream_passed_over',
        requestId,
        upstream: upstream.name ?? PRIMARY_UPSTREAM,
        code: problem?.code,
      },
      'an upstream failed before it answered; the next one is asked',
    )
    place.end(failure)
    const failed = sent.ok ? sent.exchange : exchange
    failed.consume({ onData: () => {}, onEnd: () => {}, onFault: () => {} })
    failed.abort()
  }
}

function headMsMaxOf({ upstream, facts }: Sending): number {
  return upstream.headSecondsMax * 1000 * (facts.isStream ? 1 : WHOLE_ANSWER_FACTOR)
}

/**
 * The request with the name of the model, and the multiplier, that hold at this upstream: another object where others may be
 * asked as well, because each of them has its own.
 */
function toSending(held: Held, upstream: UpstreamTarget): Sending {
  const request = held.candidates.length === 1 ? held : { ...held }
  const upstreamModel = upstream.models?.get(held.model) ?? held.model
  const multiplierPpm = multiplierAt(held.settingsMultiplierPpm, upstream)
  const upstreamBody = upstream.identifiesUsers && !held.upload ? withIdentity(held) : held.upstreamBody
  const sending = advance(request, { upstream, upstreamModel, multiplierPpm, upstreamBody })
  if (upstreamModel === held.model) return sending
  // What is sent under another name is renamed back, as an alias is.
  const alias = held.alias ?? held.facts.model
  return advance(sending, { upstreamBody: withModel(upstreamBody, upstreamModel), alias })
}

const withIdentity = ({ body, splices, identity }: Held): Buffer =>
  applySplices(body, [...splices, ...identity])

function problemOf({ upstream }: Sending, sent: Sent) {
  const { baseUrl, headSecondsMax } = upstream
  if (!sent.ok) return connectionProblem(sent.fault.cause, baseUrl, headSecondsMax)
  const { status, headers } = sent.head
  const body = sent.exchange.firstBytes ?? Buffer.alloc(0)
  const type = String(headers['content-type'] ?? '')
  if (status === 200 && body.length === 0) {
    const broken = new WireError('ERR_WIRE_CLOSED', 'no byte of an answer came')
    return connectionProblem(broken, baseUrl, headSecondsMax)
  }
  // What is passed over is told by its status alone.
  return troubleOf(baseUrl, { status, body, location: headers.location, type }, false)
}

/** Who has left before anything was sent has found out nothing either. */
const TELL_NOTHING: ReadonlySet<Relayed['ending']> = new Set(['upstream_failed', 'drain_cut', 'unsent'])

function endingOf(relayed: Relayed): LaneEnding {
  const failure = failureOf(relayed)
  if (failure === 'upstream_rejected') return { kind: 'rejected' }
  if (failure === 'upstream_busy') return { kind: 'busy', retryAfterMs: 0 }
  if (failure !== undefined) return { kind: 'fault' }
  return TELL_NOTHING.has(relayed.ending) ? 'unknown' : 'well'
}
