// The ledger light: whether the books are right, as found out by reading all of them.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { id, nanoUsdSum, nothing, unixMs } from './fields.ts'

/** What can be wrong with the books. Nothing is ever mended by the light. */
export const findingKind = z.enum([
  /** A balance is not the sum of the person's entries. */
  'balance_differs',
  /** A balance lies below the credit limit. */
  'below_credit_limit',
  /** An entry does not follow on the one before it, or leaves another balance than the sum. */
  'entry_unlinked',
  /** A hold is open, and no living request has it. */
  'hold_leaked',
  /** A settlement or release without an open hold, or of another amount or person than its hold. */
  'hold_mismatched',
  /** A settlement without its charge, or of another amount, or a charge without its settlement. */
  'charge_differs',
  /** A charge whose usage row is missing or says another cost, although it is not old enough to have expired. */
  'usage_differs',
  /** What a key family or a plan is counted to have spent is not the sum of its charges. */
  'counter_differs',
  /** More was refunded than paid, or something was charged later that was no possible loss. */
  'correction_unfounded',
  /** The mark behind which a start looks for open holds lies beyond one that is open. */
  'mark_wrong',
  /** The check itself could not be carried out. */
  'check_failed',
])
export type FindingKind = z.infer<typeof findingKind>

export const ledgerFinding = z.strictObject({
  kind: findingKind,
  userId: id.nullable(),
  requestId: id.nullable(),
  /** The entry that it was found at. */
  seq: z.int().nullable(),
  /** What the books would have to say, and what they say. */
  expectedNanoUsd: nanoUsdSum.nullable(),
  foundNanoUsd: nanoUsdSum.nullable(),
})
export type LedgerFinding = z.infer<typeof ledgerFinding>

const ledgerLight = z.strictObject({
  /** `never`: not checked since the start. While it is being checked, the rest tells of the check before. */
  state: z.enum(['ok', 'checking', 'wrong', 'never']),
  /** When the last check ended. */
  checkedAt: unixMs.nullable(),
  durationMs: z.int().nullable(),
  /** How many entries it read. */
  entries: z.int().nullable(),
  /** The first of what it found; `findingsTotal` counts all of it. */
  findings: z.array(ledgerFinding),
  findingsTotal: z.int(),
  /** Of the check that is running. */
  progress: z.strictObject({ entries: z.int(), entriesTotal: z.int() }).nullable(),
})
export type LedgerLightView = z.infer<typeof ledgerLight>

export const ledgerStatus = operation({
  name: 'ledger.status',
  audience: 'admin',
  input: nothing,
  output: ledgerLight,
})

export const ledgerCheck = operation({
  name: 'ledger.check',
  audience: 'admin',
  /** Starts a check, or joins the one that is running; `ledger.status` tells how it goes. */
  input: nothing,
  output: ledgerLight,
})
