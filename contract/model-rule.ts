// What an administrator says of one model beside its price: who may use it, and what its charges are multiplied with.
import { z } from 'zod'
import { id, role } from './operations/fields.ts'
import { modelName } from './price.ts'

export { modelName }

/** So many people may be named for one model; whoever needs more makes them a plan. */
const NAMED_USERS_MAX = 500

/** Who may use a model. A plan may narrow it further, and never widens it. */
export const modelAccess = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everyone') }),
  z.strictObject({ kind: z.literal('nobody') }),
  z.strictObject({ kind: z.literal('role'), role }),
  z.strictObject({ kind: z.literal('users'), userIds: z.array(id).min(1).max(NAMED_USERS_MAX) }),
])
export type ModelAccess = z.infer<typeof modelAccess>

/** Parts per million, beside the multiplier of the settings; 1,000,000 leaves charges as they are. */
export const modelMultiplierPpm = z.int().min(0).max(1_000_000_000)
