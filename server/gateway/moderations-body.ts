// Reads the facts of a request for a moderation (OpenAI API reference, "Create moderation"). It is free, and its model may be
// left out.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { type BodyFacts, bodyMembersWithoutTools, modelIn, PLAIN_FACTS, walkBody } from './body-facts.ts'
import { walkParts } from './body-walk.ts'
import type { JsonObject } from './json-object.ts'
import { startWalk } from './walk.ts'

const MEMBERS = bodyMembersWithoutTools({ input: walkParts })

/** What OpenAI takes where no model is named. */
export const DEFAULT_MODERATION_MODEL = 'omni-moderation-latest'

export function readModerationsBody(body: JsonObject): Result<BodyFacts, Refusal> {
  const refused = walkBody(startWalk(), body, MEMBERS)
  if (refused) return fail(refused)
  const model = modelIn(body, DEFAULT_MODERATION_MODEL)
  if (!model.ok) return model
  if (body.input === undefined || body.input === null) {
    return fail(refusal('missing_parameter', undefined, { param: 'input' }))
  }
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    outputTokensLimit: 0,
    isOutputLimitable: false,
    input: { textBytes: 0, fixedTokensMax: 0 },
  })
}
