// Explains one request: gathers what the ledger, its charge, its price and its usage row say, and computes the charge again,
// line by line, with the code that charges.
import type { PriceRow } from '../../contract/price.ts'
import type { Receipt } from '../../contract/receipt.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { ChargeRow } from '../db/repositories/charges.ts'
import type { LedgerEntry } from '../db/repositories/ledger.ts'
import type { Repositories } from '../db/repositories/repositories.ts'
import { decideRefund } from '../ledger/correct.ts'
import { explainCharge } from '../ledger/explain.ts'
import { type NanoUsd, sumNanoUsd } from '../ledger/money.ts'
import { chargedTiers } from '../ledger/service-tier.ts'
import { arrivalOf } from './request-time.ts'

/** Everything that is known of a request. */
export interface RequestFacts {
  readonly requestId: string
  readonly userId: string
  /** In the order of the ledger. */
  readonly entries: readonly LedgerEntry[]
  readonly hold: LedgerEntry | undefined
  readonly charge: ChargeRow | undefined
  readonly price: PriceRow | undefined
  readonly usage: UsageRow | undefined
  /** Whether a crash left it open. */
  readonly isLost: boolean
}

/** Undefined where nothing is known of such a request, or nothing any more. */
export function requestFactsOf(
  { ledger, charges, prices, usage, possibleLosses }: Repositories,
  requestId: string,
): RequestFacts | undefined {
  const entries = ledger.entriesOfRequest(requestId)
  const hold = entries.find(({ kind }) => kind === 'hold')
  if (!hold) {
    const arrived = arrivalOf(requestId)
    const row = arrived && usage.findBetween(requestId, arrived.fromMs, arrived.toMs)
    if (!row) return undefined
    const nothing = { entries: [], hold: undefined, charge: undefined, price: undefined, isLost: false }
    return { requestId, userId: row.userId, usage: row, ...nothing }
  }
  const settled = entries.find(({ kind }) => kind === 'settle')
  return {
    requestId,
    userId: hold.userId,
    entries,
    hold,
    charge: settled && charges.find(settled.seq),
    price: hold.priceId === null ? undefined : prices.find(hold.priceId),
    usage: usage.find(hold.createdAt, requestId),
    isLost: possibleLosses.find(requestId) !== undefined,
  }
}

/** What its person has paid for the request, and what went back already. */
export function paymentsOf({ entries }: Pick<RequestFacts, 'entries'>) {
  const sumOf = (...kinds: readonly LedgerEntry['kind'][]): NanoUsd =>
    sumNanoUsd(...entries.filter(({ kind }) => kinds.includes(kind)).map((entry) => entry.amountNanoUsd))
  // Of what was settled, the operator's part is paid by the write-off beside it.
  const paidNanoUsd = sumNanoUsd(-sumOf('settle', 'write_off', 'charge'))
  return { paidNanoUsd, refundedNanoUsd: sumOf('refund') }
}

/** The receipt; who made an entry, and which upstream answered, is told where `showsActors` says so. */
export function toReceipt(facts: RequestFacts, { showsActors }: { readonly showsActors: boolean }): Receipt {
  const { requestId, userId, entries, hold, charge, price, usage } = facts
  const payments = paymentsOf(facts)
  const refundable = decideRefund(payments.paidNanoUsd, payments.refundedNanoUsd, undefined)
  const outcome = outcomeOf(facts)
  return {
    requestId,
    userId,
    keyId: hold?.keyId ?? usage?.keyId ?? '',
    endpoint: charge?.endpoint ?? usage?.endpoint ?? null,
    model: hold?.model ?? usage?.model ?? '',
    receivedAt: hold?.createdAt ?? usage?.createdAt ?? 0,
    outcome,
    entries: entries.map((entry) => ({
      seq: entry.seq,
      createdAt: entry.createdAt,
      kind: entry.kind,
      amountNanoUsd: entry.amountNanoUsd,
      heldNanoUsd: entry.heldNanoUsd,
      planAmountNanoUsd: entry.planAmountNanoUsd,
      planHeldNanoUsd: entry.planHeldNanoUsd,
      note: entry.note,
      actorUserId: showsActors ? entry.actorUserId : null,
    })),
    price: price ?? null,
    charge: charge && price ? explained(charge, price, showsActors) : null,
    source: hold === undefined || hold.planSubscriptionId === null ? 'balance' : 'plan',
    planSubscriptionId: hold?.planSubscriptionId ?? null,
    ...payments,
    refundableNanoUsd: refundable.ok ? refundable.value : 0,
    flags: {
      isEstimated:
        charge?.reason === 'estimated' || (charge?.reportedUsage === null && charge.reason !== 'completed'),
      isFlagged: charge?.isFlagged ?? false,
      isWrittenOff: (charge?.writeOffNanoUsd ?? 0) > 0,
      isDemo: charge?.isDemo ?? usage?.isDemo ?? false,
    },
    details: usage ? detailsOf(usage) : null,
    areDetailsExpired: !usage && (outcome === 'charged' || outcome === 'released'),
  }
}

function outcomeOf({ entries, hold, isLost }: RequestFacts): Receipt['outcome'] {
  if (!hold) return 'refused'
  if (entries.some(({ kind }) => kind === 'settle')) return 'charged'
  if (!entries.some(({ kind }) => kind === 'release')) return 'running'
  return isLost ? 'lost' : 'released'
}

const detailsOf = ({ status, reason, errorCode, durationMs, firstTokenMs, stream }: UsageRow) => ({
  status,
  reason,
  errorCode,
  durationMs,
  firstTokenMs,
  stream,
})

function explained(charge: ChargeRow, price: PriceRow, showsUpstream: boolean): Receipt['charge'] {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = charge
  const counts = { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens }
  const usage = { ...counts, webSearchCalls: charge.webSearchCalls, ...charge.furtherUsage }
  const dueNanoUsd = sumNanoUsd(charge.amountNanoUsd, charge.writeOffNanoUsd)
  // Older charges do not say in which tier they were made: the answer's, or the dearest of those it may have been.
  const tiers = charge.pricedTier ? [charge.pricedTier] : chargedTiers(price, 'default', charge.serviceTier)
  const { multiplierPpm, modelMultiplierPpm } = charge
  const formulas = tiers.map((tier) => explainCharge(usage, price, multiplierPpm, tier, modelMultiplierPpm))
  const dearest = formulas.reduce((most, other) =>
    other.roundedNanoUsd > most.roundedNanoUsd ? other : most,
  )
  return {
    reason: charge.reason,
    holdNanoUsd: charge.holdNanoUsd,
    dueNanoUsd,
    amountNanoUsd: charge.amountNanoUsd,
    writeOffNanoUsd: charge.writeOffNanoUsd,
    usage,
    reportedUsage: charge.reportedUsage,
    serviceTier: charge.serviceTier,
    upstreamResponseId: charge.upstreamResponseId,
    upstream: showsUpstream ? charge.upstream : null,
    formula: { ...dearest, basis: basisOf(dueNanoUsd, dearest.roundedNanoUsd, charge.holdNanoUsd) },
  }
}

function basisOf(due: NanoUsd, computed: NanoUsd, held: NanoUsd): 'usage' | 'hold' | 'unknown' {
  if (due === computed) return 'usage'
  return due === held ? 'hold' : 'unknown'
}
