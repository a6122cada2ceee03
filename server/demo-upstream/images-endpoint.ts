// POST /v1/images/generations, /v1/images/edits and /v1/images/variations (OpenAI API reference, "Images"). The image is one
// colour, the same for the same prompt.
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Reply } from './delivery.ts'
import { fixedReply, jsonReply, streamErrorOf } from './fixed-reply.ts'
import { asArray, asInteger, asObject, asString, type JsonObject } from './json.ts'
import { findModel } from './models.ts'
import { missingParameter, modelNotFound, type Refused } from './openai-error.ts'
import { missingOf } from './parameters.ts'
import { pngOf } from './pictures.ts'
import { EVENT_STREAM_TYPE, replyHeaders } from './reply-headers.ts'
import { type Answered, countsOf, type Run, scenarioOfText } from './run.ts'
import type { Scenario, StreamEvent } from './scenario.ts'
import { editedEvents } from './stream-edits.ts'
import { reportedUsage } from './usage.ts'
import { tokensOf } from './words.ts'

const IMAGE_INPUT_TOKENS = 323
const OUTPUT_TOKENS: Readonly<Record<string, number>> = { low: 272, medium: 1_056, high: 4_160 }
const PARTIAL_TOKENS = 100
const SVG_USAGE = { input_tokens: 900, output_tokens: 400, reasoning_tokens: 100, total_tokens: 1_300 }

interface Made {
  readonly kind: 'image_generation' | 'image_edit'
  readonly run: Run
  readonly scenario: Scenario
  readonly body: JsonObject
  readonly count: number
  readonly usage: unknown
}

export const answerImages = (body: JsonObject, run: Run): Result<Answered, Refused> =>
  answer(body, run, 'image_generation')

export const answerImageEdits = (body: JsonObject, run: Run): Result<Answered, Refused> =>
  body.image === undefined && body.images === undefined
    ? fail(missingParameter('image'))
    : answer(body, run, 'image_edit')

/** No usage is told of them. */
export function answerImageVariations(body: JsonObject, run: Run): Result<Answered, Refused> {
  const scenario = run.scripted ?? {}
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const refused = missingOf(body, ['model', 'image'])
  if (refused) return fail(refused)
  const data = Array.from({ length: asInteger(body.n) ?? 1 }, (_, at) => ({
    b64_json: pngOf(`variation ${at}`).toString('base64'),
  }))
  const reply = jsonReply(
    scenario.status ?? 200,
    { created: run.createdS, data },
    { requestId: run.requestId },
  )
  return ok({ reply, scenario })
}

function answer(body: JsonObject, run: Run, kind: Made['kind']): Result<Answered, Refused> {
  const refused = missingOf(body, ['model', 'prompt'])
  if (refused) return fail(refused)
  const prompt = asString(body.prompt) ?? ''
  const found = scenarioOfText(run, prompt)
  if (!found.ok) return found
  const scenario = found.value
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const name = asString(body.model) ?? ''
  if (!findModel(name, run.acceptAnyModel, 'image')) return fail(modelNotFound(name))
  const count = asInteger(body.n) ?? 1
  const made = { kind, run, scenario, body, count, usage: usageOf(body, run, scenario, count) }
  const facts = { requestId: run.requestId, model: name }
  const reply: Reply =
    body.stream === true
      ? {
          kind: 'stream',
          status: scenario.status ?? 200,
          headers: replyHeaders({ ...facts, contentType: EVENT_STREAM_TYPE }),
          events: editedEvents(eventsOf(made), scenario, () => ({
            name: 'error',
            data: JSON.stringify({ type: 'error', error: streamErrorOf(scenario.streamError?.error) }),
          })),
        }
      : jsonReply(scenario.status ?? 200, wholeOf(made), facts, count)
  return ok({ reply, scenario })
}

function usageOf(body: JsonObject, run: Run, scenario: Scenario, count: number): unknown {
  const text = tokensOf(asString(body.prompt) ?? '')
  const images = [...asArray(body.image), ...asArray(body.images)].length + asArray(body.mask).length
  const imageTokens = images * IMAGE_INPUT_TOKENS
  const partial = body.stream === true ? (asInteger(body.partial_images) ?? 0) * PARTIAL_TOKENS : 0
  const perImage = OUTPUT_TOKENS[asString(body.quality) ?? 'medium'] ?? 1_056
  const outputTokens = count * perImage + partial
  const counts = {
    ...countsOf({ inputTokens: text + imageTokens, cachedTokens: 0, cacheWriteTokens: 0 }, []),
    outputTokens,
  }
  run.record.usage = counts
  const shape = (used: typeof counts): JsonObject => ({
    total_tokens: used.inputTokens + used.outputTokens,
    input_tokens: used.inputTokens,
    output_tokens: used.outputTokens,
    input_tokens_details: { text_tokens: used.inputTokens - imageTokens, image_tokens: imageTokens },
  })
  return reportedUsage(counts, shape, scenario.usage)
}

const commonOf = ({ run, body }: Made): JsonObject => ({
  created: run.createdS,
  background: 'opaque',
  output_format: asString(body.output_format) ?? 'png',
  quality: asString(body.quality) ?? 'medium',
  size: asString(body.size) ?? '1024x1024',
})

function wholeOf(made: Made): JsonObject {
  const { body, count, scenario, usage } = made
  const prompt = asString(body.prompt) ?? ''
  const isSvg = body.output_format === 'svg'
  const image = (at: number) =>
    isSvg
      ? Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
      : pngOf(`${prompt} ${at}`, paddingOf(scenario))
  return {
    ...commonOf(made),
    data: Array.from({ length: count }, (_, at) => ({ b64_json: image(at).toString('base64') })),
    usage,
    ...authorUsageOf(body),
  }
}

/** What the model that wrote the SVG has used. */
const authorUsageOf = (body: JsonObject): JsonObject =>
  body.output_format === 'svg'
    ? { svg_usage: { model: asString(asObject(body.svg)?.model), ...SVG_USAGE } }
    : {}

/** A text that a scenario wants said makes the image as large as itself. */
const paddingOf = ({ answer: script }: Scenario): number => script?.text?.length ?? 0

function* eventsOf(made: Made): Generator<StreamEvent> {
  const { kind, body, count, scenario, usage } = made
  const prompt = asString(body.prompt) ?? ''
  const { created, ...common } = commonOf(made)
  const event = (type: string, text: string, more: JsonObject): StreamEvent => ({
    name: `${kind}.${type}`,
    data: JSON.stringify({
      type: `${kind}.${type}`,
      created_at: created,
      ...common,
      b64_json: pngOf(text, paddingOf(scenario)).toString('base64'),
      ...more,
    }),
    isPaced: true,
  })
  for (let at = 0; at < (asInteger(body.partial_images) ?? 0); at += 1)
    yield event('partial_image', `${prompt} partial ${at}`, { partial_image_index: at })
  for (let at = 0; at < count; at += 1)
    yield event('completed', `${prompt} ${at}`, { usage, ...authorUsageOf(body) })
}
