// Sums up a stretch of a person's history. The order is the ledger's: a stretch ends with the last entry that was made before
// its end, and begins behind the last one that was made before its start, so stretches that follow each other leave no entry
// out and count none twice, whatever the clock did.
import { type NanoUsd, sumNanoUsd } from './money.ts'

/** A settlement or a balance change, as far as a statement needs it. */
export interface StatementEntry<Kind extends string> {
  readonly createdAt: number
  /** `settle`, or the kind of a balance change. */
  readonly kind: Kind
  /** Signed: what it added to the balance. */
  readonly amountNanoUsd: NanoUsd
  readonly balanceAfterNanoUsd: NanoUsd
  /** Of a settlement. */
  readonly model: string | null
}

export interface Statement<Kind extends string> {
  readonly openingNanoUsd: NanoUsd
  /** In the order of the kinds' first entries. */
  readonly changes: {
    readonly kind: Exclude<Kind, 'settle'>
    readonly count: number
    readonly amountNanoUsd: NanoUsd
  }[]
  /** What requests cost, the dearest model first; amounts are positive. */
  readonly spending: { readonly model: string; readonly requests: number; readonly amountNanoUsd: NanoUsd }[]
  readonly spentNanoUsd: NanoUsd
  /** opening + changes − spent. */
  readonly closingNanoUsd: NanoUsd
}

export interface StatementSum<Kind extends string> {
  /** Takes the entries of one person from the newest back; false once no older one has a say. */
  add(entry: StatementEntry<Kind>): boolean
  result(): Statement<Kind>
}

interface Sum {
  count: number
  amountNanoUsd: NanoUsd
}

/** From `fromMs` on and before `toMs`, in Unix milliseconds. */
export function sumStatement<Kind extends string>(span: {
  readonly fromMs: number
  readonly toMs: number
}): StatementSum<Kind> {
  const changes = new Map<Exclude<Kind, 'settle'>, Sum>()
  const spending = new Map<string, Sum>()
  let openingNanoUsd = 0
  let closingNanoUsd: NanoUsd | undefined

  return {
    add(entry) {
      if (closingNanoUsd === undefined && entry.createdAt >= span.toMs) return true
      closingNanoUsd ??= entry.balanceAfterNanoUsd
      openingNanoUsd = entry.balanceAfterNanoUsd
      if (entry.createdAt < span.fromMs) return false
      openingNanoUsd = sumNanoUsd(entry.balanceAfterNanoUsd, -entry.amountNanoUsd)
      if (entry.kind === 'settle') addTo(spending, entry.model ?? '', -entry.amountNanoUsd)
      // What is no settlement is a balance change.
      else addTo(changes, entry.kind as Exclude<Kind, 'settle'>, entry.amountNanoUsd)
      return true
    },
    result: () => ({
      openingNanoUsd,
      changes: [...changes].reverse().map(([kind, sum]) => ({ kind, ...sum })),
      spending: [...spending]
        .map(([model, { count, amountNanoUsd }]) => ({ model, requests: count, amountNanoUsd }))
        .sort((a, b) => b.amountNanoUsd - a.amountNanoUsd),
      spentNanoUsd: sumNanoUsd(...[...spending.values()].map((sum) => sum.amountNanoUsd)),
      closingNanoUsd: closingNanoUsd ?? 0,
    }),
  }
}

function addTo<Key>(sums: Map<Key, Sum>, key: Key, amountNanoUsd: NanoUsd): void {
  const sum = sums.get(key)
  if (sum) {
    sum.count += 1
    sum.amountNanoUsd = sumNanoUsd(sum.amountNanoUsd, amountNanoUsd)
  } else sums.set(key, { count: 1, amountNanoUsd: sumNanoUsd(amountNanoUsd) })
}
