// Money that is held, and money that a crash may have lost: seen and decided by an administrator.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, listOf, nanoUsd, nanoUsdSum, note, page, positiveNanoUsd, unixMs } from './fields.ts'

const lossState = z.enum(['open', 'charged', 'dismissed'])

export const lossRow = z.strictObject({
  requestId: id,
  userId: id,
  userEmail: z.string(),
  keyId: id,
  /** Empty where the key is gone. */
  keyName: z.string(),
  model: z.string(),
  /** What the request held: the most that it can have cost, and the estimate of the loss. */
  estimateNanoUsd: nanoUsd,
  /** The plan that was to pay, which lets the loss be dismissed alone; null where the balance was. */
  planSubscriptionId: id.nullable(),
  /** When the request arrived, and when it was found open. */
  createdAt: unixMs,
  foundAt: unixMs,
  state: lossState,
  chargedNanoUsd: nanoUsd,
  /** The estimate without what was charged. */
  unchargedNanoUsd: nanoUsd,
  resolvedAt: unixMs.nullable(),
  actorUserId: id.nullable(),
  note: z.string().nullable(),
})
export type LossView = z.infer<typeof lossRow>

export const lossesList = operation({
  name: 'losses.list',
  audience: 'admin',
  /** Newest first; every loss where no state is named. */
  input: z.strictObject({ state: lossState.optional(), userId: id.optional(), ...page }),
  output: listOf(lossRow).extend({
    /** Of everyone, whatever the list is narrowed to. */
    open: z.strictObject({ count: z.int(), estimateNanoUsd: nanoUsdSum }),
  }),
})

export const lossesCharge = operation({
  name: 'losses.charge',
  audience: 'admin',
  /**
   * Once. Without an amount: the estimate, or as much of it as is available; a named amount is charged whole or refused with
   * `balance_below_limit`. The person reads the note.
   */
  input: z.strictObject({ requestId: id, amountNanoUsd: positiveNanoUsd.optional(), note }),
  output: lossRow,
})

export const lossesDismiss = operation({
  name: 'losses.dismiss',
  audience: 'admin',
  /** For good: nothing is charged. */
  input: z.strictObject({ requestId: id, note }),
  output: lossRow,
})

export const holdsList = operation({
  name: 'holds.list',
  audience: 'admin',
  /** The holds of requests that are running or being settled, the oldest first. */
  input: z.strictObject({ userId: id.optional(), ...page }),
  output: listOf(
    z.strictObject({
      requestId: id,
      userId: id,
      userEmail: z.string(),
      keyId: id,
      keyName: z.string(),
      model: z.string(),
      amountNanoUsd: nanoUsd,
      /** The plan that pays; null where the balance does. */
      planSubscriptionId: id.nullable(),
      createdAt: unixMs,
      ageMs: z.int(),
    }),
  ).extend({ total: z.int(), sumNanoUsd: nanoUsdSum }),
})
