// Decides whether a key may still be used, and for this model. Pure; a key only narrows what its owner may do.
import { type Refusal, refusal } from '../../contract/errors.ts'

export interface KeyScope {
  /** Unix milliseconds from which on the key is dead, or null for never. */
  readonly expiresAt: number | null
  /** The models it may use, or null for all that its owner may. */
  readonly allowedModels: readonly string[] | null
}

/** Why the key does not carry this request, or undefined where it does. A model it may not use does not exist for it. */
export function decideKeyScope(key: KeyScope, model: string, nowMs: number): Refusal | undefined {
  if (key.expiresAt !== null && key.expiresAt <= nowMs) return refusal('api_key_expired')
  if (key.allowedModels !== null && !key.allowedModels.includes(model)) {
    return refusal('model_not_found', { model }, { param: 'model' })
  }
  return undefined
}
