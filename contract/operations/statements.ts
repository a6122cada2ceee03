// What moved a person's balance: entry by entry, and month by month.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { balanceChangeKind, id, listOf, nanoUsd, seqPage, unixMs } from './fields.ts'

const include = z.enum(['changes', 'all']).default('changes')

const historyRow = z.strictObject({
  /** Its place in the ledger, which is the order of the list. */
  seq: z.int(),
  createdAt: unixMs,
  /** `settle`: what a request cost. */
  kind: z.enum(['settle', ...balanceChangeKind.options]),
  /** Signed: what it added to the balance. */
  amountNanoUsd: nanoUsd,
  balanceAfterNanoUsd: nanoUsd,
  /** Of a settlement, a refund and a later charge; `usage.receipt` explains it. */
  requestId: id.nullable(),
  /** Of a settlement. */
  model: z.string().nullable(),
  note: z.string().nullable(),
  /** Who made it; told to administrators alone. */
  actorUserId: id.nullable(),
})

const historyInput = {
  /** Balance changes alone, or the settlements of requests as well. */
  include,
  ...seqPage,
}

export const meLedger = operation({
  name: 'me.ledger',
  audience: 'user',
  /** Newest first. */
  input: z.strictObject(historyInput),
  output: listOf(historyRow),
})

export const usersLedger = operation({
  name: 'users.ledger',
  audience: 'admin',
  input: z.strictObject({ userId: id, ...historyInput }),
  output: listOf(historyRow),
})

/** A calendar month of the operator's time zone. */
const month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'has to be a month, such as 2026-11')

const statement = z.strictObject({
  month,
  /** The IANA zone whose month it is. */
  timeZone: z.string(),
  /** Unix milliseconds, inclusive. */
  from: unixMs,
  /** Unix milliseconds, exclusive. */
  to: unixMs,
  /** Whether the month is over. */
  isClosed: z.boolean(),
  openingNanoUsd: nanoUsd,
  /** What was given and taken, by kind; `openingNanoUsd` with all of these, less the spending, is `closingNanoUsd`. */
  changes: z.array(z.strictObject({ kind: balanceChangeKind, count: z.int(), amountNanoUsd: nanoUsd })),
  /** What requests cost, by model, the dearest first. */
  spending: z.array(z.strictObject({ model: z.string(), requests: z.int(), amountNanoUsd: nanoUsd })),
  spentNanoUsd: nanoUsd,
  closingNanoUsd: nanoUsd,
})

export const meStatement = operation({
  name: 'me.statement',
  audience: 'user',
  input: z.strictObject({ month }),
  output: statement,
})

export const usersStatement = operation({
  name: 'users.statement',
  audience: 'admin',
  input: z.strictObject({ userId: id, month }),
  output: statement,
})
