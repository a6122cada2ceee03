// POST /v1/moderations (OpenAI API reference, "Create moderation"). Flags the one word that anybody tries first.
import { fail, ok, type Result } from '../../contract/result.ts'
import { fixedReply, jsonReply } from './fixed-reply.ts'
import { asArray, asString, type JsonObject } from './json.ts'
import { findModel, MODERATION_MODEL } from './models.ts'
import { modelNotFound, type Refused } from './openai-error.ts'
import { aString, type Check, checkMembers, missingOf, textOrArray } from './parameters.ts'
import { contentOf } from './parts.ts'
import { type Answered, type Run, scenarioOfText } from './run.ts'

const MEMBERS: Readonly<Record<string, Check>> = { input: textOrArray, model: aString }

const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const

export function answerModerations(body: JsonObject, run: Run): Result<Answered, Refused> {
  const refused = checkMembers(body, MEMBERS) ?? missingOf(body, ['input'])
  if (refused) return fail(refused)
  const texts = textsOf(body.input)
  const found = scenarioOfText(run, texts.at(-1) ?? '')
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const name = asString(body.model) ?? MODERATION_MODEL
  const model = findModel(name, run.acceptAnyModel, 'moderation')
  if (!model) return fail(modelNotFound(name))
  const id = run.ids.next('modr-', 29)
  run.record.responseId = id
  const answer = { id, model: model.snapshot, results: texts.map(resultOf) }
  return ok({
    reply: jsonReply(scenario.status ?? 200, answer, { requestId: run.requestId, model: name }),
    scenario,
  })
}

/** Several texts are judged one by one, the parts of one message together. */
function textsOf(input: unknown): readonly string[] {
  if (typeof input === 'string') return [input]
  const entries = asArray(input)
  const areTexts = entries.every((entry) => typeof entry === 'string')
  return areTexts ? entries.map((entry) => asString(entry) ?? '') : [contentOf(entries).text]
}

function resultOf(text: string): JsonObject {
  const isViolent = /\bkill\b|杀/i.test(text)
  const of = (value: (name: string) => unknown) =>
    Object.fromEntries(CATEGORIES.map((name) => [name, value(name)]))
  return {
    flagged: isViolent,
    categories: of((name) => isViolent && name === 'violence'),
    category_scores: of((name) => (isViolent && name === 'violence' ? 0.9 : 0.001)),
    category_applied_input_types: of(() => ['text']),
  }
}
