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

type Charge = NonNullable<Receipt['charge']>
type Line = Charge['formula']['lines'][number]

export type Measured = 'sound' | 'characters' | 'images'

/**
 * What of a charge nobody reported: characters and images are counted here, and so is the length of a sound whose upstream
 * reports no usage. Undefined where the charge is by the report alone.
 */
export function measuredIn({
  formula,
  reportedUsage,
}: Pick<Charge, 'formula' | 'reportedUsage'>): Measured | undefined {
  const kinds = formula.lines.flatMap(({ kind, exactNanoUsd }) => (exactNanoUsd === '0' ? [] : [kind]))
  if (kinds.some((kind) => IMAGES.includes(kind))) return 'images'
  if (kinds.includes('characters')) return 'characters'
  return reportedUsage === null && kinds.includes('audio_length') ? 'sound' : undefined
}

const IMAGES: readonly Line['kind'][] = [
  'image',
  'small_image',
  'medium_image',
  'large_image',
  'hd_image',
  'large_hd_image',
]
