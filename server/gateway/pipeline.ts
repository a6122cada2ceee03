// ★ A request's journey, read from top to bottom:
// receive → identify → admit → read → route → reserve → hold → send → relay → measure → settle → record.
// Each stage takes the previous type and returns the next one, or a refusal. Behind `hold`, one try/finally ends every path
// in exactly one settlement or release.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import type { OpenHold } from '../accounts/account-book.ts'
import { withoutKeys } from '../without-keys.ts'
import type { StageDeps } from './deps.ts'
import type { LocalEndpoint } from './endpoints.ts'
import { answerFiles } from './files/answer-files.ts'
import { refuseRepeated } from './headers.ts'
import { LiveRequest } from './live-requests.ts'
import { answerModel, answerModels } from './models-list.ts'
import { answerRefusal } from './openai-error.ts'
import { type Outcome, outcomeOfRow, outcomeWithoutRow, refusedAs } from './outcome.ts'
import { answerUsage } from './own-usage.ts'
import { CLIENT_LEFT_STATUS, type Relayed, refusedWith } from './relayed.ts'
import type { Admitted, Held, Identified, Read, Received, Routed } from './request.ts'
import { answerWarmUp, isWarmUp } from './sockets/warm-up.ts'
import { admit } from './stages/admit.ts'
import { hold } from './stages/hold.ts'
import { identify, refusedByNow } from './stages/identify.ts'
import { read } from './stages/read.ts'
import { findEndpoint, receive } from './stages/receive.ts'
import { record } from './stages/record.ts'
import { relay } from './stages/relay.ts'
import { checkLimits, reserve } from './stages/reserve.ts'
import { route } from './stages/route.ts'
import { refusedRow, settle } from './stages/settle.ts'
import { answerStored } from './stored.ts'
import { UpstreamTrip } from './upstream-trip.ts'

export async function runRequest(deps: StageDeps, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const received = receive(deps, req, res)
  record(deps, received, await outcomeOf(deps, received))
}

async function outcomeOf(deps: StageDeps, received: Received): Promise<Outcome> {
  try {
    return await journey(deps, received)
  } catch (error) {
    // Whatever gets here is a defect of ours: the person sees the id, the log has the rest.
    return defect(deps, received, error)
  }
}

function defect(deps: StageDeps, received: Received, error: unknown): Outcome {
  const { requestId, res } = received
  deps.logger.error({ event: 'defect', requestId, err: error }, 'a request failed inside the gateway')
  answerRefusal(res, requestId, refusal('internal_error', { requestId }))
  // An answer that has begun cannot be refused any more; cut off, its client at least learns that it is not whole.
  if (!res.writableEnded) res.destroy()
  return outcomeWithoutRow(deps, received, refusedAs('internal_error'))
}

async function journey(deps: StageDeps, received: Received): Promise<Outcome> {
  const endpoint = findEndpoint(received)
  if (!endpoint.ok) return refuse(deps, received, endpoint.error)
  const repeated = refuseRepeated(received.req)
  if (repeated) return refuse(deps, received, repeated)
  const identified = identify(deps, received)
  if (!identified.ok) return refuse(deps, { ...received, endpoint: endpoint.value }, identified.error)
  if (endpoint.value.kind === 'local') {
    answerLocal(deps, identified.value, endpoint.value)
    const { res } = received
    return outcomeWithoutRow(
      deps,
      { ...identified.value, endpoint: endpoint.value },
      { status: res.statusCode, code: null },
    )
  }
  if (endpoint.value.kind === 'stored') {
    const answered = await answerStored(deps, { ...identified.value, endpoint: endpoint.value })
    return outcomeWithoutRow(deps, { ...identified.value, endpoint: endpoint.value }, answered)
  }
  if (endpoint.value.kind === 'files') {
    const asked = { ...identified.value, endpoint: endpoint.value }
    return outcomeWithoutRow(deps, asked, await answerFiles(deps, asked))
  }
  const addressed: Identified = { ...identified.value, endpoint: endpoint.value }
  const admitted = admit(deps, addressed)
  if (!admitted.ok) return refuseKnown(deps, addressed, admitted.error)
  const limited = checkLimits(deps, addressed)
  if (limited) return refuseKnown(deps, admitted.value, limited)
  const live = new LiveRequest(
    { ...addressed.key, lostAccess: () => refusedByNow(deps, received) },
    deps.drains,
  )
  live.onCut = (refused) => answerRefusal(received.res, received.requestId, refused)
  deps.live.add(live)
  tellRunning(deps)
  try {
    return await admittedJourney(deps, admitted.value, live)
  } finally {
    deps.live.remove(live)
    tellRunning(deps)
  }
}

function answerLocal(
  deps: StageDeps,
  identified: Parameters<typeof answerUsage>[1] & Parameters<typeof answerModels>[1],
  { answer }: LocalEndpoint,
): void {
  if (answer === 'models') answerModels(deps, identified)
  else if (answer === 'model') answerModel(deps, identified)
  else answerUsage(deps, identified)
}

async function admittedJourney(deps: StageDeps, admitted: Admitted, live: LiveRequest): Promise<Outcome> {
  const share = deps.bodies.shareFor(admitted.key.userId)
  const spool = deps.uploads.shareFor(admitted.requestId, admitted.key.userId)
  try {
    const body = await read(admitted, share, spool)
    if (body.ok) return await readJourney(deps, body.value, live)
    if (body.error === 'client_left') return leftWithoutAnswer(deps, admitted, live)
    return refuseKnown(deps, admitted, body.error)
  } finally {
    share.release()
    await spool.release()
  }
}

async function readJourney(deps: StageDeps, body: Read, live: LiveRequest): Promise<Outcome> {
  const routed = route(deps, body)
  if (!routed.ok) return refuseKnown(deps, body, routed.error)
  const reserved = reserve(deps, routed.value)
  if (!reserved.ok) return refuseKnown(deps, routed.value, reserved.error)
  try {
    if (isWarmUp(body.req)) return answerWarmUp(deps, reserved.value)
    const held = await hold(deps, reserved.value)
    if (!held.ok) return refuseKnown(deps, routed.value, held.error)
    live.watch(held.value.res)
    return await forward(deps, held.value, live)
  } finally {
    reserved.value.admission.release()
  }
}

/** From the open hold on: every way out of here settles or releases it, once. */
async function forward(deps: StageDeps, held: Held, live: LiveRequest): Promise<Outcome> {
  let relayed = notSent(held, live)
  let isHoldOnDisk = true
  const trip = new UpstreamTrip(deps, held)
  try {
    // Whoever left, or lost access, while the request was read and priced has nothing sent in their name.
    if (!live.isGone) {
      const exchange = trip.begin()
      if (!exchange) relayed = noPlace(held, live)
      else {
        live.attach(exchange)
        isHoldOnDisk = await isCommitted(held.hold)
        if (isHoldOnDisk) {
          const { sending, sent } = await trip.answer(live)
          relayed = await relay(deps, sending, live, sent)
        } else exchange.abort()
      }
    }
  } catch (error) {
    // What was answered so far is what the client keeps; the hold ends as that of a request without an answer.
    defect(deps, held, error)
    live.abort()
  }
  trip.end(isHoldOnDisk ? relayed : undefined)
  if (!isHoldOnDisk)
    return refuse(deps, held, refusal('storage_unavailable', undefined, { retryAfterMs: 5_000 }))
  if (trip.sending) deps.traffic.noteUpstream(relayed, deps.clock.now())
  return end(deps, trip.sending ?? held, live, relayed)
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
  return live.isGone ? { ...ended, errorCode: null } : ended
}

async function end(deps: StageDeps, held: Held, live: LiveRequest, relayed: Relayed): Promise<Outcome> {
  const row = await settle(deps, held, relayed)
  held.admission.trueUp(row.inputTokens + row.outputTokens)
  relayed.finish()
  await relayed.finished
  deps.events.publish({ type: 'request.finished', userId: row.userId, row })
  return outcomeOfRow(row, live.drainCutBy)
}

const tellRunning = ({ events, live }: StageDeps): void =>
  events.publish({ type: 'requests.running', running: live.count })

/** Whether the hold's row reached the disk. A hold that did not is gone, and nothing may be relayed under it. */
const isCommitted = (opened: OpenHold): Promise<boolean> =>
  opened.committed.then(
    () => true,
    () => false,
  )

function refuse(
  deps: StageDeps,
  received: Received & Parameters<typeof outcomeWithoutRow>[1],
  refused: Refusal,
): Outcome {
  const allowed = refused.details?.allowed
  if (allowed !== undefined && !received.res.headersSent) received.res.setHeader('allow', String(allowed))
  answerRefusal(received.res, received.requestId, refused)
  return outcomeWithoutRow(deps, received, refusedAs(refused.code))
}

/** Refuses a request whose key is known: its owner sees it in the list of requests. */
function refuseKnown(deps: StageDeps, request: Identified | Routed, refused: Refusal): Outcome {
  const model = 'facts' in request ? request.facts.model : withoutKeys(String(refused.details?.model ?? ''))
  const isDemo = 'upstreams' in request && request.upstreams[0]?.isDemo === true
  const status = ERRORS[refused.code].status
  const row = refusedRow(deps, request, { code: refused.code, status, model, isDemo })
  deps.accounts.recordRefused(row)
  deps.events.publish({ type: 'request.finished', userId: row.userId, row })
  refuse(deps, request, refused)
  return outcomeOfRow(row)
}

/** Nobody is there to be answered, unless it was us who told them to go. */
function leftWithoutAnswer(deps: StageDeps, admitted: Admitted, live: LiveRequest): Outcome {
  if (live.cutBy) return outcomeWithoutRow(deps, admitted, refusedAs(live.cutBy.code))
  return outcomeWithoutRow(deps, admitted, { status: CLIENT_LEFT_STATUS, code: null })
}
