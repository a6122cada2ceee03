// Charges as they were made: never changed, and kept when the usage rows beside them expire.
import { and, eq, inArray } from 'drizzle-orm'
import type { ChargeReason } from '../../../contract/usage.ts'
import type { NanoUsd, PartsPerMillion } from '../../ledger/money.ts'
import type { PricedTier } from '../../ledger/service-tier.ts'
import type { FurtherUsage } from '../../ledger/token-usage.ts'
import type { Db } from '../open.ts'
import { charges } from '../schema/charges.ts'
import { ledgerEntries } from '../schema/ledger.ts'

export interface ChargeRow {
  readonly entrySeq: number
  readonly requestId: string
  /** When it was made. */
  readonly createdAt: number
  readonly userId: string
  readonly keyId: string
  readonly endpoint: string
  readonly model: string
  readonly priceId: string
  readonly holdNanoUsd: NanoUsd
  readonly amountNanoUsd: NanoUsd
  readonly writeOffNanoUsd: NanoUsd
  readonly multiplierPpm: PartsPerMillion
  readonly modelMultiplierPpm: PartsPerMillion
  readonly reason: ChargeReason
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly webSearchCalls: number
  readonly furtherUsage: FurtherUsage | null
  /** JSON as the upstream sent it. */
  readonly reportedUsage: string | null
  readonly isFlagged: boolean
  readonly isDemo: boolean
  readonly upstreamResponseId: string | null
  /** The name that the upstream had; null for the primary one. */
  readonly upstream: string | null
  /** As the answer named it. */
  readonly serviceTier: string | null
  /** Null on charges that are older than this column. */
  readonly pricedTier: PricedTier | null
}

export interface ChargesRepository {
  /** By the settling entry. */
  find(entrySeq: number): ChargeRow | undefined
  /** The counts that few answers have, of those of the requests that were charged for any. */
  furtherUsageOf(requestIds: readonly string[]): ReadonlyMap<string, FurtherUsage>
}

export const createChargesRepository = ({ orm }: Db): ChargesRepository => ({
  find(entrySeq) {
    const row = orm.select().from(charges).where(eq(charges.entrySeq, entrySeq)).get()
    if (!row) return undefined
    // Written by the journal from counts of this very type.
    const further = row.furtherUsage === null ? null : (JSON.parse(row.furtherUsage) as FurtherUsage)
    return { ...row, furtherUsage: further }
  },
  furtherUsageOf(requestIds) {
    const rows = orm
      .select({ requestId: charges.requestId, furtherUsage: charges.furtherUsage })
      .from(ledgerEntries)
      .innerJoin(charges, eq(charges.entrySeq, ledgerEntries.seq))
      .where(and(inArray(ledgerEntries.requestId, [...requestIds]), eq(ledgerEntries.kind, 'settle')))
      .all()
    return new Map(
      rows.flatMap(({ requestId, furtherUsage }) =>
        furtherUsage === null ? [] : [[requestId, JSON.parse(furtherUsage) as FurtherUsage]],
      ),
    )
  },
})
