// POST /v1/responses/compact and POST /v1/responses/input_tokens: what is done with a conversation without going on with it.
import { fail, ok, type Result } from '../../contract/result.ts'
import { promptOf } from './conversation.ts'
import { fixedReply, jsonReply } from './fixed-reply.ts'
import type { JsonObject } from './json.ts'
import type { Refused } from './openai-error.ts'
import { opaque } from './responses-answer.ts'
import { readResponsesRequest } from './responses-request.ts'
import { type Answered, answerTo, askedModel, countsOf, type Run, scenarioOf } from './run.ts'
import { reportedUsage, responsesUsage } from './usage.ts'
import { tokensOf } from './words.ts'

const COMPACTION = 'The conversation so far, compacted by the demo upstream.'

export function answerCompact(body: JsonObject, run: Run): Result<Answered, Refused> {
  const read = readResponsesRequest(body, run.store, 'compact')
  if (!read.ok) return read
  const request = read.value
  const found = scenarioOf(run, request.conversation)
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const asked = askedModel(run, request.modelName, request.conversation, 'input')
  if (!asked.ok) return fail(asked.error)
  const script = { reasoningTokens: 0, compaction: COMPACTION, ...scenario.answer }
  const answer = answerTo({ ...request, stop: [] }, asked.value, { ...scenario, answer: script })
  const counts = countsOf(asked.value.input, [answer])
  const id = scenario.answer?.responseId ?? run.ids.next('resp_')
  run.record.usage = counts
  run.record.responseId = id
  const said = request.conversation.turns.filter((turn) => turn.kind === 'user')
  const compacted = {
    id,
    object: 'response.compaction',
    created_at: run.createdS,
    output: [
      ...said.map(({ text }) => ({
        id: run.ids.next('msg_'),
        type: 'message',
        status: 'completed',
        role: 'user',
        content: [{ type: 'input_text', text }],
      })),
      { id: run.ids.next('cmp_'), type: 'compaction', encrypted_content: opaque(COMPACTION) },
    ],
    usage: reportedUsage(counts, responsesUsage, scenario.usage),
  }
  const facts = { requestId: run.requestId, model: request.modelName }
  return ok({ reply: jsonReply(scenario.status ?? 200, compacted, facts, counts.outputTokens), scenario })
}

export function answerInputTokens(body: JsonObject, run: Run): Result<Answered, Refused> {
  const read = readResponsesRequest(body, run.store, 'input_tokens')
  if (!read.ok) return read
  const { conversation, modelName } = read.value
  const found = scenarioOf(run, conversation)
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  // Counted without being remembered: nothing of it is in the prompt cache afterwards.
  const prompt = promptOf(conversation)
  const counted = {
    object: 'response.input_tokens',
    input_tokens: tokensOf(prompt.text) + prompt.otherTokens,
  }
  const reply = jsonReply(scenario.status ?? 200, counted, { requestId: run.requestId, model: modelName })
  return ok({ reply, scenario })
}
