// A receipt: everything that explains what one request cost, from its hold to its refund. Amounts that are not whole
// nano-dollars yet are decimals in text, exact to the last digit.
import { z } from 'zod'
import { priceRow, SERVICE_TIERS } from './price.ts'
import { chargeReason, mediaCounts } from './usage.ts'

const nanoUsd = z.int()
const unixMs = z.int()
const exactNanoUsd = z.string().regex(/^\d+(\.\d{1,18})?$/)

export const ledgerKind = z.enum([
  'hold',
  'settle',
  'release',
  'top_up',
  'gift',
  'code',
  'correction',
  'refund',
  'charge',
  'write_off',
])

const receiptEntry = z.strictObject({
  /** Its place in the ledger. */
  seq: z.int(),
  createdAt: unixMs,
  kind: ledgerKind,
  /** Signed: what it added to the balance. */
  amountNanoUsd: nanoUsd,
  /** Signed: what it added to the open holds. */
  heldNanoUsd: nanoUsd,
  /** Signed: what it added to what the plan had left, and to what was held of it; null where the balance paid. */
  planAmountNanoUsd: nanoUsd.nullable(),
  planHeldNanoUsd: nanoUsd.nullable(),
  note: z.string().nullable(),
  /** Who made it; told to administrators alone. */
  actorUserId: z.string().nullable(),
})

const count = z.int()

/** What was used, as it was charged: as reported, mended where that could not be true, or estimated. */
const chargedUsage = z.strictObject({
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  webSearchCalls: count,
  audioInputTokens: count.optional(),
  imageInputTokens: count.optional(),
  audioCachedInputTokens: count.optional(),
  imageCachedInputTokens: count.optional(),
  audioOutputTokens: count.optional(),
  imageOutputTokens: count.optional(),
  webSearchPreviewCalls: count.optional(),
  fileSearchCalls: count.optional(),
  codeInterpreterSessions: count.optional(),
  /** What the model of the image tool used, and its rates then, in nano-dollars per million tokens. */
  imageTool: z
    .strictObject({
      model: z.string(),
      inputTokens: count,
      imageInputTokens: count,
      cachedInputTokens: count,
      outputTokens: count,
      textOutputTokens: count,
      rates: z.strictObject({
        input: nanoUsd,
        imageInput: nanoUsd,
        cachedInput: nanoUsd,
        output: nanoUsd,
        textOutput: nanoUsd,
      }),
    })
    .optional(),
  ...mediaCounts,
})

const formula = z.strictObject({
  /** The tier of service whose rates were charged. */
  serviceTier: z.enum(['default', ...SERVICE_TIERS]),
  /** Whether the whole request was charged at the long rates. */
  isLongContext: z.boolean(),
  lines: z.array(
    z.strictObject({
      kind: z.enum([
        'input',
        'audio_input',
        'image_input',
        'cached_input',
        'cached_audio_input',
        'cached_image_input',
        'cache_write',
        'output',
        'audio_output',
        'image_output',
        'web_search',
        'web_search_preview',
        'file_search',
        'code_interpreter',
        'tool_image_text_input',
        'tool_image_image_input',
        'tool_image_cached_input',
        'tool_image_text_output',
        'tool_image_output',
        'audio_length',
        'characters',
        'image',
        'small_image',
        'medium_image',
        'large_image',
        'hd_image',
        'large_hd_image',
        'svg',
      ]),
      /** Tokens, characters, milliseconds, images or calls. */
      count,
      rateNanoUsd: nanoUsd,
      /** What the rate is for: a million tokens or characters, a thousand milliseconds, or one of a kind. */
      ratePer: z.union([z.literal(1_000_000), z.literal(1_000), z.literal(1)]),
      exactNanoUsd,
    }),
  ),
  sumNanoUsd: exactNanoUsd,
  multiplierPpm: z.int(),
  /** The model's own multiplier, beside the one for all. */
  modelMultiplierPpm: z.int(),
  multipliedNanoUsd: exactNanoUsd,
  /** A begun nano-dollar is charged whole: the one rounding. */
  roundedNanoUsd: nanoUsd,
  /**
   * What was due follows from `usage`, is the whole `hold` (an estimate or a report that cannot be true is charged at most
   * that, a cut drain exactly that), or is `unknown`: this version computes otherwise than the one that charged.
   */
  basis: z.enum(['usage', 'hold', 'unknown']),
})

const receiptCharge = z.strictObject({
  reason: chargeReason,
  holdNanoUsd: nanoUsd,
  /** `amountNanoUsd` and `writeOffNanoUsd` together. */
  dueNanoUsd: nanoUsd,
  /** What the person paid, or their plan did. */
  amountNanoUsd: nanoUsd,
  /** What the operator bore, because the account, or the plan, could not. */
  writeOffNanoUsd: nanoUsd,
  usage: chargedUsage,
  /** JSON as the upstream sent it; null where it reported nothing. */
  reportedUsage: z.string().nullable(),
  /** As the answer named it. */
  serviceTier: z.string().nullable(),
  upstreamResponseId: z.string().nullable(),
  /** The name that the upstream had which answered; null for the primary one, and to whoever is no administrator. */
  upstream: z.string().nullable(),
  formula,
})

export const receipt = z.strictObject({
  requestId: z.string(),
  userId: z.string(),
  keyId: z.string(),
  /** Null where it is not known any more. */
  endpoint: z.string().nullable(),
  model: z.string(),
  receivedAt: unixMs,
  /** `lost`: a crash left it open, and it was released at the next start. */
  outcome: z.enum(['running', 'charged', 'released', 'refused', 'lost']),
  /** In the order of the ledger; empty for a request that was refused before it had a hold. */
  entries: z.array(receiptEntry),
  /** The price row that hold and charge were computed with; null for a request that came to none. */
  price: priceRow.nullable(),
  charge: receiptCharge.nullable(),
  /** What was to pay: chosen at the hold. */
  source: z.enum(['balance', 'plan']),
  planSubscriptionId: z.string().nullable(),
  /** What the balance paid in all: the charge, and what was charged later for a possible loss. */
  paidNanoUsd: nanoUsd,
  refundedNanoUsd: nanoUsd,
  /** What could be refunded now. */
  refundableNanoUsd: nanoUsd,
  flags: z.strictObject({
    isEstimated: z.boolean(),
    /** The reported usage could not be true, and the charge was bounded by the hold. */
    isFlagged: z.boolean(),
    isWrittenOff: z.boolean(),
    isDemo: z.boolean(),
  }),
  /** Null while the request runs, where a crash ended it, and where they have expired. */
  details: z
    .strictObject({
      status: z.int(),
      /** How it ended, charged or not. */
      reason: chargeReason,
      /** The gateway's own error code, as the client saw it. */
      errorCode: z.string().nullable(),
      durationMs: z.int(),
      firstTokenMs: z.int().nullable(),
      stream: z.boolean(),
    })
    .nullable(),
  /** Whether the usage row is gone by age. What was charged, and by which price, is kept for ever. */
  areDetailsExpired: z.boolean(),
})
export type Receipt = z.input<typeof receipt>
