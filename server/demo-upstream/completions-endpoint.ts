// POST /v1/completions, the legacy one (OpenAI API reference, "Create completion").
import { fail, ok, type Result } from '../../contract/result.ts'
import { type Answer, textOfAnswer } from './answer.ts'
import type { Conversation } from './conversation.ts'
import { fixedReply, jsonReply, refusedReply, streamErrorOf } from './fixed-reply.ts'
import { asInteger, asObject, asString, type JsonObject } from './json.ts'
import { findModel } from './models.ts'
import { contextExceeded, modelNotFound, type Refused, unsupportedParameter } from './openai-error.ts'
import {
  aBoolean,
  aNumber,
  anObject,
  aString,
  type Check,
  checkMembers,
  integerFrom,
  missingOf,
  objectOf,
  textOrArray,
} from './parameters.ts'
import { EVENT_STREAM_TYPE, replyHeaders } from './reply-headers.ts'
import { type Answered, answerTo, countsOf, type Run, scenarioOf } from './run.ts'
import type { Scenario, StreamEvent } from './scenario.ts'
import { editedEvents } from './stream-edits.ts'
import { type TextInput, textInputsOf, tokensIn } from './text-inputs.ts'
import { chatUsage, reportedUsage } from './usage.ts'
import { piecesOf, tokensOf } from './words.ts'

const DEFAULT_TOKENS = 16

const MEMBERS: Readonly<Record<string, Check>> = {
  best_of: integerFrom(1, 20),
  echo: aBoolean,
  frequency_penalty: aNumber,
  logit_bias: anObject,
  logprobs: integerFrom(0, 5),
  max_tokens: integerFrom(0),
  model: aString,
  n: integerFrom(1, 128),
  presence_penalty: aNumber,
  prompt: textOrArray,
  seed: aNumber,
  stop: textOrArray,
  stream: aBoolean,
  stream_options: objectOf({ include_usage: aBoolean, include_obfuscation: aBoolean }),
  suffix: aString,
  temperature: aNumber,
  top_p: aNumber,
  user: aString,
}

interface Choice {
  readonly text: string
  readonly finishReason: string
}

interface Completion {
  readonly id: string
  readonly createdS: number
  readonly model: string
  readonly choices: readonly Choice[]
  readonly usage: unknown
}

export function answerCompletions(body: JsonObject, run: Run): Result<Answered, Refused> {
  const refused = checkMembers(body, MEMBERS) ?? missingOf(body, ['model']) ?? checkBestOf(body)
  if (refused) return fail(refused)
  const prompts = textInputsOf(body.prompt ?? '', 'prompt')
  if (!prompts.ok) return prompts
  const found = scenarioOf(run, conversationOf(prompts.value.at(-1)))
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const name = asString(body.model) ?? ''
  const model = findModel(name, run.acceptAnyModel)
  if (!model) return fail(modelNotFound(name))
  if (prompts.value.some(({ tokens }) => tokens >= model.contextWindowTokens))
    return fail(contextExceeded(model.contextWindowTokens, 'prompt'))
  const input = {
    inputTokens: tokensIn(prompts.value) + tokensOf(asString(body.suffix) ?? ''),
    cachedTokens: 0,
    cacheWriteTokens: 0,
  }
  const wish = {
    reasoningEffort: 'none',
    outputTokensMax: asInteger(body.max_tokens) ?? DEFAULT_TOKENS,
    stop: [body.stop].flat().filter((stop): stop is string => typeof stop === 'string'),
  }
  // All that were generated are billed, and the first of each prompt are given out as the best ones.
  const returned = asInteger(body.n) ?? 1
  const generated = Math.max(returned, asInteger(body.best_of) ?? 1)
  const answers = prompts.value.map((prompt) =>
    Array.from({ length: generated }, (_, at) =>
      answerTo(
        { ...wish, conversation: conversationOf(prompt) },
        { model, input },
        scenario,
        generated > 1 ? at : undefined,
      ),
    ),
  )
  const counts = countsOf(input, answers.flat())
  run.record.usage = counts
  const completion: Completion = {
    id: scenario.answer?.responseId ?? run.ids.next('cmpl-', 29),
    createdS: run.createdS,
    model: scenario.answer?.model ?? model.snapshot,
    choices: answers.flatMap((ofPrompt, at) =>
      ofPrompt.slice(0, returned).map((answer) => choiceOf(answer, body.echo === true, prompts.value[at])),
    ),
    usage: reportedUsage(counts, chatUsage, scenario.usage),
  }
  run.record.responseId = completion.id
  return ok({ reply: replyOf(body, completion, scenario, run, counts.outputTokens), scenario })
}

function checkBestOf(body: JsonObject): Refused | undefined {
  const isChosen = (asInteger(body.best_of) ?? 1) > 1
  return isChosen && body.stream === true
    ? unsupportedParameter('best_of', 'cannot be used in a stream.')
    : undefined
}

const conversationOf = (prompt: TextInput | undefined): Conversation => ({
  turns: [{ kind: 'user', text: prompt?.text ?? '', imageTokens: 0 }],
  tools: [],
  toolsText: '',
  offersWebSearch: false,
  toolChoice: 'none',
  mayCallInParallel: false,
  outputSchema: undefined,
})

const choiceOf = (answer: Answer, isEchoing: boolean, prompt: TextInput | undefined): Choice => ({
  text: (isEchoing ? (prompt?.text ?? '') : '') + textOfAnswer(answer.parts),
  finishReason: answer.isIncomplete ? 'length' : 'stop',
})

function replyOf(
  body: JsonObject,
  completion: Completion,
  scenario: Scenario,
  run: Run,
  words: number,
): Answered['reply'] {
  const facts = { requestId: run.requestId, model: asString(body.model) ?? '' }
  const status = scenario.status ?? 200
  const error = streamErrorOf(scenario.streamError?.error)
  if (body.stream !== true) {
    if (scenario.streamError) return refusedReply({ status: 500, error }, run.requestId)
    return jsonReply(status, wholeOf(completion), facts, words)
  }
  const wantsUsage = asObject(body.stream_options)?.include_usage === true
  const events = editedEvents(chunksOf(completion, wantsUsage, scenario), scenario, () => ({
    data: JSON.stringify({ error }),
  }))
  return {
    kind: 'stream',
    status,
    headers: replyHeaders({ ...facts, contentType: EVENT_STREAM_TYPE }),
    events,
  }
}

const frameOf = ({ id, createdS, model }: Completion): JsonObject => ({
  id,
  object: 'text_completion',
  created: createdS,
  model,
})

const wholeOf = (completion: Completion): JsonObject => ({
  ...frameOf(completion),
  choices: completion.choices.map(({ text, finishReason }, index) => ({
    text,
    index,
    logprobs: null,
    finish_reason: finishReason,
  })),
  usage: completion.usage,
})

function* chunksOf(
  completion: Completion,
  wantsUsage: boolean,
  { answer }: Scenario,
): Generator<StreamEvent> {
  const frame = { ...frameOf(completion), ...(wantsUsage ? { usage: null } : {}) }
  const chunk = (
    index: number,
    text: string,
    finishReason: string | null,
    isPaced: boolean,
  ): StreamEvent => ({
    data: JSON.stringify({
      ...frame,
      choices: [{ text, index, logprobs: null, finish_reason: finishReason }],
    }),
    isPaced,
  })
  for (const [index, { text, finishReason }] of completion.choices.entries()) {
    const pieces = answer?.pieces === 'whole' ? [text] : piecesOf(text)
    for (const piece of pieces) yield chunk(index, piece, null, true)
    yield chunk(index, '', finishReason, false)
  }
  if (wantsUsage && completion.usage !== undefined) {
    yield { data: JSON.stringify({ ...frame, choices: [], usage: completion.usage }) }
  }
  yield { data: '[DONE]' }
}
