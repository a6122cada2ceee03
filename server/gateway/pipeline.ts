// ★ A request's journey, read from top to bottom:
// receive → identify → admit → read → route → reserve → hold → send → relay → measure → settle → record.
// Each stage takes the previous type and returns the next one, or a refusal. Behind `hold`, one try/finally ends every path
// in exactly one settlement or release.
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import { giveBackMemoryOf } from '../given-memory.ts'
import type { Admission } from '../limits/limiter.ts'
import type { ClientRequest, ClientResponse } from '../wire/client-exchange.ts'
import { withoutKeys } from '../without-keys.ts'
import type { StageDeps } from './deps.ts'
import { endpointNameAt, type LocalEndpoint, rawPathOf } from './endpoints.ts'
import { answerFiles } from './files/answer-files.ts'
import { refuseRepeated } from './headers.ts'
import { LiveRequest } from './live-requests.ts'
import { answerModel, answerModels } from './models-list.ts'
import { aheadOf, answerRefusal } from './openai-error.ts'
import { type Outcome, outcomeOfRow, outcomeWithoutRow, refusedAs } from './outcome.ts'
import { answerUsage } from './own-usage.ts'
import { CLIENT_LEFT_STATUS, type Relayed, refusedWith } from './relayed.ts'
import {
  type Admitted,
  advance,
  type Held,
  type Identified,
  type Received,
  type Reserved,
  type Routed,
} from './request.ts'
import { tellStoring } from './sockets/turn-exchange.ts'
import { answerWarmUp, isWarmUp } from './sockets/warm-up.ts'
import { admit } from './stages/admit.ts'
import { hold } from './stages/hold.ts'
import { identify, refusedByNow } from './stages/identify.ts'
import { read } from './stages/read.ts'
import { findEndpoint, receive } from './stages/receive.ts'
import { record } from './stages/record.ts'
import { passesInPieces, relay } from './stages/relay.ts'
import { checkLimits, reserve } from './stages/reserve.ts'
import { route } from './stages/route.ts'
import { refusedRow, settle } from './stages/settle.ts'
import { answerStored } from './stored.ts'
import { UpstreamTrip } from './upstream-trip.ts'

export function runRequest(deps: StageDeps, req: ClientRequest, res: ClientResponse): void {
  const received = receive(deps, req, res)
  const ended = (outcome: Outcome): void => record(deps, received, outcome)
  let outcome: Outcome | Promise<Outcome>
  try {
    outcome = journey(deps, received)
  } catch (error) {
    outcome = defect(deps, received, error)
  }
  if (outcome instanceof Promise) outcome.then(ended, (error) => ended(defect(deps, received, error)))
  else ended(outcome)
}

/** Whatever is thrown is a defect of ours: the person sees the id, the log has the rest. */
function defect(deps: StageDeps, received: Received & Partial<Reserved>, error: unknown): Outcome {
  const { requestId, res } = received
  deps.logger.error({ event: 'defect', requestId, err: error }, 'a request failed inside the gateway')
  answerRefusal(res, requestId, refusal('internal_error', { requestId }), aheadOf(received))
  // An answer that has begun cannot be refused any more; cut off, its client at least learns that it is not whole.
  if (!res.writableEnded) res.destroy()
  return outcomeWithoutRow(deps, received, refusedAs('internal_error'))
}

/** Up to the body there is nothing to wait for. */
function journey(deps: StageDeps, received: Received): Outcome | Promise<Outcome> {
  const endpoint = findEndpoint(received)
  if (!endpoint.ok) return refuseUnmatched(deps, received, endpoint.error)
  const repeated = refuseRepeated(received.req)
  if (repeated) return refuse(deps, received, repeated)
  const identified = identify(deps, advance(received, { endpoint: endpoint.value }))
  if (!identified.ok) return refuse(deps, received, identified.error)
  if (endpoint.value.kind === 'local') return answerLocal(deps, identified.value, endpoint.value)
  if (endpoint.value.kind === 'stored') {
    const asked = advance(identified.value, { endpoint: endpoint.value })
    return answerStored(deps, asked).then((answered) => outcomeWithoutRow(deps, asked, answered))
  }
  if (endpoint.value.kind === 'files') {
    const asked = advance(identified.value, { endpoint: endpoint.value })
    return answerFiles(deps, asked).then((answered) => outcomeWithoutRow(deps, asked, answered))
  }
  const addressed: Identified = advance(identified.value, { endpoint: endpoint.value })
  const admitted = admit(deps, addressed)
  if (!admitted.ok) return refuseKnown(deps, addressed, admitted.error)
  const limited = checkLimits(deps, addressed)
  if (limited) return refuseKnown(deps, admitted.value, limited)
  return admittedJourney(deps, admitted.value, liveRequestOf(deps, admitted.value))
}

function answerLocal(
  deps: StageDeps,
  identified: Parameters<typeof answerUsage>[1] & Parameters<typeof answerModels>[1],
  { answer }: LocalEndpoint,
): Outcome {
  if (answer === 'models') answerModels(deps, identified)
  else if (answer === 'model') answerModel(deps, identified)
  else answerUsage(deps, identified)
  return outcomeWithoutRow(deps, identified, { status: identified.res.statusCode, code: null })
}

function liveRequestOf(deps: StageDeps, admitted: Admitted & Partial<Reserved>): LiveRequest {
  const { userId, keyId } = admitted.key
  const live = new LiveRequest({ userId, keyId, lostAccess: () => refusedByNow(deps, admitted) }, deps.drains)
  live.whenCut((refused) => answerRefusal(admitted.res, admitted.requestId, refused, aheadOf(admitted)))
  return live
}

async function admittedJourney(deps: StageDeps, admitted: Admitted, live: LiveRequest): Promise<Outcome> {
  deps.live.add(live)
  tellRunning(deps)
  const share = deps.bodies.shareFor(admitted.key.userId)
  const spool = admitted.endpoint.form && deps.uploads.shareFor(admitted.requestId, admitted.key.userId)
  let place: Admission | undefined
  try {
    const reading = read(admitted, share, spool)
    const body = reading instanceof Promise ? await reading : reading
    if (!body.ok) {
      if (body.error === 'client_left') return leftWithoutAnswer(deps, admitted, live)
      return refuseKnown(deps, admitted, body.error)
    }
    // It was told so already, and what is to answer it may be gone by now.
    if (live.cutBy) return refuseKnown(deps, admitted, live.cutBy)
    // A body may take an hour: what its key may do is what it may do now.
    const again = reading instanceof Promise ? identify(deps, admitted) : undefined
    if (again && !again.ok) return refuseKnown(deps, admitted, again.error)
    const routed = route(deps, body.value)
    if (!routed.ok) return refuseKnown(deps, admitted, routed.error)
    tellStoring(routed.value.req, routed.value.facts.isStored)
    const reserved = reserve(deps, routed.value)
    if (!reserved.ok) return refuseKnown(deps, admitted, reserved.error)
    place = reserved.value.admission
    if (isWarmUp(body.value.req)) return answerWarmUp(deps, reserved.value)
    const opened = hold(deps, reserved.value)
    const held = opened instanceof Promise ? await opened : opened
    if (!held.ok) return refuseKnown(deps, admitted, held.error)
    live.watch(held.value.res)
    return await forward(deps, held.value, live)
  } finally {
    place?.release()
    share.release()
    if (spool) await spool.release()
    deps.live.remove(live)
    tellRunning(deps)
  }
}

/** From the open hold on: every way out of here settles or releases it, once. */
async function forward(deps: StageDeps, held: Held, live: LiveRequest): Promise<Outcome> {
  const trip = new UpstreamTrip(deps, held)
  let answered: Relayed | undefined
  try {
    // Whoever left, or lost access, while the request was read and priced has nothing sent in their name.
    const exchange = live.isGone ? undefined : trip.begin()
    if (exchange) {
      live.attach(exchange)
      held.hold.whenLost = live
      // A stream begins when its hold is on disk; what is answered whole goes out when its settlement is.
      if (!held.facts.isStream || (await held.hold.isOnDisk)) {
        // Nothing that is there already is waited for: each waiting costs as much as a stage.
        const head = trip.head()
        const answer = trip.answer(live, head instanceof Promise ? await head : head)
        const { sending, sent } = answer instanceof Promise ? await answer : answer
        const mayRelay =
          held.facts.isStream || !passesInPieces(sending, sent) || (await deps.accounts.putOnDisk(held.hold))
        if (mayRelay && !held.hold.isLost) {
          const relayed = relay(deps, sending, live, sent)
          answered = relayed instanceof Promise ? await relayed : relayed
        }
      }
    } else if (!live.isGone) answered = noPlace(held, live)
  } catch (error) {
    // What was answered so far is what the client keeps; the hold ends as that of a request without an answer.
    defect(deps, held, error)
    live.abort()
  }
  const relayed = answered ?? notSent(held, live)
  live.costIsKnown()
  // What is kept until the disk takes it must not come before what is not.
  if (held.hold.isUnderWay) await held.hold.isOnDisk
  trip.end(held.hold.isLost ? undefined : relayed)
  if (held.hold.isLost) {
    live.abort()
    return refuseUnstored(deps, held)
  }
  if (trip.sending) deps.traffic.noteUpstream(relayed, deps.clock.now())
  const { row, tokens, landed } = settle(deps, trip.sending ?? held, relayed)
  try {
    await landed
  } catch (error) {
    if (!held.hold.isLost) throw error
  }
  if (held.hold.isLost) return refuseUnstored(deps, held)
  held.admission.trueUp(tokens)
  relayed.finish()
  if (relayed.finished !== undefined) await relayed.finished
  deps.events.publish({ type: 'request.finished', userId: row.userId, row })
  if (held.req.givesBody && trip.isBehindUs) giveBackBodies(trip.sending ?? held)
  return outcomeOfRow(row, live.drainCutBy)
}

/** The disk does not take the hold, or not with its settlement: nothing was answered, and nothing is charged. */
const refuseUnstored = (deps: StageDeps, held: Held): Outcome =>
  refuse(deps, held, refusal('storage_unavailable', undefined, { retryAfterMs: 5_000 }))

/** What came, and what was made of it to be sent. */
function giveBackBodies({ body, upstreamBody }: Held): void {
  giveBackMemoryOf(body)
  if (upstreamBody.buffer !== body.buffer) giveBackMemoryOf(upstreamBody)
}

/** Every upstream that could answer has as many requests as it may have. */
const noPlace = (held: Held, live: LiveRequest): Relayed =>
  refusedWith(
    held,
    live,
    refusal('upstream_busy', undefined, { retryAfterMs: 1_000 }),
    ERRORS.upstream_busy.status,
    'upstream_refused',
  )

/** How a request ends that got no answer: a defect of ours, unless its client is gone. */
function notSent(held: Held, live: LiveRequest): Relayed {
  const refused = refusal('internal_error', { requestId: held.requestId })
  const ended = refusedWith(held, live, refused, ERRORS.internal_error.status, 'upstream_failed')
  return live.isGone ? { ...ended, errorCode: live.cutBy?.code ?? null } : ended
}

const tellRunning = ({ events, live }: StageDeps): void =>
  events.publish({ type: 'requests.running', running: live.count })

function refuse(
  deps: StageDeps,
  received: Received & Parameters<typeof outcomeWithoutRow>[1] & Partial<Reserved>,
  refused: Refusal,
): Outcome {
  const { res, requestId } = received
  const allowed = refused.details?.allowed
  if (allowed !== undefined && !res.headersSent) res.setHeader('allow', String(allowed))
  answerRefusal(res, requestId, refused, aheadOf(received))
  return outcomeWithoutRow(deps, received, refusedAs(refused.code))
}

/** Nothing answers it, but the path may be one of ours that is asked by another method. */
function refuseUnmatched(deps: StageDeps, received: Received, refused: Refusal): Outcome {
  const endpoint = endpointNameAt(rawPathOf(received.req.url ?? '')) ?? null
  return { ...refuse(deps, received, refused), endpoint }
}

/** Refuses a request whose key is known: its owner sees it in the list of requests, unless it is one of very many. */
function refuseKnown(deps: StageDeps, request: Identified & Partial<Routed>, refused: Refusal): Outcome {
  const model = withoutKeys(request.facts?.model ?? String(refused.details?.model ?? ''))
  const isDemo = request.upstreams?.[0]?.isDemo === true
  const status = ERRORS[refused.code].status
  const row = refusedRow(deps, request, { code: refused.code, status, model, isDemo })
  if (deps.refusedRows.admits(row)) {
    deps.accounts.recordRefused(row)
    deps.events.publish({ type: 'request.finished', userId: row.userId, row })
  }
  refuse(deps, request, refused)
  return outcomeOfRow(row)
}

/** Nobody is there to be answered, unless it was us who told them to go. */
function leftWithoutAnswer(deps: StageDeps, admitted: Admitted, live: LiveRequest): Outcome {
  if (live.cutBy) return outcomeWithoutRow(deps, admitted, refusedAs(live.cutBy.code))
  return outcomeWithoutRow(deps, admitted, { status: CLIENT_LEFT_STATUS, code: null })
}
