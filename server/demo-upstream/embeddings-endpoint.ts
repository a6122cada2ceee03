// POST /v1/embeddings (OpenAI API reference, "Create embeddings"). The vectors mean nothing, but the same text has the same
// one, and each has length one.
import { createHash } from 'node:crypto'
import { fail, ok, type Result } from '../../contract/result.ts'
import { fixedReply, jsonReply } from './fixed-reply.ts'
import { asInteger, asString, type JsonObject } from './json.ts'
import { findModel } from './models.ts'
import { contextExceeded, emptyInput, modelNotFound, type Refused, tooManyInputs } from './openai-error.ts'
import {
  aString,
  type Check,
  checkMembers,
  integerFrom,
  missingOf,
  oneOf,
  textOrArray,
} from './parameters.ts'
import { type Answered, countsOf, type Run, scenarioOfText } from './run.ts'
import { type TextInput, textInputsOf, tokensIn } from './text-inputs.ts'
import { embeddingsUsage, reportedUsage } from './usage.ts'

const INPUTS_MAX = 2_048
const DIMENSIONS_MAX = 3_072
const DEFAULT_DIMENSIONS = 256
/** Of all inputs of a request together. */
const TOKENS_MAX = 300_000

const MEMBERS: Readonly<Record<string, Check>> = {
  dimensions: integerFrom(1, DIMENSIONS_MAX),
  encoding_format: oneOf('float', 'base64'),
  input: textOrArray,
  model: aString,
  user: aString,
}

export function answerEmbeddings(body: JsonObject, run: Run): Result<Answered, Refused> {
  const refused = checkMembers(body, MEMBERS) ?? missingOf(body, ['model', 'input'])
  if (refused) return fail(refused)
  const inputs = textInputsOf(body.input, 'input')
  if (!inputs.ok) return inputs
  const found = scenarioOfText(run, inputs.value.at(-1)?.text ?? '')
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const name = asString(body.model) ?? ''
  const model = findModel(name, run.acceptAnyModel, 'embedding')
  if (!model) return fail(modelNotFound(name))
  const wrong = checkInputs(inputs.value, model.contextWindowTokens)
  if (wrong) return fail(wrong)
  const inputTokens = tokensIn(inputs.value)
  const counts = countsOf({ inputTokens, cachedTokens: 0, cacheWriteTokens: 0 }, [])
  run.record.usage = counts
  const dimensions = asInteger(body.dimensions) ?? DEFAULT_DIMENSIONS
  const answer = {
    object: 'list',
    data: inputs.value.map(({ text }, index) => ({
      object: 'embedding',
      index,
      embedding: written(vectorOf(text, dimensions), body.encoding_format === 'base64'),
    })),
    model: scenario.answer?.model ?? model.snapshot,
    usage: reportedUsage(counts, embeddingsUsage, scenario.usage),
  }
  const facts = { requestId: run.requestId, model: name, inputTokens }
  return ok({ reply: jsonReply(scenario.status ?? 200, answer, facts), scenario })
}

function checkInputs(inputs: readonly TextInput[], windowTokens: number): Refused | undefined {
  if (inputs.length > INPUTS_MAX) return tooManyInputs(INPUTS_MAX)
  if (inputs.some(({ tokens }) => tokens === 0)) return emptyInput('input')
  if (inputs.some(({ tokens }) => tokens > windowTokens)) return contextExceeded(windowTokens, 'input')
  return tokensIn(inputs) > TOKENS_MAX ? contextExceeded(TOKENS_MAX, 'input') : undefined
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  let digest = createHash('sha256').update(text).digest()
  for (let at = 0; at < dimensions; at += 1) {
    const byte = at % digest.length
    if (at > 0 && byte === 0) digest = createHash('sha256').update(digest).digest()
    vector[at] = (digest[byte] ?? 0) - 127.5
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

/** As numbers, or as the bytes of 32-bit floats, the lowest first, in base64. */
const written = (vector: Float32Array, isBase64: boolean): readonly number[] | string =>
  isBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector]
