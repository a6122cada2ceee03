// Reads the facts of a request for embeddings (OpenAI API reference, "Create embeddings"): input alone, nothing is generated.
import type { Refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import {
  type BodyFacts,
  bodyMembersWithoutTools,
  modelIn,
  PLAIN_FACTS,
  serviceTierIn,
  walkBody,
} from './body-facts.ts'
import type { JsonObject } from './json-object.ts'
import { requiredInputsIn } from './text-inputs.ts'
import { startWalk } from './walk.ts'

const MEMBERS = bodyMembersWithoutTools()

/** What a model may put around each input. */
const TOKENS_AROUND_INPUT = 8

export function readEmbeddingsBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const refused = walkBody(startWalk(), body, MEMBERS)
  if (refused) return fail(refused)
  const model = modelIn(body)
  if (!model.ok) return model
  const inputs = requiredInputsIn(body, 'input')
  if (!inputs.ok) return inputs
  const serviceTier = serviceTierIn(body)
  if (!serviceTier.ok) return serviceTier
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    inputs: inputs.value,
    outputTokensLimit: 0,
    isOutputLimitable: false,
    input: { textBytes: bodyBytes, fixedTokensMax: inputs.value * TOKENS_AROUND_INPUT },
    serviceTier: serviceTier.value,
  })
}
