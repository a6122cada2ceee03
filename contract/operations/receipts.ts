// One request explained, and its money given back.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { receipt } from '../receipt.ts'
import { accountState, id, nanoUsd, note, positiveNanoUsd } from './fields.ts'

export const usageReceipt = operation({
  name: 'usage.receipt',
  audience: 'user',
  /** A person's own requests; an administrator, everyone's. */
  input: z.strictObject({ requestId: id }),
  output: receipt,
})

export const usageRefund = operation({
  name: 'usage.refund',
  audience: 'admin',
  /** Once for a request, at most what its person paid; all of that where no amount is named. The person reads the note. */
  input: z.strictObject({ requestId: id, amountNanoUsd: positiveNanoUsd.optional(), note }),
  output: accountState.extend({ requestId: id, userId: id, refundedNanoUsd: nanoUsd }),
})
