// What both endpoints do alike: find the scenario and the model, count the input, let the model answer.
import { fail, ok, type Result } from '../../contract/result.ts'
import { type Answer, composeAnswer } from './answer.ts'
import { type Conversation, directiveText, promptOf } from './conversation.ts'
import type { Reply } from './delivery.ts'
import type { DemoIds } from './demo-ids.ts'
import { scenarioIn } from './directives.ts'
import type { FileStore } from './file-store.ts'
import { type DemoModel, findModel } from './models.ts'
import { contextExceeded, modelNotFound, type Refused } from './openai-error.ts'
import type { InputCount, PromptCache } from './prompt-cache.ts'
import type { RequestRecord, UsageCounts } from './received-request.ts'
import type { ResponseStore } from './response-store.ts'
import type { Scenario } from './scenario.ts'

/** The instance's state, and what is known of one request before its body is read. */
export interface Run {
  readonly ids: DemoIds
  readonly cache: PromptCache
  readonly store: ResponseStore
  readonly files: FileStore
  readonly acceptAnyModel: boolean
  readonly obeysDirectives: boolean
  /** What a test has scripted; it comes before what the prompt says. */
  readonly scripted: Scenario | undefined
  readonly record: RequestRecord
  readonly requestId: string
  readonly createdS: number
}

export interface Answered {
  readonly reply: Reply
  readonly scenario: Scenario
}

export const scenarioOf = (run: Run, { turns }: Conversation): Result<Scenario, Refused> =>
  scenarioOfText(run, directiveText(turns))

/** The same for what is no conversation: its text may steer as well. */
export function scenarioOfText(run: Run, text: string): Result<Scenario, Refused> {
  if (run.scripted) return ok(run.scripted)
  if (!run.obeysDirectives) return ok({})
  const found = scenarioIn(text)
  if ('problem' in found) {
    const error = {
      message: found.problem,
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_directive',
    }
    return fail({ status: 400, error })
  }
  return ok(found.scenario ?? {})
}

/** The model asked for, and the input counted for it. */
export interface Asked {
  readonly model: DemoModel
  readonly input: InputCount
}

export function askedModel(
  run: Run,
  modelName: string,
  conversation: Conversation,
  inputParam: string,
): Result<Asked, Refused> {
  const model = findModel(modelName, run.acceptAnyModel)
  if (!model) return fail(modelNotFound(modelName))
  const prompt = promptOf(conversation)
  const input = run.cache.measure(model.name, prompt.text, prompt.otherTokens)
  if (input.inputTokens >= model.contextWindowTokens)
    return fail(contextExceeded(model.contextWindowTokens, inputParam))
  return ok({ model, input })
}

interface Wish {
  readonly conversation: Conversation
  readonly reasoningEffort: string | undefined
  readonly outputTokensMax: number | undefined
  readonly stop: readonly string[]
}

/** One answer; `choice` numbers it where several were asked for. */
export function answerTo(wish: Wish, { model, input }: Asked, scenario: Scenario, choice?: number): Answer {
  const { conversation, reasoningEffort, outputTokensMax, stop } = wish
  const request = {
    conversation,
    model,
    inputTokens: input.inputTokens,
    reasoningEffort,
    outputTokensMax,
    stop,
    choice,
  }
  return composeAnswer(request, scenario.answer)
}

export function countsOf(input: InputCount, answers: readonly Answer[]): UsageCounts {
  const sum = (of: (answer: Answer) => number) => answers.reduce((total, answer) => total + of(answer), 0)
  return {
    inputTokens: input.inputTokens,
    cachedTokens: input.cachedTokens,
    cacheWriteTokens: input.cacheWriteTokens,
    outputTokens: sum((answer) => answer.outputTokens),
    reasoningTokens: sum((answer) => answer.reasoningTokens),
    webSearches: sum((answer) => answer.webSearches),
  }
}

/** The tier that an answer is given at, out of the one asked for. */
export const tierOf = (asked: string, scenario: Scenario): string =>
  scenario.answer?.serviceTier ?? (asked === 'auto' ? 'default' : asked)
