// POST /v1/responses.
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Answer } from './answer.ts'
import { createObfuscation } from './demo-ids.ts'
import { fixedReply, jsonReply, refusedReply, streamErrorOf } from './fixed-reply.ts'
import { asObject, type JsonObject } from './json.ts'
import type { OpenAiError, Refused } from './openai-error.ts'
import type { UsageCounts } from './received-request.ts'
import { EVENT_STREAM_TYPE, replyHeaders } from './reply-headers.ts'
import {
  closedItem,
  type OutputItem,
  outputItems,
  type ResponseFrame,
  type ResponseState,
  responseObject,
  storedItems,
} from './responses-answer.ts'
import { numbered, responseEvents } from './responses-events.ts'
import { type ResponsesRequest, readResponsesRequest } from './responses-request.ts'
import { type Answered, answerTo, askedModel, countsOf, type Run, scenarioOf, tierOf } from './run.ts'
import type { Scenario } from './scenario.ts'
import { editedEvents } from './stream-edits.ts'
import { halfOf, reportedUsage, responsesUsage, toolUsage } from './usage.ts'

export function answerResponses(body: JsonObject, run: Run): Result<Answered, Refused> {
  const read = readResponsesRequest(body, run.store)
  if (!read.ok) return read
  const request = read.value
  const found = scenarioOf(run, request.conversation)
  if (!found.ok) return found
  const scenario = compacting(request, found.value)
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const asked = askedModel(run, request.modelName, request.conversation, 'input')
  if (!asked.ok) return fail(asked.error)
  const answer = answerTo({ ...request, stop: [] }, asked.value, scenario)
  const response: Finished = {
    frame: {
      id: scenario.answer?.responseId ?? run.ids.next('resp_'),
      model: scenario.answer?.model ?? asked.value.model.snapshot,
      createdS: run.createdS,
      serviceTierAsked: request.serviceTier,
      serviceTier: tierOf(request.serviceTier, scenario),
      request,
    },
    answer,
    items: outputItems(answer, run.ids),
    counts: countsOf(asked.value.input, [answer]),
    scenario,
  }
  run.record.usage = response.counts
  run.record.responseId = response.frame.id
  keep(response, run)
  return ok({ reply: replyOf(response, run), scenario })
}

/** Codex asks for a compaction by a last item of its own, and wants exactly one `compaction` item back. */
function compacting({ isCompaction }: ResponsesRequest, scenario: Scenario): Scenario {
  if (!isCompaction || scenario.answer) return scenario
  return {
    ...scenario,
    answer: { compaction: 'The conversation so far, compacted by the demo upstream.', reasoningTokens: 0 },
  }
}

interface Finished {
  readonly frame: ResponseFrame
  readonly answer: Answer
  readonly items: readonly OutputItem[]
  readonly counts: UsageCounts
  readonly scenario: Scenario
}

function keep(finished: Finished, run: Run): void {
  const { frame, items } = finished
  if (!frame.request.isStored) return
  const kept = storedItems(items)
  run.store.keep(frame.id, [...frame.request.keptTurns, ...kept.values()], kept, {
    response: responseObject(frame, closedState(finished)),
    inputItems: inputItemsOf(frame.request.body.input, run.ids),
    play: () => eventsOf(finished),
  })
}

/** The input as items, each with an id, newest first, as OpenAI lists them. */
function inputItemsOf(input: unknown, ids: Run['ids']): readonly JsonObject[] {
  const items = Array.isArray(input) ? input.map((item) => asObject(item) ?? {}) : [saidBy(input)]
  return items.map((item) => ({ id: ids.next('msg_'), type: 'message', ...item })).reverse()
}

const saidBy = (text: unknown): JsonObject => ({
  role: 'user',
  status: 'completed',
  content: [{ type: 'input_text', text: text ?? '' }],
})

const eventsOf = (response: Finished) =>
  responseEvents({
    request: response.frame.request,
    items: response.items,
    isIncomplete: response.answer.isIncomplete,
    opened: responseObject(response.frame, openedState(response)),
    closed: responseObject(response.frame, closedState(response)),
    pieces: response.scenario.answer?.pieces ?? 'words',
    obfuscate: response.frame.request.wantsObfuscation ? createObfuscation() : undefined,
  })

const usageOf = (counts: UsageCounts, { usage }: Scenario): unknown =>
  reportedUsage(counts, responsesUsage, usage)

function openedState({ counts, scenario }: Finished): ResponseState {
  const usage = scenario.usageOn === 'every_event' ? usageOf(halfOf(counts), scenario) : null
  return { status: 'in_progress', output: [], usage, toolUsage: undefined }
}

function closedState({ frame, answer, items, counts, scenario }: Finished): ResponseState {
  const output = items.map((item, index) =>
    closedItem(item, frame.request, answer.isIncomplete && index === items.length - 1),
  )
  return {
    status: answer.isIncomplete ? 'incomplete' : 'completed',
    output,
    usage: usageOf(counts, scenario),
    toolUsage: reportedUsage(counts, toolUsage, scenario.toolUsage),
  }
}

const failedState = (error: OpenAiError, { streamError }: Scenario): ResponseState => ({
  status: 'failed',
  output: [],
  usage: streamError?.usage ?? null,
  toolUsage: undefined,
  error,
})

function replyOf(response: Finished, run: Run): Answered['reply'] {
  const { frame, counts, scenario } = response
  const { request } = frame
  const { inputTokens, outputTokens } = counts
  const facts = { requestId: run.requestId, model: request.modelName, inputTokens, outputTokens }
  const status = scenario.status ?? 200
  const error = streamErrorOf(scenario.streamError?.error)
  const failed = () => responseObject(frame, failedState(error, scenario))
  const isFailedWhole = scenario.streamError?.as === 'response.failed'
  if (!request.isStream) {
    if (isFailedWhole) return jsonReply(status, failed(), facts)
    if (scenario.streamError) return refusedReply({ status: 500, error }, run.requestId)
    return jsonReply(status, responseObject(frame, closedState(response)), facts, outputTokens)
  }
  const all = eventsOf(response)
  const { code, message, param } = error
  const events = editedEvents(all, scenario, (sent) =>
    isFailedWhole
      ? numbered('response.failed', { response: failed() }, sent)
      : numbered('error', { code, message, param }, sent),
  )
  return {
    kind: 'stream',
    status,
    headers: replyHeaders({ ...facts, contentType: EVENT_STREAM_TYPE }),
    events,
  }
}
