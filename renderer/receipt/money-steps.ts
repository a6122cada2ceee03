// What happened to the money of one request, in order: set aside, taken, given back. A settlement frees its whole hold at
// once; what is told apart here is the part that was taken and the part that went back.
import type { Receipt } from '../../contract/receipt.ts'

export interface MoneyStep {
  readonly name: string
  readonly kind: 'hold' | 'settle' | 'release' | 'refund' | 'charge' | 'write_off' | 'correction'
  /** Signed: what it added to what can be spent; of a hold, how much it set aside. */
  readonly nanoUsd: number
  readonly at: number
  readonly note: string | null
}

export function moneySteps({ entries }: Pick<Receipt, 'entries'>): readonly MoneyStep[] {
  return entries.flatMap((entry): MoneyStep[] => {
    const { kind, seq, createdAt: at, note } = entry
    const amountNanoUsd = entry.planAmountNanoUsd ?? entry.amountNanoUsd
    const heldNanoUsd = entry.planHeldNanoUsd ?? entry.heldNanoUsd
    const step = (of: MoneyStep['kind'], nanoUsd: number): MoneyStep => ({
      name: `${seq} ${of}`,
      kind: of,
      nanoUsd,
      at,
      note,
    })
    switch (kind) {
      case 'hold':
        return [step('hold', heldNanoUsd)]
      case 'settle': {
        const freedNanoUsd = -heldNanoUsd + amountNanoUsd
        const settle = step('settle', amountNanoUsd)
        return freedNanoUsd > 0 ? [settle, step('release', freedNanoUsd)] : [settle]
      }
      case 'release':
        return [step('release', -heldNanoUsd)]
      case 'refund':
      case 'charge':
      case 'write_off':
        return [step(kind, amountNanoUsd)]
      default:
        return [step('correction', amountNanoUsd)]
    }
  })
}
