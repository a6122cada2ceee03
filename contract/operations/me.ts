// The signed-in person: who they are, and what they have left.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, nanoUsd, nothing, role, unixMs, userStatus } from './fields.ts'

export const me = z.strictObject({
  id,
  email: z.string(),
  role,
  status: userStatus,
  createdAt: unixMs,
})

export const meGet = operation({ name: 'me.get', audience: 'user', input: nothing, output: me })

export const meOverview = operation({
  name: 'me.overview',
  audience: 'user',
  input: nothing,
  output: z.strictObject({
    balanceNanoUsd: nanoUsd,
    creditLimitNanoUsd: nanoUsd,
    openHoldsNanoUsd: nanoUsd,
    /** balance + credit limit − open holds. */
    availableNanoUsd: nanoUsd,
    /** Since midnight in the time zone of the gateway's machine. */
    today: z.strictObject({ spendNanoUsd: nanoUsd, requests: z.int() }),
    keyCount: z.int(),
    announcement: z.string(),
  }),
})
