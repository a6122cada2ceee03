// Reads the facts of a legacy completion (OpenAI API reference, "Create completion").
import type { Refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import {
  type BodyFacts,
  bodyMembersWithoutTools,
  booleanIn,
  CHOICES_MAX,
  integerIn,
  modelIn,
  OUTPUT_TOKENS_MAX,
  PLAIN_FACTS,
  serviceTierIn,
  TEMPLATE_TOKENS,
  usageChunkWanted,
  walkBody,
} from './body-facts.ts'
import type { JsonObject } from './json-object.ts'
import { inputsIn } from './text-inputs.ts'
import { startWalk } from './walk.ts'

const MEMBERS = bodyMembersWithoutTools()

export function readCompletionsBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const walk = startWalk()
  const refused = walkBody(walk, body, MEMBERS)
  if (refused) return fail(refused)
  const model = modelIn(body)
  if (!model.ok) return model
  const prompts = inputsIn(body, 'prompt')
  if (!prompts.ok) return prompts
  const isStream = booleanIn(body, 'stream')
  if (!isStream.ok) return isStream
  const perPrompt = answersPerPrompt(body)
  if (!perPrompt.ok) return perPrompt
  // 0 only echoes the prompt, for the sake of its log probabilities.
  const limit = integerIn(body, 'max_tokens', 0, OUTPUT_TOKENS_MAX)
  if (!limit.ok) return limit
  const serviceTier = serviceTierIn(body)
  if (!serviceTier.ok) return serviceTier
  const wantsUsageChunk = usageChunkWanted(body)
  if (!wantsUsageChunk.ok) return wantsUsageChunk
  const inputs = Math.max(1, prompts.value)
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    isStream: isStream.value,
    inputs,
    choices: perPrompt.value * inputs,
    // OpenAI takes 16 where there is none; other servers take what the model can give, so that is what is held.
    outputTokensLimit: limit.value,
    input: { textBytes: bodyBytes, fixedTokensMax: TEMPLATE_TOKENS },
    serviceTier: serviceTier.value,
    wantsUsageChunk: wantsUsageChunk.value,
  })
}

/** How many completions each prompt is billed for: the best of several are chosen from all of them, and all are billed. */
function answersPerPrompt(body: JsonObject): Result<number, Refusal> {
  const returned = integerIn(body, 'n', 1, CHOICES_MAX)
  if (!returned.ok) return returned
  const generated = integerIn(body, 'best_of', 1, CHOICES_MAX)
  if (!generated.ok) return generated
  return ok(Math.max(returned.value ?? 1, generated.value ?? 1))
}
