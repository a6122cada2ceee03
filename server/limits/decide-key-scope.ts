// Decides whether a model is among those that a key may use. Pure; a key only narrows what its owner may do.
import { type Refusal, refusal } from '../../contract/errors.ts'

/** A model as the client names it, and the one that is run, which is another where the name is an alias. */
export interface NamedModel {
  readonly name: string
  readonly model: string
}

/** The models that may be used, by their names or those of aliases; null for all that have a price. */
export type AllowedModels = readonly string[] | null

/** Why the request does not go on, or undefined where it does. A model that may not be used does not exist. */
export const decideKeyScope = (allowed: AllowedModels, asked: NamedModel): Refusal | undefined =>
  isModelAllowed(allowed, asked)
    ? undefined
    : refusal('model_not_found', { model: asked.name }, { param: 'model' })

/** A list that names an alias allows whatever the alias stands for now, under this name alone. */
export const isModelAllowed = (allowed: AllowedModels, { name, model }: NamedModel): boolean =>
  allowed === null || allowed.includes(name) || allowed.includes(model)
