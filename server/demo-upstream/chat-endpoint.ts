// POST /v1/chat/completions.
import { fail, ok, type Result } from '../../contract/result.ts'
import { type ChatFrame, chatChunks, chatCompletion } from './chat-answer.ts'
import { type ChatRequest, readChatRequest } from './chat-request.ts'
import { createObfuscation } from './demo-ids.ts'
import { fixedReply, jsonReply, refusedReply, streamErrorOf } from './fixed-reply.ts'
import type { JsonObject } from './json.ts'
import type { Refused } from './openai-error.ts'
import { EVENT_STREAM_TYPE, replyHeaders } from './reply-headers.ts'
import {
  type Answered,
  type Asked,
  answerTo,
  askedModel,
  countsOf,
  type Run,
  scenarioOf,
  tierOf,
} from './run.ts'
import type { Scenario } from './scenario.ts'
import { editedEvents } from './stream-edits.ts'
import { chatUsage, reportedUsage } from './usage.ts'

export function answerChat(body: JsonObject, run: Run): Result<Answered, Refused> {
  const read = readChatRequest(body)
  if (!read.ok) return read
  const request = read.value
  const found = scenarioOf(run, request.conversation)
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const asked = askedModel(run, request.modelName, request.conversation, 'messages')
  if (!asked.ok) return fail(asked.error)
  const frame = frameOf(request, asked.value, scenario, run)
  run.record.usage = frame.counts
  run.record.responseId = frame.id
  return ok({ reply: replyOf(request, frame, scenario, run), scenario })
}

function frameOf(request: ChatRequest, asked: Asked, scenario: Scenario, run: Run): ChatFrame {
  const choices = Array.from({ length: request.choices }, (_, index) =>
    answerTo(request, asked, scenario, request.choices > 1 ? index : undefined),
  )
  return {
    id: scenario.answer?.responseId ?? run.ids.next('chatcmpl-', 29),
    model: scenario.answer?.model ?? asked.model.snapshot,
    createdS: run.createdS,
    serviceTier: tierOf(request.serviceTier, scenario),
    choices,
    counts: countsOf(asked.input, choices),
    usageOf: (counts) => reportedUsage(counts, chatUsage, scenario.usage),
    nextCallId: () => run.ids.next('call_', 24),
  }
}

function replyOf(request: ChatRequest, frame: ChatFrame, scenario: Scenario, run: Run): Answered['reply'] {
  const { inputTokens, outputTokens } = frame.counts
  const facts = { requestId: run.requestId, model: request.modelName, inputTokens, outputTokens }
  const status = scenario.status ?? 200
  const error = streamErrorOf(scenario.streamError?.error)
  if (!request.isStream) {
    if (scenario.streamError) return refusedReply({ status: 500, error }, run.requestId)
    return jsonReply(status, chatCompletion(frame), facts, outputTokens)
  }
  const chunks = chatChunks(frame, {
    wantsUsage: request.wantsUsage,
    usageOn: scenario.usageOn ?? 'end',
    pieces: scenario.answer?.pieces ?? 'words',
    obfuscate: request.wantsObfuscation ? createObfuscation() : undefined,
  })
  const events = editedEvents(chunks, scenario, () => ({ data: JSON.stringify({ error }) }))
  return {
    kind: 'stream',
    status,
    headers: replyHeaders({ ...facts, contentType: EVENT_STREAM_TYPE }),
    events,
  }
}
