// Models: who may use them, what their charges are multiplied with, and by which other names they are known.
import { z } from 'zod'
import { modelAccess, modelMultiplierPpm, modelName } from '../model-rule.ts'
import { operation } from '../operation.ts'
import { listOf, nothing, unixMs } from './fields.ts'

export const modelRow = z.strictObject({
  /** What an alias stands for need not be a name that can have a price; it is shown all the same. */
  model: z.string(),
  /** The price in force; null where there is none, and every request is refused. */
  price: z
    .strictObject({ id: z.string(), origin: z.enum(['shipped', 'operator', 'demo']), effectiveFrom: unixMs })
    .nullable(),
  /** When the next price takes effect. */
  nextPriceAt: unixMs.nullable(),
  access: modelAccess,
  multiplierPpm: z.int(),
  /** Where access and multiplier are those of the model that this is a dated snapshot of; else null. */
  ruledBy: z.string().nullable(),
  /** Names of the settings that stand for it. */
  aliases: z.array(z.string()),
})
export type ModelView = z.infer<typeof modelRow>

export const modelsList = operation({
  name: 'models.list',
  audience: 'admin',
  /** Every model that has a price, a rule or an alias; few enough to come whole. */
  input: nothing,
  output: listOf(modelRow),
})

export const modelsSetAccess = operation({
  name: 'models.setAccess',
  audience: 'admin',
  /** Holds for the model's dated snapshots too, unless they have rules of their own. Takes effect with the next request. */
  input: z.strictObject({ model: modelName, access: modelAccess }),
  output: modelRow,
})

export const modelsSetMultiplier = operation({
  name: 'models.setMultiplier',
  audience: 'admin',
  /** Beside the multiplier of the settings: both are applied, and rounded once. */
  input: z.strictObject({ model: modelName, multiplierPpm: modelMultiplierPpm }),
  output: modelRow,
})
