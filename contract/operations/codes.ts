// Redemption codes: made in batches by an administrator, each redeemed once, for money or for a plan.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { activePlan } from '../plans.ts'
import { id, label, listOf, nanoUsd, page, sortedPage, unixMs } from './fields.ts'

const kind = z.enum(['balance', 'plan'])
/** A million dollars: a slip of the zero key stays small. */
const AMOUNT_NANO_USD_MAX = 1_000_000_000_000_000
const CODES_PER_BATCH_MAX = 1_000

const batchShape = {
  id,
  name: z.string(),
  prefix: z.string(),
  kind,
  /** Of codes for money. */
  amountNanoUsd: nanoUsd.nullable(),
  /** Of codes for a plan. */
  planId: id.nullable(),
  planName: z.string().nullable(),
  count: z.int(),
  redeemed: z.int(),
  /** Those that were disabled one by one. */
  disabled: z.int(),
  expiresAt: unixMs.nullable(),
  createdAt: unixMs,
  createdBy: id.nullable(),
  /** When the whole batch was disabled. */
  disabledAt: unixMs.nullable(),
}
export const codeBatch = z.strictObject(batchShape)
export type CodeBatchView = z.infer<typeof codeBatch>

export const codesGenerate = operation({
  name: 'codes.generate',
  audience: 'admin',
  input: z
    .strictObject({
      kind,
      amountNanoUsd: z.int().min(1).max(AMOUNT_NANO_USD_MAX).optional(),
      planId: id.optional(),
      count: z.int().min(1).max(CODES_PER_BATCH_MAX),
      name: label.optional(),
      /** Stands before each code, so that people see what it is for. */
      prefix: z
        .string()
        .trim()
        .toUpperCase()
        .regex(/^[A-Z0-9]{0,12}$/, 'has to be at most 12 letters and digits')
        .default(''),
      expiresAt: unixMs.nullable().default(null),
    })
    .refine((input) => (input.kind === 'balance') === (input.amountNanoUsd !== undefined), {
      path: ['amountNanoUsd'],
      error: 'has to be given for codes of the kind balance, and for no others',
    })
    .refine((input) => (input.kind === 'plan') === (input.planId !== undefined), {
      path: ['planId'],
      error: 'has to be given for codes of the kind plan, and for no others',
    }),
  /** The codes are shown this once: only their hashes are kept. */
  output: z.strictObject({ batchId: id, codes: z.array(z.string()), batch: codeBatch }),
})

const batchSorts = ['createdAt', 'name', 'redeemed', 'expiresAt'] as const
export type BatchSort = (typeof batchSorts)[number]

export const codesList = operation({
  name: 'codes.list',
  audience: 'admin',
  /** The batches. */
  input: z.strictObject(sortedPage(batchSorts)),
  output: listOf(codeBatch),
})

const codeStatus = z.enum(['unused', 'redeemed', 'disabled', 'expired'])
export type CodeStatus = z.infer<typeof codeStatus>

export const codesListCodes = operation({
  name: 'codes.listCodes',
  audience: 'admin',
  /** In the order of their making. `total` is that of the batch. */
  input: z.strictObject({ batchId: id, status: codeStatus.optional(), ...page }),
  output: listOf(
    z.strictObject({
      id,
      /** The last characters, which a person can read out to say which code it is. */
      hint: z.string(),
      status: codeStatus,
      redeemedAt: unixMs.nullable(),
      /** Null too where a restore left out who redeemed it. */
      redeemedBy: id.nullable(),
      redeemedByEmail: z.string().nullable(),
    }),
  ).extend({ batch: codeBatch }),
})

export const codesDisable = operation({
  name: 'codes.disable',
  audience: 'admin',
  /** One code, or all of a batch that are not redeemed yet. What was redeemed stays so. */
  input: z
    .strictObject({ batchId: id.optional(), codeId: id.optional() })
    .refine(
      ({ batchId, codeId }) => (batchId === undefined) !== (codeId === undefined),
      'has to name either a batch or a code',
    ),
  output: codeBatch,
})

export const codesEnable = operation({
  name: 'codes.enable',
  audience: 'admin',
  /** Takes `codes.disable` back, of the same one code or batch: those that were disabled one by one stay so. */
  input: z
    .strictObject({ batchId: id.optional(), codeId: id.optional() })
    .refine(
      ({ batchId, codeId }) => (batchId === undefined) !== (codeId === undefined),
      'has to name either a batch or a code',
    ),
  output: codeBatch,
})

export const codesRedeem = operation({
  name: 'codes.redeem',
  audience: 'user',
  /** In any case, with or without dashes and spaces. `replacesActive` lets a code for another plan end the active one. */
  input: z.strictObject({ code: z.string().min(1).max(200), replacesActive: z.boolean().default(false) }),
  output: z.strictObject({
    kind,
    amountNanoUsd: nanoUsd.nullable(),
    balanceNanoUsd: nanoUsd,
    plan: activePlan.nullable(),
  }),
})

export const codesHistory = operation({
  name: 'codes.history',
  audience: 'user',
  /** What was redeemed, newest first. Without `userId`: an administrator sees everyone's, everyone else their own. */
  input: z.strictObject({ userId: id.optional(), ...page }),
  output: listOf(
    z.strictObject({
      codeId: id,
      hint: z.string(),
      batchId: id,
      batchName: z.string(),
      kind,
      amountNanoUsd: nanoUsd.nullable(),
      planName: z.string().nullable(),
      redeemedAt: unixMs,
      userId: id,
      userEmail: z.string(),
    }),
  ),
})
